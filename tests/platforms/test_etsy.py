"""What is particular about Etsy, through the whole engine: renewals, emptied listings, siblings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from storage.database import Database
from storage.marks import StoredMarks
from tests.engine.world import SimulatedClock
from tests.platforms.sides import ETSY, SHOPIFY
from tests.platforms.test_behaviour import TIMES, assert_at_rest, numbers
from tests.platforms.world import Market


def etsy(market: Market) -> Any:
    """The shop in question."""
    return market.shops["here"]


async def opened(database: Database, **settings: Any) -> Market:
    """A shop with variations (`here`) and a Shopify shop (`there`), in sync: 10 MUG, 5 CUP."""
    market = Market(database, (ETSY, "here"), (SHOPIFY, "there"), clock=SimulatedClock())
    parent = etsy(market).add_parent("Pottery")
    for sku, count in (("MUG", 10), ("CUP", 5)):
        etsy(market).add_listing(sku, count, parent=parent)
        market.shops["there"].add_listing(sku, count)
    await market.begin()
    here = await market.connect("here", **TIMES, **settings)
    there = await market.connect("there", **TIMES)
    await market.turn_on(here, "copy")
    await market.turn_on(there, "keep", warehouse_id=await market.warehouse())
    await market.rest(timedelta(minutes=4))
    market.wire.calls.clear()
    return market


async def test_a_listing_that_is_sold_out_and_stocked_again_is_renewed_once(
    database: Database,
) -> None:
    market = await opened(database)
    shop = etsy(market)
    listing = shop.product("MUG").listing
    shop.sell_many([("MUG", 10), ("CUP", 5)])
    assert listing.state == "sold_out"
    await market.rest(timedelta(minutes=4))
    assert numbers(market) == (0, 0)
    market.clock.time += timedelta(minutes=15)
    await market.rest(timedelta(minutes=4))
    assert listing.renewals == []
    await market.adjust("MUG", 4)
    await assert_at_rest(market, 4)
    assert len(listing.renewals) == 1
    assert market.shown("here", "CUP") == 0
    await market.adjust("CUP", 3)
    await assert_at_rest(market, 3, "CUP")
    assert len(listing.renewals) == 1
    assert len(await StoredMarks(database, 1).all("renewed")) == 1


async def test_a_listing_that_we_emptied_comes_back_by_itself_and_its_sibling_with_it(
    database: Database,
) -> None:
    market = await opened(database)
    listing = etsy(market).product("MUG").listing
    await market.adjust("MUG", -10)
    await market.adjust("CUP", -5)
    await market.rest(timedelta(minutes=4))
    assert (listing.state, numbers(market), numbers(market, "CUP")) == ("inactive", (0, 0), (0, 0))
    market.clock.time += timedelta(hours=24)  # an import meanwhile leaves it ours
    await market.rest(timedelta(minutes=4))
    await market.adjust("CUP", 2)
    await assert_at_rest(market, 2, "CUP")
    await assert_at_rest(market, 0)
    assert (listing.state, listing.renewals) == ("active", [])


async def test_r5_a_siblings_sale_that_a_write_undoes_is_taken_off_again(
    database: Database,
) -> None:
    market = await opened(database)
    shop = etsy(market)
    # Once the engine has read, and once the writer has: right before it sends.
    market.wire.after_call["levels"] = [lambda: None, lambda: shop.sell("CUP", 2)]
    await market.adjust("MUG", -3)
    await market.run(timedelta(seconds=5))
    assert shop.available("CUP") == 5  # undone: the write had read five
    await assert_at_rest(market, 3, "CUP")
    await assert_at_rest(market, 7)


async def test_r8_what_nobody_has_answered_for_keeps_its_number_when_its_listing_is_renewed(
    database: Database,
) -> None:
    market = await opened(database, on_drift="put_back")
    shop = etsy(market)
    listing = shop.product("MUG").listing
    shop.add_listing("PLATE", 7, parent=listing)
    market.clock.time += timedelta(minutes=15)
    await market.rest(timedelta(minutes=4))
    shop.expire("MUG")
    market.clock.time += timedelta(minutes=15)
    await market.rest(timedelta(minutes=4))
    await market.adjust("MUG", 1)
    await market.rest(timedelta(minutes=8))
    assert numbers(market) == (11, 11)
    assert (listing.state, shop.product("PLATE").quantity) == ("active", 7)


async def test_r7_what_a_large_shop_puts_back_on_sale_has_its_number_within_a_pass(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pass for changes of a large shop reads the newest listings only."""
    market = await opened(database)
    shop = etsy(market)
    shop.archive("MUG")
    shop.add_listing("NEWER", 1)
    market.clock.time += timedelta(minutes=15)
    await market.rest(timedelta(minutes=4))
    await market.adjust("MUG", -3)
    await market.rest(timedelta(minutes=4))
    assert shop.product("MUG").quantity == 10
    monkeypatch.setattr("connectors.etsy.listings._PAGE", 1)
    monkeypatch.setattr("connectors.etsy.listings._ALWAYS_WHOLE", 1)
    shop.activate("MUG")
    market.clock.time += timedelta(minutes=15)
    await market.rest(timedelta(minutes=8))
    assert numbers(market) == (7, 7)
