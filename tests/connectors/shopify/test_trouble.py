"""Each kind of trouble: named once, and over when it is over."""

from __future__ import annotations

import logging
from datetime import timedelta

import httpx
import pytest

from connectors.errors import BadCredentials, NeedsReconnect, RateLimited, Refused, Unavailable
from connectors.platform import Settings
from connectors.services import Services
from connectors.shopify import PLATFORM
from sandbox.shopify import Fault
from tests.connectors.shopify.world import World, all_listings


async def test_a_dead_token_needs_a_person_and_a_new_one_works(world: World) -> None:
    async with world.connected() as connector:
        await connector.check()
        world.shop.rotate_token()
        with pytest.raises(NeedsReconnect) as dead:
            await connector.check()
        assert "Invalid API key" in (dead.value.said or "")
    async with world.connected() as connector:
        await connector.check()


@pytest.mark.parametrize("kind", ["frozen", "forbidden", "gone", "locked"])
async def test_a_closed_shop_is_refused_until_it_opens(world: World, kind: str) -> None:
    world.shop.faults.switch_on(Fault(kind))  # type: ignore[arg-type]  # one of the kinds
    async with world.connected() as connector:
        with pytest.raises(Refused):
            await connector.check()
        world.shop.faults.clear()
        await connector.check()


@pytest.mark.parametrize(
    "kind", ["error_before", "error_after", "internal", "html", "cut_off", "missing_fields", "lost"]
)
async def test_no_usable_answer_is_unavailable_until_it_comes(world: World, kind: str) -> None:
    world.shop.faults.switch_on(Fault(kind))  # type: ignore[arg-type]  # one of the kinds
    async with world.connected() as connector:
        with pytest.raises(Unavailable) as lost:
            await connector.check()
        assert lost.value.sent
        with pytest.raises(Unavailable):
            await all_listings(connector)
        world.shop.faults.clear()
        await connector.check()


async def test_a_page_that_broke_off_is_read_again(world: World) -> None:
    world.stock(600)
    async with world.connected() as connector:
        world.line.break_off(httpx.ReadTimeout("late"), when="after", skip=2)
        world.shop.faults.switch_on(Fault("error_before", count=1))
        assert len(await all_listings(connector)) == 600
    assert world.clock.slept == [0.2, 0.2]


async def test_an_address_that_does_not_answer(world: World) -> None:
    world.line.break_off(httpx.ConnectError("no route"), when="before")
    async with world.connected() as connector:
        with pytest.raises(Unavailable) as lost:
            await connector.check()
        assert not lost.value.sent
        await connector.check()


async def test_throttling_waits_exactly_what_the_bucket_needs(world: World) -> None:
    world.stock(1)
    world.shop.bucket.drain(left=60)
    async with world.connected() as connector:
        assert len(await all_listings(connector)) == 1
    # 199 points asked for, 60 there, 100 a second
    assert world.clock.slept == [pytest.approx(1.39)]
    assert world.calls == ["Listings", "Listings"]


async def test_a_throttled_write_is_sent_again_under_its_key(world: World) -> None:
    world.stock(1)
    world.shop.faults.switch_on(Fault("throttled", count=1))
    async with world.connected() as connector:
        (outcome,) = await connector.set_levels([world.write("S0", 3)])
    assert outcome.kind == "applied"
    first, second = world.line.exchanges
    assert first.variables == second.variables


async def test_a_long_wait_is_handed_to_the_caller(world: World) -> None:
    world.shop.bucket.restore_rate = 1
    world.shop.bucket.drain(left=-100)
    async with world.connected() as connector:
        with pytest.raises(RateLimited) as limited:
            await connector.check()
        assert limited.value.retry_after == timedelta(seconds=103)
        assert world.clock.slept == []
        world.clock.time += limited.value.retry_after
        await connector.check()


async def test_patience_ends(world: World) -> None:
    """A bucket that others keep emptying must not hold a worker for ever."""
    world.shop.bucket.restore_rate = 1
    world.shop.faults.switch_on(Fault("throttled"))
    async with world.connected() as connector:
        with pytest.raises(RateLimited):
            await connector.check()
    assert sum(world.clock.slept) <= 10


@pytest.mark.parametrize(("seconds", "waited"), [(3.0, [3.0]), (30.0, None)])
async def test_too_many_requests_at_the_edge(
    world: World, seconds: float, waited: list[float] | None
) -> None:
    world.shop.faults.switch_on(Fault("too_many_requests", count=1, seconds=seconds))
    async with world.connected() as connector:
        if waited is None:
            with pytest.raises(RateLimited) as limited:
                await connector.check()
            assert limited.value.retry_after == timedelta(seconds=seconds)
        else:
            await connector.check()
            assert world.clock.slept == waited


async def test_a_slow_shop_is_waited_for(world: World) -> None:
    world.shop.faults.switch_on(Fault("slow", count=1, seconds=8))
    async with world.connected() as connector:
        await connector.check()


async def test_a_query_over_the_limit_is_refused(world: World) -> None:
    world.shop.faults.switch_on(Fault("expensive"))
    async with world.connected() as connector:
        with pytest.raises(Refused) as refused:
            await connector.check()
    assert "exceeds the single query max cost" in (refused.value.said or "")


