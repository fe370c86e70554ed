"""A store's locations, and which warehouses' stock each of them shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import LocationRow, fetch


async def save(
    session: AsyncSession,
    store_id: int,
    found: Iterable[tuple[str, str, bool, bool]],
) -> None:
    """Upsert what the store says of its locations: (remote id, name, active, ours).

    A location that the store no longer lists is no longer active.
    """
    rows = list(found)
    await session.execute(
        text("""
            insert into location (store_id, remote_id, name, active, ours)
            select :store, * from unnest(cast(:ids as text[]), cast(:names as text[]),
                                         cast(:active as boolean[]), cast(:ours as boolean[]))
            on conflict (store_id, remote_id) do update
            set name = excluded.name, active = excluded.active, ours = excluded.ours"""),
        {
            "store": store_id,
            "ids": [row[0] for row in rows],
            "names": [row[1] for row in rows],
            "active": [row[2] for row in rows],
            "ours": [row[3] for row in rows],
        },
    )
    await session.execute(
        text("""
            update location set active = false
            where store_id = :store and remote_id <> all(cast(:ids as text[]))"""),
        {"store": store_id, "ids": [row[0] for row in rows]},
    )


async def of_store(session: AsyncSession, store_id: int) -> list[LocationRow]:
    """List a store's locations by name, each with the warehouse that receives."""
    return await fetch(
        session,
        LocationRow,
        """
        select l.id, l.remote_id, l.name, l.active, l.ours, l.decision, lw.warehouse_id,
               l.early_orders_counted,
               array(select o.warehouse_id from location_warehouse o where o.location_id = l.id
                     order by o.receives desc, o.warehouse_id) as warehouse_ids
        from location l
        left join location_warehouse lw on lw.location_id = l.id and lw.receives
        where l.store_id = :store order by l.name, l.id""",
        store=store_id,
    )


async def decide(
    session: AsyncSession,
    location_id: int,
    decision: str,
    warehouse_id: int | None,
    also: Sequence[int] = (),
    *,
    early_orders_counted: bool | None = None,
) -> None:
    """Link a location to the warehouse that receives and others whose stock it adds, or to none.

    `early_orders_counted`: what holds for its early orders; None: what holds for the store's.
    """
    await session.execute(
        text("delete from location_warehouse where location_id = :id"), {"id": location_id}
    )
    await session.execute(
        text("""
            update location set decision = :decision, early_orders_counted = :counted
            where id = :id"""),
        {"id": location_id, "decision": decision, "counted": early_orders_counted},
    )
    if warehouse_id is not None:
        houses = list(dict.fromkeys([warehouse_id, *also]))
        linked = await session.execute(
            text("""
                insert into location_warehouse (location_id, warehouse_id, receives)
                select :location, id, id = :receives from warehouse
                where id = any(cast(:warehouses as bigint[])) and kind = 'own'
                returning warehouse_id"""),
            {"location": location_id, "receives": warehouse_id, "warehouses": houses},
        )
        if len(linked.all()) < len(houses):
            raise LookupError(f"location {location_id}: not all of {houses} can be sold from")
