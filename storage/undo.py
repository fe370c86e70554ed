"""Queries about what people did to stock, and what taking it back would do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch, fetch_one

# What people do to stock, each a change set `c`; orders and copies of what a platform keeps are
# no acts, and an undo stays. Turning sync on with our numbers moves nothing of ours, but what the
# store showed is gone by it.
_MOVED = """
    exists (select from movement m where m.change_set_id = c.id and m.cause <> 'order'
            and (m.on_hand_delta <> 0 or m.committed_delta <> 0))"""
_ACT = f"""
    c.workspace_id = :workspace and c.kind not in ('undo', 'fba')
    and ({_MOVED} or c.kind = 'turn_on' and (
         exists (select from target t where t.pushed_by_id = c.id)
         or exists (select from change_set d where d.undoes_id = c.id)))"""

_ROW = f"""
    select c.id, case when c.kind = 'turn_on' and not {_MOVED} then 'first_push' else c.kind end
               as kind,
           c.actor, c.note, c.at, c.store_id, s.name as store,
           (select count(distinct m.product_id) from movement m
            where m.change_set_id = c.id and m.cause <> 'order')
           + (select count(distinct t.product_id) from target t where t.pushed_by_id = c.id)
               as products,
           u.actor as undone_by, u.at as undone_at
    from change_set c left join store s on s.id = c.store_id
    left join change_set u on u.undoes_id = c.id"""


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did to stock; `undone_by` is who took it back, and `store` what it was about."""

    id: int
    kind: str
    actor: str
    note: str
    at: datetime
    store_id: int | None
    store: str | None
    products: int
    undone_by: str | None
    undone_at: datetime | None


async def count(session: AsyncSession, workspace_id: int) -> int:
    """Count what was done to a workspace's stock."""
    found = await session.execute(
        text(f"select count(*) from change_set c where {_ACT}"), {"workspace": workspace_id}
    )
    return int(found.scalar_one())


async def acts(session: AsyncSession, workspace_id: int, *, limit: int, offset: int) -> list[Act]:
    """List what was done to a workspace's stock, newest first."""
    return await fetch(
        session,
        Act,
        f"{_ROW} where {_ACT} order by c.id desc limit :limit offset :offset",
        workspace=workspace_id,
        limit=limit,
        offset=offset,
    )


async def load(
    session: AsyncSession, workspace_id: int, act_id: int, *, lock: bool = False
) -> Act | None:
    """Read one act of a workspace (R13)."""
    suffix = "for update of c" if lock else ""
    return await fetch_one(
        session,
        Act,
        f"{_ROW} where {_ACT} and c.id = :id {suffix}",
        workspace=workspace_id,
        id=act_id,
    )


@dataclass(frozen=True, slots=True)
class UndoLine:
    """What an act did to one level, and how that level stands now.

    recounted  the number was set anew since: what the act did is in it no more
    alone      nobody but this act ever said how many there are
    elsewhere  another warehouse has a number of the product
    """

    product_id: int
    warehouse_id: int
    sku: str
    title: str
    warehouse: str
    units: int
    on_hand: int
    committed: int
    recounted: bool
    alone: bool
    elsewhere: bool


async def lines(session: AsyncSession, act_id: int) -> list[UndoLine]:
    """Read what an act did, level by level, by SKU."""
    return await fetch(
        session,
        UndoLine,
        """
        with did as (
            select product_id, warehouse_id, sum(on_hand_delta)::integer as units, max(id) as last
            from movement where change_set_id = :act and cause <> 'order'
            group by product_id, warehouse_id
        )
        select d.product_id, d.warehouse_id, p.sku, p.title, w.name as warehouse, d.units,
               s.on_hand, s.committed,
               exists (select from movement m where m.product_id = d.product_id
                       and m.warehouse_id = d.warehouse_id and m.id > d.last
                       and m.cause in ('count', 'copy') and m.change_set_id is distinct from :act
                       and not exists (select from change_set u
                                       where u.undoes_id = m.change_set_id)) as recounted,
               not exists (select from movement m where m.product_id = d.product_id
                           and m.warehouse_id = d.warehouse_id
                           and m.cause not in ('order', 'undo')
                           and m.change_set_id is distinct from :act
                           and not exists (select from change_set u
                                           where u.undoes_id = m.change_set_id)) as alone,
               exists (select from stock o where o.product_id = d.product_id
                       and o.warehouse_id <> d.warehouse_id and o.counted_at is not null)
                   as elsewhere
        from did d join product p on p.id = d.product_id join warehouse w on w.id = d.warehouse_id
        join stock s on s.product_id = d.product_id and s.warehouse_id = d.warehouse_id
        order by p.sku_key, w.name_key""",
        act=act_id,
    )


async def uncount(session: AsyncSession, places: Collection[tuple[int, int]]) -> None:
    """Let levels be not counted again: nobody says any more how many there are."""
    wanted = sorted(places)
    await session.execute(
        text("""
            update stock s set counted_at = null
            from unnest(cast(:products as bigint[]), cast(:warehouses as bigint[]))
                as p (product_id, warehouse_id)
            where s.product_id = p.product_id and s.warehouse_id = p.warehouse_id"""),
        {
            "products": [product for product, _ in wanted],
            "warehouses": [warehouse for _, warehouse in wanted],
        },
    )
