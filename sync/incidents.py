"""Failures from the first word to the last: opened once, repeats counted, closed when over.

Each change of an incident writes its message in the same transaction. Who reads it,
and in which words, is the Slack surface's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from storage import incidents, outbox
from storage.incidents import IncidentRow
from storage.queue import Queue
from sync.telling import OUTBOX, tell

SNOOZE = timedelta(hours=8)  # a working day's rest; repeats stay counted meanwhile


TOLD_ITEMS = 20  # as many lines as a message takes without hiding its point


class IncidentKind(StrEnum):
    """What can go wrong, as people are told of it."""

    NEEDS_RECONNECT = "needs_reconnect"
    STORE_DOWN = "store_down"
    THROTTLED = "throttled"
    ITEM_REFUSED = "item_refused"
    DRIFT = "drift"
    OVERSOLD = "oversold"
    RAISE_WAITING = "raise_waiting"
    UNKNOWN_ITEM_ORDER = "unknown_item_order"
    TURN_ON_FAILED = "turn_on_failed"
    ALERT_PATH = "alert_path"
    BREAKER = "breaker"
    NEW_LISTINGS = "new_listings"
    RENAMED = "renamed"
    ORDER_GONE = "order_gone"
    ORDER_HIDDEN = "order_hidden"
    NEW_LOCATION = "new_location"
    LOW_STOCK = "low_stock"
    WRITES_HANG = "writes_hang"
    ACCESS_ENDS = "access_ends"
    STREAM_SILENT = "stream_silent"
    FBA_UNREAD = "fba_unread"


# What comes and goes by itself: back within this time it is the same trouble, and the same message.
FLAPPING = (IncidentKind.STORE_DOWN, IncidentKind.THROTTLED, IncidentKind.STREAM_SILENT)
FLAPS_WITHIN = timedelta(hours=2)


def worth_telling(repeats: int) -> bool:
    """Say whether a repeat is told: the 1st, 2nd, 4th, 8th, ... so that a storm stays short."""
    return repeats > 0 and repeats & (repeats - 1) == 0


async def report(
    session: AsyncSession,
    queue: Queue,
    *,
    workspace_id: int,
    store_id: int | None,
    kind: IncidentKind,
    subject: str = "",
    facts: Mapping[str, Any],
    now: datetime,
) -> int:
    """Open an incident or count a repeat, and write what is to be told; its id."""
    reported = await incidents.report(
        session,
        workspace_id=workspace_id,
        store_id=store_id,
        kind=kind,
        subject=subject,
        facts=facts,
        now=now,
        closed_since=now - FLAPS_WITHIN if kind in FLAPPING else None,
    )
    snoozed = reported.snoozed_until is not None and reported.snoozed_until > now
    again = worth_telling(reported.repeats) and not snoozed
    if reported.repeats == 0 or reported.reopened or again:
        await tell(
            session,
            queue,
            workspace_id=workspace_id,
            incident_id=reported.id,
            # An opened one that has its message already is edited, no more.
            kind="incident_repeated" if again else "incident_opened",
            payload={"repeats": reported.repeats},
            now=now,
        )
    return reported.id


async def resolve(
    session: AsyncSession,
    queue: Queue,
    *,
    workspace_id: int,
    store_id: int | None,
    kinds: Iterable[IncidentKind],
    subject: str | None = None,
    now: datetime,
) -> int:
    """Close what is over, and write that it is; how many were closed."""
    closed = await incidents.resolve(
        session,
        workspace_id=workspace_id,
        store_id=store_id,
        kinds=[str(kind) for kind in kinds],
        subject=subject,
        now=now,
    )
    for incident_id in closed:
        await outbox.add(
            session,
            workspace_id=workspace_id,
            incident_id=incident_id,
            kind="incident_closed",
            payload={},
            now=now,
        )
    if closed:
        await queue.enqueue(session, OUTBOX, key=OUTBOX)
    return len(closed)


async def open_incidents(
    session: AsyncSession, workspace_id: int, kind: IncidentKind | None = None
) -> list[IncidentRow]:
    """List the open incidents of a workspace, or those of one kind, oldest first."""
    return await incidents.open_of(session, workspace_id, kind)


async def load_incident(
    session: AsyncSession, workspace_id: int, incident_id: int
) -> IncidentRow | None:
    """Read one incident of a workspace, open or closed."""
    return await incidents.load(session, workspace_id, incident_id)


async def acknowledge(
    session: AsyncSession, *, workspace_id: int, incident_id: int, slack_user: str
) -> IncidentRow | None:
    """Note who looks after an incident; None when the workspace has none of this id."""
    if await incidents.load(session, workspace_id, incident_id, lock=True) is None:
        return None
    await incidents.acknowledge(session, incident_id, slack_user)
    return await incidents.load(session, workspace_id, incident_id)


async def snooze(
    session: AsyncSession, *, workspace_id: int, incident_id: int, now: datetime
) -> IncidentRow | None:
    """Keep an incident's repeats quiet for a while; its recovery is still told."""
    if await incidents.load(session, workspace_id, incident_id, lock=True) is None:
        return None
    await incidents.snooze(session, incident_id, now + SNOOZE)
    return await incidents.load(session, workspace_id, incident_id)
