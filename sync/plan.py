"""Plans: what turning sync on would do, made, shown, and confirmed by a person (R10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.catalog import PLATFORMS
from storage import facts, plans, stores, turn_ons, warehouses
from storage.facts import ListingCounts
from storage.plans import PlanLineRow, PlanLineView
from storage.queue import work_key
from storage.rows import LocationRow, StoreRow
from storage.warehouses import WarehouseRow
from sync.choices import Choices
from sync.deps import Deps
from sync.forecast import Ground, forecast, holds
from sync.names import Naming, name_warehouses
from sync.sheet import to_csv

SECONDS_A_DAY = 24 * 60 * 60
COUNTED = frozenset({"listings", "warehouses"})  # facts counted over thousands of rows
SAMPLE = 10  # lines that a modal shows; the whole list is the CSV

KIND_WORDS = {
    "up": "goes up",
    "down": "goes down",
    "to_zero": "goes to zero",
    "from_zero": "comes back from zero",
    "same": "stays",
    "uncounted": "not counted yet",
    "left_alone": "left alone",
}


class PlanProblem(Exception):
    """A plan cannot be confirmed: it is gone, sync is on already, or is being turned on."""

    def __init__(self, code: Literal["gone", "already_on", "running"]) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class TurnOnFacts:
    """What the wizard of one store needs to know.

    was_on      sync was on before, so the store may have sold what we did not hear of
    order_days  how many days back the store shows its orders
    """

    store_id: int
    store_name: str
    platform: str
    platform_title: str
    sync_status: str
    importing: bool
    running: bool
    was_on: bool
    order_days: int
    locations: tuple[LocationRow, ...]
    warehouses: tuple[WarehouseRow, ...]
    listings: ListingCounts
    stock_exists: bool


@dataclass(frozen=True, slots=True)
class OpenOrders:
    """A store's orders with units still to be sent; `by_ref` counts the units."""

    orders: int
    units: int
    by_ref: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rename:
    """A warehouse that takes its location's name, and where else it is used."""

    old: str
    new: str
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherStore:
    """Another store whose numbers the copy may change."""

    name: str
    listings: int


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """A plan as it is shown; the whole list is its CSV."""

    id: UUID
    choices: Choices
    counts: dict[str, int]
    unlinked: dict[str, int]
    sample: tuple[PlanLineView, ...]
    renames: tuple[Rename, ...]
    new_warehouses: tuple[str, ...]
    other_stores: tuple[OtherStore, ...]
    open_orders: int
    open_units: int


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A confirmed plan is under way."""

    turn_on_id: int


async def turn_on_facts(
    session: AsyncSession,
    workspace_id: int,
    store_id: int,
    *,
    without: Collection[str] = (),
) -> TurnOnFacts | None:
    """Gather what the wizard shows; None when the workspace has no such store.

    `without`: what is left empty, of COUNTED.
    """
    ground = await stores.ground(session, workspace_id, store_id)
    if ground is None:
        return None
    store = ground.store
    houses = () if "warehouses" in without else await warehouses.of_workspace(session, workspace_id)
    listings = (
        ListingCounts(0, 0, 0, 0, 0, 0, 0, 0)
        if "listings" in without
        else await facts.listing_counts(session, store.id)
    )
    return TurnOnFacts(
        store_id=store.id,
        store_name=store.name,
        platform=store.platform,
        platform_title=PLATFORMS[store.platform].title,
        sync_status=store.sync_status,
        importing=store.products_full_at is None,
        running=ground.running,
        was_on=store.on_since is not None and store.off_since is not None,
        order_days=_order_days(store),
        locations=tuple(
            place for place in await stores.locations(session, store.id) if place.active
        ),
        warehouses=tuple(houses),
        listings=listings,
        stock_exists=ground.stock_exists,
    )


def _order_days(store: StoreRow) -> int:
    usual = PLATFORMS[store.platform].traits.order_history.total_seconds()
    return int(float(store.settings.get("order_history_seconds", usual)) // SECONDS_A_DAY)


async def read_open_orders(deps: Deps, store_id: int) -> OpenOrders:
    """Ask the store which units are still to be sent. Slow; raises StoreError."""
    async with deps.database.transaction() as session:
        store = await stores.load(session, store_id)
    if store is None:
        return OpenOrders(0, 0)
    latest: dict[str, dict[str, int]] = {}
    async with deps.open_store(store) as connector:
        since = deps.clock.now() - connector.traits.order_history
        async for page in connector.orders(since):
            for order in page.orders:
                units: Counter[str] = Counter()
                for line in order.lines:
                    if line.committed:
                        units[line.ref or ""] += line.committed
                latest[order.id] = dict(units)
    by_ref: Counter[str] = Counter()
    for order_units in latest.values():
        by_ref.update(order_units)
    return OpenOrders(
        orders=sum(1 for order_units in latest.values() if order_units),
        units=sum(by_ref.values()),
        by_ref=dict(by_ref),
    )


async def make_plan(
    session: AsyncSession,
    deps: Deps,
    store_id: int,
    choices: Choices,
    open_orders: OpenOrders,
) -> PlanSummary:
    """Work out what the choices would do and keep it, to be confirmed."""
    store = await stores.load(session, store_id)
    if store is None:
        raise PlanProblem("gone")
    names = await _names(session, store, choices)
    lines = await _lines(session, store, choices, open_orders.by_ref)
    linked = sorted({name.warehouse_id for name in names if name.warehouse_id is not None})
    figures = {
        "counts": dict(Counter(line.kind for line in lines)),
        "unlinked": await plans.unlinked(session, store_id),
        "renames": await _renames(session, store, names),
        "new_warehouses": [name.name for name in names if name.warehouse_id is None],
        "other_stores": await _others(session, store, choices, linked, lines),
        "open_orders": open_orders.orders,
        "open_units": open_orders.units,
        "by_ref": dict(open_orders.by_ref),
    }
    plan_id = uuid4()
    await plans.add(
        session,
        plan_id=plan_id,
        workspace_id=store.workspace_id,
        store_id=store_id,
        choices=choices.to_json(),
        figures=figures,
        lines=lines,
        now=deps.clock.now(),
    )
    made = await load_plan(session, store.workspace_id, plan_id)
    if made is None:  # it was written in this very transaction
        raise PlanProblem("gone")
    return made


async def load_plan(session: AsyncSession, workspace_id: int, plan_id: UUID) -> PlanSummary | None:
    """Read a plan of a workspace as it is shown."""
    plan = await plans.load(session, workspace_id, plan_id)
    if plan is None:
        return None
    held = plan.figures
    return PlanSummary(
        id=plan.id,
        choices=Choices.from_json(plan.choices),
        counts=held["counts"],
        unlinked=held["unlinked"],
        sample=tuple(await plans.views(session, plan.id, SAMPLE)),
        renames=tuple(
            Rename(item["old"], item["new"], tuple(item["used_by"])) for item in held["renames"]
        ),
        new_warehouses=tuple(held["new_warehouses"]),
        other_stores=tuple(OtherStore(**item) for item in held["other_stores"]),
        open_orders=held["open_orders"],
        open_units=held["open_units"],
    )


async def plan_csv(session: AsyncSession, plan_id: UUID) -> str:
    """Write the whole plan as a table for a spreadsheet."""
    return to_csv(
        ("SKU", "Title", "Location", "What happens", "Shows now", "Will show"),
        (
            (line.sku, line.title, line.location, KIND_WORDS[line.kind], line.now, line.becomes)
            for line in await plans.views(session, plan_id)
        ),
    )


async def confirm_plan(
    session: AsyncSession,
    deps: Deps,
    *,
    plan_id: UUID,
    actor: str,
    channel: str | None,
    workspace_id: int,
) -> Confirmed | PlanSummary:
    """Begin what a plan says, or return the newer plan that has to be read first.

    Changes that orders explain are worked in quietly. Raises PlanProblem.
    """
    plan = await plans.load(session, workspace_id, plan_id)
    store = None if plan is None else await stores.load(session, plan.store_id, lock=True)
    if plan is None or store is None or store.disconnected_at is not None:
        raise PlanProblem("gone")
    if await turn_ons.running(session, store.id) is not None:
        raise PlanProblem("running")
    if store.sync_status != "off":
        raise PlanProblem("already_on")
    choices = Choices.from_json(plan.choices)
    by_ref: dict[str, int] = plan.figures["by_ref"]
    present = await _lines(session, store, choices, by_ref)
    if not holds(await plans.lines(session, plan_id), present):
        open_orders = OpenOrders(plan.figures["open_orders"], plan.figures["open_units"], by_ref)
        return await make_plan(session, deps, store.id, choices, open_orders)
    now = deps.clock.now()
    await plans.confirm(session, plan_id, actor=actor, now=now)
    await _link(session, store, choices, await _names(session, store, choices), deps)
    turn_on_id = await turn_ons.begin(
        session,
        workspace_id=workspace_id,
        store_id=store.id,
        plan_id=plan_id,
        actor=actor,
        channel=channel,
        now=now,
    )
    await stores.set_due(session, store.id, "orders", now)
    await deps.queue.enqueue(session, "orders", key=work_key("orders", store.id), store_id=store.id)
    return Confirmed(turn_on_id)


async def _link(
    session: AsyncSession,
    store: StoreRow,
    choices: Choices,
    names: Sequence[Naming],
    deps: Deps,
) -> None:
    """Make, rename and link the warehouses that were chosen."""
    made: dict[int, int] = {}
    # Two warehouses may swap names: all old ones step aside before any new one is taken.
    linked = [name for name in names if name.warehouse_id is not None]
    for name in linked:
        await warehouses.rename(session, name.warehouse_id or 0, f"\x1f{name.warehouse_id}")
    for name in linked:
        await warehouses.rename(session, name.warehouse_id or 0, name.name)
    for name in names:
        if name.warehouse_id is None:
            made[name.location_id] = await warehouses.add(
                session, store.workspace_id, name.name, deps.clock.now()
            )
    for choice in choices.locations:
        if choice.decision == "none":
            await stores.decide_location(session, choice.location_id, "unlinked", None)
        else:
            warehouse = made.get(choice.location_id, choice.warehouse_id)
            await stores.decide_location(session, choice.location_id, "linked", warehouse)


async def _names(session: AsyncSession, store: StoreRow, choices: Choices) -> list[Naming]:
    return name_warehouses(
        choices.locations,
        locations={place.id: place.name for place in await stores.locations(session, store.id)},
        warehouses={
            row.id: row.name for row in await warehouses.of_workspace(session, store.workspace_id)
        },
        store=store.name,
    )


async def _lines(
    session: AsyncSession, store: StoreRow, choices: Choices, by_ref: Mapping[str, int]
) -> list[PlanLineRow]:
    linked = [choice for choice in choices.locations if choice.decision != "none"]
    held = sorted({choice.warehouse_id for choice in linked if choice.warehouse_id is not None})
    known = await plans.levels(session, held)
    ground = Ground(
        warehouse_of={choice.location_id: choice.warehouse_id for choice in linked},
        available={
            (level.product_id, level.warehouse_id): level.available
            for level in known
            if level.counted
        },
        open_units=by_ref,
        buffer=store.buffer,
        maximum=store.maximum,
    )
    places = [choice.location_id for choice in linked]
    return forecast(await plans.prospects(session, store.id, places), choices, ground)


async def _renames(
    session: AsyncSession, store: StoreRow, names: Sequence[Naming]
) -> list[dict[str, object]]:
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


async def _others(
    session: AsyncSession,
    store: StoreRow,
    choices: Choices,
    linked: Sequence[int],
    lines: Sequence[PlanLineRow],
) -> list[dict[str, object]]:
    """Count the listings of other stores that a copy into shared warehouses touches."""
    if choices.mode != "copy":
        return []
    touched = {
        prospect.product_id
        for prospect in await plans.prospects(session, store.id, choices.copied_locations)
    }
    counted = Counter(
        row.name
        for row in await plans.neighbours(session, store.id, linked)
        if row.product_id in touched
    )
    return [{"name": name, "listings": count} for name, count in sorted(counted.items())]
