"""The plan of changing a store's places or warehouses while its sync stays on (R10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.catalog import PLATFORMS
from storage import locations, plans, relocations, stocking, stores, warehouses
from storage.plans import PlanLineRow
from storage.relocations import IdleLine
from storage.rows import LocationRow, StoreRow
from sync.choices import Choices, LocationChoice
from sync.deps import Deps
from sync.limits import Limits
from sync.names import Naming, name_new, name_warehouses
from sync.open_orders import OpenOrders
from sync.order_reading import read_changes
from sync.place_changes import Change, changes, copied
from sync.plan import PlanProblem, PlanSummary, load_plan
from sync.plan_parts import counts_of, renames
from sync.relocation_forecast import House, Shelves, foresee
from sync.stocking import offered


@dataclass(frozen=True, slots=True)
class Relocation:
    """What choices change about the places of a store, against how they are kept now.

    copied  places whose numbers become ours
    asked   when the store's orders were read that the person was told of, on its own clock
    """

    store: StoreRow
    choices: Choices
    places: tuple[LocationRow, ...]
    changes: tuple[Change[LocationRow], ...]
    copied: frozenset[int]
    asked: datetime

    def of(self, *kinds: str) -> list[Change[LocationRow]]:
        """List the changes of some kinds."""
        return [change for change in self.changes if change.kind in kinds]

    @property
    def linked(self) -> set[int]:
        """The places that had no warehouse and get one."""
        return {change.place.id for change in self.of("linked")}

    @property
    def alone(self) -> bool:
        """Whether one place is the only one with a warehouse from now on."""
        gone = {change.place.id for change in self.of("left_out")}
        kept = {place.id for place in self.places if place.decision == "linked"}
        return len((kept - gone) | self.linked) == 1

    @property
    def still_counted(self) -> bool:
        """Whether our numbers still hold what the early orders of new places are to get."""
        return self.choices.mode == "keep" and self.choices.open_units != "extra"

    def early(self, line: IdleLine) -> bool:
        """Say whether the person's answer is about a line: its order was there when they were asked.

        One that came later is an ordinary sale, unless the number that is copied is one later still.
        """
        margin = PLATFORMS[self.store.platform].traits.clock_margin
        return self.choices.mode == "copy" or line.placed_at + margin < self.asked

    def before(self) -> list[list[Any]]:
        """Write down how the places are kept now, as JSON, for comparing."""
        return [
            [place.id, place.decision, place.warehouse_id, sorted(place.warehouse_ids)]
            for place in sorted(self.places, key=lambda place: place.id)
        ]


async def relocation(
    session: AsyncSession, store: StoreRow, choices: Choices, asked: datetime
) -> Relocation:
    """Hold choices against how a store's places are kept now."""
    places = await locations.of_store(session, store.id)
    if not PLATFORMS[store.platform].traits.locations:
        choices = _one_place(choices, places)
    found = changes(places, choices.locations)
    sources = copied(found, choices.copy_from) if choices.mode == "copy" else set()
    return Relocation(store, choices, tuple(places), tuple(found), frozenset(sources), asked)


def _one_place(choices: Choices, places: Sequence[LocationRow]) -> Choices:
    """Leave out where a store without locations kept its stock before: it has one place only."""
    chosen = {choice.location_id for choice in choices.locations}
    gone = tuple(
        LocationChoice(place.id, "none", None)
        for place in places
        if place.decision == "linked" and place.id not in chosen
    )
    return replace(choices, locations=(*choices.locations, *gone))


async def read_idle_orders(deps: Deps, store_id: int, choices: Choices) -> OpenOrders:
    """Read the store's newest orders, and count what waits at the places that get a warehouse.

    Slow; raises StoreError.
    """
    async with deps.database.transaction() as session:
        store = await stores.load(session, store_id)
    if store is None:
        return OpenOrders(0, 0)
    asked = deps.clock.now()
    async with deps.open_store(store) as connector:
        await read_changes(deps, store, connector)
        asked += connector.skew
    async with deps.database.transaction() as session:
        found = await relocation(session, store, choices, asked)
        lines = await idle_of(session, found)
    waiting = [line for line in lines if line.committed]
    return OpenOrders(
        orders=len({line.order_id for line in waiting}),
        units=sum(line.committed for line in waiting),
        asked=asked.isoformat(),
    )


