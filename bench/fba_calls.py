"""How many calls copying what Amazon keeps takes."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from bench.figure import Ratio
from bench.ground import Ground
from sandbox.amazon.model import AMAZONS
from sandbox.amazon.sites import US
from storage.database import Database
from sync.tracking import read_marketplaces
from sync.turning_on_fba import start
from tests.engine.world import SimulatedClock
from tests.platforms.sides import AMAZON
from tests.platforms.world import Market

PAGE = 50  # SKUs in one answer of Amazon's


async def of_fba(ground: Ground, skus: int) -> Ratio:
    """Follow so many SKUs in one marketplace; what it was asked until all are booked."""
    with ground.database() as url:
        database = Database(url)
        try:
            market = Market(database, (AMAZON, "alpha"), clock=SimulatedClock())
            shop: Any = market.shops["alpha"]
            for number in range(skus):
                shop.add_listing(f"FBA-{number:05}", channels=(AMAZONS,))
                shop.add_fba(f"FBA-{number:05}", 1 + number % 9, US)
            await market.begin()
            store = await market.connect("alpha")
            await read_marketplaces(market.deps(), store)
            async with database.transaction() as session:
                await start(
                    session,
                    market.deps(),
                    workspace_id=market.workspace_id,
                    store_id=store,
                    marketplaces=[US],
                    actor="U1",
                    channel=None,
                )
            before = len(market.wire.calls)
            await market.work()
            calls = Counter(market.wire.calls[before:])["summaries"]
            (place,) = (await market.summary(store)).fba
        finally:
            await database.close()
    if place.skus != skus:
        raise AssertionError(f"{place.skus} of {skus} SKUs were copied")
    return Ratio(
        f"Amazon: copy {skus:,} SKUs of FBA", calls, math.ceil(skus / PAGE), "calls", most=1.0
    )
