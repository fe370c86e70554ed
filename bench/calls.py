"""How many calls a store gets for changed counts and for new orders."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from bench.acts import change_counts
from bench.catalogue import UNITS
from bench.engine import PRODUCTS, in_sync
from bench.fba_calls import of_fba
from bench.figure import Figure, Ratio
from bench.ground import Ground
from bench.plain_calls import TRADES, of_trade
from tests.engine.world import World

BATCH = 250  # Shopify: rows of a page, and quantities in one mutation
WRITES = frozenset({"SetQuantities"})
ELSE = PRODUCTS | {"Levels", "MoreLevels", "Shop"}  # what is left is about orders
STEP = timedelta(seconds=20)


@dataclass(frozen=True)
class Size:
    """Changed SKUs, half of them up and half down, orders of one line, and the time after each.

    Minutes until raises have waited for the orders, and the overlap of polls has passed.
    """

    skus: int
    orders: int
    minutes: int = 10


async def measure(ground: Ground, size: Size) -> list[Ratio]:
    """Measure Shopify, then each platform that compares nothing before it writes."""
    ratios = await _shopify(ground, size)
    for trade in TRADES:
        ratios += await of_trade(ground, trade, size.skus, size.orders, size.minutes)
    return [*ratios, await of_fba(ground, size.skus)]


async def _shopify(ground: Ground, size: Size) -> list[Ratio]:
    async with in_sync(ground, size.skus, "alpha") as engine:
        world, after = engine.world, timedelta(minutes=size.minutes)
        now = world.clock.now()
        await change_counts(
            world.database, world.queue, size.skus, lambda place: place % 2 * 2 - 1, now
        )
        seen = await _calls(world, after)
        writes = _of(seen, WRITES)
        shop = world.shops["alpha"]
        shown = Counter(level.available for level in shop.levels())
        if shown != {UNITS - 1: size.skus / 2, UNITS + 1: size.skus / 2}:
            raise AssertionError(f"not everything was written: {shown}")
        polls = _about_orders(seen)

        for place in range(size.orders):
            shop.sell(shop.variants[place % size.skus].item.sku or "")
        first = await _first_poll(world)
        later = _about_orders(await _calls(world, after))
    return [
        Ratio(
            f"Shopify: write {size.skus:,} changed SKUs",
            writes,
            2 * math.ceil(size.skus / 2 / BATCH),
            "calls",
            most=1.05,
            note=f"apart: {polls} order polls in {after}, {_of(seen, {'Levels'})} level readings",
        ),
        Ratio(
            f"Shopify: read {size.orders:,} new orders",
            first,
            math.ceil(size.orders / BATCH),
            "calls",
            most=1.1,
            note=f"apart: {later} in the polls of the next {after}, which overlap by the store's lag",
        ),
    ]


async def _calls(world: World, duration: timedelta) -> Counter[str]:
    before = len(world.wire.calls)
    await world.run(duration, step=STEP)
    return Counter(world.wire.calls[before:])


async def _first_poll(world: World) -> int:
    """Let time pass until orders are read once; the calls of that reading."""
    before = len(world.wire.calls)
    while not (found := _about_orders(Counter(world.wire.calls[before:]))):
        await world.run(STEP, step=STEP)
    return found


def _of(seen: Counter[str], names: frozenset[str] | set[str]) -> int:
    return sum(count for name, count in seen.items() if name in names)


def _about_orders(seen: Counter[str]) -> int:
    return sum(count for name, count in seen.items() if name not in WRITES | ELSE)


FIGURE = Figure("calls", measure, full=Size(10_000, 1_000), tiny=Size(20, 10, minutes=4))
