"""What stores have sold and still have to send, as the ledger holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class OpenUnits:
    """Orders with committed units, and those units."""

    orders: int
    units: int


async def of_stores(session: AsyncSession, store_ids: Sequence[int]) -> dict[int, OpenUnits]:
    """Count the committed units of each store; a store without any is left out."""
    found = await session.execute(
        text("""
            select store_id, count(distinct order_id) as orders, sum(booked_committed) as units
            from order_line
            where store_id = any(cast(:stores as bigint[])) and booked_committed > 0
            group by store_id"""),
        {"stores": list(store_ids)},
    )
    return {row.store_id: OpenUnits(row.orders, int(row.units)) for row in found}
