"""Each kind of trouble: named once, and over when it is over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.errors import NeedsReconnect, RateLimited, Refused, StoreError, Unavailable
from connectors.woocommerce.answers import is_web_page, whole_json
from sandbox.woocommerce import Fault
from tests.connectors.line import START
from tests.connectors.woocommerce.world import World, all_listings, all_orders


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("firewall", Refused, "firewall"),
        ("login", Refused, "login"),
        ("redirect", Refused, "https://www.alpha.example. Enter"),
        ("error_before", Unavailable, "HTTP 500"),
        ("error_after", Unavailable, "HTTP 500"),
        ("critical", Unavailable, "HTTP 500"),
        ("gateway", Unavailable, "HTTP 504"),
        ("html", Unavailable, "web page"),
        ("challenge", Unavailable, "web page"),
        ("cut_off", Unavailable, "cut off"),
        ("missing_fields", Unavailable, "lacks"),
        ("lost", Unavailable, "lost|cut off"),
        ("too_many_silent", RateLimited, "slow down"),
        ("resource_limit", RateLimited, "slow down"),
        ("maintenance", RateLimited, "being updated"),
        ("maintenance_json", RateLimited, "being updated"),
    ],
)
async def test_each_is_named_and_over_when_it_is_over(
    world: World, kind: Any, error: type[StoreError], words: str
) -> None:
    world.stock(1)
    world.shop.sell("S0")
    world.wait(seconds=5)
    world.shop.faults.switch_on(Fault(kind))
    async with world.connected() as connector:
        acts: list[Callable[[], Awaitable[Any]]] = [
            lambda: all_listings(connector),
            lambda: all_orders(connector, START),
        ]
        if kind != "missing_fields":  # what is left of an answer may be about nothing asked for
            acts += [lambda: connector.orders_by_id(["1"]), lambda: connector.levels(["1"])]
        if kind != "html":  # then the site's root tells more: see test_connect.py
            acts.append(connector.check)
        for act in acts:
            with pytest.raises(error, match=words) as found:
                await act()
            assert "ck_" not in str(found.value)
        world.shop.faults.clear()
        await connector.check()
        assert len(await all_listings(connector)) == 1
        assert len(await all_orders(connector, START)) == 1


async def test_a_critical_error_is_told_without_tags(world: World) -> None:
    world.shop.faults.switch_on(Fault("critical"))
    async with world.connected() as connector:
        with pytest.raises(Unavailable) as lost:
            await connector.check()
    assert lost.value.said == "There has been a critical error on this website."


@pytest.mark.parametrize(("seconds", "waited"), [(3.0, [3.0]), (40.0, None)])
async def test_a_host_that_says_how_long_to_wait(
    world: World, seconds: float, waited: list[float] | None
) -> None:
    world.shop.faults.switch_on(Fault("too_many_requests", count=1, seconds=seconds))
    async with world.connected() as connector:
        if waited is None:
            with pytest.raises(RateLimited) as limited:
                await connector.check()
            assert limited.value.retry_after == timedelta(seconds=seconds)
        await connector.check()
    assert world.clock.slept == (waited or [])


@pytest.mark.parametrize(
    ("kind", "seconds"), [("too_many_silent", 30), ("maintenance", 600), ("maintenance_json", 600)]
)
async def test_a_long_wait_is_handed_to_the_caller(world: World, kind: Any, seconds: int) -> None:
    world.shop.faults.switch_on(Fault(kind, count=1))
    async with world.connected() as connector:
        with pytest.raises(RateLimited) as limited:
            await connector.check()
        await connector.check()
    assert limited.value.retry_after == timedelta(seconds=seconds)
    assert world.clock.slept == []


async def test_a_page_that_broke_off_is_read_again(world: World) -> None:
    world.stock(250)
    async with world.connected() as connector:
        world.wire.break_off(httpx.ReadTimeout("late"), when="after", skip=2)
        world.shop.faults.switch_on(Fault("error_before", count=1))
        assert len(await all_listings(connector)) == 250
    assert world.clock.slept == [0.2, 0.2]


async def test_an_address_that_does_not_answer(world: World) -> None:
    for _ in range(3):
        world.wire.break_off(httpx.ConnectError("no route"), when="before")
    async with world.connected() as connector:
        with pytest.raises(Unavailable, match="could not be reached") as lost:
            await connector.check()
        assert not lost.value.sent
        await connector.check()


async def test_a_slow_store_is_waited_for(world: World) -> None:
    world.stock(100)
    world.shop.batch_seconds_per_item = 0.05
    world.shop.faults.switch_on(Fault("slow", count=1, seconds=8))
    async with world.connected() as connector:
        await connector.check()
        outcomes = await connector.set_levels([world.write(f"S{n}", 2) for n in range(100)])
    assert {each.kind for each in outcomes} == {"applied"}
    assert world.clock.slept == [8, 0, pytest.approx(5)]


async def test_an_unknown_redirect_is_told_all_the_same(world: World) -> None:
    async def nowhere(_: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": "http://[bad"})

    world.wire.inner = httpx.MockTransport(nowhere)
    async with world.connected() as connector:
        with pytest.raises(Refused, match="sends us on"):
            await connector.check()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"code": "rest_invalid_param", "message": "Bad.", "data": {"status": 400}}, Refused),
        (500, {"code": "woocommerce_rest_x", "message": "No.", "data": 500}, Unavailable),
        (403, {"code": "rest_forbidden", "message": "Blocked by us."}, Refused),
        (403, {"code": "woocommerce_rest_cannot_view", "message": "No."}, NeedsReconnect),
        (401, [], Refused),
        (401, {"code": "rest_cannot_access", "message": "Only for people."}, Refused),
        (418, "x", Refused),
        (200, None, Unavailable),
        (200, {"update": []}, Unavailable),
    ],
)
async def test_odd_answers(world: World, status: int, body: Any, error: type[StoreError]) -> None:
    async def odd(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, json=body)

    world.stock(1)
    real, world.wire.inner = world.wire.inner, httpx.MockTransport(odd)
    async with world.connected() as connector:
        with pytest.raises(error):
            await all_listings(connector)
        world.wire.inner = real
        assert len(await all_listings(connector)) == 1


@pytest.mark.parametrize("field", ["date_modified_gmt", "status", "line_items", "id"])
@pytest.mark.parametrize("value", [None, {}, "soon"])
async def test_half_an_order_is_no_order(world: World, field: str, value: Any) -> None:
    if (field, value) == ("status", "soon"):
        return  # another plugin's status
    world.stock(1)
    order = world.shop.sell("S0")
    world.wait(seconds=5)
    seen = order.versions[-1][1]
    kept = dict(seen)

    async def spoilt(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("status") == "trash":
            return httpx.Response(200, json=[])
        return httpx.Response(200, json=[{**kept, field: value}], headers={"X-WP-Total": "1"})

    real, world.wire.inner = world.wire.inner, httpx.MockTransport(spoilt)
    async with world.connected() as connector:
        with pytest.raises(Unavailable):
            await all_orders(connector, START)
        world.wire.inner = real
        assert len(await all_orders(connector, START)) == 1


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (b'{"a": 1}', b'{"a": 1}'),
        (b'Notice: x[0] {y}\n[{"a": 1}]', b'[{"a": 1}]'),
        (b'\xef\xbb\xbf<br />{"a": "<b>"}', b'{"a": "<b>"}'),
        (b"<html>{}</html>", b"<html>{}</html>"),
        (b"[" * 200, b"[" * 200),
        (b"", b""),
    ],
)
def test_junk_is_cut_only_where_whole_json_follows(content: bytes, kept: bytes) -> None:
    assert whole_json(content) == kept
    assert is_web_page(content) == content.startswith(b"<html")
