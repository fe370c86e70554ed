"""Each kind of trouble: named once, and over when it is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.catalog import PLATFORMS, open_connector
from connectors.errors import NeedsReconnect, RateLimited, Refused, StoreError, Unavailable
from sandbox.amazon import Fault, create_app
from tests.connectors.amazon.world import YESTERDAY, World, all_listings, all_orders


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("token_wrong", NeedsReconnect, "does not accept the access token"),
        ("no_role", NeedsReconnect, "needs the role"),
        ("too_large", Refused, "invalid"),
        ("wrong_media", Refused, "invalid"),
        ("maintenance", Unavailable, "trouble of its own"),
        ("unavailable", Unavailable, "trouble of its own"),
        ("error_before", Unavailable, "trouble of its own"),
        ("html", Unavailable, "web page instead of data"),
        ("cut_off", Unavailable, "cut off"),
        ("missing_fields", Unavailable, "lacks a usable"),
        ("lost", Unavailable, "cut off"),
    ],
)
@pytest.mark.parametrize("act", ["check", "changes", "orders", "levels", "fba"])
async def test_trouble_is_named_until_it_is_over(
    world: World, kind: Any, error: type[StoreError], words: str, act: str
) -> None:
    world.stock(1)
    world.shop.sell("S0")
    world.shop.limits.metered = False

    async def fba() -> list[Any]:
        return [page async for page in connector.fba_levels(["ATVPDKIKX0DER"])]

    async with world.connected() as connector:
        acts: dict[str, Callable[[], Any]] = {
            "check": connector.check,
            "changes": lambda: all_listings(connector, YESTERDAY),
            "orders": lambda: all_orders(connector, YESTERDAY),
            "levels": lambda: connector.levels(["S0"]),
            "fba": fba,
        }
        await connector.levels([])
        world.shop.faults.switch_on(Fault(kind))
        with pytest.raises(error, match=words) as trouble:
            await acts[act]()
        assert type(trouble.value) is not StoreError
        world.shop.faults.clear()
        await acts[act]()


@pytest.mark.parametrize("status", [301, 404, 405, 403, 502])
async def test_a_web_page_is_no_answer_of_amazons(world: World, status: int) -> None:
    page = b"<!DOCTYPE html><html><body>Sign in</body></html>"

    class Page(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/token"):
                token = {"access_token": "t", "token_type": "bearer", "expires_in": 3600}
                return httpx.Response(200, json=token)
            return httpx.Response(status, content=page)

    world.line.inner = Page()
    async with world.connected() as connector:
        with pytest.raises((Refused, Unavailable)) as refused:
            await connector.levels(["A"])
    assert not isinstance(refused.value, NeedsReconnect)


@pytest.mark.parametrize(
    ("kind", "error"),
    [("error_before", Unavailable), ("maintenance", Unavailable), ("cut_off", Unavailable)],
)
async def test_trouble_at_the_login_is_no_lost_consent(
    world: World, kind: Any, error: type[StoreError]
) -> None:
    world.shop.faults.switch_on(Fault(kind, only="token"))
    async with world.connected() as connector:
        with pytest.raises(error):
            await all_orders(connector, YESTERDAY)
        world.shop.faults.clear()
        await all_orders(connector, YESTERDAY)


# Pacing


async def test_a_short_throttling_is_waited_out(world: World) -> None:
    world.stock(1)
    world.shop.faults.switch_on(Fault("too_many_requests", count=1, only="read"))
    async with world.connected() as connector:
        (level,) = await connector.levels(["S0"])
    assert level.available == 5
    assert 0.2 <= sum(world.clock.slept) < 1
    assert [each.status for each in world.calls_of("searchListingsItems")] == [429, 200]


async def test_a_long_throttling_is_handed_to_the_caller(world: World) -> None:
    world.shop.faults.switch_on(Fault("too_many_requests", only="orders"))
    async with world.connected() as connector:
        with pytest.raises(RateLimited) as limited:
            await all_orders(connector, YESTERDAY)
        assert timedelta(seconds=178) < limited.value.retry_after < timedelta(seconds=200)
        world.shop.faults.clear()
        world.pass_time(minutes=4)
        await all_orders(connector, YESTERDAY)


async def test_what_is_used_up_is_not_asked_for(world: World) -> None:
    skus = world.stock(300)
    async with world.connected() as connector:
        await connector.levels(skus)
    assert {each.status for each in world.line.exchanges} == {200}
    assert sum(world.clock.slept) > 1


async def test_a_higher_rate_is_adopted(world: World) -> None:
    world.shop.limits.rates["searchListingsItems"] = (50, 5)
    skus = world.stock(300)
    async with world.connected() as connector:
        await connector.levels(skus)
    assert {each.status for each in world.line.exchanges} == {200}
    assert sum(world.clock.slept) < 1


# The rest


async def test_an_address_that_does_not_answer(world: World) -> None:
    async with world.connected() as connector:
        for error in (httpx.ConnectError("no route"), httpx.ConnectTimeout("late")):
            for _ in range(9):
                world.line.break_off(error, when="before")
            with pytest.raises(Unavailable, match="could not be reached"):
                await all_orders(connector, YESTERDAY)
            world.line.refuse.clear()
        await all_orders(connector, YESTERDAY)


async def test_a_file_is_fetched_from_nowhere_else(world: World) -> None:
    """What an answer names is fetched over https only, or from the address that was given."""
    inner = world.line.inner

    class Elsewhere(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            response = await inner.handle_async_request(request)
            content = (await response.aread()).replace(
                b"http://shops.test/amazon/A", b"http://10.0.0.1/amazon/A"
            )
            headers = {k: v for k, v in response.headers.items() if k != "content-length"}
            return httpx.Response(response.status_code, headers=headers, content=content)

    world.stock(2)
    world.line.inner = Elsewhere()
    async with world.connected() as connector:
        assert len(await all_listings(connector)) == 2  # by search
    assert "download" not in world.calls


async def test_the_catalogue_opens_it(world: World) -> None:
    assert PLATFORMS["amazon"].title == "Amazon"
    transport = httpx.ASGITransport(create_app([world.shop]))
    address = "http://shops.test/amazon/alpha"
    async with open_connector(
        "amazon", world.keys, base_url=address, transport=transport
    ) as connector:
        assert (await connector.check()).name == "Alpha"
        assert connector.traits.settles_within == timedelta(hours=1)
        assert await connector.locations() == []
