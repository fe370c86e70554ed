"""Queries about low-stock levels: what is available of a product, and whether that was told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch


@dataclass(frozen=True, slots=True)
class LowLevel:
    """A product with a low-stock level, or with an alert about one that it had.

    available  over all warehouses of ours where it is counted; None where it is in none
    told       what was available when people were told last; None while no alert is open
    """

    product_id: int
    sku: str
    title: str
    low_level: int | None
    available: int | None
    told: int | None


async def standing(
    session: AsyncSession, workspace_id: int, product_ids: Collection[int]
) -> list[LowLevel]:
    """Read how products stand to their low-stock levels; those without one are left out.

    Whoever changes one of a product's warehouses waits here for the others, so that of two
    changes at once the second sees the sum of both.
    """
    given = {"workspace": workspace_id, "products": sorted(product_ids)}
    watched = """
        product p left join incident i
            on i.workspace_id = p.workspace_id and i.kind = 'low_stock' and i.closed_at is null
            and i.subject = p.id::text
        where p.id = any(cast(:products as bigint[])) and p.workspace_id = :workspace
          and (p.low_level is not null or i.id is not null)"""
    await session.execute(
        text(f"""
            select pg_advisory_xact_lock(hashtextextended('low stock ' || o.id, 0))
            from (select p.id from {watched} order by p.id) o"""),
        given,
    )
    return await fetch(
        session,
        LowLevel,
        f"""
        select p.id as product_id, p.sku, p.title, p.low_level,
               (select sum(s.available)::integer from stock s
                join warehouse w on w.id = s.warehouse_id and w.kind = 'own'
                where s.product_id = p.id and s.counted_at is not null) as available,
               case when i.id is not null
                    then coalesce((i.facts ->> 'available')::integer, 0) end as told
        from {watched} order by p.id""",
        **given,
    )


async def set_level(
    session: AsyncSession, workspace_id: int, product_id: int, level: int | None
) -> None:
    """Set from which number on people are told, or None for never."""
    await session.execute(
        text("update product set low_level = :level where id = :id and workspace_id = :workspace"),
        {"level": level, "id": product_id, "workspace": workspace_id},
    )
