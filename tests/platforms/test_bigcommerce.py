"""What is particular about BigCommerce, through the whole engine: orders that people reopen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from storage.database import Database
from tests.platforms.sides import BIGCOMMERCE
from tests.platforms.test_behaviour import TIMES, assert_at_rest, numbers, opened, synced
from tests.platforms.world import Market


def bigcommerce(market: Market) -> Any:
    """The shop in question, in sync with a Shopify shop: 10 MUG, 5 CUP."""
    return market.shops["here"]


async def test_an_order_reopened_by_hand_is_taken_off_both_shops(database: Database) -> None:
    """BigCommerce takes nothing off for it any more, so it has to be told."""
    market = await synced(database, BIGCOMMERCE)
    shop = bigcommerce(market)
    order = shop.sell("MUG", 2)
    await market.rest(timedelta(minutes=4))
    shop.cancel(order)
    await assert_at_rest(market, 10)
    shop.set_status(order, 11)
    assert market.shown("here", "MUG") == 10
    await assert_at_rest(market, 8)


async def test_a_checkout_finished_by_hand_is_taken_off_both_shops(database: Database) -> None:
    market = await synced(database, BIGCOMMERCE)
    shop = bigcommerce(market)
    order = shop.sell("MUG", 2, status=0)
    await assert_at_rest(market, 10)
    shop.set_status(order, 11)
    await assert_at_rest(market, 8)


async def test_an_order_paid_and_sent_later_costs_no_reading(database: Database) -> None:
    market = await synced(database, BIGCOMMERCE)
    shop = bigcommerce(market)
    order = shop.sell("MUG", 2, status=7)
    await market.rest(timedelta(minutes=4))
    assert numbers(market) == (8, 8)
    market.wire.calls.clear()
    shop.set_status(order, 11)
    await market.rest(timedelta(minutes=2))
    shop.fulfil(order)
    await market.rest(timedelta(minutes=2))
    assert not {"levels", "write"} & set(market.wire.calls)
    await assert_at_rest(market, 8)


async def test_orders_paid_late_before_sync_is_turned_on_are_written_to_nobody(
    database: Database,
) -> None:
    """What each order took off is not certain any more, so the shop's numbers are read."""
    market = await opened(database, BIGCOMMERCE)
    shop = bigcommerce(market)
    order = shop.sell("MUG", 2)
    market.clock.time += timedelta(hours=3)
    shop.touch(order)
    here = await market.connect("here", **TIMES)
    await market.turn_on(here, "copy")
    await market.rest(timedelta(minutes=4))
    assert market.shown("here", "MUG") == 8
    assert "write" not in market.wire.calls
    shop.sell("MUG", 3)
    await market.rest(timedelta(minutes=4))
    assert (market.shown("here", "MUG"), (await market.level("MUG"))[2]) == (5, 5)
    await market.adjust("MUG", 4)
    await market.rest(timedelta(minutes=4))
    assert market.shown("here", "MUG") == (await market.level("MUG"))[2] == 9
    assert await market.incidents() == []
