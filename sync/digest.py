"""The daily digest: one message with a day's figures, at the hour that people chose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit, digests, outbox
from storage.digests import Schedule, StoreDay, Trouble
from sync.deps import Deps
from sync.stores import StoreSummary, list_stores
from sync.telling import OUTBOX

DAY = timedelta(days=1)
DIGEST = "digest"  # the kind of the message
HOUR = 8  # at the start of a working day, unless people choose another


@dataclass(frozen=True, slots=True)
class Digest:
    """A day of a workspace: what its stores did, and how they stand now."""

    days: tuple[StoreDay, ...]
    stores: tuple[StoreSummary, ...]
    trouble: Trouble

    @property
    def orders(self) -> int:
        """Orders of all stores."""
        return sum(day.orders for day in self.days)

    @property
    def units(self) -> int:
        """Units sold in all stores."""
        return sum(day.units for day in self.days)


async def queue_digests(deps: Deps) -> int:
    """Write down the digests whose hour has come; how many. Any number of clocks write one."""
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        due = await digests.claim_due(session, now)
        for workspace_id in due:
            await outbox.add(
                session,
                workspace_id=workspace_id,
                kind=DIGEST,
                payload={"since": (now - DAY).isoformat()},
                now=now,
            )
        if due:
            await deps.queue.enqueue(session, OUTBOX, key=OUTBOX)
    return len(due)


async def make(session: AsyncSession, workspace_id: int, since: datetime) -> Digest:
    """Put a day's figures together."""
    return Digest(
        days=tuple(await digests.days(session, workspace_id, since)),
        stores=tuple(await list_stores(session, workspace_id)),
        trouble=await digests.trouble(session, workspace_id, since),
    )


async def set_schedule(
    session: AsyncSession, workspace_id: int, wanted: Schedule, *, actor: str, now: datetime
) -> None:
    """Choose when a workspace is told of its day."""
    if await digests.schedule(session, workspace_id) == wanted:
        return
    await digests.save(session, workspace_id, hour=wanted.hour, zone=wanted.zone, now=now)
    await audit.record(
        session,
        workspace_id,
        actor,
        "alerts.digest",
        now,
        subject="never" if wanted.hour is None else f"{wanted.hour}:00 {wanted.zone}",
    )
