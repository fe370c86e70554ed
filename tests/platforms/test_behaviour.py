"""What a merchant expects of every platform, against each platform's local server.

Beside the shop in question stands one on Shopify that shares the warehouse, so that
every number travels between two platforms.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from storage.database import Database
from tests.engine.world import Crash, SimulatedClock
from tests.platforms.sides import SHOPIFY, SIDES, Side
from tests.platforms.world import Market

# Waits shortened to what the local servers need.
TIMES = {"order_lag_seconds": 20, "reading_age_seconds": 1, "abandoned_seconds": 30}

pytestmark = pytest.mark.parametrize("side", SIDES, ids=lambda side: side.key)


async def opened(database: Database, side: Side) -> Market:
    """The shop in question (`here`) and a Shopify shop (`there`), not connected yet."""
    market = Market(database, (side, "here"), (SHOPIFY, "there"), clock=SimulatedClock())
    for name, mugs in (("here", 10), ("there", 3)):
        shop = market.shops[name]
        shop.add_listing("MUG", mugs)
        shop.add_listing("CUP", 5)
    await market.begin()
    return market


async def synced(database: Database, side: Side) -> Market:
    """Both in sync: 10 MUG, 5 CUP copied from `here` (store 1); `there` is store 2."""
    market = await opened(database, side)
    here = await market.connect("here", **TIMES)
    there = await market.connect("there", **TIMES)
    await market.turn_on(here, "copy")
    await market.turn_on(there, "keep", warehouse_id=await market.warehouse())
    await market.rest(timedelta(minutes=4))
    market.wire.calls.clear()
    return market


def numbers(market: Market, sku: str = "MUG") -> tuple[int, int]:
    return market.shown("here", sku), market.shown("there", sku)


async def assert_at_rest(market: Market, truth: int, sku: str = "MUG") -> None:
    await market.rest(timedelta(minutes=8))
    assert (await market.level(sku))[2] == truth
    assert numbers(market, sku) == (truth, truth)
    assert await market.imbalances() == []
    assert [kind for kind, _, _ in await market.incidents()] == []


async def test_the_import_starts_on_connect_and_goes_on_with_sync_off(
    database: Database, side: Side
) -> None:
    market = await opened(database, side)
    here = await market.connect("here", **TIMES)
    found = await market.summary(here)
    assert (found.sync_status, found.listings, found.linked) == ("off", 2, 2)
    market.shops["here"].add_listing("POT", 4)
    await market.run(timedelta(minutes=16), step=timedelta(minutes=1))
    assert (await market.summary(here)).listings == 3
    market.shops["here"].delete("POT")
    market.clock.time += timedelta(hours=24)
    await market.run(timedelta(minutes=2), step=timedelta(minutes=1))
    assert (await market.summary(here)).listings == 2
    assert "write" not in market.wire.calls  # R10


async def test_copy_takes_the_stores_numbers_and_writes_nothing_to_it(
    database: Database, side: Side
) -> None:
    market = await opened(database, side)
    here = await market.connect("here", **TIMES)
    await market.turn_on(here, "copy")
    await market.rest(timedelta(minutes=4))
    assert await market.level("MUG") == (10, 0, 10)
    assert await market.level("CUP") == (5, 0, 5)
    assert "write" not in market.wire.calls
    assert (await market.summary(here)).agree == 2


async def test_a_copy_while_the_store_sells_counts_each_sale_once(
    database: Database, side: Side
) -> None:
    market = await opened(database, side)
    shop = market.shops["here"]
    shop.sell("MUG", 2)
    here = await market.connect("here", **TIMES)
    await market.turn_on(here, "copy", wait=False)
    for _ in range(4):
        await market.run(timedelta(seconds=11))
        shop.sell("MUG", lag=timedelta(seconds=15))
    await market.until_on(here)
    await market.rest(timedelta(minutes=4))
    assert await market.level("MUG") == (10, 6, 4)
    assert shop.available("MUG") == 4


async def test_dont_copy_sends_our_numbers(database: Database, side: Side) -> None:
    """The shop in question joins a warehouse whose numbers are right already."""
    market = await opened(database, side)
    there = await market.connect("there", **TIMES)
    here = await market.connect("here", **TIMES)
    await market.turn_on(there, "copy")
    market.shops["here"].sell("MUG", 2)
    await market.turn_on(
        here, "keep", warehouse_id=await market.warehouse(), open_units="in_numbers"
    )
    await market.rest(timedelta(minutes=6))
    assert await market.level("MUG") == (3, 2, 1)
    assert numbers(market) == (1, 1)
    assert numbers(market, "CUP") == (5, 5)


async def test_a_sale_here_lowers_there_and_the_other_way_round(
    database: Database, side: Side
) -> None:
    market = await synced(database, side)
    market.shops["here"].sell("MUG", 2)
    await market.run(timedelta(seconds=90))
    assert numbers(market) == (8, 8)
    market.shops["there"].sell("MUG", 3)
    await market.run(timedelta(seconds=90))
    assert numbers(market) == (5, 5)
    assert await market.level("MUG") == (10, 5, 5)


async def test_a_sale_of_its_own_writes_nothing_back(database: Database, side: Side) -> None:
    market = await synced(database, side)
    market.shops["here"].sell("MUG", 2)
    await market.rest(timedelta(minutes=4))
    assert market.wire.calls.count("write") == 1  # to the other one


async def test_shipping_changes_what_is_on_hand_and_nothing_else(
    database: Database, side: Side
) -> None:
    market = await synced(database, side)
    order = market.shops["here"].sell("MUG", 2)
    await market.run(timedelta(seconds=90))
    market.shops["here"].fulfil(order)
    await market.rest(timedelta(minutes=3))
    assert await market.level("MUG") == (8, 0, 8)
    assert numbers(market) == (8, 8)


async def test_an_increase_goes_out_while_older_orders_are_packed(
    database: Database, side: Side
) -> None:
    """Sending what was sold before the last reading moves no number that the store shows."""
    market = await opened(database, side)
    shop = market.shops["here"]
    here = await market.connect("here", **TIMES, audit_every_hours=0.05)
    await market.turn_on(here, "copy")
    orders = [shop.sell("MUG") for _ in range(8)]
    await market.rest(timedelta(minutes=8))
    await market.adjust("MUG", 5)
    for order in orders[:-1]:
        shop.fulfil(order)
        await market.run(timedelta(seconds=30))
    assert shop.available("MUG") == 7
    shop.fulfil(orders[-1])
    await market.rest(timedelta(minutes=8))
    assert await market.level("MUG") == (7, 0, 7)
    assert shop.available("MUG") == 7
    assert await market.incidents() == []


async def test_r7_an_increase_goes_out_though_the_store_sells_around_every_reading(
    database: Database, side: Side
) -> None:
    """What it shows is unknown, and no reading stands apart from a sale (ENGINE B5)."""
    market = await opened(database, side)
    shop = market.shops["here"]
    shop.set_by_hand("MUG", 400)
    here = await market.connect("here", **TIMES, audit_every_hours=0.05)
    await market.turn_on(here, "copy")
    order = shop.sell("MUG")
    await market.rest(timedelta(minutes=6))
    shop.cancel(order)  # in the last reading, or not?
    await market.adjust("MUG", 500)
    sold = 0
    for _ in range(100):
        await market.run(timedelta(seconds=9))
        shop.sell("MUG")
        sold += 1
    assert shop.available("MUG") > 700
    await market.rest(timedelta(minutes=12))
    assert shop.available("MUG") == 900 - sold
    assert [kind for kind, _, still in await market.incidents() if still] == []


async def test_a_cancelled_order_gives_its_units_back_everywhere(
    database: Database, side: Side
) -> None:
    market = await synced(database, side)
    order = market.shops["here"].sell("MUG", 4)
    await market.run(timedelta(seconds=90))
    assert numbers(market) == (6, 6)
    market.shops["here"].cancel(order)
    await assert_at_rest(market, 10)


async def test_r4_adjustments_go_out_drops_first(database: Database, side: Side) -> None:
    market = await synced(database, side)
    await market.adjust("MUG", -4)
    await market.run(timedelta(seconds=5))
    assert numbers(market) == (6, 6)
    await market.adjust("MUG", -6)
    await market.run(timedelta(seconds=5))
    await market.adjust("MUG", 5)
    await assert_at_rest(market, 5)


async def test_r5_an_unread_sale_is_never_raised_over(database: Database, side: Side) -> None:
    market = await synced(database, side)
    shop = market.shops["here"]
    shop.sell("MUG", 2, lag=timedelta(seconds=15))
    await market.adjust("MUG", 5)
    highest = 0
    for _ in range(30):
        await market.run(timedelta(seconds=5))
        highest = max(highest, shop.available("MUG"))
    assert highest <= 13
    await assert_at_rest(market, 13)


@pytest.mark.parametrize(
    "fault", ["lost", "unanswered", "late", "crash_before", "crash_after"], ids=str
)
async def test_r11_a_write_that_goes_wrong_is_neither_lost_nor_doubled(
    database: Database, side: Side, fault: str
) -> None:
    market = await synced(database, side)
    market.wire.faults["write"] = [fault, fault]
    await market.adjust("MUG", -3)
    for _ in range(4):
        try:
            await market.run(timedelta(seconds=40))
        except Crash:
            continue
    await market.wire.deliver_late()
    await assert_at_rest(market, 7)


async def test_access_that_is_taken_away_is_one_incident_until_it_is_back(
    database: Database, side: Side
) -> None:
    market = await synced(database, side)
    restore = side.lock(market.shops["here"])
    await market.rest(timedelta(minutes=4))
    assert (await market.summary(1)).health == "needs_reconnect"
    assert [(kind, still) for kind, _, still in await market.incidents()] == [
        ("needs_reconnect", True)
    ]
    market.shops["there"].sell("MUG")
    await market.rest(timedelta(minutes=2))
    restore()
    await market.rest(timedelta(minutes=24))
    assert (await market.summary(1)).health == "ok"
    assert [(kind, still) for kind, _, still in await market.incidents()] == [
        ("needs_reconnect", False)
    ]
    assert numbers(market) == (9, 9)


@pytest.mark.parametrize("trouble", ["too_many_requests", "error_before", "html", "cut_off"])
async def test_r7_a_store_in_trouble_recovers_by_itself(
    database: Database, side: Side, trouble: Any
) -> None:
    market = await synced(database, side)
    shop = market.shops["here"]
    shop.faults.switch_on(_fault(side, trouble))
    await market.adjust("MUG", -2)
    shop.sell("MUG")
    await market.rest(timedelta(minutes=6))
    assert market.shown("there", "MUG") == 8
    shop.faults.clear()
    await market.rest(timedelta(minutes=40))
    assert numbers(market) == (7, 7)
    assert (await market.summary(1)).health == "ok"
    assert all(not still for _, _, still in await market.incidents())


async def test_r7_a_store_that_asked_us_to_wait_for_long_is_not_down_at_its_first_failure(
    database: Database, side: Side
) -> None:
    market = await synced(database, side)
    shop = market.shops["here"]
    shop.faults.switch_on(_fault(side, "too_many_requests"))
    await market.run(timedelta(minutes=8))
    shop.faults.clear()
    shop.faults.switch_on(_fault(side, "error_before"))
    await market.run(timedelta(seconds=80))
    shop.faults.clear()
    shop.sell("MUG")
    await market.run(timedelta(minutes=4))
    assert market.shown("there", "MUG") == 9
    assert "store_down" not in [kind for kind, _, _ in await market.incidents()]


def _fault(side: Side, kind: str) -> Any:
    from sandbox.amazon import Fault as AmazonFault
    from sandbox.bigcommerce.faults import Fault as BigCommerceFault
    from sandbox.ebay.faults import Fault as EbayFault
    from sandbox.etsy import Fault as EtsyFault
    from sandbox.shopify import Fault as ShopifyFault
    from sandbox.walmart.faults import Fault as WalmartFault
    from sandbox.woocommerce.faults import Fault as WooCommerceFault

    made = {
        "shopify": ShopifyFault,
        "woocommerce": WooCommerceFault,
        "bigcommerce": BigCommerceFault,
        "walmart": WalmartFault,
        "ebay": EbayFault,
        "etsy": EtsyFault,
        "amazon": AmazonFault,
    }
    return made[side.key](kind=kind)


async def test_r8_what_must_not_be_written_is_not(database: Database, side: Side) -> None:
    market = await opened(database, side)
    shop = market.shops["here"]
    shop.add_listing("UNCOUNTED", 7, tracked=False)
    here = await market.connect("here", **TIMES)
    there = await market.connect("there", **TIMES)
    await market.turn_on(here, "copy")
    await market.turn_on(there, "keep", warehouse_id=await market.warehouse())
    shop.archive("CUP")
    market.clock.time += timedelta(hours=24)
    await market.rest(timedelta(minutes=4))
    before = shop.available("CUP")
    await market.adjust("CUP", 4)
    await market.rest(timedelta(minutes=4))
    assert (shop.available("CUP"), market.shown("there", "CUP")) == (before, 9)


async def test_r7_a_hand_edit_is_asked_about_and_put_back_only_when_told(
    database: Database, side: Side
) -> None:
    market = await synced(database, side)
    market.shops["here"].set_by_hand("MUG", 12)
    market.clock.time += timedelta(hours=6)
    await market.rest(timedelta(minutes=6))
    assert [(kind, still) for kind, _, still in await market.incidents()] == [("drift", True)]
    assert numbers(market) == (12, 10)
    market.shops["there"].sell("MUG", 3)
    await market.rest(timedelta(minutes=3))
    assert numbers(market) == (9, 7)
