"""Several listings of one store that people let show one product."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from sync.hand_links import share
from sync.plan import Confirmed
from tests.engine.conftest import TIMES
from tests.engine.world import STEP, World


async def shared(world: World, **settings: float) -> int:
    """Connect alpha, in which MUG (10) and mug (7) are to show one product."""
    world.shops["alpha"].add_listing("mug", 7)
    store = await world.connect("alpha", **settings)
    async with world.database.transaction() as session:
        listing = await session.scalar(text("select id from listing where sku = 'mug'"))
        done = await share(
            session, world.deps(), workspace_id=world.workspace_id, listing_id=listing, actor="U1"
        )
    assert done is not None
    return store


async def test_the_plan_and_the_copy_take_one_number_of_several(world: World) -> None:
    store = await shared(world)
    made = await world.choose(store, "copy")
    assert sorted((line.sku, line.now, line.becomes) for line in made.sample) == [
        ("CUP", 5, 5),
        ("MUG", 10, 10),
        ("mug", 7, 10),
    ]
    assert isinstance(await world.confirm(made.id), Confirmed)
    await world.until_on(store)
    await world.rest()
    assert (await world.level("MUG"))[2] == 10
    assert world.shown("alpha", "mug") == 10


@pytest.mark.parametrize("restock", [True, False])
async def test_a_sale_on_one_shows_on_the_other(world: World, restock: bool) -> None:
    store = await shared(world)
    await world.turn_on(store, "copy")
    await world.rest()
    alpha = world.shops["alpha"]
    alpha.sell("mug", 10)
    await world.run(timedelta(seconds=10))
    alpha.sell("MUG", 1)  # the last unit, once more: read in one tick
    await world.rest()
    assert (await world.level("MUG"))[2] == -1
    assert (world.shown("alpha", "MUG"), world.shown("alpha", "mug")) == (0, 0)
    alpha.cancel(alpha.orders[0], restock=restock)
    await world.rest(timedelta(minutes=20))
    left = 9 if restock else -1
    assert (await world.level("MUG"))[2] == left
    assert world.shown("alpha", "MUG") == world.shown("alpha", "mug") == max(left, 0)
    assert await world.imbalances() == []
    assert "drift" not in [kind for kind, _, _ in await world.incidents()]


async def test_r3_sales_of_the_other_one_while_the_copy_reads_come_off(world: World) -> None:
    """The copied number cannot lack what the other listing sells after it was read."""
    store = await shared(world, **TIMES)
    made = await world.choose(store, "copy")
    assert isinstance(await world.confirm(made.id), Confirmed)
    alpha = world.shops["alpha"]
    for _ in range(7):
        alpha.sell("mug", 1)
        await world.run(STEP)
    await world.until_on(store)
    await world.rest()
    async with world.database.transaction() as session:
        read_from = await session.scalar(
            text(
                "select t.copied_lo from target t join listing l on l.id = t.listing_id "
                "where l.sku = 'MUG'"
            )
        )
    later = sum(order.created_at >= read_from for order in alpha.orders)
    assert 0 < later < 7, "some were sold before the reading, some after it"
    assert (await world.level("MUG"))[2] == 10 - later
    assert world.shown("alpha", "MUG") == world.shown("alpha", "mug") == 10 - later
    assert await world.imbalances() == []
