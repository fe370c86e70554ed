"""The same calls on the platforms that compare nothing before they write.

What the engine has to ask there besides is counted apart: the levels before each write,
and the orders once more before a raise (ENGINE.md B2).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bench.acts import change_counts
from bench.catalogue import UNITS, sku
from bench.figure import Ratio
from bench.ground import Ground
from storage.database import Database
from tests.engine.world import SimulatedClock
from tests.platforms.sides import (
    AMAZON,
    BIGCOMMERCE,
    EBAY,
    EBAY_OFFERS,
    ETSY,
    WALMART,
    WOOCOMMERCE,
    Side,
)
from tests.platforms.world import Market

STEP = timedelta(seconds=20)
DOWN = 4, 10  # so many of so many counts go down, the others up: both fill whole batches


@dataclass(frozen=True)
class Trade:
    """One kind of store.

    calls  the fewest that write the listings from one place to before another
    levels the fewest that read back what so many listings show
    page   orders in one answer
    late   minutes that a store of so many listings needs on top, until all is written
    """

    name: str
    side: Side
    fill: Callable[[Any, int], None]
    calls: Callable[[int, int], int]
    levels: Callable[[int], int]
    page: int
    late: Callable[[int], int] = lambda _: 0


def _simple(shop: Any, count: int) -> None:
    for number in range(count):
        shop.add_listing(sku(number), UNITS)


def _variations(shop: Any, count: int) -> None:
    parents = {at: shop.add_parent(f"Thing {at}") for at in sorted(set(map(_parent, range(count))))}
    for number in range(count):
        shop.add_listing(sku(number), UNITS, parent=parents[_parent(number)])


def _parent(number: int) -> int:
    """Say whose variation it is; the first has fewer, so that batches begin in midst of one."""
    return (number + TEN - 3) // TEN


def _unmetered(shop: Any, count: int) -> None:
    """Fill a BigCommerce store that has calls to spare: waits are the store's, not ours."""
    shop.quota.calls = 10**9
    _simple(shop, count)


def _unlimited(shop: Any, count: int) -> None:
    """Fill a Walmart account in the same way; how many feeds it may send still holds."""
    shop.limits.metered = False
    _simple(shop, count)


def _of_a_grown_application(shop: Any, count: int) -> None:
    """Fill an eBay account of an application that may make more calls a day than a new one."""
    shop.quota.limits["tradingapi"] = 10**9
    _simple(shop, count)


def _of_an_upgraded_application(shop: Any, count: int) -> None:
    """Fill an Etsy shop, ten a listing, of an application that was granted more calls."""
    shop.quota.per_day = shop.quota.per_second = 10**9
    _variations(shop, count)


def _patches_or_feeds(first: int, end: int) -> int:
    """Count the calls of Amazon: a feed's document, its file, the feed, its report's document."""
    return end - first if end - first <= SINGLES else 4 * math.ceil((end - first) / FEED)


def _lists(most: int) -> Callable[[int, int], int]:
    return lambda first, end: math.ceil((end - first) / most)


def _pages(most: int) -> Callable[[int], int]:
    return lambda count: math.ceil(count / most)


def _items_or_feeds(first: int, end: int) -> int:
    return end - first if end - first <= FEW else math.ceil((end - first) / FEED)


def _parents(first: int, end: int) -> int:
    return len({_parent(number) for number in range(first, end)})


