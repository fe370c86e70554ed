"""What a plan is put together from: names of warehouses, its lines, other stores that change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.catalog import PLATFORMS
from storage import locations, plans, stocking, warehouses
from storage.plans import PlanLineRow
from storage.rows import StoreRow
from sync.agreements import AUTO_RENEW, renews
from sync.choices import Choices
from sync.forecast import Ground, forecast
from sync.limits import Limits
from sync.names import Naming, name_new, name_warehouses
from sync.open_orders import OpenOrders
from sync.stocking import offered


async def names_of(session: AsyncSession, store: StoreRow, choices: Choices) -> list[Naming]:
    """Name the warehouses that are made or renamed; without locations, only what is made."""
    held = {row.id: row.name for row in await warehouses.every(session, store.workspace_id)}
    if not PLATFORMS[store.platform].traits.locations:
        return name_new(choices.locations, warehouses=held, store=store.name)
    return name_warehouses(
        choices.locations,
        locations={place.id: place.name for place in await locations.of_store(session, store.id)},
        warehouses=held,
        store=store.name,
    )


def receiving(choices: Choices) -> list[int]:
    """List the existing warehouses that a copy and orders go to."""
    return sorted(
        {
            choice.warehouse_id
            for choice in choices.locations
            if choice.decision == "link" and choice.warehouse_id is not None
        }
    )


async def lines_of(
    session: AsyncSession, store: StoreRow, choices: Choices, open_orders: OpenOrders
) -> list[PlanLineRow]:
    """Forecast each listing of the store at its linked locations."""
    linked = [choice for choice in choices.locations if choice.decision != "none"]
    held = {*receiving(choices), *(house for choice in linked for house in choice.also)}
    known = await plans.levels(session, sorted(held))
    ground = Ground(
        warehouse_of={choice.location_id: choice.warehouse_id for choice in linked},
        available={(row.product_id, row.warehouse_id): row.available for row in known},
        counted={(row.product_id, row.warehouse_id) for row in known if row.counted},
        open_units=open_orders.by_ref,
        limits=Limits(store.buffer, store.maximum),
        beside={choice.location_id: choice.also for choice in linked},
        undeducted=open_orders.undeducted,
    )
    places = [choice.location_id for choice in linked]
    renewing = choices.agreed.get(AUTO_RENEW, renews(store))
    found = await plans.prospects(session, store.id, places, renews=renewing)
    if offered(store.platform):
        found += await stocking.prospects(session, store.id, places, let_in=False)
    return forecast(found, choices, ground)


def counts_of(lines: Iterable[PlanLineRow]) -> dict[str, int]:
    """Count a plan's lines by kind; what is not stocked is told of apart."""
    return dict(Counter(line.kind for line in lines if line.kind != "not_stocked"))


async def renames(
    session: AsyncSession, store: StoreRow, names: Sequence[Naming]
) -> list[dict[str, object]]:
    """List the warehouses that take another name, and where else they are used."""
    held = {row.id: row for row in await warehouses.of_workspace(session, store.workspace_id)}
    return [
        {
            "old": held[name.warehouse_id].name,
            "new": name.name,
            "used_by": list(held[name.warehouse_id].used_by),
        }
        for name in names
        if name.warehouse_id is not None and held[name.warehouse_id].name != name.name
    ]


async def others(
    session: AsyncSession,
    store: StoreRow,
    choices: Choices,
) -> list[dict[str, object]]:
    """Count the listings of other stores that a copy into shared warehouses touches."""
    if choices.mode != "copy":
        return []
    touched = {
        prospect.product_id
        for prospect in await plans.prospects(
            session, store.id, choices.copied_locations, renews=renews(store)
        )
    }
    counted = Counter(
        row.name
        for row in await plans.neighbours(session, store.id, receiving(choices))
        if row.product_id in touched
    )
    return [{"name": name, "listings": count} for name, count in sorted(counted.items())]
