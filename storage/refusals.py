"""Queries about numbers that a store refuses, or does not tell."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch
from storage.targets import GOAL


@dataclass(frozen=True, slots=True)
class RefusedTarget:
    """A target whose last write its store refused, with the store's own words."""

    id: int
    sku: str
    reason: str


async def unreadable(
    session: AsyncSession, ids: Sequence[int], *, reason: str, retry_at: datetime
) -> None:
    """Note that the store answered no number for some targets; asked again later (R7)."""
    await session.execute(
        text("""
            update target set rejected = :reason, retry_at = :retry_at, refusals = refusals + 1
            where id = any(cast(:ids as bigint[]))"""),
        {"ids": list(ids), "reason": reason, "retry_at": retry_at},
    )


async def refused(session: AsyncSession, store_id: int) -> int:
    """Count the targets whose last write their store refused."""
    found = await session.execute(
        text("select count(*) from target where store_id = :store and rejected is not null"),
        {"store": store_id},
    )
    return int(found.scalar_one())


async def among(session: AsyncSession, ids: Collection[int]) -> list[RefusedTarget]:
    """Read which of some targets are still refused, by SKU."""
    return await fetch(
        session,
        RefusedTarget,
        """
        select t.id, l.sku, t.rejected as reason
        from target t join listing l on l.id = t.listing_id
        where t.id = any(cast(:ids as bigint[])) and t.rejected is not null
        order by l.sku_key, t.id""",
        ids=sorted(ids),
    )


async def retry_now(session: AsyncSession, ids: Sequence[int]) -> int:
    """Let refused targets be tried again at once; how many."""
    found = await session.execute(
        text("""
            update target set retry_at = null
            where id = any(cast(:ids as bigint[])) and rejected is not null returning id"""),
        {"ids": list(ids)},
    )
    return len(found.all())


async def forgive(session: AsyncSession, store_id: int) -> int:
    """End refusals of numbers that need not be written any more; how many."""
    found = await session.execute(
        text(f"""
            with over as (
                select t.id from target t
                where t.store_id = :store and t.rejected is not null and t.attempt_id is null
                  and not t.stocking and t.shown is not null and t.desired is not null
                  and greatest(t.shown, 0) = {GOAL}
                order by t.id for update)
            update target t set rejected = null, retry_at = null, refusals = 0
            from over where t.id = over.id returning t.id"""),
        {"store": store_id},
    )
    return len(found.all())
