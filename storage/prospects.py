"""What changes of stock would do before they are booked: levels by SKU, numbers in the stores."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch
from storage.targets import WRITABLE

# Whether a target would be written once its product is counted.
_WRITABLE = WRITABLE.replace("t.desired is not null and", "")


@dataclass(frozen=True, slots=True)
class SkuLevel:
    """A product by its folded SKU, and its level in one warehouse."""

    product_id: int
    sku: str
    sku_key: str
    title: str
    on_hand: int
    committed: int
    counted: bool


async def levels_by_sku(
    session: AsyncSession, workspace_id: int, warehouse_id: int, keys: Collection[str]
) -> list[SkuLevel]:
    """Find the products of folded SKUs; those that nobody has are missing from the answer."""
    return await fetch(
        session,
        SkuLevel,
        """
        select p.id as product_id, p.sku, p.sku_key, p.title, coalesce(s.on_hand, 0) as on_hand,
               coalesce(s.committed, 0) as committed, s.counted_at is not null as counted
        from product p
        left join stock s on s.product_id = p.id and s.warehouse_id = :warehouse
        where p.workspace_id = :workspace and p.sku_key = any(cast(:keys as text[]))
        order by p.id""",
        workspace=workspace_id,
        warehouse=warehouse_id,
        keys=sorted(keys),
    )


@dataclass(frozen=True, slots=True)
class Shift:
    """One listing at one location: what it shows now and would show.

    `now` is None where nobody knows; `uncounted`: its product has no number so far.
    """

    store_id: int
    store: str
    location: str
    sku: str
    now: int | None
    becomes: int
    uncounted: bool
    product_id: int


async def shifts(
    session: AsyncSession, workspace_id: int, changes: Sequence[tuple[int, int, int]]
) -> list[Shift]:
    """Say what each listing in sync would show after changes (product, warehouse, units).

    A change makes a product counted, as booking it does.
    """
    return await fetch(
        session,
        Shift,
        f"""
        with given as (
            select g.product_id, g.warehouse_id, sum(g.units) as units
            from unnest(cast(:products as bigint[]), cast(:warehouses as bigint[]),
                        cast(:units as integer[])) as g (product_id, warehouse_id, units)
            group by g.product_id, g.warehouse_id
        ), touched as (
            select distinct t.id from given g
            join target t on t.product_id = g.product_id and t.workspace_id = :workspace
            join location_warehouse lw
                on lw.location_id = t.location_id and lw.warehouse_id = g.warehouse_id
        )
        select st.id as store_id, st.name as store, lo.name as location, l.sku,
               case when t.desired is null then coalesce(t.shown, lv.available)
                    else greatest(t.desired, 0) end as now,
               greatest(0, least(
                   sum(coalesce(s.available, 0) + coalesce(g.units, 0)) - st.buffer,
                   coalesce(st.maximum, 2147483647)))::integer as becomes,
               t.desired is null as uncounted, t.product_id
        from touched join target t on t.id = touched.id
        join listing l on l.id = t.listing_id
        join location lo on lo.id = t.location_id
        join store st on st.id = t.store_id
        join location_warehouse lw on lw.location_id = t.location_id
        left join stock s on s.product_id = t.product_id and s.warehouse_id = lw.warehouse_id
        left join given g on g.product_id = t.product_id and g.warehouse_id = lw.warehouse_id
        left join listing_level lv on lv.listing_id = l.id and lv.location_id = lo.id
        where st.sync_status <> 'off' and {_WRITABLE}
        group by t.id, l.id, lo.id, st.id, lv.available
        order by st.name, l.sku_key, lo.name, t.id""",
        workspace=workspace_id,
        products=[product for product, _, _ in changes],
        warehouses=[warehouse for _, warehouse, _ in changes],
        units=[units for _, _, units in changes],
    )
