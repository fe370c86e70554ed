"""The calls of a day: orders have theirs to the end of it, and drops go on where raises wait."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
import pytest

from connectors.errors import RateLimited
from connectors.etsy.allowance import CALLS_A_DAY, Allowance, Use
from connectors.services import MemoryCredentials, Services
from sandbox.etsy.quota import PER_DAY, Quota
from tests.connectors.etsy.world import World, kinds
from tests.connectors.line import Clock


class Purse:
    """Counts what is taken in one period after another, as the application's own budgets do."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._used: dict[str, int] = {}
        self._ends: dict[str, datetime] = {}

    async def take(
        self, name: str, calls: int, *, ceiling: int, period: timedelta
    ) -> datetime | None:
        now = self._clock.time
        if self._ends.get(name, now) <= now:
            self._ends[name], self._used[name] = now + period, 0
        if self._used[name] + calls > ceiling:
            return self._ends[name]
        self._used[name] += calls
        return None


class Application:
    """Calls of one application, as the local Etsy counts them."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.quota = Quota(self.clock.now)
        self.quota.per_second = PER_DAY
        self._purse = Purse(self.clock)
        self.restart()

    def restart(self) -> None:
        """Forget what a process knows."""
        self._allowance = Allowance(self._purse, "key", CALLS_A_DAY, self.clock.now)

    async def call(self, use: Use) -> bool:
        """Make one call, whether it was allowed; Etsy itself must not have to refuse it."""
        try:
            await self._allowance.take(use)
        except RateLimited:
            return False
        assert self.quota.take() is None, f"Etsy refuses at {self.clock.time}"
        self._allowance.note(httpx.Response(200, headers=self.quota.headers()))
        return True

    async def push(self) -> int:
        """Write raises until no more may be written; how many."""
        written = 0
        while await self.call(Use.REST):
            written += 1
        return written


@pytest.mark.parametrize("begun_after", [0, 5, 22])
async def test_a5_a_long_push_keeps_neither_orders_nor_drops_from_going_on(
    begun_after: int,
) -> None:
    """A push takes what it gets, of a shop whose orders are read from some hour on."""
    etsy = Application()
    pushed, start = await etsy.push(), etsy.clock.time
    assert pushed > CALLS_A_DAY / 2
    for minute in range(3 * 24 * 60):
        etsy.clock.time = start + timedelta(minutes=minute)
        if minute % 100 == 0:
            etsy.restart()
        if minute >= begun_after * 60:
            assert await etsy.call(Use.ORDERS)
            assert await etsy.call(Use.ORDERS)
        if minute % 2 == 0:
            assert await etsy.call(Use.DROPS), f"no drop at {etsy.clock.time}"
        pushed += await etsy.push()
    assert pushed > 14_000  # and it goes on day after day


async def test_a5_raises_wait_first_then_drops_and_orders_never(world: World) -> None:
    """Of a hundred calls eighty are kept for orders, and of the rest a fifth for drops."""
    world.stock(3)
    quota = world.shop.quota
    quota.per_day = 100
    services = Services(MemoryCredentials(world.credentials), Purse(world.clock), world.marks)
    async with world.connected(services=services) as connector:

        async def spend(until: int) -> None:
            while quota.today < until:
                await connector.orders_by_id(["1"])
                world.pass_time(seconds=1)

        await spend(81)
        assert kinds(await connector.set_levels([world.write("S0", 9, expected=5)])) == ["applied"]
        await spend(90)
        with pytest.raises(RateLimited, match="orders and sales") as spent:
            await connector.set_levels([world.write("S0", 12, expected=9)])
        assert spent.value.retry_after.total_seconds() >= 60
        dropped = [world.write("S1", 2, expected=5), world.write("S0", 12, expected=9)]
        assert kinds(await connector.set_levels(dropped)) == ["applied", "unsent"]
        await spend(94)
        with pytest.raises(RateLimited, match="reading orders"):
            await connector.set_levels([world.write("S2", 2, expected=5)])
        assert await connector.orders_by_id(["1"]) == []
        world.pass_time(hours=24)
        await connector.orders_by_id(["1"])
        assert kinds(await connector.set_levels([world.write("S0", 12)])) == ["applied"]
