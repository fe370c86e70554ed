"""R14: a change that would empty or multiply much of a store stops and asks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import ledger as ledger_rows
from storage.ledger import Movement
from sync import breaker, ledger
from sync.incidents import open_incidents
from tests.engine.conftest import TIMES
from tests.engine.world import World

MANY = 60


@pytest.fixture
async def shelf(world: World) -> World:
    """One shop with 60 listings of 5 pieces, in sync."""
    for number in range(MANY):
        world.shops["alpha"].add_listing(f"S{number:02}", 5)
    store = await world.connect("alpha", **TIMES)
    await world.turn_on(store, "copy")
    return world


async def change(world: World, skus: list[str], units: int) -> None:
    """Change many SKUs in one change set, as a bad import would."""
    from sync import show

    async with world.database.transaction() as session:
        products = [await show.find_product(session, world.workspace_id, sku) for sku in skus]
        places = await show.list_warehouses(session, world.workspace_id)
        change_set = await ledger_rows.add_change_set(
            session,
            workspace_id=world.workspace_id,
            store_id=None,
            kind="count",
            actor="U1",
            note="",
            now=world.clock.now(),
        )
        await ledger.post(
            session,
            world.queue,
            workspace_id=world.workspace_id,
            movements=[
                Movement(
                    product.id, places[0].id, units, 0, "count", f"c:{change_set}:{product.id}"
                )
                for product in products
                if product is not None
            ],
            change_set_id=change_set,
            now=world.clock.now(),
        )


def shown(world: World) -> list[int]:
    return [world.shown("alpha", f"S{number:02}") for number in range(MANY)]


async def test_r14_an_import_that_empties_much_of_a_store_is_kept_back(shelf: World) -> None:
    await change(shelf, [f"S{number:02}" for number in range(30)], -5)
    await shelf.rest(timedelta(minutes=4))
    assert shown(shelf) == [5] * MANY
    async with shelf.database.transaction() as session:
        (found,) = await open_incidents(session, shelf.workspace_id)
    assert (found.kind, found.facts["count"]) == ("breaker", 30)
    # Orders go on, on top of what is kept back.
    shelf.shops["alpha"].sell("S00", 2)
    shelf.shops["alpha"].sell("S40", 2)
    await shelf.rest(timedelta(minutes=4))
    assert (shown(shelf)[0], shown(shelf)[40]) == (3, 3)
    # Other changes by people go out as ever.
    await change(shelf, ["S50"], -5)
    await shelf.rest(timedelta(minutes=2))
    assert shown(shelf)[50] == 0
    async with shelf.database.transaction() as session:
        released = await breaker.release(
            session,
            shelf.queue,
            workspace_id=shelf.workspace_id,
            incident_id=found.id,
            now=shelf.clock.now(),
        )
    assert released == (1, 30)
    await shelf.rest(timedelta(minutes=4))
    assert shown(shelf)[:30] == [0] * 30
    assert ("breaker", found.subject, False) in await shelf.incidents()


async def test_r14_batches_of_one_change_are_counted_together(shelf: World) -> None:
    for begin in range(0, 30, 10):
        await change(shelf, [f"S{number:02}" for number in range(begin, begin + 10)], -5)
        await shelf.run(timedelta(seconds=10))
    assert shown(shelf)[:30] == [0] * 20 + [5] * 10


async def test_r14_a_tenfold_raise_is_kept_back_too(shelf: World) -> None:
    await change(shelf, [f"S{number:02}" for number in range(25)], 45)
    await shelf.rest(timedelta(minutes=4))
    assert shown(shelf) == [5] * MANY


async def test_r14_what_is_small_or_long_ago_passes(shelf: World) -> None:
    await change(shelf, [f"S{number:02}" for number in range(20)], -5)
    await shelf.rest(timedelta(minutes=16))
    await change(shelf, [f"S{number:02}" for number in range(20, 40)], -5)
    await shelf.rest(timedelta(minutes=2))
    assert shown(shelf)[:40] == [0] * 40
    assert [kind for kind, _, _ in await shelf.incidents()] == []


async def test_r14_orders_may_empty_a_store(shelf: World) -> None:
    for number in range(40):
        shelf.shops["alpha"].sell(f"S{number:02}", 5)
    await shelf.rest(timedelta(minutes=2))
    assert [kind for kind, _, _ in await shelf.incidents()] == []


async def test_r14_who_corrects_a_number_ends_its_hold(shelf: World) -> None:
    await change(shelf, [f"S{number:02}" for number in range(30)], -5)
    await shelf.rest(timedelta(minutes=2))
    await change(shelf, ["S00"], 7)
    await shelf.rest(timedelta(minutes=4))
    assert shown(shelf)[:2] == [7, 5]
