"""Random schedules of sales, cancels, adjustments, faults and crashes end in the truth.

Two shops with compare-and-set sell one product from one warehouse. After some minutes
of disorder everything rests; then the ledger and both shops must show what the list
of accepted acts says (R1, R2, R4, R11), and nobody may have called drift.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.shopify import Shop
from sandbox.shopify.model import Order
from sandbox.sold_out import SoldOut
from storage.database import Database
from tests.engine.conftest import make_shop
from tests.engine.schedule import OPENING, Schedule, assert_truth
from tests.engine.world import SimulatedClock, World

FAULTS = ("lost", "unanswered", "late", "crash_before", "crash_after")
CALLS = ("SetQuantities", "Orders", "Levels")


class ShopifySchedule(Schedule):
    """Shops with compare-and-set."""

    def sell(self, shop: Shop, units: int) -> Any:
        try:
            return shop.sell("MUG", units, lag=timedelta(seconds=self.random.randint(0, 20)))
        except SoldOut:
            return None

    def cancel(self, shop: Shop, order: Order) -> int:
        restock = self.random.random() < 0.7
        units = order.lines[0].current
        shop.cancel(order, restock=restock)
        return units if restock else 0

    def fault(self, shop: Shop) -> None:
        call = self.random.choices(CALLS, (6, 2, 1))[0]
        self.world.wire.faults.setdefault(call, []).append(self.random.choice(FAULTS))

    async def heal(self) -> None:
        self.world.wire.faults.clear()
        await self.world.wire.deliver_late()


@pytest.mark.parametrize("seed", range(12))
async def test_r2_r4_r11_random_schedules_end_in_the_truth(database: Database, seed: int) -> None:
    clock = SimulatedClock()
    shops = [make_shop("alpha", clock), make_shop("beta", clock)]
    for shop in shops:
        shop.add_listing("MUG", OPENING)
    world = World(database, *shops, clock=clock)
    await world.begin()
    # Audited every other minute, so that readings meet everything else.
    times = {"order_lag_seconds": 20, "reading_age_seconds": 1, "audit_every_hours": 0.03}
    alpha = await world.connect("alpha", **times)
    beta = await world.connect("beta", **times)
    await world.turn_on(alpha, "copy")
    await world.turn_on(beta, "keep", warehouse_id=await world.warehouse())
    schedule = ShopifySchedule(world, shops, seed)
    await schedule.play()
    await assert_truth(schedule, [alpha, beta])
