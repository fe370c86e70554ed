"""Queries about what a store keeps back of each number, and the most it shows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch


@dataclass(frozen=True, slots=True)
class Shift:
    """A counted listing in sync: what it should show, and what would be available to it."""

    sku: str
    title: str
    location: str
    desired: int
    available: int


async def shifts(session: AsyncSession, store_id: int) -> list[Shift]:
    """Read every counted target of a store with the stock behind it, by SKU."""
    return await fetch(
        session,
        Shift,
        """
        select l.sku, l.title, lo.name as location, greatest(t.desired, 0) as desired,
               sum(coalesce(s.available, 0))::integer as available
        from target t join listing l on l.id = t.listing_id
        join location lo on lo.id = t.location_id
        join location_warehouse lw on lw.location_id = t.location_id
        left join stock s on s.product_id = t.product_id and s.warehouse_id = lw.warehouse_id
        where t.store_id = :store and t.desired is not null
        group by t.id, l.id, lo.id order by l.sku_key, lo.name, t.id""",
        store=store_id,
    )


async def save(session: AsyncSession, store_id: int, *, buffer: int, maximum: int | None) -> None:
    """Set what a store keeps back, and the most it shows."""
    await session.execute(
        text("update store set buffer = :buffer, maximum = :maximum where id = :id"),
        {"id": store_id, "buffer": buffer, "maximum": maximum},
    )
