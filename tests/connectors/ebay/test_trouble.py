"""What goes wrong is named for what it is, nothing is told that is secret, and it passes."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from connectors.catalog import PLATFORMS, open_connector
from connectors.ebay.platform import PLATFORM, open_account
from connectors.errors import NeedsReconnect, RateLimited, StoreError, Unavailable
from connectors.protocol import LevelWrite
from connectors.services import MemoryCredentials, Services
from sandbox.ebay import Fault, create_app
from tests.connectors.ebay.world import YESTERDAY, World, all_listings, all_orders

REVISE = "ReviseInventoryStatus"


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("dead_token", NeedsReconnect),
        ("too_many_requests", RateLimited),
        ("firewall", Unavailable),
        ("maintenance", Unavailable),
        ("error_before", Unavailable),
        ("lost", Unavailable),
        ("html", Unavailable),
        ("cut_off", Unavailable),
        ("missing_fields", Unavailable),
    ],
)
async def test_trouble_is_named_until_it_is_over(
    world: World, kind: Any, error: type[StoreError]
) -> None:
    world.stock(1)
    world.shop.sell("S0")
    async with world.connected() as connector:
        await connector.check()
        world.shop.faults.switch_on(Fault(kind, only="orders"))
        world.shop.faults.switch_on(Fault(kind, only="read"))
        with pytest.raises(error):
            await all_orders(connector, YESTERDAY)
        with pytest.raises(error):
            await all_listings(connector)
        world.shop.faults.clear()
        assert len(await all_orders(connector, YESTERDAY)) == 1
        assert len(await all_listings(connector)) == 1


@pytest.mark.parametrize("kind", ["too_many_requests", "error_before", "html", "firewall"])
async def test_trouble_with_the_token_itself_passes_too(world: World, kind: Any) -> None:
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault(kind, only="token"))
        with pytest.raises((RateLimited, Unavailable)):
            await connector.check()
        world.shop.faults.clear()
        await connector.check()


async def test_a_page_that_broke_off_is_read_again(world: World) -> None:
    world.stock(250)
    async with world.connected() as connector:
        await connector.check()
        world.line.break_off(httpx.ReadError("gone"), when="after", skip=1)
        assert len(await all_listings(connector)) == 250


async def test_throttling_is_backed_off_from_longer_each_time(world: World) -> None:
    async with world.connected() as connector:
        await connector.check()
        world.shop.faults.switch_on(Fault("too_many_requests", count=2))
        assert await all_orders(connector, YESTERDAY) == []
    first, second = world.clock.slept
    assert 1 <= first <= 1.25
    assert 2 <= second <= 2.5


async def test_the_calls_of_a_day_used_up_are_handed_to_the_caller(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        await connector.check()
        world.shop.quota.limits["tradingapi"] = 0
        with pytest.raises(RateLimited, match="Trading API for today") as limited:
            await all_listings(connector)
        assert limited.value.retry_after >= timedelta(minutes=5)
        # Orders have a budget of their own.
        assert await all_orders(connector, YESTERDAY) == []


_LIST = b"<GetSellerListResponse><Ack>Success</Ack>%s</GetSellerListResponse>"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        # Entities can grow without bound.
        (b'<!DOCTYPE x [<!ENTITY a "aa">]>' + _LIST % b"<Version>&a;</Version>", "web page"),
        # Taken for an empty list, it would end every listing.
        (
            _LIST % b"<PaginationResult><TotalNumberOfPages>1</TotalNumberOfPages>"
            b"<TotalNumberOfEntries>3</TotalNumberOfEntries></PaginationResult>",
            "ItemArray",
        ),
        (_LIST % b"", "PaginationResult"),
        (b"<OtherResponse><Ack>Success</Ack></OtherResponse>", "web page"),
        (b"<GetSellerListResponse><Ack>Failure</Ack></GetSellerListResponse>", "what became"),
    ],
)
async def test_an_answer_that_is_none_is_not_read(world: World, content: bytes, words: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("token"):
            return httpx.Response(200, json={"access_token": "t", "expires_in": 7200})
        return httpx.Response(200, content=content)

    given = world.credentials
    async with open_account(
        given,
        {},
        "http://shops.test/ebay/alpha",
        httpx.MockTransport(answer),
        Services.in_memory(given),
        clock=world.clock.now,
        sleep=world.clock.sleep,
    ) as connector:
        with pytest.raises(Unavailable, match=words):
            await all_listings(connector)


# What eBay allows in a day


class Purse:
    """Counts what is taken, as the application's own budgets do."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.taken: dict[str, int] = {}

    async def take(
        self, name: str, calls: int, *, ceiling: int, period: timedelta
    ) -> datetime | None:
        assert period == timedelta(days=1)
        if self.taken.get(name, 0) + calls > ceiling:
            return self.world.clock.time + timedelta(hours=7)
        self.taken[name] = self.taken.get(name, 0) + calls
        return None


