"""Random schedules over two platforms that share a warehouse end in the truth (R2, R4, R11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.sold_out import SoldOut
from storage.database import Database
from tests.engine.schedule import OPENING, Schedule, assert_truth
from tests.engine.world import SimulatedClock
from tests.platforms.sides import BIGCOMMERCE, EBAY_OFFERS, SHOPIFY, WALMART, WOOCOMMERCE, Side
from tests.platforms.world import Market

FAULTS = ("lost", "unanswered", "late", "crash_before", "crash_after")
CALLS = ("write", "orders", "levels")


class MarketSchedule(Schedule):
    """Shops of any platform, with their platforms' own ways of cancelling."""

    def sell(self, shop: Any, units: int) -> Any:
        try:
            return shop.sell("MUG", units, lag=timedelta(seconds=self.random.randint(0, 15)))
        except SoldOut:
            return None

    def cancel(self, shop: Any, order: Any) -> int:
        shop.cancel(order)
        return int(order.lines[0].quantity)

    def fault(self, shop: Any) -> None:
        call = self.random.choices(CALLS, (6, 2, 1))[0]
        self.world.wire.faults.setdefault(call, []).append(self.random.choice(FAULTS))

    async def heal(self) -> None:
        self.world.wire.faults.clear()
        await self.world.wire.deliver_late()


@pytest.mark.parametrize(
    "side", [WOOCOMMERCE, BIGCOMMERCE, EBAY_OFFERS, WALMART], ids=lambda side: side.key
)
@pytest.mark.parametrize("seed", range(4))
async def test_r2_r4_r11_two_platforms_end_in_the_truth(
    database: Database, side: Side, seed: int
) -> None:
    market = Market(database, (side, "here"), (SHOPIFY, "there"), clock=SimulatedClock())
    for shop in market.shops.values():
        shop.add_listing("MUG", OPENING)
    await market.begin()
    times = {
        "order_lag_seconds": 20,
        "reading_age_seconds": 1,
        "abandoned_seconds": 30,
        "audit_every_hours": 0.03,
    }
    here = await market.connect("here", **times)
    there = await market.connect("there", **times)
    await market.turn_on(here, "copy")
    await market.turn_on(there, "keep", warehouse_id=await market.warehouse())
    schedule = MarketSchedule(market, list(market.shops.values()), seed)
    await schedule.play()
    await assert_truth(schedule, [here, there])
