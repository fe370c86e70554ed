"""The ledger: movements in, levels out, and what every target should show because of them.

Lock order, everywhere: the store's row, stock rows by (product, warehouse), then target
rows by id.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch, fetch_one


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the ledger, to be posted once under its cause key."""

    product_id: int
    warehouse_id: int
    on_hand_delta: int
    committed_delta: int
    cause: str
    cause_key: str
    change_set_id: int | None = None
    order_line_id: int | None = None


@dataclass(frozen=True, slots=True)
class StockRow:
    """The level of one product in one warehouse."""

    product_id: int
    warehouse_id: int
    on_hand: int
    committed: int
    available: int
    counted_at: datetime | None


async def post(
    session: AsyncSession, *, workspace_id: int, movements: Sequence[Movement], now: datetime
) -> set[str]:
    """Append movements and move their levels; returns the cause keys that were new.

    A key that was posted before changes nothing. An order's movement alone does not
    make a product counted: nobody has said yet how many there are.
    """
    found = await session.execute(
        text("""
            with given as (
                select * from unnest(
                    cast(:products as bigint[]), cast(:warehouses as bigint[]),
                    cast(:on_hand as integer[]), cast(:committed as integer[]),
                    cast(:causes as text[]), cast(:keys as text[]),
                    cast(:change_sets as bigint[]), cast(:lines as bigint[]))
                    as g (product_id, warehouse_id, on_hand_delta, committed_delta, cause,
                          cause_key, change_set_id, order_line_id)
            ), posted as (
                insert into movement (workspace_id, product_id, warehouse_id, on_hand_delta,
                                      committed_delta, cause, cause_key, change_set_id,
                                      order_line_id, at)
                select :workspace, product_id, warehouse_id, on_hand_delta, committed_delta,
                       cause, cause_key, change_set_id, order_line_id, :now
                from given
                on conflict (workspace_id, cause_key) do nothing
                returning product_id, warehouse_id, on_hand_delta, committed_delta, cause, cause_key
            ), moved as (
                insert into stock (product_id, warehouse_id, workspace_id, on_hand, committed,
                                   counted_at)
                select product_id, warehouse_id, :workspace, sum(on_hand_delta),
                       sum(committed_delta), case when bool_or(cause <> 'order') then :now end
                from posted group by product_id, warehouse_id
                order by product_id, warehouse_id
                on conflict (product_id, warehouse_id) do update
                set on_hand = stock.on_hand + excluded.on_hand,
                    committed = stock.committed + excluded.committed,
                    counted_at = coalesce(stock.counted_at, excluded.counted_at)
            )
            select cause_key from posted"""),
        {
            "workspace": workspace_id,
            "now": now,
            "products": [m.product_id for m in movements],
            "warehouses": [m.warehouse_id for m in movements],
            "on_hand": [m.on_hand_delta for m in movements],
            "committed": [m.committed_delta for m in movements],
            "causes": [m.cause for m in movements],
            "keys": [m.cause_key for m in movements],
            "change_sets": [m.change_set_id for m in movements],
            "lines": [m.order_line_id for m in movements],
        },
    )
    return set(found.scalars())


@dataclass(frozen=True, slots=True)
class Retargeted:
    """A target that should show another number now; `before` None where none was known."""

    id: int
    store_id: int
    before: int | None
    after: int | None


async def retarget(
    session: AsyncSession, product_ids: Collection[int], now: datetime
) -> list[Retargeted]:
    """Bring what the products' targets should show up to their stock; what it changed.

    Every change is a new version (R4). `raised_at` moves only with an increase: the
    guard on raises counts from there, or from when a stop was lifted. A refused write is tried
    again at its time, a drop at once (R5). A product that nobody counted has no number; one
    that is oversold has one below zero, so that what is held on top of it stays right.
    """
    given = {"products": sorted(product_ids), "now": now}
    await session.execute(
        text("""
            select from target where product_id = any(cast(:products as bigint[]))
            order by id for update"""),
        given,
    )
    return await fetch(
        session,
        Retargeted,
        """
        with fresh as (
            select t.id, t.desired as before, case when bool_or(s.counted_at is not null)
                   then least(sum(coalesce(s.available, 0)) - st.buffer,
                              coalesce(st.maximum, 2147483647))::integer end as after,
                   p.stopped_at is not null as stopped
            from target t
            join store st on st.id = t.store_id
            join product p on p.id = t.product_id
            join location_warehouse lw on lw.location_id = t.location_id
            left join stock s
                on s.product_id = t.product_id and s.warehouse_id = lw.warehouse_id
            where t.product_id = any(cast(:products as bigint[]))
            group by t.id, st.buffer, st.maximum, p.stopped_at
        )
        update target t
        set desired = f.after, stopped = f.stopped, version = t.version + 1, made_at = :now,
            raised_at = case when t.desired is null or f.after > t.desired
                                  or (t.stopped and not f.stopped) then :now
                             else t.raised_at end,
            retry_at = case when f.after < t.desired or (f.stopped and not t.stopped) then null
                            else t.retry_at end
        from fresh f
        where f.id = t.id
          and (t.desired is distinct from f.after or t.stopped is distinct from f.stopped)
        returning t.id, t.store_id, f.before, f.after""",
        **given,
    )