def opened(world: World, purse: Purse, **settings: Any) -> Any:
    given = world.credentials
    return open_account(
        given,
        settings,
        "http://shops.test/ebay/alpha",
        world.line,
        Services(MemoryCredentials(given), purse),
        clock=world.clock.now,
        sleep=world.clock.sleep,
    )


async def test_r5_the_last_fifth_of_the_days_calls_is_kept_for_drops(world: World) -> None:
    world.stock(1)
    purse = Purse(world)
    ref = world.ref("S0")
    async with opened(world, purse, trading_calls_a_day=10) as connector:
        for _ in range(8):
            await all_listings(connector)
        with pytest.raises(RateLimited) as limited:
            await all_listings(connector)
        assert limited.value.retry_after == timedelta(hours=7)
        assert world.calls.count("GetSellerList") == 8
        # A drop may still be read for and written; a raise is not.
        await connector.levels([ref])
        with pytest.raises(RateLimited):
            await connector.set_levels([LevelWrite(ref, None, 9, 5, "k")])
        (outcome,) = await connector.set_levels([LevelWrite(ref, None, 1, 5, "k")])
    assert outcome.kind == "applied"
    assert purse.taken[f"ebay:trading:{world.shop.keys.client_id}"] == 10


@pytest.mark.parametrize(("value", "most"), [(9, 200), (4, 250)])
async def test_r5_a_listing_is_changed_so_often_a_day_and_no_other_waits_for_it(
    world: World, value: int, most: int
) -> None:
    world.stock(2)
    purse = Purse(world)
    async with opened(world, purse) as connector:
        item = world.ref("S0").partition(":")[0]
        purse.taken[f"ebay:listing:{item}"] = most - 1
        writes = [LevelWrite(world.ref(sku), None, value, 5, "k") for sku in ("S0", "S1")]
        assert [each.kind for each in await connector.set_levels(writes)] == ["applied"] * 2
        blocked, other = await connector.set_levels(writes)
    assert (blocked.kind, blocked.code) == ("rejected", "REVISIONS_USED_UP")
    assert "2026-11-23 19:00 UTC" in (blocked.reason or "")
    assert other.kind == "applied"


async def test_a_limit_that_ebay_counted_itself_is_told_in_its_words(world: World) -> None:
    world.stock(2)
    async with world.connected() as connector:
        for number in range(250):
            await connector.set_levels([world.write("S0", number % 2 + 1)])
        blocked, other = await connector.set_levels([world.write("S0", 1), world.write("S1", 1)])
        assert (blocked.kind, other.kind) == ("rejected", "applied")
        assert "250" in (blocked.reason or "")
        world.pass_time(days=1)
        (again,) = await connector.set_levels([world.write("S0", 1)])
    assert again.kind == "applied"


# What is told


async def test_r12_keys_and_tokens_go_where_they_belong_and_nowhere_else(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.stock(1)
    secrets = {world.shop.keys.client_secret, world.shop.keys.refresh_token}
    with caplog.at_level(logging.DEBUG):
        async with world.connected() as connector:
            await connector.check()
            await connector.set_levels([world.write("S0", 1)])
            secrets |= set(world.shop.keys.access)
            world.shop.keys.rotate_refresh_token()
            with pytest.raises(NeedsReconnect) as refused:
                await connector.check()
    told = f"{caplog.text} {refused.value} {refused.value.said}"
    for each in world.line.exchanges:
        told += each.target
        if "oauth2" not in each.path:
            told += each.sent.decode()
            assert "basic" not in each.headers.get("authorization", "").lower()
    assert not [secret for secret in secrets if secret in told]
    assert len(secrets) == 3
    trading = [each for each in world.line.exchanges if each.name == REVISE]
    assert trading[0].headers["x-ebay-api-iaf-token"] in secrets
    assert trading[0].headers["x-ebay-api-siteid"] == "0"
    assert "authorization" not in trading[0].headers


async def test_the_catalog_opens_it(world: World) -> None:
    assert PLATFORMS["ebay"] is PLATFORM
    assert {each.key: each.secret for each in PLATFORM.fields} == {
        "client_id": False,
        "client_secret": True,
        "marketplace": False,
        "refresh_token": True,
    }
    assert all(each.help for each in PLATFORM.fields)
    assert PLATFORM.store_name({"client_id": " Shop-PRD-1 "}) == "Shop-PRD-1"
    settings = {"base_url": "http://shops.test/ebay/alpha", "reading_age_seconds": 90}
    async with open_connector(
        "ebay",
        world.credentials,
        settings=settings,
        transport=httpx.ASGITransport(create_app([world.shop])),
    ) as connector:
        assert (await connector.check()).id == world.shop.user_id
        assert connector.traits.reading_age == timedelta(seconds=90)
        assert not connector.traits.compare_and_set
        assert connector.traits.write_batch == 24
