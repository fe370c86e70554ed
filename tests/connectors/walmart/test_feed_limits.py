"""How many feeds an account may send, and how large: its own numbers, else the documented."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from connectors.services import MemoryCredentials, Services
from sandbox.walmart.limits import FeedLimit
from tests.connectors.walmart.world import World, kinds

FEED = "POST /v3/feeds"
MANY = 301


class SharedBudget:
    """A budget that other processes have used up until then; it remembers what it was asked."""

    def __init__(self, until: datetime | None) -> None:
        self.until = until
        self.asked: list[tuple[int, timedelta]] = []

    async def take(
        self, name: str, calls: int, *, ceiling: int, period: timedelta
    ) -> datetime | None:
        self.asked.append((ceiling, period))
        return self.until


async def test_feeds_are_counted_over_all_processes_by_the_accounts_own_numbers(
    world: World,
) -> None:
    skus = world.stock(400)
    world.shop.limits.feeds["inventory"] = FeedLimit(6, timedelta(seconds=3600), 26_214_400)
    budget = SharedBudget(world.clock.now() + timedelta(minutes=10))
    services = Services(credentials=MemoryCredentials(world.keys), budget=budget)
    async with world.connected(services=services) as connector:
        outcomes = await connector.set_levels(world.raises(skus, 9))
        assert kinds(outcomes) == ["applied"] * 300 + ["unsent"] * 100
        assert world.calls_of(FEED) == []
        budget.until = None
        assert set(kinds(await connector.set_levels(world.raises(skus, 8)))) == {"accepted"}
    assert budget.asked == [(6, timedelta(hours=1))] * 2


class _Profile(httpx.AsyncBaseTransport):
    """Tells other feed limits of the account."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *feeds: Any) -> None:
        self.inner = inner
        self.profile = {
            "partner": {"partnerId": "1"},
            "configurations": [
                {"configurationName": "FEED", "configuration": {"values": feeds}},
                {"configurationName": "OTHER"},
            ],
        }

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/partnerprofile"):
            return httpx.Response(200, json=self.profile)
        return await self.inner.handle_async_request(request)


def _limits(rate: Any, size: Any) -> dict[str, Any]:
    own = {"type": "SELLER", "rate": rate, "fileSize": size}
    return {"feedType": "inventory", "throttleConfigurations": [own]}


def _window(value: Any, unit: str | None = None) -> dict[str, Any]:
    named = {} if unit is None else {"unitOfMeasurement": unit}
    return {"count": 6, "replenishTimeWindow": {"value": value, **named}}


def _size(value: Any, unit: str | None = None) -> dict[str, Any]:
    return {"value": value, **({} if unit is None else {"unitOfMeasurement": unit})}


_OWN_SIZE = _size(26_214_400, "BYTES")


async def _sent(world: World, *feeds: Any) -> tuple[list[tuple[int, float]], int]:
    """Write by feed: what the budget was asked for each file, and how many files there were."""
    skus = world.stock(MANY)
    world.line.inner = _Profile(world.line.inner, *feeds)
    budget = SharedBudget(None)
    services = Services(credentials=MemoryCredentials(world.keys), budget=budget)
    async with world.connected(services=services) as connector:
        await connector.check()
        assert set(kinds(await connector.set_levels(world.raises(skus, 9)))) == {"accepted"}
    asked = [(count, time.total_seconds()) for count, time in budget.asked]
    return asked, len(world.calls_of(FEED))


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (_window("3600"), (6, 3600)),
        (_window(1800, "SECOND"), (6, 1800)),
        (_window(30, "MINUTE"), (6, 1800)),
        (_window("2", "HOURS"), (6, 7200)),
        (_window(1, "DAY"), (6, 86_400)),
        (_window(1, "FORTNIGHT"), (10, 3600)),
        (_window("soon"), (10, 3600)),
        ({"count": 6}, (10, 3600)),
        (None, (10, 3600)),
    ],
)
async def test_a_rate_has_a_unit_and_an_odd_one_leaves_the_documented(
    world: World, rate: Any, expected: tuple[int, int]
) -> None:
    asked, _ = await _sent(world, _limits(rate, _OWN_SIZE))
    assert asked == [expected]


@pytest.mark.parametrize(
    ("size", "files"),
    [
        (_size("8000", "BYTES"), 2),
        (_size(8000), 2),
        (_size(8, "KB"), 2),
        (_size(8, "MB"), 1),
        (_size(8, "PAGES"), 1),
        (None, 1),
    ],
)
async def test_a_size_has_a_unit_and_an_odd_one_leaves_the_documented(
    world: World, size: Any, files: int
) -> None:
    asked, sent = await _sent(world, _limits(_window(3600), size))
    assert (set(asked), sent) == ({(6, 3600)}, files)


@pytest.mark.parametrize(
    "other",
    [
        {"feedType": "RETIRE_ITEM"},
        {"feedType": "item", "throttleConfigurations": [{"type": "SELLER"}]},
        {"throttleConfigurations": None},
        {"feedType": "MP_INVENTORY"},
        None,
    ],
)
async def test_r6_an_incomplete_limit_of_another_feed_changes_nothing(
    world: World, other: Any
) -> None:
    asked, _ = await _sent(world, other, _limits(_window(1800), _OWN_SIZE), other)
    assert asked == [(6, 1800)]
