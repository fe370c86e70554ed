"""Access to a store that ends unless a person renews it: told in time, and once more when near."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from storage import credentials
from storage.queue import Queue
from storage.rows import StoreRow
from sync.incidents import IncidentKind, open_incidents, report, resolve

# DESIGN section 4: a secret about to expire is told 30 and 7 days ahead.
NOTICES = (timedelta(days=30), timedelta(days=7))


def notice(ends_at: datetime, now: datetime) -> timedelta | None:
    """Say which notice is due, the nearest to the end; None while there is time."""
    return min((ahead for ahead in NOTICES if ends_at - now <= ahead), default=None)


async def tell_ending(
    session: AsyncSession, queue: Queue, *, store: StoreRow, now: datetime
) -> None:
    """Report access that ends soon, once for each notice; close it once it was renewed."""
    ends_at = await credentials.ends_at(session, store.id)
    if ends_at is None:  # most stores; whoever reconnects closes what was told
        return
    due = notice(ends_at, now)
    if due is None:
        await resolve(
            session,
            queue,
            workspace_id=store.workspace_id,
            store_id=store.id,
            kinds=[IncidentKind.ACCESS_ENDS],
            now=now,
        )
        return
    told = [
        timedelta(days=incident.facts["notice"])
        for incident in await open_incidents(session, store.workspace_id, IncidentKind.ACCESS_ENDS)
        if incident.store_id == store.id
    ]
    if not told or due < min(told):
        await report(
            session,
            queue,
            workspace_id=store.workspace_id,
            store_id=store.id,
            kind=IncidentKind.ACCESS_ENDS,
            facts={"ends_at": ends_at.isoformat(), "notice": due.days},
            now=now,
        )
