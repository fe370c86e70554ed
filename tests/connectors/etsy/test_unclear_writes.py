"""Writes whose answer does not say what was done: never called refused while they may be in."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx

from sandbox.etsy import Fault
from tests.connectors.etsy.world import World, kinds


async def test_numbers_that_etsy_answers_with_others_may_be_in(world: World) -> None:
    """As after a sale at that moment; also of what goes along a sale may have been undone."""
    world.variations({"A": 5, "B": 5})
    world.stock(30)
    world.shop.faults.switch_on(Fault(kind="not_kept", count=1))
    outcome, *rest = await world.set({"A": 3, **{f"S{n}": 3 for n in range(30)}})
    assert outcome.kind == "unknown"
    assert "shows other numbers" in str(outcome.reason)
    assert set(kinds(rest)) == {"applied"}
    assert len(await world.marks.all("carried")) == 1
    assert kinds(await world.set({"A": 4})) == ["applied"]


async def test_a_sale_right_after_an_error_of_etsys_own_is_not_undone(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        await connector.levels([])
        world.shop.faults.switch_on(Fault(kind="error_after", only="write", count=1))
        await connector.orders_by_id(["1"])  # so that there is a token
        world.line.meanwhile = [lambda: None, lambda: world.shop.sell("S0")]
        assert kinds(await connector.set_levels([world.write("S0", 3)])) == ["unknown"]
    assert world.shop.available("S0") == 2


class Lagging(httpx.AsyncBaseTransport):
    """Answers a reading of stock with one that is up to nine seconds old."""

    def __init__(self, world: World) -> None:
        self._inner, self._clock = world.line.inner, world.clock
        self._kept: list[tuple[datetime, bytes]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if not request.url.path.endswith("/batch/inventory"):
            return response
        self._kept.append((self._clock.time, await response.aread()))
        oldest = self._clock.time - timedelta(seconds=9)
        told = next(content for at, content in self._kept if at >= oldest)
        return httpx.Response(200, headers={"content-type": "application/json"}, content=told)


async def test_a_lagging_reading_is_no_proof_that_nothing_was_done(world: World) -> None:
    """Traits: a reading may be ten seconds old."""
    world.stock(2)
    world.line.inner = Lagging(world)
    world.shop.faults.switch_on(Fault(kind="error_after", only="write", count=3))
    assert kinds(await world.set({"S0": 3})) == ["applied"]
    assert world.shop.available("S0") == 3
    assert sum(world.clock.slept) >= 10


async def test_no_answer_after_an_error_of_etsys_own_is_unknown(world: World) -> None:
    world.stock(1)
    world.shop.faults.switch_on(Fault(kind="error_after", only="write", count=1))
    world.line.inner = Lagging(world)
    async with world.connected() as connector:
        await connector.orders_by_id(["1"])  # so that there is a token
        world.line.meanwhile = [
            lambda: None,
            lambda: None,
            lambda: world.line.break_off(httpx.ConnectError("no route"), when="before"),
        ]
        assert kinds(await connector.set_levels([world.write("S0", 3)])) == ["unknown"]
    assert world.shop.available("S0") == 3