async def level(
    session: AsyncSession, product_id: int, warehouse_id: int, *, lock: bool = False
) -> StockRow | None:
    """Read the level of one product in one warehouse."""
    suffix = "for update" if lock else ""
    return await fetch_one(
        session,
        StockRow,
        f"""
        select product_id, warehouse_id, on_hand, committed, available, counted_at
        from stock where product_id = :product and warehouse_id = :warehouse {suffix}""",
        product=product_id,
        warehouse=warehouse_id,
    )


async def is_posted(session: AsyncSession, workspace_id: int, cause_key: str) -> bool:
    """Say whether a movement of this key stands in the ledger."""
    found = await session.execute(
        text("""
            select exists (select from movement
                           where workspace_id = :workspace and cause_key = :key)"""),
        {"workspace": workspace_id, "key": cause_key},
    )
    return bool(found.scalar_one())


async def ensure_level(
    session: AsyncSession, *, workspace_id: int, product_id: int, warehouse_id: int
) -> StockRow:
    """Lock the level of one product in one warehouse, making an uncounted one if need be."""
    await session.execute(
        text("""
            insert into stock (product_id, warehouse_id, workspace_id)
            values (:product, :warehouse, :workspace) on conflict do nothing"""),
        {"product": product_id, "warehouse": warehouse_id, "workspace": workspace_id},
    )
    found = await level(session, product_id, warehouse_id, lock=True)
    if found is None:  # the insert above made it, in this very transaction
        raise LookupError(f"no level of product {product_id} in warehouse {warehouse_id}")
    return found


async def ensure_levels(
    session: AsyncSession, *, workspace_id: int, places: Collection[tuple[int, int]]
) -> dict[tuple[int, int], StockRow]:
    """Lock the levels of (product, warehouse) pairs, making uncounted ones where need be."""
    wanted = sorted(places)
    given = {
        "workspace": workspace_id,
        "products": [product for product, _ in wanted],
        "warehouses": [warehouse for _, warehouse in wanted],
    }
    pairs = """unnest(cast(:products as bigint[]), cast(:warehouses as bigint[]))
               as p (product_id, warehouse_id)"""
    await session.execute(
        text(f"""
            insert into stock (product_id, warehouse_id, workspace_id)
            select p.product_id, p.warehouse_id, :workspace from {pairs}
            order by 1, 2 on conflict do nothing"""),
        given,
    )
    rows = await fetch(
        session,
        StockRow,
        f"""
        select s.product_id, s.warehouse_id, s.on_hand, s.committed, s.available, s.counted_at
        from stock s join {pairs} using (product_id, warehouse_id)
        order by s.product_id, s.warehouse_id for update of s""",
        products=given["products"],
        warehouses=given["warehouses"],
    )
    return {(row.product_id, row.warehouse_id): row for row in rows}


async def add_change_set(
    session: AsyncSession,
    *,
    workspace_id: int,
    store_id: int | None,
    kind: str,
    actor: str,
    note: str,
    now: datetime,
    undoes: int | None = None,
) -> int:
    """Begin the movements of one act; its id. `undoes`: the act that it takes back."""
    found = await session.execute(
        text("""
            insert into change_set (workspace_id, store_id, kind, actor, note, at, undoes_id)
            values (:workspace, :store, :kind, :actor, :note, :now, :undoes) returning id"""),
        {
            "workspace": workspace_id,
            "store": store_id,
            "kind": kind,
            "actor": actor,
            "note": note,
            "now": now,
            "undoes": undoes,
        },
    )
    return int(found.scalar_one())


@dataclass(frozen=True, slots=True)
class Imbalance:
    """A level that is not the sum of its movements: R1 is broken there."""

    product_id: int
    warehouse_id: int
    on_hand: int | None
    committed: int | None
    moved_on_hand: int | None
    moved_committed: int | None


async def imbalances(session: AsyncSession) -> list[Imbalance]:
    """Compare every level with the sum of its movements (R1)."""
    return await fetch(
        session,
        Imbalance,
        """
        select coalesce(s.product_id, m.product_id) as product_id,
               coalesce(s.warehouse_id, m.warehouse_id) as warehouse_id,
               s.on_hand, s.committed, m.moved_on_hand, m.moved_committed
        from stock s full join (
            select product_id, warehouse_id, sum(on_hand_delta)::integer as moved_on_hand,
                   sum(committed_delta)::integer as moved_committed
            from movement group by product_id, warehouse_id) m
        using (product_id, warehouse_id)
        where coalesce(s.on_hand, 0) <> coalesce(m.moved_on_hand, 0)
           or coalesce(s.committed, 0) <> coalesce(m.moved_committed, 0)
        order by 1, 2""",
    )