async def names_of(session: AsyncSession, found: Relocation) -> list[Naming]:
    """Name the warehouses that are made, or renamed after the places that get them.

    One that stands for another of the store's places already keeps its name.
    """
    store = found.store
    held = {row.id: row.name for row in await warehouses.every(session, store.workspace_id)}
    chosen = [change.choice for change in found.changes]
    if not PLATFORMS[store.platform].traits.locations:
        return name_new(chosen, warehouses=held, store=store.name)
    changing = {change.place.id for change in found.changes}
    kept = {
        house
        for place in found.places
        if place.id not in changing and place.decision == "linked"
        for house in place.warehouse_ids
    }
    return name_warehouses(
        [choice for choice in chosen if choice.warehouse_id not in kept],
        locations={place.id: place.name for place in found.places},
        warehouses=held,
        store=store.name,
    )


async def idle_of(session: AsyncSession, found: Relocation) -> list[IdleLine]:
    """Lock and read the order lines that begin to have an effect."""
    return await relocations.idle_lines(session, found.store.id, found.linked, alone=found.alone)


async def lines_of(
    session: AsyncSession, found: Relocation, idle: Collection[IdleLine]
) -> list[PlanLineRow]:
    """Forecast each listing at the places that change, and at those that a copy changes too."""
    taken = _taken(found, idle)
    houses = _houses(found, {place for _, place in taken})
    known = {house for held in houses.values() for house in held if isinstance(house, int)}
    levels = await plans.levels(session, sorted(known))
    prospects = await relocations.prospects(session, found.store.id, houses, found.linked)
    if offered(found.store.platform):
        changing = [c.place.id for c in found.changes if houses.get(c.place.id)]
        prospects += await stocking.prospects(session, found.store.id, changing, let_in=True)
    return foresee(
        prospects,
        Shelves(
            houses=houses,
            copied=found.copied,
            available={(row.product_id, row.warehouse_id): row.available for row in levels},
            counted={(row.product_id, row.warehouse_id) for row in levels if row.counted},
            limits=Limits(found.store.buffer, found.store.maximum),
            taken=taken,
            undeducted=await relocations.undeducted(session, found.store.id, found.copied),
        ),
    )


def _houses(found: Relocation, taken: Collection[int]) -> dict[int, list[House]]:
    """Say which warehouses will stand for each place that the plan is about.

    `taken`: places whose orders are still to come off our numbers.
    """
    houses: dict[int, list[House]] = {}
    set_to: set[House] = set()
    for change in found.changes:
        place, choice = change.place.id, change.choice
        new = f"new {place}"
        first: list[House] = []
        if choice.decision != "none":
            first = [new if choice.warehouse_id is None else choice.warehouse_id]
        if change.kind != "set_aside":
            houses[place] = [*first, *choice.also, *([new] if choice.also_new else [])]
        if place in found.copied or place in taken:
            set_to.update(first)
    for held in found.places:
        touched = set_to.intersection(held.warehouse_ids)
        if held.id not in {c.place.id for c in found.changes} and touched:
            others = [house for house in held.warehouse_ids if house != held.warehouse_id]
            houses[held.id] = [*([held.warehouse_id] if held.warehouse_id else []), *others]
    return houses


def _taken(found: Relocation, idle: Collection[IdleLine]) -> dict[tuple[int, int], int]:
    """Count the units of orders that come off our numbers when the places are linked."""
    units: Counter[tuple[int, int]] = Counter()
    for line in idle:
        if not found.early(line):
            units[line.product_id, line.location_id] += line.taken
        elif found.still_counted:
            units[line.product_id, line.location_id] += line.committed
    return dict(units)


