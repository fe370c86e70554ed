"""Random schedules of sales, cancels, adjustments, faults and crashes end in the truth.

Two shops with compare-and-set sell one product from one warehouse. After some minutes
of disorder everything rests; then the ledger and both shops must show what the list
of accepted acts says (R1, R2, R4, R11), and nobody may have called drift.
"""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from sandbox.shopify import Shop
from sandbox.shopify.model import Order
from sandbox.shopify.shop import SoldOut
from storage.database import Database
from tests.engine.conftest import make_shop
from tests.engine.world import Crash, SimulatedClock, World

OPENING = 20
ACTS = 18
FAULTS = ("lost", "unanswered", "late", "crash_before", "crash_after")
CALLS = ("SetQuantities", "Orders", "Levels")


class Schedule:
    """One random schedule and the truth that it makes."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = random.Random(seed)
        self.truth = OPENING
        self.open: list[tuple[Shop, Order]] = []
        self.crashes = 0

    async def act(self) -> None:
        kind = self.random.choices(
            ("sell", "cancel", "fulfil", "adjust", "fault", "wait"), (6, 2, 1, 3, 4, 3)
        )[0]
        await getattr(self, f"_{kind}")()
        await self.pass_time(self.random.choice((1, 3, 10, 30)))

    async def pass_time(self, seconds: int) -> None:
        try:
            await self.world.run(
                timedelta(seconds=seconds), step=timedelta(seconds=min(seconds, 5))
            )
        except Crash:
            self.crashes += 1

    async def _sell(self) -> None:
        shop = self.random.choice(list(self.world.shops.values()))
        units = self.random.randint(1, 3)
        lag = timedelta(seconds=self.random.randint(0, 20))
        try:
            order = shop.sell("MUG", units, lag=lag)
        except SoldOut:
            return
        self.truth -= units
        self.open.append((shop, order))

    async def _cancel(self) -> None:
        if self.open:
            shop, order = self.open.pop(self.random.randrange(len(self.open)))
            restock = self.random.random() < 0.7
            units = order.lines[0].current
            shop.cancel(order, restock=restock)
            self.truth += units if restock else 0

    async def _fulfil(self) -> None:
        if self.open:
            shop, order = self.open.pop(self.random.randrange(len(self.open)))
            shop.fulfil(order)

    async def _adjust(self) -> None:
        units = self.random.randint(-3, 5)
        self.truth += units
        await self.world.adjust("MUG", units)

    async def _fault(self) -> None:
        call = self.random.choices(CALLS, (6, 2, 1))[0]
        self.world.wire.faults.setdefault(call, []).append(self.random.choice(FAULTS))

    async def _wait(self) -> None:
        await self.pass_time(60)

    async def rest(self) -> None:
        self.world.wire.faults.clear()
        await self.world.wire.deliver_late()
        for _ in range(3):
            await self.pass_time(30)
        await self.world.rest(timedelta(minutes=20))


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
    schedule = Schedule(world, seed)
    for _ in range(ACTS):
        await schedule.act()
    await schedule.rest()

    _, _, available = await world.level("MUG")
    shown = {name: max(0, world.shown(name, "MUG")) for name in world.shops}
    assert available == schedule.truth
    assert shown == dict.fromkeys(shown, max(0, schedule.truth))
    assert await world.imbalances() == []
    assert "drift" not in [kind for kind, _, _ in await world.incidents()]
    assert (await world.summary(alpha)).agree == 1
    assert (await world.summary(beta)).agree == 1