TEN = 10  # variations of a product, as a shop of sizes and colours has them
FEW, FEED = 300, 10_000  # Walmart: we write so many one by one; items in a feed, of Amazon, too
SINGLES = 250  # Amazon: so many by a call each
TRADES = (
    Trade("WooCommerce", WOOCOMMERCE, _simple, _lists(100), _pages(100), page=100),
    Trade(
        "WooCommerce, ten a product",
        WOOCOMMERCE,
        _variations,
        _parents,
        _pages(100),
        page=100,
    ),
    Trade("BigCommerce", BIGCOMMERCE, _unmetered, _lists(2000), _pages(1000), page=250),
    # Raises wait five minutes for orders, and feeds take a quarter of an hour.
    Trade(
        "Walmart",
        WALMART,
        _unlimited,
        _items_or_feeds,
        _pages(50),
        page=200,
        late=lambda skus: 6 if skus <= FEW else 50,
    ),
    Trade(
        "eBay, Inventory model",
        EBAY_OFFERS,
        _of_a_grown_application,
        _lists(25),
        _pages(200),
        page=200,
    ),
    Trade("eBay, Trading model", EBAY, _of_a_grown_application, _lists(4), _pages(200), page=200),
    Trade(
        "Etsy, ten a listing",
        ETSY,
        _of_an_upgraded_application,
        _parents,
        lambda count: math.ceil(_parents(0, count) / 100),
        page=100,
    ),
    # Raises wait for orders, which are read every four minutes as a rule, and feeds take theirs.
    Trade(
        "Amazon",
        AMAZON,
        _simple,
        _patches_or_feeds,
        _pages(20),
        page=100,
        late=lambda skus: 10 if skus <= SINGLES else 50,
    ),
)


@asynccontextmanager
async def trading(ground: Ground, trade: Trade, skus: int) -> AsyncIterator[Market]:
    """Yield a market with one store of so many listings, copied."""
    with ground.database() as url:
        database = Database(url)
        try:
            market = Market(database, (trade.side, "alpha"), clock=SimulatedClock())
            trade.fill(market.shops["alpha"], skus)
            await market.begin()
            await market.turn_on(await market.connect("alpha"), "copy")
            yield market
        finally:
            await database.close()


async def of_trade(
    ground: Ground, trade: Trade, skus: int, orders: int, minutes: int
) -> list[Ratio]:
    """Copy a store of so many listings, change all counts, then sell; what it was asked."""
    after = timedelta(minutes=minutes + trade.late(skus))
    async with trading(ground, trade, skus) as market:
        shop = market.shops["alpha"]
        await market.rest(after)

        falling = skus * DOWN[0] // DOWN[1]
        now = market.clock.now()
        await change_counts(
            market.database, market.queue, skus, lambda place: -1 if place < falling else 1, now
        )
        seen = await _calls(market, after)
        shown = Counter(shop.available(sku(number)) for number in range(skus))
        if shown != {UNITS - 1: falling, UNITS + 1: skus - falling}:
            raise AssertionError(f"not everything was written: {shown}")

        for place in range(orders):
            market.clock.time += timedelta(seconds=1)
            shop.sell(sku(place % skus))
        first = await _first_poll(market)
        later = await _calls(market, after)
    return [
        Ratio(
            f"{trade.name}: write {skus:,} changed SKUs",
            seen["write"],
            trade.calls(0, falling) + trade.calls(falling, skus),
            "calls",
            most=1.15,
            note=f"apart: {seen['levels']} readings of levels, those of changed products included, "
            f"{seen['orders']} order readings and {seen['feeds']} questions about feeds in {after}",
        ),
        Ratio(
            f"{trade.name}: read {orders:,} new orders",
            first,
            math.ceil(orders / trade.page),
            "calls",
            most=1.3,
            note=f"apart: {later['orders']} in the polls of the next {after}, which overlap, and "
            f"{later['trash'] + later['cancelled']} looks for what was thrown away or cancelled",
        ),
    ]


async def _calls(market: Market, duration: timedelta) -> Counter[str]:
    before = len(market.wire.calls)
    await market.run(duration, step=STEP)
    return Counter(market.wire.calls[before:])


async def _first_poll(market: Market) -> int:
    """Let time pass until orders are read once; the calls of that reading."""
    before = len(market.wire.calls)
    while not (found := Counter(market.wire.calls[before:])["orders"]):
        await market.run(STEP, step=STEP)
    return found
