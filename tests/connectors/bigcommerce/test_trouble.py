"""Each kind of trouble: named once, and over when it is over."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from connectors.bigcommerce import PLATFORM
from connectors.catalog import PLATFORMS, open_connector
from connectors.errors import NeedsReconnect, RateLimited, Refused, StoreError, Unavailable
from sandbox.bigcommerce import Fault, create_app
from tests.connectors.bigcommerce.world import YESTERDAY, World, all_listings, all_orders


async def test_a_dead_token_needs_a_person_and_a_new_one_works(world: World) -> None:
    async with world.connected() as connector:
        await connector.check()
        world.shop.rotate_token()
        with pytest.raises(NeedsReconnect, match="does not accept the access token") as dead:
            await connector.check()
        assert "X-Auth-Token" in (dead.value.said or "")
        assert dead.value.missing_scopes == ()
    async with world.connected() as connector:
        await connector.check()


async def test_the_token_of_another_store_is_refused(world: World) -> None:
    given = {"store_hash": "alpha", "access_token": "token-beta-1"}
    async with world.connected(given) as connector:
        with pytest.raises(NeedsReconnect, match="for this store"):
            await connector.check()
    async with world.connected() as connector:
        await connector.check()


async def test_a_store_hash_that_is_no_store(world: World) -> None:
    async with world.connected(base_url="http://shops.test/stores/other") as connector:
        with pytest.raises(Refused, match="no open BigCommerce store with this store hash"):
            await connector.check()
    async with world.connected() as connector:
        await connector.check()


async def test_an_address_that_is_no_store_at_all(world: World) -> None:
    async with world.connected(base_url="http://shops.test/blog") as connector:
        with pytest.raises(Refused, match="no open BigCommerce store"):
            await connector.check()


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("gone", Refused, "(no open BigCommerce|no longer has this) store"),
        ("too_large", Refused, "asks for too much at once"),
        ("locked", Refused, "has locked"),
        ("plan_limit", Refused, "limit of its BigCommerce plan"),
        ("login_page", Refused, "HTTP 302"),
        ("firewall", Unavailable, "web page"),
        ("maintenance", Unavailable, "maintenance"),
        ("error_before", Unavailable, "trouble of its own"),
        ("error_after", Unavailable, "trouble of its own"),
        ("html", Unavailable, "web page instead of data"),
        ("cut_off", Unavailable, "cut off"),
        ("missing_fields", Unavailable, "lacks a usable"),
        ("lost", Unavailable, "cut off"),
    ],
)
@pytest.mark.parametrize("act", ["check", "listings", "orders", "levels"])
async def test_trouble_is_named_until_it_is_over(
    world: World, kind: str, error: type[StoreError], words: str, act: str
) -> None:
    world.stock(1)
    world.shop.sell("S0")
    async with world.connected() as connector:
        acts: dict[str, Callable[[], object]] = {
            "check": connector.check,
            "listings": lambda: all_listings(connector),
            "orders": lambda: all_orders(connector, YESTERDAY),
            "levels": lambda: connector.levels([world.ref("S0")]),
        }
        world.shop.faults.switch_on(Fault(kind))  # type: ignore[arg-type]  # one of the kinds
        with pytest.raises(error, match=words) as trouble:
            await acts[act]()  # type: ignore[misc]  # each can be awaited
        assert type(trouble.value) is not StoreError
        world.shop.faults.clear()
        await acts[act]()  # type: ignore[misc]  # each can be awaited


async def test_a_page_that_broke_off_is_read_again(world: World) -> None:
    world.stock(600)
    async with world.connected() as connector:
        world.line.break_off(httpx.ReadTimeout("late"), when="after", skip=2)
        world.shop.faults.switch_on(Fault("error_before", count=1))
        assert len(await all_listings(connector)) == 600
    assert world.clock.slept == [0.2, 0.2]


async def test_an_address_that_does_not_answer(world: World) -> None:
    async with world.connected() as connector:
        for error in (httpx.ConnectError("no route"), httpx.ConnectTimeout("late")):
            world.line.break_off(error, when="before")
            with pytest.raises(Unavailable) as lost:
                await connector.check()
            assert not lost.value.sent
        await connector.check()


async def test_a_short_lack_of_quota_is_waited_out(world: World) -> None:
    world.pass_time(seconds=22)
    world.shop.quota.drain()
    async with world.connected() as connector:
        await connector.check()
    assert world.clock.slept[0] == 8.0


async def test_a_long_lack_of_quota_is_handed_to_the_caller(world: World) -> None:
    world.shop.quota.drain()
    async with world.connected() as connector:
        with pytest.raises(RateLimited) as limited:
            await connector.check()
        assert limited.value.retry_after == timedelta(seconds=30)
        assert limited.value.said == "You have reached your API request limit"
        assert world.clock.slept == []
        world.clock.time += limited.value.retry_after
        await connector.check()


async def test_calls_slow_down_before_the_quota_is_used_up(world: World) -> None:
    """Other apps took all but twelve: what is left is spread over the window."""
    world.stock(1)
    world.pass_time(seconds=15)
    async with world.connected() as connector:
        world.shop.quota.drain(left=12)
        for _ in range(9):
            await connector.levels([world.ref("S0")])
    assert len(world.calls) == 10
    assert {each.status for each in world.line.exchanges} == {200}
    assert len(world.clock.slept) == 9
    assert all(0.5 < wait < 2.5 for wait in world.clock.slept)


async def test_with_quota_to_spare_nobody_waits(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        for _ in range(100):
            await connector.levels([world.ref("S0")])
    assert world.clock.slept == []


async def test_the_names_of_headers_may_be_written_in_any_case(world: World) -> None:
    lower = {key.lower(): each for key, each in world.shop.quota.headers().items()}
    world.shop.quota.headers = lambda: {**lower, "x-rate-limit-time-reset-ms": "4000"}  # type: ignore[method-assign]  # its answers only
    world.shop.faults.switch_on(Fault("too_many_requests", count=1))
    async with world.connected() as connector:
        with pytest.raises(RateLimited):
            await connector.check()
    assert world.clock.slept[:1] == [4.0]


async def test_a_busy_platform_is_backed_off_from(world: World) -> None:
    """A 429 without the quota's headers, with and without Retry-After."""
    world.shop.faults.switch_on(Fault("busy", count=2, seconds=0))
    async with world.connected() as connector:
        await connector.check()
    assert world.clock.slept == [2.0, 4.0]
    world.shop.faults.switch_on(Fault("busy", count=1, seconds=7))
    async with world.connected() as connector:
        await connector.check()
    assert world.clock.slept[2:] == [7.0]
    world.shop.faults.switch_on(Fault("busy", count=1, seconds=60))
    async with world.connected() as connector:
        with pytest.raises(RateLimited) as limited:
            await connector.check()
        assert limited.value.retry_after == timedelta(seconds=60)
        await connector.check()


