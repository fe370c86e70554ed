"""Random schedules: what may happen, and the truth that it makes."""

from __future__ import annotations

import contextlib
import random
from abc import ABC, abstractmethod
from datetime import timedelta
from typing import Any

from tests.engine.world import Crash, World

OPENING = 20
ACTS = 18


class Schedule(ABC):
    """One random schedule over some shops that sell MUG from one warehouse."""

    def __init__(self, world: World, shops: list[Any], seed: int) -> None:
        self.world = world
        self.shops = shops
        self.random = random.Random(seed)
        self.truth = OPENING
        self.open: list[tuple[Any, Any]] = []

    async def play(self) -> None:
        """Act, then let everything come to rest."""
        for _ in range(ACTS):
            kind = self.random.choices(
                ("sell", "cancel", "fulfil", "adjust", "fault", "wait"), (6, 2, 1, 3, 4, 3)
            )[0]
            await getattr(self, f"_{kind}")()
            await self._pass_time(self.random.choice((1, 3, 10, 30)))
        await self.heal()
        for _ in range(3):
            await self._pass_time(30)
        await self.world.rest(timedelta(minutes=25))

    @abstractmethod
    def sell(self, shop: Any, units: int) -> Any:
        """Let somebody buy; the order, None where too few are shown."""

    @abstractmethod
    def cancel(self, shop: Any, order: Any) -> int:
        """Cancel an order; the units that are ours to sell again."""

    @abstractmethod
    def fault(self, shop: Any) -> None:
        """Let something go wrong at one of the next calls."""

    @abstractmethod
    async def heal(self) -> None:
        """End all trouble."""

    async def _pass_time(self, seconds: int) -> None:
        with contextlib.suppress(Crash):
            await self.world.run(
                timedelta(seconds=seconds), step=timedelta(seconds=min(seconds, 5))
            )

    async def _sell(self) -> None:
        shop, units = self.random.choice(self.shops), self.random.randint(1, 3)
        order = self.sell(shop, units)
        if order is not None:
            self.truth -= units
            self.open.append((shop, order))

    async def _cancel(self) -> None:
        if self.open:
            self.truth += self.cancel(*self._closed())

    async def _fulfil(self) -> None:
        if self.open:
            shop, order = self._closed()
            shop.fulfil(order)

    def _closed(self) -> tuple[Any, Any]:
        return self.open.pop(self.random.randrange(len(self.open)))

    async def _adjust(self) -> None:
        units = self.random.randint(-3, 5)
        self.truth += units
        await self.world.adjust("MUG", units)

    async def _fault(self) -> None:
        self.fault(self.random.choice(self.shops))

    async def _wait(self) -> None:
        await self._pass_time(60)


async def assert_truth(schedule: Schedule, stores: list[int]) -> None:
    """The ledger and every shop show what the accepted acts say, and nobody called drift."""
    world, truth = schedule.world, schedule.truth
    assert (await world.level("MUG"))[2] == truth
    shown = [max(0, shop.available("MUG")) for shop in schedule.shops]
    assert shown == [max(0, truth)] * len(shown)
    assert await world.imbalances() == []
    assert "drift" not in [kind for kind, _, _ in await world.incidents()]
    for store in stores:
        assert (await world.summary(store)).agree == 1
