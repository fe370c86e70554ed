"""Random schedules against stores that compare nothing end in the truth.

Sales whose orders come late, cancels that restock or do not or do not say, adjustments,
requests that are lost, answered by nobody or land half a minute later, workers that die:
at rest the ledger and every store show what the list of accepted acts says (R1, R2, R4,
R11), and nobody may have called drift (ENGINE.md part B).
"""

from __future__ import annotations

import contextlib
import os
import random
from datetime import timedelta

import pytest

from storage.database import Database
from tests.engine.bare_store import TRAITS, BareStore, BareWorld, Sale, SoldOut, slow
from tests.engine.world import Crash, SimulatedClock

OPENING = 20
ACTS = 18
FAULTS = ("lost", "unanswered", "late", "crash_before", "crash_after")
CALLS = ("write", "orders", "levels")
SEEDS = range(*map(int, os.environ.get("STOCKROOM_SEEDS", "0:10").split(":")))


class Schedule:
    """One random schedule and the truth that it makes."""

    def __init__(self, world: BareWorld, seed: int) -> None:
        self.world = world
        self.random = random.Random(seed)
        self.truth = OPENING
        self.open: list[tuple[BareStore, Sale]] = []

    async def act(self) -> None:
        kind = self.random.choices(
            ("sell", "cancel", "fulfil", "adjust", "fault", "wait"), (6, 2, 1, 3, 4, 3)
        )[0]
        await getattr(self, f"_{kind}")()
        await self.pass_time(self.random.choice((1, 3, 10, 30)))

    async def pass_time(self, seconds: int) -> None:
        with contextlib.suppress(Crash):
            await self.world.run(
                timedelta(seconds=seconds), step=timedelta(seconds=min(seconds, 5))
            )

    async def _sell(self) -> None:
        store = self.random.choice(list(self.world.stores.values()))
        units = self.random.randint(1, 3)
        lag = timedelta(seconds=self.random.randint(0, 15))
        try:
            sale = store.sell("MUG", units, lag=lag)
        except SoldOut:
            return
        self.truth -= units
        self.open.append((store, sale))

    async def _cancel(self) -> None:
        if self.open:
            store, sale = self.open.pop(self.random.randrange(len(self.open)))
            store.cancel(sale, restock=self.random.random() < 0.6)
            self.truth += sale.units

    async def _fulfil(self) -> None:
        if self.open:
            store, sale = self.open.pop(self.random.randrange(len(self.open)))
            store.fulfil(sale)

    async def _adjust(self) -> None:
        units = self.random.randint(-3, 5)
        self.truth += units
        await self.world.adjust("MUG", units)

    async def _fault(self) -> None:
        store = self.random.choice(list(self.world.stores.values()))
        call = self.random.choices(CALLS, (6, 2, 1))[0]
        fault = self.random.choice(FAULTS if call == "write" else ("lost", "crash_before"))
        store.faults.setdefault(call, []).append(fault)

    async def _wait(self) -> None:
        await self.pass_time(60)

    async def rest(self) -> None:
        for store in self.world.stores.values():
            store.faults.clear()
        for _ in range(3):
            await self.pass_time(30)
        await self.world.rest(timedelta(minutes=25))


@pytest.mark.parametrize("kind", ["quick", "slow", "undocumented"])
@pytest.mark.parametrize("seed", SEEDS)
async def test_r2_r4_r11_random_schedules_of_bare_stores_end_in_the_truth(
    database: Database, seed: int, kind: str
) -> None:
    clock = SimulatedClock()
    traits = slow() if kind == "slow" else TRAITS
    stores = [
        BareStore(name, clock, traits, undocumented=kind == "undocumented")
        for name in ("alpha", "beta")
    ]
    for store in stores:
        store.numbers["MUG"] = OPENING
    world = BareWorld(database, *stores, clock=clock)
    await world.begin()
    # Audited every other minute, so that readings meet everything else.
    alpha, beta = [
        await world.connect_with({"shop": store.name}, audit_every_hours=0.03) for store in stores
    ]
    await world.turn_on(alpha, "copy")
    await world.turn_on(beta, "keep", warehouse_id=await world.warehouse())
    schedule = Schedule(world, seed)
    for _ in range(ACTS):
        await schedule.act()
    await schedule.rest()

    _, _, available = await world.level("MUG")
    shown = {store.name: max(0, store.available("MUG")) for store in stores}
    assert available == schedule.truth
    assert shown == dict.fromkeys(shown, max(0, schedule.truth))
    assert await world.imbalances() == []
    assert "drift" not in [kind for kind, _, _ in await world.incidents()]
    assert (await world.summary(alpha)).agree == 1
    assert (await world.summary(beta)).agree == 1