async def test_another_version_is_told_once(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.shopify.client.API_VERSION", "2027-01")
    async with world.connected() as connector:
        with caplog.at_level(logging.WARNING):
            await connector.check()
            await connector.check()
    told = [each for each in caplog.records if "API version" in each.message]
    assert len(told) == 1


async def test_secrets_are_in_no_log_and_no_error(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.shop.rotate_token("shpat_very_secret")
    with caplog.at_level(logging.DEBUG, logger="connectors"):
        async with world.connected() as connector:
            await connector.check()
            world.shop.rotate_token()
            with pytest.raises(NeedsReconnect) as dead:
                await connector.check()
            world.line.break_off(httpx.ReadTimeout("late"), when="after")
            with pytest.raises(Unavailable) as lost:
                await connector.check()
    assert caplog.records
    told = caplog.text + repr(dead.value) + str(dead.value.said) + repr(lost.value)
    assert "very_secret" not in told
    assert lost.value.__cause__ is None


# Credentials


@pytest.mark.parametrize(
    "typed",
    [
        "alpha",
        " Alpha ",
        "alpha.myshopify.com",
        "https://alpha.myshopify.com/",
        "https://ALPHA.myshopify.com/admin/products?x=1",
        "https://admin.shopify.com/store/alpha/settings",
    ],
)
async def test_a_shop_is_understood_however_it_is_pasted(typed: str) -> None:
    asked: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(500)

    given = {"shop": typed, "access_token": "shpat_1"}
    transport = httpx.MockTransport(answer)
    async with PLATFORM.open(given, {}, None, transport, Services.in_memory(given)) as connector:
        with pytest.raises(Unavailable):
            await connector.check()
    assert asked == ["alpha.myshopify.com"]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "my shop",
        "shop.example.com",
        "https://",
        "alpha.myshopify.com.evil.example",
    ],
)
async def test_what_cannot_be_a_shop_is_told_at_its_field(typed: str) -> None:
    given = {"shop": typed, "access_token": "shpat_1"}
    with pytest.raises(BadCredentials) as bad:
        async with PLATFORM.open(given, {}, None, None, Services.in_memory(given)):
            pass
    assert bad.value.field == "shop"


@pytest.mark.parametrize("typed", ["", "two words", "smörgås", "line\nbreak"])
async def test_what_cannot_be_a_token_is_told_at_its_field(world: World, typed: str) -> None:
    with pytest.raises(BadCredentials) as bad:
        async with world.connected({"shop": "alpha", "access_token": typed}):
            pass
    assert bad.value.field == "access_token"


async def test_settings_replace_traits_and_the_address(world: World) -> None:
    settings: Settings = {"order_lag_seconds": 3, "base_url": "http://shops.test/shopify/alpha"}
    given = {"shop": "alpha", "access_token": world.shop.token}
    services = Services.in_memory(given)
    async with PLATFORM.open(given, settings, None, world.line, services) as connector:
        assert connector.traits.order_lag == timedelta(seconds=3)
        assert connector.traits.write_batch == 250
        await connector.check()


# Client id and secret


def granted(world: World) -> dict[str, str]:
    shop = world.shop
    return {"shop": "alpha", "client_id": shop.client_id, "client_secret": shop.client_secret}


async def test_an_app_asks_for_its_token_and_keeps_it(world: World) -> None:
    given = granted(world)
    services = Services.in_memory(given)
    async with world.connected(given, services=services) as connector:
        await connector.check()
        await connector.check()
    token = world.shop.token
    async with world.connected(given, services=services) as connector:
        await connector.check()
    assert world.shop.token == token
    async with services.credentials.lease() as lease:
        assert lease.values["access_token"] == token
        assert lease.values["client_secret"] == world.shop.client_secret


async def test_a_token_is_replaced_before_it_ends_and_when_it_dies_early(world: World) -> None:
    given = granted(world)
    async with world.connected(given) as connector:
        await connector.check()
        first = world.shop.token
        world.clock.time += timedelta(hours=24)
        await connector.check()
        second = world.shop.token
        assert second != first
        world.shop.rotate_token("revoked by hand")
        await connector.check()
        assert world.shop.token not in (first, second, "revoked by hand")


async def test_a_token_renewed_by_another_process_is_taken_over(world: World) -> None:
    given = granted(world)
    services = Services.in_memory(given)
    async with world.connected(given, services=services) as one:
        await one.check()
        async with world.connected(given, services=services) as other:
            world.shop.rotate_token()
            await other.check()
            token = world.shop.token
            await one.check()
    assert world.shop.token == token


async def test_a_wrong_secret_needs_a_person(world: World) -> None:
    given = {**granted(world), "client_secret": "wrong"}
    async with world.connected(given) as connector:
        with pytest.raises(NeedsReconnect) as refused:
            await connector.check()
        assert "not valid" in (refused.value.said or "")
    async with world.connected(granted(world)) as connector:
        await connector.check()


async def test_a_client_id_wants_its_secret(world: World) -> None:
    with pytest.raises(BadCredentials) as bad:
        async with world.connected({"shop": "alpha", "client_id": "x"}):
            pass
    assert bad.value.field == "client_secret"


async def test_a_missing_permission_is_not_cured_by_a_new_token(world: World) -> None:
    world.shop.scopes -= {"read_orders"}
    async with world.connected(granted(world)) as connector:
        with pytest.raises(NeedsReconnect):
            _ = [page async for page in connector.orders(world.clock.now())]
    assert world.calls == ["Orders"]
