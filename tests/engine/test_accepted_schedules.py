"""Random schedules against stores that accept some writes end in the truth.

As `test_bare_schedules.py`, and writes that are accepted and land minutes later, in any
order, or are called applied before they are; whose name is lost with a worker or an
answer (R1, R2, R4, R11).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.protocol import StoreTraits
from storage.database import Database
from tests.engine.bare_store import TRAITS, BareStore, BareWorld
from tests.engine.schedule import OPENING, assert_truth
from tests.engine.test_bare_schedules import BareSchedule
from tests.engine.world import SimulatedClock

# Soon enough that the rest at the end of a schedule is longer.
WITHIN = timedelta(minutes=4)
FEEDS = ("feed",) * 6 + ("feed_lost", "feed_crash")
QUICK = replace(TRAITS, settles_within=WITHIN)
# What it calls applied may be seen some seconds later.
SLOW = replace(QUICK, apply_lag=timedelta(seconds=15), reading_age=timedelta(seconds=2))


class FeedSchedule(BareSchedule):
    """Shops that compare nothing, and accept about every other write."""

    healed = False

    async def heal(self) -> None:
        self.healed = True
        await super().heal()

    async def _pass_time(self, seconds: int) -> None:
        for shop in self.shops:
            if not self.healed and self.random.random() < 0.3:
                shop.faults.setdefault("write", []).append(self.random.choice(FEEDS))
            landing = self.random.uniform(5, 230)
            shop.feed_lands = timedelta(seconds=landing)
            early = shop.traits.apply_lag.total_seconds()
            told = landing + self.random.choice((-early, 0, 20))
            shop.feed_told = timedelta(seconds=max(told, 1))
        await super()._pass_time(seconds)

    def fault(self, shop: BareStore) -> None:
        if self.random.random() < 0.3:
            fault = self.random.choice(("lost", "crash_before", "crash_after"))
            shop.faults.setdefault("settle", []).append(fault)
        else:
            super().fault(shop)


@pytest.mark.parametrize(("seed", "traits"), [(106, QUICK), (105, SLOW)])
async def test_r2_r4_r11_random_schedules_with_feeds_end_in_the_truth(
    database: Database, seed: int, traits: StoreTraits
) -> None:
    clock = SimulatedClock()
    shops = [BareStore(name, clock, traits) for name in ("alpha", "beta")]
    for shop in shops:
        shop.numbers["MUG"] = OPENING
    world = BareWorld(database, *shops, clock=clock)
    await world.begin()
    alpha, beta = [
        await world.connect_with({"shop": shop.name}, audit_every_hours=0.03) for shop in shops
    ]
    await world.turn_on(alpha, "copy")
    await world.turn_on(beta, "keep", warehouse_id=await world.warehouse())
    schedule = FeedSchedule(world, shops, seed)
    await schedule.play()
    assert any(shop.feeds for shop in shops)
    await assert_truth(schedule, [alpha, beta])
