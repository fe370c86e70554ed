"""Writes that a store accepted and will apply later: asked about until they end.

Such a write is an `attempt_item` whose outcome is `accepted`. Times are ours, but for
those of targets, which are on the store's clock. `UNSETTLED` of `targets.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch, fetch_one
from storage.targets import UNSETTLED

# Nobody holds the target: what is in flight is the business of its own attempt.
_OPEN = """
    from attempt_item i join attempt a on a.id = i.attempt_id join target t on t.id = i.target_id
    where a.store_id = :store and i.outcome = 'accepted'"""


@dataclass(frozen=True, slots=True)
class OpenWrite:
    """One accepted write; `read_from` as of its attempt, `refusals` as of its target."""

    attempt_id: UUID
    position: int
    target_id: int
    handle: str
    to_value: int
    version: int
    read_from: datetime | None
    accepted_at: datetime
    refusals: int


_COLUMNS = """
    i.attempt_id, i.position, i.target_id, i.handle, i.to_value, i.version, a.read_from,
    i.accepted_at, t.refusals"""


async def claim(
    session: AsyncSession, store_id: int, *, now: datetime, also_by: datetime, until: datetime
) -> list[str]:
    """Take the handles that are due for this worker until a time; the distinct ones.

    None where none is due now; else also those that are due by `also_by`.
    """
    found = await session.execute(
        text(f"""
            with due as (
                select i.attempt_id, i.position {_OPEN} and t.attempt_id is null
                  and i.poll_at <= :also_by
                  and exists (select {_OPEN} and t.attempt_id is null and i.poll_at <= :now)
                order by i.attempt_id, i.position for update of i skip locked)
            update attempt_item i set poll_at = :until
            from due where i.attempt_id = due.attempt_id and i.position = due.position
            returning i.handle"""),
        {"store": store_id, "now": now, "also_by": also_by, "until": until},
    )
    return sorted(set(found.scalars()))


async def lock(session: AsyncSession, store_id: int, handles: Sequence[str]) -> list[OpenWrite]:
    """Lock the targets of writes that are still open and not in flight anew, oldest write first."""
    await session.execute(
        text(f"""
            select {_OPEN} and i.handle = any(cast(:handles as text[]))
            order by t.id for update of t"""),
        {"store": store_id, "handles": list(handles)},
    )
    # Read after the lock, which another worker may have held to record the same.
    return await fetch(
        session,
        OpenWrite,
        f"""
        select {_COLUMNS} {_OPEN} and i.handle = any(cast(:handles as text[]))
          and t.attempt_id is null
        order by i.accepted_at, i.attempt_id, i.position""",
        store=store_id,
        handles=list(handles),
    )


async def ask_again(session: AsyncSession, writes: Sequence[tuple[OpenWrite, datetime]]) -> None:
    """Note when each of some open writes is asked about next."""
    await session.execute(
        text("""
            update attempt_item i set poll_at = r.at
            from unnest(cast(:attempts as uuid[]), cast(:positions as integer[]),
                        cast(:ats as timestamptz[])) as r (attempt_id, position, at)
            where i.attempt_id = r.attempt_id and i.position = r.position"""),
        {
            "attempts": [write.attempt_id for write, _ in writes],
            "positions": [write.position for write, _ in writes],
            "ats": [at for _, at in writes],
        },
    )


@dataclass(frozen=True, slots=True)
class Ended:
    """What the end of an accepted write makes of its target.

    `lands_by` is when it has landed, None where it certainly never does; its number is
    waited for until `pending_until`. `window` as in `attempts.Landed`.
    """

    attempt_id: UUID
    position: int
    target_id: int
    outcome: str
    value: int
    version: int
    lands_by: datetime | None
    pending_until: datetime | None
    window: tuple[datetime, datetime] | None
    rejected: str | None
    refusals: int
    retry_at: datetime | None


async def close(session: AsyncSession, ended: Sequence[Ended], *, store_now: datetime) -> None:
    """Record the ends of writes, one of each target, whose targets are locked.

    A write that landed counts as the newest number that may not be seen yet, whatever was
    written after it. One that never lands leaves what was believed before it, unless
    another is open still. A refusal is the target's only where nothing newer was written.
    """
    given = {
        "at": store_now,
        "attempts": [row.attempt_id for row in ended],
        "positions": [row.position for row in ended],
        "targets": [row.target_id for row in ended],
        "outcomes": [row.outcome for row in ended],
        "values": [row.value for row in ended],
        "versions": [row.version for row in ended],
        "lands": [row.lands_by for row in ended],
        "pendings": [row.pending_until for row in ended],
        "window_los": [row.window[0] if row.window else None for row in ended],
        "window_his": [row.window[1] if row.window else None for row in ended],
        "rejected": [row.rejected for row in ended],
        "refusals": [row.refusals for row in ended],
        "retry_at": [row.retry_at for row in ended],
    }
    await session.execute(
        text("""
            update attempt_item i set outcome = r.outcome, poll_at = null
            from unnest(cast(:attempts as uuid[]), cast(:positions as integer[]),
                        cast(:outcomes as text[])) as r (attempt_id, position, outcome)
            where i.attempt_id = r.attempt_id and i.position = r.position"""),
        given,
    )
    await session.execute(
        text(f"""
            with ended as (
                select r.*, r.lands_by is not null as landed,
                       exists (select from attempt_item o where o.target_id = r.id
                               and o.outcome = 'accepted') as still_open,
                       not exists (select from attempt_item o join attempt b on b.id = o.attempt_id
                                   join attempt a on a.id = r.attempt_id
                                   where o.target_id = r.id and b.created_at > a.created_at
                                     and o.outcome in ('accepted', 'applied', 'unknown')) as newest
                from unnest(cast(:targets as bigint[]), cast(:attempts as uuid[]),
                            cast(:outcomes as text[]), cast(:values as integer[]),
                            cast(:versions as integer[]), cast(:lands as timestamptz[]),
                            cast(:pendings as timestamptz[]), cast(:window_los as timestamptz[]),
                            cast(:window_his as timestamptz[]), cast(:rejected as text[]),
                            cast(:refusals as integer[]), cast(:retry_at as timestamptz[]))
                    as r (id, attempt_id, outcome, value, version, lands_by, pending_until,
                          window_lo, window_hi, rejected, refusals, retry_at))
            update target t
            set accepted_until = case when r.still_open then t.accepted_until end,
                unsettled_until = greatest(t.unsettled_until, r.lands_by),
                shown = case when r.landed then null
                             when t.shown is null and not r.still_open and not t.take_over
                             then t.shown_before else t.shown end,
                shown_before = case when r.still_open and not r.landed then t.shown_before end,
                acked_version = case when r.outcome = 'applied' and r.newest then r.version
                                     else t.acked_version end,
                pending = case when r.landed and {UNSETTLED} > :at
                               then greatest(r.value, t.pending) when r.landed then r.value
                               when r.newest then t.looming else t.pending end,
                pending_until = case when r.landed then r.pending_until
                                     when r.newest then cast(:at as timestamptz)
                                     else t.pending_until end,
                looming = case when r.landed and {UNSETTLED} > :at
                               then greatest(r.value, t.looming) when r.landed then r.value
                               else t.looming end,
                rejected = case when r.newest and r.rejected is not null then r.rejected
                                when r.outcome = 'rejected' or t.retry_at is not null
                                then t.rejected end,
                refusals = case when r.newest and r.rejected is not null then r.refusals
                                when r.outcome = 'rejected' or t.retry_at is not null
                                then t.refusals else 0 end,
                retry_at = case when r.newest and r.rejected is not null then r.retry_at
                                else t.retry_at end,
                windows = case when r.window_lo is null then t.windows
                               else t.windows + tstzmultirange(tstzrange(r.window_lo, r.window_hi,
                                                                         '[]')) end,
                stale_at = case when not r.landed then t.stale_at end,
                probe_shown = case when not r.landed then t.probe_shown end,
                probe_lo = case when not r.landed then t.probe_lo end,
                probe_hi = case when not r.landed then t.probe_hi end,
                probe_after = case when not r.landed then t.probe_after else 0 end
            from ended r where t.id = r.id"""),
        given,
    )


async def next_ask(session: AsyncSession, store_id: int) -> datetime | None:
    """Say when a store is to be asked next, None where no write is open."""
    found = await session.execute(text(f"select min(i.poll_at) {_OPEN}"), {"store": store_id})
    value: datetime | None = found.scalar()
    return value


@dataclass(frozen=True, slots=True)
class Hanging:
    """Writes that are open for too long."""

    since: datetime
    count: int


async def hanging(session: AsyncSession, store_id: int, *, before: datetime) -> Hanging | None:
    """Count the open writes of a store that it accepted before a time; None where none is."""
    return await fetch_one(
        session,
        Hanging,
        f"""
        select min(i.accepted_at) as since, cast(count(*) as int) as count {_OPEN}
          and i.accepted_at <= :before
        having count(*) > 0""",
        store=store_id,
        before=before,
    )
