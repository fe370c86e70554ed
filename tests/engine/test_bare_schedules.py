"""Random schedules against stores that compare nothing end in the truth.

Sales whose orders come late, cancels that restock or do not or do not say, adjustments,
requests that are lost, answered by nobody or land half a minute later, workers that die:
at rest the ledger and every store show what the list of accepted acts says (R1, R2, R4,
R11), and nobody may have called drift (ENGINE.md part B).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from storage.database import Database
from tests.engine.bare_store import TRAITS, BareStore, BareWorld, Sale, SoldOut, slow
from tests.engine.schedule import OPENING, Schedule, assert_truth
from tests.engine.world import SimulatedClock

FAULTS = ("lost", "unanswered", "late", "crash_before", "crash_after")
CALLS = ("write", "orders", "levels")


class BareSchedule(Schedule):
    """Shops that compare nothing."""

    def sell(self, shop: BareStore, units: int) -> Any:
        try:
            return shop.sell("MUG", units, lag=timedelta(seconds=self.random.randint(0, 15)))
        except SoldOut:
            return None

    def cancel(self, shop: BareStore, order: Sale) -> int:
        shop.cancel(order, restock=self.random.random() < 0.6)
        return order.units

    def fault(self, shop: BareStore) -> None:
        call = self.random.choices(CALLS, (6, 2, 1))[0]
        fault = self.random.choice(FAULTS if call == "write" else ("lost", "crash_before"))
        shop.faults.setdefault(call, []).append(fault)

    async def heal(self) -> None:
        for shop in self.shops:
            shop.faults.clear()


@pytest.mark.parametrize("kind", ["quick", "slow", "undocumented"])
@pytest.mark.parametrize("seed", range(4))
async def test_r2_r4_r11_random_schedules_of_bare_stores_end_in_the_truth(
    database: Database, seed: int, kind: str
) -> None:
    clock = SimulatedClock()
    traits = slow() if kind == "slow" else TRAITS
    shops = [
        BareStore(name, clock, traits, undocumented=kind == "undocumented")
        for name in ("alpha", "beta")
    ]
    for shop in shops:
        shop.numbers["MUG"] = OPENING
    world = BareWorld(database, *shops, clock=clock)
    await world.begin()
    # Audited every other minute, so that readings meet everything else.
    alpha, beta = [
        await world.connect_with({"shop": shop.name}, audit_every_hours=0.03) for shop in shops
    ]
    await world.turn_on(alpha, "copy")
    await world.turn_on(beta, "keep", warehouse_id=await world.warehouse())
    schedule = BareSchedule(world, shops, seed)
    await schedule.play()
    await assert_truth(schedule, [alpha, beta])
