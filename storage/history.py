"""A product's movements in the order of time, and the level that they made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage.movements import KIND
from storage.rows import fetch


@dataclass(frozen=True, slots=True)
class Line:
    """One movement, and the level of its warehouse after it.

    total  movements of the product up to the one that the pages begin with
    """

    id: int
    at: datetime
    warehouse: str
    kind: str
    on_hand_delta: int
    committed_delta: int
    available_after: int
    on_hand_after: int
    actor: str | None
    note: str | None
    order: str | None
    store: str | None
    total: int


async def lines(
    session: AsyncSession,
    workspace_id: int,
    product_id: int,
    *,
    top: int | None,
    offset: int,
    limit: int,
) -> list[Line]:
    """Read a page of a product's movements, newest first.

    `top` is the movement that the pages begin with, so that they stay what they are while
    new ones come; None begins with the newest.
    """
    return await fetch(
        session,
        Line,
        f"""
        with moved as (
            select m.*, {KIND} as kind,
                   sum(m.on_hand_delta - m.committed_delta) over upwards as available_after,
                   sum(m.on_hand_delta) over upwards as on_hand_after,
                   count(*) over () as total
            from movement m
            where m.product_id = :product and m.workspace_id = :workspace
              and m.id <= coalesce(cast(:top as bigint), m.id)
            window upwards as (partition by m.warehouse_id order by m.id)
        ), page as (select * from moved order by id desc offset :offset limit :limit)
        select m.id, m.at, w.name as warehouse, m.kind, m.on_hand_delta, m.committed_delta,
               m.available_after, m.on_hand_after, m.total, cs.actor, cs.note,
               o.name as "order", coalesce(os.name, cst.name) as store
        from page m join warehouse w on w.id = m.warehouse_id
        left join change_set cs on cs.id = m.change_set_id
        left join order_line ol on ol.id = m.order_line_id
        left join customer_order o on o.id = ol.order_id
        left join store os on os.id = o.store_id
        left join store cst on cst.id = cs.store_id
        order by m.id desc""",
        workspace=workspace_id,
        product=product_id,
        top=top,
        offset=offset,
        limit=limit,
    )


@dataclass(frozen=True, slots=True)
class Stretch:
    """What the level was in one of the equal stretches of time that a curve is made of.

    begun    when the whole curve begins: the first movement
    lowest, highest, last  available in all warehouses together
    """

    place: int
    lowest: int
    highest: int
    last: int
    begun: datetime


async def curve(
    session: AsyncSession, workspace_id: int, product_id: int, *, until: datetime, stretches: int
) -> list[Stretch]:
    """Divide the time since the first movement; stretches without a movement are left out."""
    return await fetch(
        session,
        Stretch,
        """
        with levels as (
            select id, at, min(at) over () as begun,
                   sum(on_hand_delta - committed_delta) over (order by id) as level
            from movement where product_id = :product and workspace_id = :workspace
        ), placed as (
            select *, least(cast(:stretches as integer) - 1, greatest(0, cast(floor(
                extract(epoch from at - begun) * :stretches
                / greatest(extract(epoch from cast(:until as timestamptz) - begun), 1)) as integer)))
                as place
            from levels
        )
        select place, min(level) as lowest, max(level) as highest,
               (array_agg(level order by id desc))[1] as last, min(begun) as begun
        from placed group by place order by place""",
        workspace=workspace_id,
        product=product_id,
        until=until,
        stretches=stretches,
    )
