"""Another warehouse for a store that goes on selling, on every platform."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from storage import locations, warehouses
from storage.database import Database
from sync.adjust import counted
from sync.choices import Choices, LocationChoice
from sync.relocation import Relocated, confirm_change
from sync.relocation_plan import make_change_plan, read_idle_orders
from sync.show import find_product
from tests.platforms.sides import SIDES, Side
from tests.platforms.test_behaviour import numbers, synced
from tests.platforms.world import Market

HERE = 1
LATE = timedelta(seconds=15)  # until an order can be read

pytestmark = pytest.mark.parametrize("side", SIDES, ids=lambda side: side.key)


async def attic(market: Market, mugs: int | None = None) -> int:
    """Add a warehouse, with some MUG counted in it."""
    async with market.database.transaction() as session:
        house = await warehouses.add(session, market.workspace_id, "Attic", market.clock.now())
        product = await find_product(session, market.workspace_id, "MUG")
        assert product is not None
        if mugs is not None:
            await counted(
                session,
                market.deps(),
                workspace_id=market.workspace_id,
                product_id=product.id,
                warehouse_id=house,
                on_hand=mugs,
                actor="U1",
                note="counted",
                key="attic",
            )
    return house


async def ask(market: Market, house: int, **how: str) -> Choices:
    """Choose the warehouse for the one place of `here`, and see what that would do."""
    async with market.database.transaction() as session:
        [place] = await locations.of_store(session, HERE)
    return Choices(
        "copy" if how["mode"] == "copy" else "keep",
        (LocationChoice(place.id, "link", house),),
        (place.id,) if how["mode"] == "copy" else (),
        "in_numbers" if how["mode"] == "keep" else None,
    )


async def relocate(market: Market, wanted: Choices) -> None:
    found = await read_idle_orders(market.deps(), HERE, wanted)
    asked = None if found.asked is None else datetime.fromisoformat(found.asked)
    async with market.database.transaction() as session:
        made = await make_change_plan(session, market.deps(), HERE, wanted, asked)
        done = await confirm_change(
            session, market.deps(), plan_id=made.id, actor="U1", workspace_id=market.workspace_id
        )
    assert isinstance(done, Relocated)


async def held(market: Market, house: int) -> tuple[int, int]:
    """MUG on hand and committed in a warehouse, whatever it is called by now."""
    async with market.database.transaction() as session:
        product = await find_product(session, market.workspace_id, "MUG")
    assert product is not None
    [level] = [one for one in product.warehouses if one.warehouse_id == house]
    return level.on_hand, level.committed


async def assert_settled(market: Market) -> None:
    await market.rest(timedelta(minutes=8))
    summary = await market.summary(HERE)
    assert (summary.unexplained, summary.on_the_way, summary.refused) == (0, 0, 0)
    assert [kind for kind, _, still in await market.incidents() if still] == []
    assert await market.imbalances() == []


async def test_r2_a_copy_takes_what_it_shows_while_it_sells(database: Database, side: Side) -> None:
    market = await synced(database, side)
    shop = market.shops["here"]
    house = await attic(market)
    wanted = await ask(market, house, mode="copy")
    shop.sell("MUG", 1, lag=LATE)
    await relocate(market, wanted)
    await market.run(timedelta(seconds=11))
    shop.sell("MUG", 2, lag=LATE)
    await assert_settled(market)
    assert await held(market, house) == (10, 3)
    assert numbers(market) == (7, 10)
    # From here on each follows its own warehouse.
    shop.sell("MUG", 1)
    market.shops["there"].sell("MUG", 3)
    await assert_settled(market)
    assert await held(market, house) == (10, 4)
    assert numbers(market) == (6, 7)


async def test_r5_without_a_copy_it_shows_the_other_warehouse_less_what_it_sold_unread(
    database: Database, side: Side
) -> None:
    market = await synced(database, side)
    shop = market.shops["here"]
    house = await attic(market, 24)
    wanted = await ask(market, house, mode="keep")
    shop.sell("MUG", 1, lag=LATE)
    await relocate(market, wanted)
    highest = 0
    for _ in range(40):
        await market.run(timedelta(seconds=5))
        highest = max(highest, shop.available("MUG"))
    await assert_settled(market)
    assert await held(market, house) == (24, 1)
    assert numbers(market) == (23, 10)
    assert highest == 23, "never over the sale that nobody had read"
    shop.cancel(shop.orders[-1])
    await assert_settled(market)
    assert numbers(market) == (24, 10)
