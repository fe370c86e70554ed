"""Queries about targets of stores that compare nothing: what to read before it is written.

`WRITABLE` and `GOAL` of `targets.py`; times with `store` in their name, and those of
targets, are on the store's clock.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch
from storage.targets import GOAL, UNSETTLED, WRITABLE, Read, WantsReading

_JOINED = """
    from target t join listing l on l.id = t.listing_id
    join location lo on lo.id = t.location_id join store st on st.id = t.store_id"""
# The newest write, own effect, or end of a write that may still land.
_TOUCHED = f"greatest(t.written_at, {UNSETTLED}, t.effect_at)"
# Oldest first; of one age, parts of one product stand together, which one call may write.
_TOGETHER = 't.made_at, l.ref collate "C", t.id'


async def too_high(
    session: AsyncSession,
    store_id: int,
    *,
    now: datetime,
    store_now: datetime,
    passed: Collection[int],
    limit: int,
) -> list[WantsReading]:
    """Choose targets that show too much, or may since nobody knows what they show.

    Left out: one whose waiting reading is low enough already, and one for which a number
    that is low enough is still on its way and waited for.
    """
    return await fetch(
        session,
        WantsReading,
        f"""
        select t.id, l.ref, lo.remote_id as location {_JOINED}
        where t.store_id = :store and t.attempt_id is null
          and (t.shown is null or greatest(t.shown, 0) > {GOAL})
          and (t.probe_hi is null or t.probe_shown + greatest(t.probe_after, 0) > {GOAL})
          and not coalesce(t.pending <= {GOAL} and t.pending_until > :store_now
                           and {UNSETTLED} > :store_now, false)
          and (t.retry_at is null or t.retry_at <= :now)
          and t.id <> all(cast(:passed as bigint[]))
          and st.sync_status = 'on' and {WRITABLE}
        order by (t.shown is not null) desc, {_TOGETHER} limit :limit""",
        store=store_id,
        now=now,
        store_now=store_now,
        passed=sorted(passed),
        limit=limit,
    )


async def too_low(
    session: AsyncSession,
    store_id: int,
    *,
    now: datetime,
    raised_before: datetime,
    touched_before: datetime,
    passed: Collection[int],
    limit: int,
) -> list[WantsReading]:
    """Choose targets that show too little, whose newest increase is old enough (R5).

    Left out: one touched so lately that a reading could not be told apart from it, and
    one whose waiting reading differs from what we believe.
    """
    return await fetch(
        session,
        WantsReading,
        f"""
        select t.id, l.ref, lo.remote_id as location {_JOINED}
        where t.store_id = :store and t.attempt_id is null
          and t.shown is not null and greatest(t.shown, 0) < {GOAL}
          and coalesce(t.raised_at <= :raised_before, true)
          and coalesce({_TOUCHED} < :touched_before, true)
          and (t.probe_hi is null or t.probe_shown + t.probe_after = t.shown)
          and (t.retry_at is null or t.retry_at <= :now)
          and t.id <> all(cast(:passed as bigint[]))
          and st.sync_status = 'on' and {WRITABLE}
        order by {_TOGETHER} limit :limit""",
        store=store_id,
        now=now,
        raised_before=raised_before,
        touched_before=touched_before,
        passed=sorted(passed),
        limit=limit,
    )


async def next_quiet(session: AsyncSession, store_id: int, *, after: datetime) -> datetime | None:
    """Say since when the first target is at rest that waits to be read or raised.

    Only those are asked for whose rest begins after a time: the others can be read now.
    """
    found = await session.execute(
        text(f"""
            select min({_TOUCHED}) {_JOINED}
            where t.store_id = :store and t.attempt_id is null and t.probe_hi is null
              and (t.shown is null or greatest(t.shown, 0) < {GOAL})
              and {_TOUCHED} > :after and st.sync_status = 'on' and {WRITABLE}"""),
        {"store": store_id, "after": after},
    )
    value: datetime | None = found.scalar()
    return value


async def wait_on(
    session: AsyncSession, reads: Sequence[Read], *, store_now: datetime, look_again: datetime
) -> None:
    """Wait for what may still land on targets whose number was read and is low enough.

    Until `look_again` where one of the numbers that may land is too high and nobody will
    tell when it does; else until none may land any more.
    """
    await session.execute(
        text(f"""
            update target t
            set pending = greatest(r.available, t.pending,
                                   case when t.looming <= {GOAL} then t.looming end),
                pending_until = case when t.looming > {GOAL}
                                     then least({UNSETTLED}, cast(:look_again as timestamptz))
                                     else {UNSETTLED} end
            from unnest(cast(:ids as bigint[]), cast(:available as integer[]))
                as r (id, available)
            where t.id = r.id and t.attempt_id is null and t.shown is null
              and {UNSETTLED} > :store_now and t.pending_until <= :store_now
              and r.available <= {GOAL}"""),
        {
            "ids": [read.id for read in reads],
            "available": [read.available for read in reads],
            "store_now": store_now,
            "look_again": look_again,
        },
    )
