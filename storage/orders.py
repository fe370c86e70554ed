"""Queries about customers' orders and what of them is booked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import fetch


@dataclass(frozen=True, slots=True)
class OrderHead:
    """One order without its lines; `stamp` is the store's time of this version."""

    remote_id: str
    name: str
    state: str
    placed_at: datetime
    stamp: datetime


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """An order as we hold it; `stamp` None when this page is the first to name it."""

    id: int
    remote_id: str
    state: str
    stamp: datetime | None


@dataclass(frozen=True, slots=True)
class LineRow:
    """One order line with all that is booked for it."""

    order_id: int
    remote_id: str
    ref: str | None
    sku: str
    location_remote_id: str | None
    listing_id: int | None
    product_id: int | None
    warehouse_id: int | None
    ordered: int
    taken: int
    committed: int
    deducted: int
    baseline_taken: int
    booked_available: int
    booked_committed: int
    bookings: int
    unbooked: str | None


async def lock_heads(
    session: AsyncSession,
    *,
    workspace_id: int,
    store_id: int,
    heads: Sequence[OrderHead],
    now: datetime,
) -> dict[str, KnownOrder]:
    """Lock the orders of a page by remote id, adding the new ones, and note that they were met."""
    given = {
        "workspace": workspace_id,
        "store": store_id,
        "ids": [head.remote_id for head in heads],
        "names": [head.name for head in heads],
        "states": [head.state for head in heads],
        "placed": [head.placed_at for head in heads],
        "stamps": [head.stamp for head in heads],
        "now": now,
    }
    added = await session.execute(
        text("""
            insert into customer_order (workspace_id, store_id, seen_at, remote_id, name, state,
                                        placed_at, stamp)
            select :workspace, :store, :now, * from unnest(
                cast(:ids as text[]), cast(:names as text[]), cast(:states as text[]),
                cast(:placed as timestamptz[]), cast(:stamps as timestamptz[]))
            on conflict (store_id, remote_id) do nothing returning id"""),
        given,
    )
    new = set(added.scalars())
    rows = await fetch(
        session,
        KnownOrder,
        """
        with locked as (
            select id from customer_order
            where store_id = :store and remote_id = any(cast(:ids as text[]))
            order by id for update)
        update customer_order o set seen_at = :now from locked where o.id = locked.id
        returning o.id, o.remote_id, o.state, o.stamp""",
        store=store_id,
        ids=given["ids"],
        now=now,
    )
    return {
        row.remote_id: KnownOrder(
            row.id, row.remote_id, row.state, None if row.id in new else row.stamp
        )
        for row in rows
    }


async def save_heads(session: AsyncSession, heads: dict[int, OrderHead]) -> None:
    """Note the newest version of orders, by our id."""
    await session.execute(
        text("""
            update customer_order o set name = h.name, state = h.state, stamp = h.stamp
            from unnest(cast(:ids as bigint[]), cast(:names as text[]), cast(:states as text[]),
                        cast(:stamps as timestamptz[])) as h (id, name, state, stamp)
            where o.id = h.id"""),
        {
            "ids": list(heads),
            "names": [head.name for head in heads.values()],
            "states": [head.state for head in heads.values()],
            "stamps": [head.stamp for head in heads.values()],
        },
    )


async def lines(session: AsyncSession, order_ids: Sequence[int]) -> list[LineRow]:
    """Read the lines of orders that the caller holds locked."""
    return await fetch(
        session,
        LineRow,
        """
        select order_id, remote_id, ref, sku, location_remote_id, listing_id, product_id,
               warehouse_id, ordered, taken, committed, deducted, baseline_taken,
               booked_available, booked_committed, bookings, unbooked
        from order_line where order_id = any(cast(:orders as bigint[]))""",
        orders=list(order_ids),
    )