async def test_patience_ends(world: World) -> None:
    world.shop.faults.switch_on(Fault("busy", seconds=0))
    async with world.connected() as connector:
        with pytest.raises(RateLimited):
            await connector.check()
        assert sum(world.clock.slept) <= 10
        world.shop.faults.clear()
        await connector.check()


async def test_a_slow_store_is_waited_for(world: World) -> None:
    world.shop.faults.switch_on(Fault("slow", count=1, seconds=8))
    async with world.connected() as connector:
        await connector.check()


async def test_the_token_goes_in_its_header_and_nowhere_else(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.stock(1)
    with caplog.at_level(logging.DEBUG):
        async with world.connected() as connector:
            await connector.check()
            await connector.set_levels([world.write("S0", 1)])
            world.shop.rotate_token("another")
            with pytest.raises(NeedsReconnect) as refused:
                await connector.check()
    token = "token-alpha-1"
    assert {each.headers["x-auth-token"] for each in world.line.exchanges} == {token}
    assert token not in caplog.text
    assert token not in f"{refused.value} {refused.value.said}"
    assert all(token not in f"{each.target} {each.body}" for each in world.line.exchanges)
    # Nothing but what the API asks for.
    assert {each.headers["accept"] for each in world.line.exchanges} == {"application/json"}


async def test_the_catalog_opens_it(world: World) -> None:
    assert PLATFORMS["bigcommerce"] is PLATFORM
    assert [each.key for each in PLATFORM.fields] == ["store_hash", "access_token"]
    assert [each.secret for each in PLATFORM.fields] == [False, True]
    assert all(each.help for each in PLATFORM.fields)
    transport = httpx.ASGITransport(create_app([world.shop]))
    given = {"store_hash": "alpha", "access_token": world.shop.token}
    settings = {"base_url": "http://shops.test/stores/alpha", "apply_lag_seconds": 90}
    async with open_connector(
        "bigcommerce", given, settings=settings, transport=transport
    ) as connector:
        assert (await connector.check()).id == "alpha"
        assert connector.traits.apply_lag == timedelta(seconds=90)
        assert not connector.traits.compare_and_set