async def make_change_plan(
    session: AsyncSession, deps: Deps, store_id: int, choices: Choices, asked: datetime | None
) -> PlanSummary:
    """Work out what other places or warehouses would do and keep it, to be confirmed.

    `asked`: when the orders were read that the answer in the choices is about. Raises
    PlanProblem, with "same" where the choices change nothing.
    """
    store = await stores.load(session, store_id)
    if store is None or store.disconnected_at is not None:
        raise PlanProblem("gone")
    if store.sync_status == "off" or not store.ships:
        raise PlanProblem("off")
    found = await relocation(session, store, choices, asked or deps.clock.now())
    if not found.changes:
        raise PlanProblem("same")
    names = await names_of(session, found)
    idle = await idle_of(session, found)
    lines = await lines_of(session, found, idle)
    waiting = [line for line in idle if line.committed]
    renamed = await renames(session, store, names)
    figures = {
        "counts": counts_of(lines),
        "unlinked": {},
        "renames": renamed,
        "new_warehouses": [name.name for name in names if name.warehouse_id is None],
        "other_stores": await _others(session, found, lines, idle),
        "open_orders": len({line.order_id for line in waiting}),
        "open_units": sum(line.committed for line in waiting),
        "moves": await _moves(session, found, names),
        "before": found.before(),
        "asked": found.asked.isoformat(),
    }
    plan_id = uuid4()
    await plans.add(
        session,
        plan_id=plan_id,
        workspace_id=store.workspace_id,
        store_id=store_id,
        choices=found.choices.to_json(),
        figures=figures,
        lines=lines,
        now=deps.clock.now(),
    )
    return await _load(session, store.workspace_id, plan_id)


async def _load(session: AsyncSession, workspace_id: int, plan_id: UUID) -> PlanSummary:
    made = await load_plan(session, workspace_id, plan_id)
    if made is None:  # it was written in this very transaction
        raise PlanProblem("gone")
    return made


async def _others(
    session: AsyncSession,
    found: Relocation,
    lines: Collection[PlanLineRow],
    idle: Collection[IdleLine],
) -> list[dict[str, object]]:
    """Count the listings of other stores that share what is copied or taken off."""
    taken = _taken(found, idle)
    at = {line.location_id for line in lines}
    here = await relocations.prospects(session, found.store.id, at, found.linked)
    touched = {product for product, _ in taken} | {
        prospect.product_id for prospect in here if prospect.location_id in found.copied
    }
    changing = found.copied | {place for _, place in taken}
    set_to = {
        change.choice.warehouse_id
        for change in found.changes
        if change.choice.warehouse_id is not None and change.place.id in changing
    }
    counted = Counter(
        row.name
        for row in await plans.neighbours(session, found.store.id, sorted(set_to))
        if row.product_id in touched
    )
    return [{"name": name, "listings": count} for name, count in sorted(counted.items())]


async def _moves(
    session: AsyncSession, found: Relocation, names: Sequence[Naming]
) -> list[dict[str, object]]:
    """Name what changes, with the warehouses as they will be called."""
    held = await warehouses.of_workspace(session, found.store.workspace_id)
    before = {row.id: row.name for row in held}
    after = {**before, **{n.warehouse_id: n.name for n in names if n.warehouse_id is not None}}
    new = {name.location_id: name.name for name in names if name.warehouse_id is None}
    moves: list[dict[str, object]] = []
    for change in found.changes:
        place, choice = change.place, change.choice
        first = [] if choice.warehouse_id is None else [choice.warehouse_id]
        made = [new[place.id]] if place.id in new else []
        known = [after[house] for house in (*first, *choice.also)]
        moves.append(
            {
                "kind": change.kind,
                "place": place.name,
                "before": [before[house] for house in place.warehouse_ids],
                "after": [*made, *known] if choice.decision == "new" else [*known, *made],
            }
        )
    return moves
