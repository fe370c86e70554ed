"""Samples of errors, and the contracts' own examples, are understood by the connector."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.errors import NeedsReconnect, RateLimited, Refused, StoreError, Unavailable
from connectors.protocol import Connector, LevelWrite
from connectors.services import MemoryCredentials, Services
from connectors.walmart.platform import open_store
from tests.connectors.line import Clock
from tests.connectors.walmart.world import YESTERDAY, all_listings, all_orders, kinds

Act = Callable[[Connector], Awaitable[Any]]

NODE, OTHER = "79897837271126017", "1000005050"
# Where the sample of a throttled call says when there is another token: shortly after this
BEFORE_TOKEN = datetime.fromtimestamp(1795406400, UTC) - timedelta(seconds=20)
FEED = "F129C19240844B97A3C6AD8F1A2C4997@AU8BAQA"


def _writes(*skus: str) -> list[LevelWrite]:
    return [LevelWrite(sku, NODE, 2, 0, f"k-{sku}") for sku in skus]


async def _write(connector: Connector) -> list[str]:
    return kinds(await connector.set_levels(_writes("A1")))


async def _write_many(connector: Connector) -> list[str]:
    return kinds(await connector.set_levels(_writes("A1", "A2", "A3")))


async def _settle(connector: Connector) -> list[str]:
    sent_at = int(BEFORE_TOKEN.timestamp())
    handles = [f"{FEED}|{sent_at}|{sku}" for sku in ("GOOD-1", "NOPE", "SLOW-1")]
    return kinds(await connector.settle(handles))


def _orders(connector: Connector) -> Awaitable[Any]:
    return all_orders(connector, YESTERDAY)


def _one_order(connector: Connector) -> Awaitable[Any]:
    return connector.orders_by_id(["173"])


def _listings(connector: Connector) -> Awaitable[Any]:
    return all_listings(connector)


def _levels(connector: Connector) -> Awaitable[Any]:
    return connector.levels(["A1"])


_ONE, _NODES, _FEEDS = "/v3/inventory?", "PUT /v3/inventories/A1", "POST /v3/feeds"
_STATUS, _ORDERS = f"/v3/feeds/{FEED.replace('@', '%40')}", "/v3/orders?"
# Each sample: the call that it answers, a part of its line, and what comes of it.
SAMPLES: dict[str, tuple[Act, str, type[StoreError] | list[str]]] = {
    "auth.unauthorized": (_orders, _ORDERS, NeedsReconnect),
    "auth.token_expired_gateway": (_levels, "/v3/inventories/A1", NeedsReconnect),
    "auth.forbidden": (_listings, "/v3/items", NeedsReconnect),
    "throttled": (_orders, _ORDERS, RateLimited),
    # What no feed is taken for would go item by item, which is as good as none here.
    "feed.missing_file": (_write_many, _FEEDS, ["unsent"] * 3),
    "feed.unsupported_media_type": (_write_many, _FEEDS, ["unsent"] * 3),
    "feed.invalid_sku": (_write_many, _FEEDS, ["rejected"] * 3),
    "feed.too_large": (_write_many, _FEEDS, ["rejected"] * 3),
    "feed.in_progress": (_settle, _STATUS, ["accepted"] * 3),
    "feed.partial_failure": (_settle, _STATUS, ["applied", "rejected", "unknown"]),
    "feed.error": (_settle, _STATUS, ["unknown"] * 3),
    "stock.multi_node_partial_failure": (_write, _NODES, ["rejected"]),
    "stock.unknown_sku": (_write, _ONE, ["rejected"]),
    "stock.bad_request": (_write, _ONE, ["rejected"]),
    "inventories.cursor_reused": (_listings, "nextCursor=more", Unavailable),
    "items.cursor_expired": (_listings, "nextCursor=again", Refused),
    "orders.not_found": (_one_order, "/v3/orders/173", []),
    "orders.bad_request": (_orders, _ORDERS, Refused),
    "orders.errors_nested": (_orders, _ORDERS, Refused),
    "server_error": (_orders, _ORDERS, Unavailable),
    "server_error.gateway": (_levels, "/v3/inventories/A1", Unavailable),
}


def _units(amount: int) -> dict[str, Any]:
    return {"unit": "EACH", "amount": amount}


_STOCK = {
    "shipNode": NODE,
    "inputQty": _units(5),
    "availToSellQty": _units(5),
    "reservedQty": _units(0),
}
_ITEM = {"sku": "A1", "productName": "A", "publishedStatus": "PUBLISHED"}
# What a quiet account answers; the longest part of a line that fits goes first.
_QUIET: dict[str, Any] = {
    "/v3/token": {"access_token": "t", "token_type": "Bearer", "expires_in": 900},
    "/v3/items": {"ItemResponse": [_ITEM], "totalItems": 2, "nextCursor": "again"},
    "/v3/wfs/inventory": {"payload": {"inventory": []}},
    "/v3/inventories": {
        "meta": {"totalCount": 60, "nextCursor": "more"},
        "elements": {"inventories": [{"sku": "A1", "nodes": [_STOCK]}]},
    },
    "nextCursor=more": {"meta": {}, "elements": {"inventories": []}},
    "nextCursor=again": {"ItemResponse": [{**_ITEM, "sku": "A2"}], "totalItems": 2},
    "/v3/inventories/": {"nodes": [_STOCK]},
    "/v3/settings/partnerprofile": {"partner": {"partnerId": "100009"}, "configurations": []},
}


class Replay(httpx.AsyncBaseTransport):
    """Answers as a quiet account does, but for the lines that it is told to answer."""

    def __init__(self, answers: dict[str, Any], nodes: tuple[str, ...]) -> None:
        self._answers = answers
        self._nodes = [
            {"shipNode": node, "nodeType": "PHYSICAL", "status": "ACTIVE"} for node in nodes
        ]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        line = f"{request.method} {request.url.raw_path.decode()}"
        for part, answer in self._answers.items():
            if part in line:
                return httpx.Response(
                    answer["status"],
                    headers=answer.get("headers", {}),
                    content=answer["body"] if answer["body"] == "" else json.dumps(answer["body"]),
                )
        if "/shipnodes" in line:
            return httpx.Response(200, json=self._nodes)
        fits = [part for part in _QUIET if part in line]
        return httpx.Response(200, json=_QUIET[max(fits, key=len)])


class Ceilings:
    """A budget that grants everything and remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, timedelta]] = []

    async def take(
        self, name: str, calls: int, *, ceiling: int, period: timedelta
    ) -> datetime | None:
        self.told.append((ceiling, period))
        return None


