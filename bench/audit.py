"""What reading back everything that a store shows takes: calls against the fewest, and seconds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from time import perf_counter

from sqlalchemy import text

from bench.engine import in_sync
from bench.figure import Figure, Ratio
from bench.ground import Ground
from bench.plain_calls import STEP, TRADES, trading
from storage import stores
from storage.database import Database

SHOPIFY = 250  # levels of one call
# Until the first look for changed products, whose calls may have the same names, is over.
BEGIN = timedelta(minutes=16)
LIMIT = timedelta(hours=3)  # of simulated time, until an audit is given up
READINGS = frozenset({"Levels", "MoreLevels", "levels", "GetSellerList"})


@dataclass(frozen=True)
class Size:
    """How many listings are read back."""

    listings: int


async def measure(ground: Ground, size: Size) -> list[Ratio]:
    """Measure Shopify, then each platform that compares nothing before it writes."""
    count = size.listings
    async with in_sync(ground, count, "alpha") as engine:
        world = engine.world
        ratios = [
            await _read_back(
                f"Shopify: read back {count:,} listings",
                world.database,
                world.wire.calls,
                partial(world.run, STEP, step=STEP),
                math.ceil(count / SHOPIFY),
            )
        ]
    for trade in TRADES:
        async with trading(ground, trade, count) as market:
            await market.rest(BEGIN + timedelta(minutes=trade.late(count)))
            ratios.append(
                await _read_back(
                    f"{trade.name}: read back {count:,} listings",
                    market.database,
                    market.wire.calls,
                    partial(market.run, STEP, step=STEP),
                    trade.levels(count),
                )
            )
    return ratios


async def _read_back(
    what: str, database: Database, calls: list[str], step: Callable[[], Awaitable[None]], floor: int
) -> Ratio:
    """Let everything be read back, and count until each number was."""
    async with database.transaction() as session:
        await stores.audit_now(session, 1)
    before, began, simulated = len(calls), perf_counter(), timedelta()
    while await _left(database):
        await step()
        simulated += STEP
        if simulated > LIMIT:
            raise AssertionError(f"{what}: not everything was read back in {LIMIT}")
    seen = Counter(calls[before:])
    readings = sum(number for name, number in seen.items() if name in READINGS)
    seconds = perf_counter() - began
    return Ratio(
        what,
        readings,
        floor,
        "calls",
        note=f"{seconds:.1f} s of ours, {simulated.total_seconds() / 60:.1f} min of the store's",
    )


async def _left(database: Database) -> int:
    async with database.transaction() as session:
        found = await session.execute(text("select count(*) from target where audited_at is null"))
        return int(found.scalar_one())


FIGURE = Figure("audit", measure, full=Size(10_000), tiny=Size(20))
