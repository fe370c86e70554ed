"""What a store that compares before it sets is to be written: targets to lower and to raise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch
from storage.targets import GOAL, WRITABLE


@dataclass(frozen=True, slots=True)
class Wanted:
    """A target that should show another number than it does."""

    id: int
    shown: int
    goal: int
    version: int


async def drops(session: AsyncSession, store_id: int, *, now: datetime, limit: int) -> list[Wanted]:
    """Lock the targets that show too much and can be lowered from a known number."""
    return await _wanted(session, store_id, now, None, limit, f"greatest(t.shown, 0) > {GOAL}")


async def raises(
    session: AsyncSession, store_id: int, *, now: datetime, raised_before: datetime, limit: int
) -> list[Wanted]:
    """Lock the targets that show too little and whose newest increase is old enough (R5)."""
    return await _wanted(
        session,
        store_id,
        now,
        raised_before,
        limit,
        f"greatest(t.shown, 0) < {GOAL} and coalesce(t.raised_at <= :raised_before, true)",
    )


async def _wanted(
    session: AsyncSession,
    store_id: int,
    now: datetime,
    raised_before: datetime | None,
    limit: int,
    condition: str,
) -> list[Wanted]:
    bound = {} if raised_before is None else {"raised_before": raised_before}
    return await fetch(
        session,
        Wanted,
        f"""
        select t.id, t.shown, {GOAL} as goal, t.version
        from target t join listing l on l.id = t.listing_id
        join location lo on lo.id = t.location_id join store st on st.id = t.store_id
        where t.store_id = :store and t.attempt_id is null and t.stale_at is null
          and t.shown is not null and {condition}
          and (t.retry_at is null or t.retry_at <= :now)
          and st.sync_status = 'on' and {WRITABLE}
        order by t.made_at, t.id limit :limit for update of t skip locked""",
        store=store_id,
        now=now,
        limit=limit,
        **bound,
    )


async def oldest_raise(session: AsyncSession, store_id: int) -> datetime | None:
    """Say since when the raise that waits longest has waited."""
    found = await session.execute(
        text(f"""
            select t.raised_at from target t join listing l on l.id = t.listing_id
            join location lo on lo.id = t.location_id join store st on st.id = t.store_id
            where t.store_id = :store and t.attempt_id is null and t.rejected is null
              and t.shown is not null
              and greatest(t.shown, 0) < {GOAL}
              and st.sync_status = 'on' and {WRITABLE}
            order by t.raised_at limit 1"""),
        {"store": store_id},
    )
    value: datetime | None = found.scalar()
    return value