@asynccontextmanager
async def replayed(
    answers: dict[str, Any], *nodes: str, budget: Ceilings | None = None
) -> AsyncIterator[tuple[Connector, Clock]]:
    clock, given = Clock(), {"client_id": "abc", "client_secret": "secret"}
    clock.time = BEFORE_TOKEN
    async with open_store(
        given,
        {"ship_node": NODE},
        "https://walmart.test",
        Replay(answers, nodes or (NODE,)),
        Services(MemoryCredentials(given), budget or Ceilings()),
        clock=clock.now,
        sleep=clock.sleep,
    ) as connector:
        yield connector, clock


def test_every_sample_has_its_meaning(samples: dict[str, Any]) -> None:
    assert samples.keys() == SAMPLES.keys()


@pytest.mark.parametrize("name", SAMPLES)
async def test_a_sample_is_understood(
    samples: dict[str, Any], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = samples[name]
    act, line, meaning = SAMPLES[name]
    if line == _FEEDS:
        monkeypatch.setattr("connectors.walmart.writes.SINGLES", 0)
    nodes = (NODE, OTHER) if line == _NODES else (NODE,)
    async with replayed({line: sample}, *nodes) as (connector, clock):
        if isinstance(meaning, list):
            assert await act(connector) == meaning
            return
        with pytest.raises(meaning) as raised:
            await act(connector)
    assert raised.type is not StoreError
    if name in ("orders.errors_nested", "server_error.gateway", "items.cursor_expired"):
        assert "invalid" in str(raised.value.said).lower() or "error" in str(raised.value.said)
    if name == "throttled":
        assert isinstance(raised.value, RateLimited)
        assert 20 <= raised.value.retry_after.total_seconds() <= 21
        assert clock.slept == []


async def test_walmarts_words_for_each_item_are_kept(samples: dict[str, Any]) -> None:
    sample = samples["feed.partial_failure"]
    async with replayed({_STATUS: sample}) as (connector, _):
        outcomes = await connector.settle([f"{FEED}|0|NOPE", f"{FEED}|0|SLOW-1"])
    assert [each.reason for each in outcomes] == [
        "SKU NOPE does not exist for this seller.",
        "A downstream system returned an error.",
    ]
    node = samples["stock.multi_node_partial_failure"]
    async with replayed({_NODES: node}, NODE, OTHER) as (connector, _):
        (refused,) = await connector.set_levels(_writes("A1"))
    assert (refused.code, refused.reason) == (
        "INVALID_NODE",
        "Ship node is not associated with the seller.",
    )


# The contracts' own examples


def _example(specs: Path, name: str, path: str, which: str | None = None) -> Any:
    text = (specs / "walmart" / f"{name}.openapi.json").read_text(encoding="utf-8")
    answer = json.loads(text)["paths"][path]["get"]["responses"]["200"]
    content = answer["content"]["application/json"]
    return content["example"] if which is None else content["examples"][which]["value"]


async def test_the_example_of_an_item_at_its_nodes_is_what_can_be_sold(specs: Path) -> None:
    body = _example(specs, "inventory-management", "/v3/inventories/{sku}")
    body["nodes"][0]["shipNode"] = NODE
    answers = {"/v3/inventories/AR-CTIX-0092": {"status": 200, "body": body}}
    async with replayed(answers) as (connector, _):
        (level,) = await connector.levels(["AR-CTIX-0092"])
    assert (level.location, level.available, level.reserved) == (NODE, 3, 2)


async def test_the_example_of_an_account_names_it_and_limits_its_feeds(
    specs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It writes a number of seconds as a text, against its own schema."""
    monkeypatch.setattr("connectors.walmart.writes.SINGLES", 0)
    profile = _example(specs, "settings-management", "/v3/settings/partnerprofile")
    sent = {"status": 200, "body": {"feedId": FEED}}
    answers: dict[str, Any] = {"/partnerprofile": {"status": 200, "body": profile}, _FEEDS: sent}
    budget = Ceilings()
    async with replayed(answers, budget=budget) as (connector, _):
        assert await _write(connector) == ["accepted"]
    assert budget.told == [(6, timedelta(hours=1))]  # not the usual ten


async def test_the_example_of_orders_is_read_without_anything_personal(specs: Path) -> None:
    body = _example(specs, "order-management", "/v3/orders")
    del body["list"]["meta"]["nextCursor"]
    given = [each for each in body["list"]["elements"]["order"] if "order" not in each]
    body["list"]["elements"]["order"] = given  # one stands in another list by mistake
    body["list"]["meta"]["totalCount"] = len(given)
    async with replayed({_ORDERS: {"status": 200, "body": body}}) as (connector, _):
        found = await all_orders(connector, YESTERDAY)
    assert [each.id for each in found] == [each["purchaseOrderId"] for each in given]
    first, second = found[:2]
    assert (first.state, second.state) == ("open", "cancelled")
    assert first.created_at.isoformat() == "2019-09-14T13:09:31+00:00"
    assert first.updated_at.isoformat() == "2019-09-14T13:10:47+00:00"
    (line,) = first.lines
    assert (line.id, line.ref, line.ordered, line.taken, line.committed) == ("4", "test1", 1, 1, 1)
    assert second.lines[0].taken == 0
    for personal in ("Kathryn", "relay.walmart.com", "3155598681", "Warners"):
        assert personal not in repr(found)


async def test_the_example_of_one_order_is_an_order(specs: Path) -> None:
    body = _example(specs, "order-management", "/v3/orders/{purchaseOrderId}", "ORDER")
    answers = {"/v3/orders/1815367951431": {"status": 200, "body": body}}
    async with replayed(answers) as (connector, _):
        (order,) = await connector.orders_by_id(["1815367951431"])
    (line,) = order.lines
    assert (order.state, line.sku) == ("closed", "YHY-FN25200B2")
    assert (line.taken, line.committed) == (1, 0)
