"""Reading levels and the open ends they have: oversold products, products by SKU."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch


@dataclass(frozen=True, slots=True)
class OversoldLevel:
    """A counted level below zero, or one that was and is told of."""

    product_id: int
    warehouse_id: int
    sku: str
    title: str
    warehouse: str
    available: int


async def near_zero(session: AsyncSession, product_ids: Collection[int]) -> list[OversoldLevel]:
    """Read the counted levels of products that are below zero or have an open incident."""
    return await fetch(
        session,
        OversoldLevel,
        """
        select s.product_id, s.warehouse_id, p.sku, p.title, w.name as warehouse, s.available
        from stock s join product p on p.id = s.product_id
        join warehouse w on w.id = s.warehouse_id
        where s.product_id = any(cast(:products as bigint[])) and s.counted_at is not null
          and (s.available < 0 or exists (
               select from incident i
               where i.workspace_id = s.workspace_id and i.kind = 'oversold'
                 and i.closed_at is null
                 and i.subject = s.product_id || ':' || s.warehouse_id))
        order by s.product_id, s.warehouse_id""",
        products=sorted(product_ids),
    )
