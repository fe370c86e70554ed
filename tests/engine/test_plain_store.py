"""A store without locations: the sum of its warehouses goes out, one of them receives."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from connectors.catalog import PLATFORMS
from storage import locations, warehouses
from storage.database import Database
from sync import adjust, lifecycle, plan, show
from sync.choices import Choices, LocationChoice, Mode, OpenUnits
from sync.open_orders import read_open_orders
from sync.turn_on_facts import turn_on_facts
from tests.engine.conftest import make_shop
from tests.engine.plain import PLAIN, PlainWorld
from tests.engine.world import SimulatedClock


@pytest.fixture
async def world(database: Database, monkeypatch: pytest.MonkeyPatch) -> PlainWorld:
    """Two shops that sell MUG (10 and 3 pieces), of which alpha has no locations."""
    monkeypatch.setitem(PLATFORMS, PLAIN.key, PLAIN)
    clock = SimulatedClock()
    alpha, beta = make_shop("alpha", clock), make_shop("beta", clock)
    alpha.add_listing("MUG", 10)
    alpha.add_listing("CUP", 5)
    beta.add_listing("MUG", 3)
    world = PlainWorld(database, alpha, beta, clock=clock)
    await world.begin()
    return world


async def house(world: PlainWorld, name: str, **counted: int) -> int:
    """Make a warehouse in which some SKUs are counted."""
    async with world.database.transaction() as session:
        made = await warehouses.add(session, world.workspace_id, name, world.clock.now())
    for sku, units in counted.items():
        async with world.database.transaction() as session:
            product = await show.find_product(session, world.workspace_id, sku)
            assert product is not None
            await adjust.counted(
                session,
                world.deps(),
                workspace_id=world.workspace_id,
                product_id=product.id,
                warehouse_id=made,
                on_hand=units,
                actor="U1",
                note="",
                key=f"{name}{sku}{units}",
            )
    return made


async def choose(
    world: PlainWorld,
    store: int,
    mode: Mode,
    receives: int | None,
    *also: int,
    also_new: bool = False,
    open_units: OpenUnits | None = None,
) -> plan.PlanSummary:
    open_orders = await read_open_orders(world.deps(), store)
    async with world.database.transaction() as session:
        [place] = await locations.of_store(session, store)
        assert (place.remote_id, place.name) == ("", "")
        picked = LocationChoice(
            place.id, "new" if receives is None else "link", receives, also, also_new
        )
        choices = Choices(mode, (picked,), open_units=open_units)
        return await plan.make_plan(session, world.deps(), store, choices, open_orders)


async def turn_on(world: PlainWorld, store: int, made: plan.PlanSummary) -> None:
    assert isinstance(await world.confirm(made.id), plan.Confirmed)
    await world.until_on(store)
    await world.rest(timedelta(minutes=4))
    assert await world.imbalances() == []


def line(made: plan.PlanSummary, sku: str) -> tuple[int | None, int | None, list[int]]:
    found = next(line for line in made.sample if line.sku == sku)
    return found.now, found.becomes, list(found.parts)


async def levels(world: PlainWorld, sku: str) -> dict[str, tuple[int, int]]:
    """Committed and available of a SKU by warehouse."""
    async with world.database.transaction() as session:
        product = await show.find_product(session, world.workspace_id, sku)
    assert product is not None
    return {one.name: (one.committed, one.available) for one in product.warehouses}


async def rows(world: PlainWorld, sql: str, **values: Any) -> list[Any]:
    async with world.database.transaction() as session:
        return list(await session.execute(text(sql), values))


async def test_copy_sets_one_warehouse_and_the_sum_goes_out(world: PlainWorld) -> None:
    store = await world.connect_plain("alpha")
    shelf = await house(world, "Shelf")
    attic = await house(world, "Attic", MUG=4)
    made = await choose(world, store, "copy", shelf, attic)
    assert line(made, "MUG") == (10, 14, [10, 4])
    assert line(made, "CUP") == (5, 5, [5])
    assert (made.renames, made.new_warehouses) == ((), ())
    await turn_on(world, store, made)
    assert await levels(world, "MUG") == {"Attic": (0, 4), "Shelf": (0, 10)}
    assert world.shown("alpha", "MUG") == 14
    world.shops["alpha"].sell("MUG", 12)
    await world.rest(timedelta(minutes=2))
    assert await levels(world, "MUG") == {"Attic": (0, 4), "Shelf": (12, -2)}
    assert world.shown("alpha", "MUG") == 2


async def test_keep_sends_the_sum_and_orders_are_taken_from_one(world: PlainWorld) -> None:
    store = await world.connect_plain("alpha")
    shelf = await house(world, "Shelf", MUG=7)
    attic = await house(world, "Attic", MUG=4)
    world.shops["alpha"].sell("MUG", 2)
    made = await choose(world, store, "keep", attic, shelf, open_units="in_numbers")
    assert line(made, "MUG") == (10, 9, [2, 7])
    assert line(made, "CUP") == (5, None, [])
    await turn_on(world, store, made)
    assert await levels(world, "MUG") == {"Attic": (2, 2), "Shelf": (0, 7)}
    assert world.shown("alpha", "MUG") == 9
    assert world.shown("alpha", "CUP") == 5


async def test_a_newcomer_makes_a_warehouse_named_after_the_store(world: PlainWorld) -> None:
    store = await world.connect_plain("alpha")
    made = await choose(world, store, "copy", None)
    assert made.new_warehouses == ("Alpha",)
    await turn_on(world, store, made)
    assert await levels(world, "MUG") == {"Alpha": (0, 10)}
    found = await rows(world, "select name from warehouse")
    assert [row.name for row in found] == ["Alpha"]


async def test_a_new_warehouse_beside_one_that_receives(world: PlainWorld) -> None:
    store = await world.connect_plain("alpha")
    taken = await house(world, "Alpha")
    made = await choose(world, store, "copy", taken, also_new=True)
    assert made.new_warehouses == ("Alpha 2",)
    await turn_on(world, store, made)
    async with world.database.transaction() as session:
        known = await turn_on_facts(session, world.workspace_id, store, world.clock.now())
    assert known is not None
    [place] = known.locations
    assert place.warehouse_id == taken
    assert len(place.warehouse_ids) == 2
    assert not known.has_locations
    assert [w.used_by for w in known.warehouses] == [["Alpha"], ["Alpha"]]
    assert {w.name: w.units for w in known.warehouses} == {"Alpha": 15, "Alpha 2": 0}


async def test_other_stores_of_the_receiving_warehouse_are_told(world: PlainWorld) -> None:
    beta = await world.connect("beta")
    await world.turn_on(beta, "copy")
    store = await world.connect_plain("alpha")
    made = await choose(world, store, "copy", await world.warehouse())
    assert [(one.name, one.listings) for one in made.other_stores] == [("Beta", 1)]
    await turn_on(world, store, made)
    assert world.shown("beta", "MUG") == 10


async def test_sync_that_was_off_for_long_is_compared_with_what_the_store_shows(
    world: PlainWorld,
) -> None:
    async def off_days() -> tuple[int | None, int]:
        async with world.database.transaction() as session:
            known = await turn_on_facts(session, world.workspace_id, store, world.clock.now())
        assert known is not None
        return known.off_days, known.order_days

    store = await world.connect_plain("alpha")
    assert await off_days() == (None, 60)
    await turn_on(world, store, await choose(world, store, "copy", None))
    async with world.database.transaction() as session:
        await lifecycle.turn_off(
            session,
            world.deps(),
            workspace_id=world.workspace_id,
            store_id=store,
            actor="U1",
        )
    world.clock.time += timedelta(days=75, hours=1)
    assert await off_days() == (75, 60)


async def test_pausing_and_resuming_goes_on_with_the_sum(world: PlainWorld) -> None:
    store = await world.connect_plain("alpha")
    shelf = await house(world, "Shelf")
    attic = await house(world, "Attic", MUG=4)
    await turn_on(world, store, await choose(world, store, "copy", shelf, attic))
    given: dict[str, Any] = {"workspace_id": world.workspace_id, "store_id": store, "actor": "U1"}
    async with world.database.transaction() as session:
        await lifecycle.pause(session, world.deps(), **given)
    world.shops["alpha"].sell("MUG", 3)
    await world.rest(timedelta(minutes=2))
    assert await levels(world, "MUG") == {"Attic": (0, 4), "Shelf": (3, 7)}
    async with world.database.transaction() as session:
        await lifecycle.resume(session, world.deps(), **given)
    await house(world, "Attic", MUG=6)
    await world.rest()
    assert world.shown("alpha", "MUG") == 13
    async with world.database.transaction() as session:
        await lifecycle.disconnect(session, world.deps(), open_lines="release", **given)
    assert await levels(world, "MUG") == {"Attic": (0, 6), "Shelf": (0, 10)}
    assert await world.imbalances() == []


async def test_units_that_the_store_has_not_taken_off_yet_come_off_the_copy(
    world: PlainWorld,
) -> None:
    world.late.add(world.shops["alpha"].sell("MUG", 2).id)
    store = await world.connect_plain("alpha")
    shelf = await house(world, "Shelf")
    made = await choose(world, store, "copy", shelf)
    assert line(made, "MUG") == (8, 6, [6])
    await turn_on(world, store, made)
    assert await levels(world, "MUG") == {"Shelf": (2, 6)}


@pytest.mark.parametrize(
    ("buffer", "maximum", "ours", "left"),
    [
        (0, 10, 50, 50),  # shows its maximum: 50 stand behind it
        (2, None, 12, 12),  # keeps two back
        (2, None, 13, 10),  # would show 11: the store's 10 says something
        (0, None, 50, 10),  # nothing hides our number
        (0, 10, 4, 10),  # a raise is no loss
    ],
)
async def test_a_copy_never_lowers_a_number_that_limits_only_hide(
    world: PlainWorld, buffer: int, maximum: int | None, ours: int, left: int
) -> None:
    store = await world.connect_plain("alpha")
    await rows(
        world,
        "update store set buffer = :buffer, maximum = :maximum returning id",
        buffer=buffer,
        maximum=maximum,
    )
    shelf = await house(world, "Shelf", MUG=ours)
    made = await choose(world, store, "copy", shelf)
    becomes = max(0, min(left - buffer, maximum if maximum is not None else left))
    assert line(made, "MUG") == (10, becomes, [left])
    await turn_on(world, store, made)
    assert await levels(world, "MUG") == {"Shelf": (0, left)}
    assert world.shown("alpha", "MUG") == becomes


async def test_the_plan_as_a_table_names_no_location(world: PlainWorld) -> None:
    store = await world.connect_plain("alpha")
    made = await choose(
        world, store, "copy", await house(world, "Shelf"), await house(world, "Attic", MUG=4)
    )
    async with world.database.transaction() as session:
        table = (await plan.plan_csv(session, made.id)).splitlines()
    assert table[0].rstrip() == "SKU,Title,What happens,Shows now,Will show,Sum of"
    assert any(row.rstrip().endswith(",goes up,10,14,10 + 4") for row in table)