async def save_lines(
    session: AsyncSession, *, workspace_id: int, store_id: int, lines: Sequence[LineRow]
) -> dict[tuple[int, str], int]:
    """Upsert lines of locked orders; their ids by (order id, remote id)."""
    found = await session.execute(
        text("""
            insert into order_line (
                workspace_id, store_id, order_id, remote_id, ref, sku, location_remote_id,
                listing_id, product_id, warehouse_id, ordered, taken, committed, deducted,
                baseline_taken, booked_available, booked_committed, bookings, unbooked)
            select :workspace, :store, * from unnest(
                cast(:orders as bigint[]), cast(:ids as text[]), cast(:refs as text[]),
                cast(:skus as text[]), cast(:locations as text[]), cast(:listings as bigint[]),
                cast(:products as bigint[]), cast(:warehouses as bigint[]),
                cast(:ordered as integer[]), cast(:taken as integer[]),
                cast(:committed as integer[]), cast(:deducted as integer[]),
                cast(:baseline as integer[]), cast(:available as integer[]), cast(:booked as integer[]),
                cast(:bookings as integer[]), cast(:unbooked as text[]))
            on conflict (order_id, remote_id) do update
            set location_remote_id = excluded.location_remote_id,
                listing_id = excluded.listing_id, product_id = excluded.product_id,
                warehouse_id = excluded.warehouse_id, ordered = excluded.ordered,
                taken = excluded.taken, committed = excluded.committed,
                deducted = excluded.deducted,
                baseline_taken = excluded.baseline_taken,
                booked_available = excluded.booked_available,
                booked_committed = excluded.booked_committed, bookings = excluded.bookings,
                unbooked = excluded.unbooked
            returning id, order_id, remote_id"""),
        {
            "workspace": workspace_id,
            "store": store_id,
            "orders": [line.order_id for line in lines],
            "ids": [line.remote_id for line in lines],
            "refs": [line.ref for line in lines],
            "skus": [line.sku for line in lines],
            "locations": [line.location_remote_id for line in lines],
            "listings": [line.listing_id for line in lines],
            "products": [line.product_id for line in lines],
            "warehouses": [line.warehouse_id for line in lines],
            "ordered": [line.ordered for line in lines],
            "taken": [line.taken for line in lines],
            "committed": [line.committed for line in lines],
            "deducted": [line.deducted for line in lines],
            "baseline": [line.baseline_taken for line in lines],
            "available": [line.booked_available for line in lines],
            "booked": [line.booked_committed for line in lines],
            "bookings": [line.bookings for line in lines],
            "unbooked": [line.unbooked for line in lines],
        },
    )
    return {(row.order_id, row.remote_id): row.id for row in found}


@dataclass(frozen=True, slots=True)
class UnmetOrder:
    """An order with open units that no reading has met for long."""

    remote_id: str
    name: str
    placed_at: datetime


async def unmet(
    session: AsyncSession, store_id: int, *, before: datetime, limit: int
) -> list[UnmetOrder]:
    """Choose orders with units still to be sent that were met last before a time."""
    return await fetch(
        session,
        UnmetOrder,
        """
        select o.remote_id, o.name, o.placed_at from customer_order o
        where o.store_id = :store and o.seen_at < :before and exists (
            select from order_line l where l.order_id = o.id and l.committed > 0)
        order by o.seen_at, o.id limit :limit""",
        store=store_id,
        before=before,
        limit=limit,
    )


async def met(
    session: AsyncSession, store_id: int, remote_ids: Sequence[str], now: datetime
) -> None:
    """Note that orders were looked for, with nothing new about them."""
    await session.execute(
        text("""
            update customer_order set seen_at = :now where id in (
                select id from customer_order
                where store_id = :store and remote_id = any(cast(:ids as text[]))
                order by id for update)"""),
        {"store": store_id, "ids": list(remote_ids), "now": now},
    )


@dataclass(frozen=True, slots=True)
class Collision:
    """An order with units still to be sent of a product that is oversold."""

    name: str
    store: str
    units: int
    placed_at: datetime


async def collisions(
    session: AsyncSession, product_id: int, warehouse_id: int, limit: int
) -> list[Collision]:
    """Read the newest open orders that share a product in one warehouse, newest first."""
    return await fetch(
        session,
        Collision,
        """
        select o.name, s.name as store, sum(l.committed)::integer as units, o.placed_at
        from order_line l join customer_order o on o.id = l.order_id
        join store s on s.id = l.store_id
        where l.product_id = :product and l.warehouse_id = :warehouse and l.committed > 0
        group by o.id, s.id order by o.placed_at desc, o.name limit :limit""",
        product=product_id,
        warehouse=warehouse_id,
        limit=limit,
    )
