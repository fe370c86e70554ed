"""A location that is closed or deleted, or no longer told of, leaves its old orders where they are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.shopify.scopes import OTHERS_PLACES, OWN_PLACES
from sandbox.shopify.model import Location, Order
from sync import show
from tests.engine.conftest import TIMES
from tests.engine.test_locations import available, link
from tests.engine.world import World

READ = timedelta(minutes=5)
LONG = timedelta(hours=1)  # the overlap of the polls is over


@pytest.fixture
async def store(world: World, cellar: Location) -> int:
    """Alpha in sync, each of its two locations with a warehouse of its own."""
    store = await world.connect("alpha", **TIMES)
    await link(world, store, Main_warehouse="new", Cellar="new")
    await world.rest(READ)
    return store


@pytest.fixture
async def order(world: World, store: int, cellar: Location) -> Order:
    """Three POT to be sent from the cellar, of which one is left."""
    order = world.shops["alpha"].sell("POT", 3, location=cellar)
    await world.rest(READ)
    assert await available(world, "POT") == {"Main warehouse": 7, "Cellar": 1}
    return order


async def told_again(world: World, order: Order, after: timedelta = LONG) -> None:
    """Let a tag be added to an old order, and the order be read again."""
    await world.rest(after)
    world.shops["alpha"].touch(order)
    await world.rest(READ)


def without_places(world: World) -> None:
    """Take the permission to read where orders are sent from away."""
    world.shops["alpha"].scopes -= {OWN_PLACES, OTHERS_PLACES}


async def test_r2_a_closed_location_keeps_what_was_sent_from_it(
    world: World, store: int, order: Order, cellar: Location
) -> None:
    alpha, beta = world.shops["alpha"], world.shops["beta"]
    beta.add_listing("POT", 4)
    other = await world.connect("beta", **TIMES)
    async with world.database.transaction() as session:
        houses = {
            each.name: each.id for each in await show.list_warehouses(session, world.workspace_id)
        }
    await world.turn_on(other, "keep", warehouse_id=houses["Cellar"])
    alpha.fulfil(order)
    await world.rest(READ)
    assert beta.available("POT") == 1
    cellar.active = False
    await told_again(world, order)
    assert sorted((await available(world, "POT")).values()) == [1, 7]
    assert beta.available("POT") == 1
    assert await world.imbalances() == []


async def test_r2_a_closed_location_keeps_what_the_next_poll_reads_again(
    world: World, order: Order, cellar: Location
) -> None:
    world.shops["alpha"].fulfil(order)
    await world.run(timedelta(minutes=1))
    cellar.active = False
    await world.rest(READ)
    assert await available(world, "POT") == {"Main warehouse": 7, "Cellar": 1}


@pytest.mark.parametrize("third", [False, True])
async def test_r2_a_deleted_location_keeps_what_was_sent_from_it(
    world: World, order: Order, cellar: Location, third: bool
) -> None:
    alpha = world.shops["alpha"]
    alpha.fulfil(order)
    await world.rest(READ)
    if third:
        alpha.add_location("Third")
    cellar.active = False
    alpha.delete_location(cellar)
    await told_again(world, order)
    assert await available(world, "POT") == {"Main warehouse": 7, "Cellar": 1}
    assert alpha.available("POT") == 7


async def test_r2_a_line_keeps_its_units_of_a_deleted_location_beside_others(
    world: World, store: int, cellar: Location
) -> None:
    alpha = world.shops["alpha"]
    order = alpha.sell("POT", 9)  # all of the main location, the rest from the cellar
    alpha.fulfil(order)
    await world.rest(READ)
    assert await available(world, "POT") == {"Main warehouse": 0, "Cellar": 2}
    alpha.add_location("Third")
    cellar.active = False
    alpha.delete_location(cellar)
    alpha.refund(order, "POT", 2, "RETURN", location=alpha.locations[0])
    await world.rest(LONG)
    assert await available(world, "POT") == {"Main warehouse": 2, "Cellar": 2}


async def test_r2_an_open_order_stays_where_it_is_while_its_place_is_not_told(
    world: World, order: Order, cellar: Location
) -> None:
    alpha = world.shops["alpha"]
    without_places(world)
    await told_again(world, order)
    assert await available(world, "POT") == {"Main warehouse": 7, "Cellar": 1}
    alpha.edit_quantity(order, "POT", 4)
    await world.rest(READ)
    assert await available(world, "POT") == {"Main warehouse": 7, "Cellar": 0}
    alpha.edit_quantity(order, "POT", 2)
    await world.rest(READ)
    assert await available(world, "POT") == {"Main warehouse": 7, "Cellar": 2}
    alpha.fulfil(order, "POT", 1)
    alpha.refund(order, "POT", 1, "CANCEL")
    await world.rest(READ)
    assert await available(world, "POT") == {"Main warehouse": 7, "Cellar": 3}
    alpha.refund(order, "POT", 1, "RETURN")
    await world.rest(READ)
    assert await available(world, "POT") == {"Main warehouse": 7, "Cellar": 4}
    assert (alpha.available("POT"), alpha.available("POT", cellar)) == (7, 4)
    assert await world.imbalances() == []


async def test_r2_a_move_is_followed_once_places_are_told_again(world: World, order: Order) -> None:
    alpha = world.shops["alpha"]
    scopes = alpha.scopes
    without_places(world)
    alpha.move(order, alpha.locations[0])
    await told_again(world, order)
    assert await available(world, "POT") == {"Main warehouse": 7, "Cellar": 1}
    alpha.scopes = scopes
    await told_again(world, order)
    assert await available(world, "POT") == {"Main warehouse": 4, "Cellar": 4}
    assert alpha.available("POT") == 4


async def test_r2_an_order_keeps_its_place_when_another_one_is_opened(world: World) -> None:
    """Of a shop that had one location, and does not let us see where orders are sent from."""
    alpha = world.shops["alpha"]
    without_places(world)
    store = await world.connect("alpha", **TIMES)
    await world.turn_on(store, "copy")
    await world.rest(READ)
    order = alpha.sell("MUG", 3)
    await world.rest(READ)
    alpha.add_location("Pop-up")
    await told_again(world, order)
    assert await world.level("MUG") == (10, 3, 7)
    alpha.fulfil(order)
    await world.rest(READ)
    assert await world.level("MUG") == (7, 0, 7)
    assert alpha.available("MUG") == 7


async def test_r2_a_cancelled_line_is_not_moved_to_where_the_rest_of_its_order_is(
    world: World, store: int, cellar: Location
) -> None:
    """It has left its fulfilment orders, so nothing tells where it was to be sent from."""
    alpha = world.shops["alpha"]
    alpha.sell("POT", 7, location=alpha.locations[0])
    order = alpha.sell_many([("MUG", 1), ("POT", 2)])
    await world.rest(READ)
    assert await available(world, "POT") == {"Main warehouse": 0, "Cellar": 2}
    alpha.refund(order, "POT", 2, "NO_RESTOCK")
    await world.rest(READ)
    assert await available(world, "POT") == {"Main warehouse": 0, "Cellar": 2}
    assert (alpha.available("POT"), alpha.available("POT", cellar)) == (0, 2)
