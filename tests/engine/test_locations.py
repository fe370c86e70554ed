"""A shop with several locations: linked, left out, unknown, new, linked later."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from sandbox.shopify.model import Location
from storage import locations
from sync import lifecycle, plan, show
from sync.choices import Choices, LocationChoice
from sync.open_orders import OpenOrders
from tests.engine.conftest import TIMES
from tests.engine.world import World


async def link(world: World, store: int, **chosen: str) -> None:
    """Turn sync on by copying, each location as chosen: a new warehouse, or none."""
    async with world.database.transaction() as session:
        places = {place.name: place for place in await locations.of_store(session, store)}
        choices = Choices(
            mode="copy",
            locations=tuple(
                LocationChoice(places[name.replace("_", " ")].id, decision, None)  # type: ignore[arg-type]  # one of its words
                for name, decision in chosen.items()
            ),
        )
        made = await plan.make_plan(session, world.deps(), store, choices, OpenOrders(0, 0))
    assert isinstance(await world.confirm(made.id), plan.Confirmed)
    await world.until_on(store)


async def available(world: World, sku: str) -> dict[str, int]:
    async with world.database.transaction() as session:
        product = await show.find_product(session, world.workspace_id, sku)
    assert product is not None
    return {level.name: level.available for level in product.warehouses if level.counted}


async def change(world: World, sku: str, warehouse: str, units: int) -> None:
    async with world.database.transaction() as session:
        product = await show.find_product(session, world.workspace_id, sku)
        places = await show.list_warehouses(session, world.workspace_id)
    assert product is not None
    await world.change(
        product.id, next(place.id for place in places if place.name == warehouse), units
    )


async def test_each_location_shows_its_own_warehouse(world: World, cellar: Location) -> None:
    alpha = world.shops["alpha"]
    store = await world.connect("alpha", **TIMES)
    await link(world, store, Main_warehouse="new", Cellar="new")
    assert await available(world, "POT") == {"Main warehouse": 7, "Cellar": 4}
    await change(world, "POT", "Cellar", -1)
    await world.rest(timedelta(minutes=3))
    assert (alpha.available("POT"), alpha.available("POT", cellar)) == (7, 3)
    assert await world.incidents() == []


async def test_r8_a_location_left_out_on_purpose_is_neither_written_nor_counted(
    world: World, cellar: Location
) -> None:
    alpha = world.shops["alpha"]
    store = await world.connect("alpha", **TIMES)
    await link(world, store, Main_warehouse="new", Cellar="none")
    await change(world, "POT", "Main warehouse", -2)
    await world.rest(timedelta(minutes=3))
    assert (alpha.available("POT"), alpha.available("POT", cellar)) == (5, 4)
    assert await world.incidents() == []


async def test_r8_a_fulfilment_services_location_is_left_alone(world: World) -> None:
    alpha = world.shops["alpha"]
    theirs = alpha.add_location("Robot store", fulfillment_service=True)
    alpha.add_listing("JAR", 9, at=[theirs])
    store = await world.connect("alpha", **TIMES)
    await link(world, store, Main_warehouse="new", Robot_store="new")
    await world.rest(timedelta(minutes=3))
    summary = await world.summary(store)
    assert (summary.agree, summary.left_alone) == (2, 1)
    assert world.wire.writes == []


async def test_r7_a_new_location_is_told_of_once_and_can_be_linked_later(world: World) -> None:
    alpha = world.shops["alpha"]
    store = await world.connect("alpha", **TIMES)
    await link(world, store, Main_warehouse="new")
    place = alpha.add_location("Cellar")
    alpha.add_listing("POT", 6, at=[place])
    await world.rest(timedelta(minutes=35))
    assert [kind for kind, _, _ in await world.incidents()] == ["new_location"]
    async with world.database.transaction() as session:
        await lifecycle.turn_off(
            session,
            world.deps(),
            workspace_id=world.workspace_id,
            store_id=store,
            actor="U1",
        )
    await link(world, store, Main_warehouse="new", Cellar="new")
    await world.rest(timedelta(minutes=20))
    assert await available(world, "POT") == {"Cellar": 6}
    assert [(kind, still) for kind, _, still in await world.incidents()] == [
        ("new_location", False)
    ]


async def test_orders_of_an_item_linked_later_begin_at_that_moment(world: World) -> None:
    """Sold before its SKU was given: its open units are committed when it is linked."""
    alpha = world.shops["alpha"]
    alpha.add_listing(None, 8, title="Vase")
    vase = alpha.variants[-1]
    store = await world.connect("alpha", **TIMES)
    await link(world, store, Main_warehouse="new")
    vase.item.sku = "VASE"
    alpha.sell("VASE", 3)
    vase.item.sku = None
    await world.rest(timedelta(minutes=3))
    vase.item.sku = "VASE"
    async with world.database.transaction() as session:
        await lifecycle.turn_off(
            session,
            world.deps(),
            workspace_id=world.workspace_id,
            store_id=store,
            actor="U1",
        )
        # The next import is a full one, which sees the new SKU.
        await session.execute(
            text("update store set products_full_at = null, products_due_at = connected_at")
        )
    await world.rest(timedelta(minutes=16))
    await link(world, store, Main_warehouse="new")
    assert await world.level("VASE") == (8, 3, 5)
    alpha.fulfil(alpha.orders[-1])
    await world.rest(timedelta(minutes=2))
    assert await world.level("VASE") == (5, 0, 5)
