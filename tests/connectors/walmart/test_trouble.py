"""Each kind of trouble: named once, and over when it is over."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.catalog import PLATFORMS, open_connector
from connectors.errors import NeedsReconnect, RateLimited, Refused, StoreError, Unavailable
from connectors.walmart import PLATFORM
from sandbox.walmart import Fault, create_app
from tests.connectors.walmart.world import YESTERDAY, World, all_listings, all_orders, kinds


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("too_large", Refused, "too large"),
        ("bare_error", Refused, "invalid"),
        ("bad_request", Refused, "invalid"),
        ("forbidden", NeedsReconnect, "lack the permission"),
        ("dead_token", NeedsReconnect, "access token"),
        ("maintenance", Unavailable, "trouble of its own"),
        ("error_before", Unavailable, "trouble of its own"),
        ("gateway", Unavailable, "HTTP 520"),
        ("xml", Unavailable, "trouble of its own"),
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
            "levels": lambda: connector.levels(["S0"]),
        }
        await connector.check()
        world.shop.faults.switch_on(Fault(kind))  # type: ignore[arg-type]  # one of the kinds
        with pytest.raises(error, match=words) as trouble:
            await acts[act]()  # type: ignore[misc]  # each can be awaited
        assert type(trouble.value) is not StoreError
        world.shop.faults.clear()
        await acts[act]()  # type: ignore[misc]  # each can be awaited


class Answers(httpx.AsyncBaseTransport):
    """Gives a token and a node; answers everything else as it is told."""

    def __init__(self, response: Callable[[], httpx.Response]) -> None:
        self.response = response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/v3/token"):
            token = {"access_token": "t", "token_type": "Bearer", "expires_in": 900}
            return httpx.Response(200, json=token)
        if request.url.path.endswith("/shipnodes"):
            node = {"shipNode": "1", "nodeType": "VIRTUAL", "status": "ACTIVE"}
            return httpx.Response(200, json=[node])
        return self.response()


_XML = (
    '<?xml version="1.0"?><ns4:errors xmlns:ns4="http://walmart.com/"><ns4:error>'
    "<ns4:code>A</ns4:code><ns4:description>Salt &amp; pepper.</ns4:description>"
    "</ns4:error></ns4:errors>"
)
_ROW: dict[str, Any] = {"code": "X.GMP", "description": "No.", "info": "Look again."}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (json.dumps({"errors": [_ROW]}), "No. Look again."),
        (json.dumps({"error": [_ROW]}), "No. Look again."),
        (json.dumps({"errors": {"error": [_ROW]}}), "No. Look again."),
        (json.dumps(_ROW), "No. Look again."),
        (json.dumps([_ROW]), "No. Look again."),
        (json.dumps({"errors": [{"code": "A", "message": "No."}]}), "No."),
        (_XML, "Salt & pepper."),
        (json.dumps({"errors": []}), None),
        (json.dumps("odd"), None),
        ("", None),
        ("not json", None),
    ],
)
async def test_walmarts_words_are_found_in_whatever_shape(
    world: World, body: str, said: str | None
) -> None:
    world.line.inner = Answers(lambda: httpx.Response(400, content=body.encode()))
    async with world.connected() as connector:
        with pytest.raises(Refused) as refused:
            await connector.levels(["A"])
    assert refused.value.said == said


@pytest.mark.parametrize("status", [301, 404, 405, 403, 502])
async def test_a_web_page_is_no_answer_of_walmarts(world: World, status: int) -> None:
    page = b"<!DOCTYPE html><html><body><description>Sign in</description></body></html>"
    world.line.inner = Answers(lambda: httpx.Response(status, content=page))
    async with world.connected() as connector:
        with pytest.raises((Refused, Unavailable)) as refused:
            await connector.levels(["A"])
    assert refused.value.said is None


async def test_every_error_of_the_fact_sheet_is_classified(world: World, specs: Path) -> None:
    samples = json.loads((specs / "walmart" / "error-samples.json").read_text())["samples"]
    expected: dict[int, tuple[type[StoreError], ...]] = {
        400: (Refused,),
        401: (NeedsReconnect,),
        403: (NeedsReconnect,),
        413: (Refused,),
        415: (Refused,),
        422: (Refused,),
        429: (RateLimited,),
        500: (Unavailable,),
        520: (Unavailable,),
    }
    for sample in samples:
        if sample["status"] in (200, 404):
            continue  # not errors by themselves: read where they are met
        content = json.dumps(sample["body"]).encode() if sample["body"] else b""

        def answer(
            status: int = sample["status"],
            content: bytes = content,
            headers: dict[str, str] = sample["headers"],
        ) -> httpx.Response:
            return httpx.Response(status, content=content, headers=headers)

        world.line.inner = Answers(answer)
        async with world.connected() as connector:
            with pytest.raises(expected[sample["status"]]) as refused:
                await connector.levels(["A"])
        assert (refused.value.said is not None) == bool(content), sample["name"]


# Pacing


async def test_a_short_lack_of_tokens_is_waited_out(world: World) -> None:
    world.stock(1)
    world.shop.limits.drain("GET /v3/inventories/{sku}")
    async with world.connected() as connector:
        (level,) = await connector.levels(["S0"])
        assert level.available == 5
        waited = sum(world.clock.slept)
        assert 0 < waited < 3
        # Other calls have tokens of their own.
        await all_orders(connector, YESTERDAY)
    assert sum(world.clock.slept) == waited


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-next-replenish-time": "{milliseconds}"}, 60.5),
        ({"X-Next-Replenishment-Time": "{milliseconds}"}, 60.5),
        ({"x-next-replenish-time": "{seconds}"}, 60.5),
        ({"x-next-replenish-time": "60"}, 60.5),
        ({"retry-after": "60"}, 60),
        ({"x-next-replenish-time": "soon", "retry-after": "60"}, 60),
    ],
)
async def test_a_long_lack_of_tokens_is_handed_to_the_caller(
    world: World, headers: dict[str, str], seconds: float
) -> None:
    at = world.clock.now().timestamp() + 60

    def answer() -> httpx.Response:
        told = {
            key: value.format(milliseconds=int(at * 1000), seconds=int(at))
            for key, value in headers.items()
        }
        return httpx.Response(429, headers={"x-current-token-count": "0", **told}, json={})

    world.line.inner = Answers(answer)
    async with world.connected() as connector:
        with pytest.raises(RateLimited) as limited:
            await connector.levels(["A"])
    assert limited.value.retry_after == timedelta(seconds=seconds)
    assert world.clock.slept == []


async def test_what_is_used_up_is_not_asked_for(world: World) -> None:
    """The answer before said so: nothing is sent in vain."""
    count = 0

    def answer() -> httpx.Response:
        nonlocal count
        count += 1
        at = int((world.clock.now().timestamp() + 3) * 1000)
        headers = {"x-current-token-count": "0", "x-next-replenish-time": str(at)}
        body: dict[str, Any] = {"sku": "A", "nodes": []}
        return httpx.Response(200, headers=headers, json=body)

    world.line.inner = Answers(answer)
    async with world.connected() as connector:
        await connector.levels(["A"])
        assert world.clock.slept == []
        await connector.levels(["A"])
    assert (count, world.clock.slept) == (2, [3.5])


async def test_a_clock_that_is_wrong_does_not_spoil_the_waiting(world: World) -> None:
    walmarts = world.shop.now
    world.shop.now = lambda: walmarts() + timedelta(minutes=5)
    world.stock(1)
    world.shop.limits = type(world.shop.limits)(world.shop.now)
    async with world.connected() as connector:
        await connector.levels(["S0"])
        assert abs(connector.skew - timedelta(minutes=5)) < timedelta(seconds=1)
        world.shop.limits.drain("GET /v3/inventories/{sku}")
        await connector.levels(["S0"])
    assert 0 < sum(world.clock.slept) < 3


# The rest


async def test_an_address_that_does_not_answer(world: World) -> None:
    async with world.connected() as connector:
        for error in (httpx.ConnectError("no route"), httpx.ConnectTimeout("late")):
            world.line.break_off(error, when="before")
            with pytest.raises(Unavailable) as lost:
                await connector.check()
            assert not lost.value.sent
        await connector.check()


async def test_secrets_are_in_no_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.stock(3)
    with caplog.at_level(logging.DEBUG):
        async with world.connected() as connector:
            await connector.check()
            world.line.break_off(httpx.ReadTimeout("late"), when="after")
            await connector.levels(["S0"])
            assert kinds(await connector.set_levels([world.write("S1", 1)])) == ["applied"]
    assert world.shop.client_secret not in caplog.text
    assert "token-alpha" not in caplog.text


async def test_the_catalog_opens_it_with_the_names_that_are_fixed(world: World) -> None:
    assert PLATFORMS["walmart"] is PLATFORM
    assert [field.key for field in PLATFORM.fields] == ["client_id", "client_secret"]
    assert [field.secret for field in PLATFORM.fields] == [False, True]
    assert all(field.help for field in PLATFORM.fields)
    assert PLATFORM.store_name(world.keys) == world.shop.client_id
    transport = httpx.ASGITransport(create_app([world.shop]))
    async with open_connector(
        "walmart",
        world.keys,
        settings={"order_lag_seconds": 30, "base_url": "http://shops.test/walmart/alpha"},
        transport=transport,
    ) as connector:
        assert (await connector.check()).name == "Alpha"
        assert connector.traits.order_lag == timedelta(seconds=30)
        assert not connector.traits.locations
        assert not connector.traits.compare_and_set
