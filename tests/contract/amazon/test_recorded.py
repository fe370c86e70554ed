"""The examples that stand inside Amazon's models are understood, one by one."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.amazon.handles import FeedHandle
from connectors.errors import NeedsReconnect, Refused, StoreError
from connectors.protocol import Connector, LevelWrite
from tests.connectors.amazon.world import (
    YESTERDAY,
    World,
    all_listings,
    kinds,
)
from tests.contract.amazon.exercise import OPERATIONS

_FILES = (
    "sellers",
    "listingsItems_2021-08-01",
    "feeds_2021-06-30",
    "reports_2021-06-30",
    "orders_2026-01-01",
    "fbaInventory",
)
Example = tuple[str, int, Any]


def _examples(specs: Path) -> Iterator[Example]:
    """Every example of an answer: of the sandbox, and of the documents."""
    for name in _FILES:
        model = json.loads((specs / "amazon" / f"{name}.json").read_text("utf-8"))
        for entry in model["paths"].values():
            for operation in entry.values():
                named = operation.get("operationId") if isinstance(operation, dict) else None
                if named not in OPERATIONS:
                    continue
                for status, answer in operation["responses"].items():
                    for body in _bodies(answer):
                        yield operation["operationId"], int(status), body


def _bodies(answer: dict[str, Any]) -> Iterator[Any]:
    for each in answer.get("x-amzn-api-sandbox", {}).get("static", []):
        yield each.get("response")
    examples = answer.get("examples", {})
    if examples:
        yield examples.get("application/json", examples)


_ITEM = {
    "sku": "A",
    "summaries": [
        {
            "marketplaceId": "ATVPDKIKX0DER",
            "productType": "LUGGAGE",
            "status": ["BUYABLE"],
            "createdDate": "2026-11-01T00:00:00Z",
            "lastUpdatedDate": "2026-11-01T00:00:00Z",
        }
    ],
    "fulfillmentAvailability": [{"fulfillmentChannelCode": "DEFAULT", "quantity": 5}],
}
_PLAIN: dict[str, Any] = {
    "createFeedDocument": {"feedDocumentId": "d", "url": "https://files.test/feed"},
    "createFeed": {"feedId": "f"},
    "getFeed": {
        "feedId": "f",
        "feedType": "JSON_LISTINGS_FEED",
        "createdTime": "2026-11-23T12:00:00Z",
        "processingStatus": "DONE",
        "resultFeedDocumentId": "d",
    },
    "getFeedDocument": {"feedDocumentId": "d", "url": "https://files.test/report"},
    "createReport": {"reportId": "r"},
    "getReport": {
        "reportId": "r",
        "reportType": "GET_MERCHANT_LISTINGS_ALL_DATA",
        "createdTime": "2026-11-23T12:00:00Z",
        "processingStatus": "DONE",
        "reportDocumentId": "d",
    },
    "getReportDocument": {"reportDocumentId": "d", "url": "https://files.test/listings"},
    "getMarketplaceParticipations": {"payload": []},
}
_FILES_SENT = {
    "/feed": b"",
    "/listings": b"seller-sku\titem-name\tfulfillment-channel\tstatus\nA\tA\tDEFAULT\tActive\n",
}


class Amazon(httpx.AsyncBaseTransport):
    """Answers one operation as an example does, and everything else plainly."""

    def __init__(self, operation: str, status: int, body: Any, report: Any = None) -> None:
        self.example = operation, status, body
        self.report = report
        self.asked: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/auth/o2/token"):
            token = {"access_token": "t", "token_type": "bearer", "expires_in": 3600}
            return httpx.Response(200, json=token)
        if request.url.host != "shops.test":
            content = _FILES_SENT.get(path, json.dumps(self.report).encode())
            return httpx.Response(200, content=content)
        name = _name(request)
        self.asked.append(name)
        operation, status, body = self.example
        if name == operation:
            return httpx.Response(status, content=b"" if body is None else json.dumps(body))
        if name == "searchListingsItems":
            item = {**_ITEM, "sku": request.url.params.get("identifiers", "A")}
            return httpx.Response(200, json={"numberOfResults": 1, "items": [item]})
        status = {"createFeed": 202, "createReport": 202, "createFeedDocument": 201}.get(name, 200)
        return httpx.Response(status, json=_PLAIN.get(name, {}))


def _name(request: httpx.Request) -> str:
    method, path = request.method, request.url.path.removeprefix("/amazon/alpha")
    if path.startswith("/listings"):
        if method == "PATCH":
            return "patchListingsItem"
        return "getListingsItem" if path.count("/") > 4 else "searchListingsItems"
    if path.startswith("/feeds"):
        one = path.count("/") > 3
        if "documents" in path:
            return "getFeedDocument" if one else "createFeedDocument"
        return {"POST": "createFeed", "DELETE": "cancelFeed"}.get(method, "getFeed")
    if path.startswith("/reports"):
        if "documents" in path:
            return "getReportDocument"
        return "createReport" if method == "POST" else "getReport"
    if path.startswith("/orders"):
        return "getOrder" if path.count("/") > 3 else "searchOrders"
    return "getInventorySummaries" if path.startswith("/fba") else "getMarketplaceParticipations"


async def _patch(connector: Connector) -> Any:
    return kinds(await connector.set_levels([LevelWrite("A", None, 3, 5, "k")]))


async def _feed(connector: Connector) -> Any:
    return kinds(await connector.set_levels([LevelWrite("..", None, 3, 5, "k")]))


def _settle(sent_at: int) -> Callable[[Connector], Awaitable[Any]]:
    async def settle(connector: Connector) -> Any:
        return kinds(await connector.settle([str(FeedHandle("f", sent_at, 1, "A"))]))

    return settle


async def _fba(connector: Any) -> Any:
    return [page async for page in connector.fba_levels(["ATVPDKIKX0DER"])]


_ACTS: dict[str, Callable[[Any], Awaitable[Any]]] = {
    "getMarketplaceParticipations": lambda connector: connector.marketplaces(),
    "searchListingsItems": lambda connector: all_listings(connector, YESTERDAY),
    "getListingsItem": lambda connector: connector.levels(["GM-ZDPI-9B4E,"]),
    "patchListingsItem": _patch,
    "createFeedDocument": _feed,
    "createFeed": _feed,
    "getFeed": _settle(1_795_435_200),
    "cancelFeed": _settle(1_000),
    "getFeedDocument": _settle(1_795_435_200),
    "createReport": all_listings,
    "getReport": all_listings,
    "getReportDocument": all_listings,
    "searchOrders": lambda connector: anext(connector.orders(YESTERDAY)),
    "getOrder": lambda connector: connector.orders_by_id(["171-9876543-2109876"]),
    "getInventorySummaries": _fba,
}
# Where an error has a meaning of its own, or there is another way
_ANOTHER_WAY = frozenset(
    {"createReport", "getReport", "getReportDocument", "cancelFeed", "getFeed"}
    | {"patchListingsItem", "createFeedDocument", "createFeed", "getInventorySummaries"}
)


async def test_every_example_is_understood(world: World, specs: Path) -> None:
    seen: set[str] = set()
    for operation, status, body in _examples(specs):
        seen.add(operation)
        report = {"summary": {"messagesAccepted": 1}}
        transport = Amazon(operation, status, body, report)
        if operation == "cancelFeed":
            waiting = {**_PLAIN["getFeed"], "processingStatus": "IN_QUEUE"}
            transport = _Waiting(operation, status, body, waiting)
        world.line.inner = transport
        async with world.connected() as connector:
            if status < 300 or operation in _ANOTHER_WAY:
                await _ACTS[operation](connector)
            else:
                with pytest.raises(StoreError) as refused:
                    await _ACTS[operation](connector)
                assert isinstance(refused.value, Refused), (operation, status)
                assert not isinstance(refused.value, NeedsReconnect)
        assert operation in transport.asked, operation
    assert seen >= OPERATIONS - {"getInventorySummaries"}  # which has no example


class _Waiting(Amazon):
    """A feed that never began."""

    def __init__(self, operation: str, status: int, body: Any, feed: Any) -> None:
        super().__init__(operation, status, body)
        self.feed = feed

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if "feeds" in request.url.path and request.method == "GET":
            return httpx.Response(200, json=self.feed)
        return await super().handle_async_request(request)


async def test_the_orders_of_the_examples_are_read_as_what_they_hold(
    world: World, specs: Path
) -> None:
    found: dict[str, tuple[str, list[tuple[int, int, int]]]] = {}
    asked = 0
    for operation, status, body in _examples(specs):
        if operation not in ("searchOrders", "getOrder") or status != 200:
            continue
        world.line.inner = Amazon(operation, status, body)
        rows = body["orders"] if operation == "searchOrders" else [body["order"]]
        asked += len(rows)
        async with world.connected() as connector:
            if operation == "getOrder":
                # The example is of one order, whatever is asked for.
                orders = await connector.orders_by_id([rows[0]["orderId"]])
            else:
                page = await anext(connector.orders(YESTERDAY))
                orders = list(page.orders)
        ours = [
            row["orderId"]
            for row in rows
            if row.get("fulfillment", {}).get("fulfilledBy", "MERCHANT") == "MERCHANT"
            and "fulfillment" in row
        ]
        assert [each.id for each in orders] == ours
        for order in orders:
            lines = [(line.ordered, line.taken, line.committed) for line in order.lines]
            found[order.id] = (order.state, lines)
    assert asked >= 3
    assert found
    for state, lines in found.values():
        for ordered, taken, committed in lines:
            assert 0 <= committed <= taken <= ordered
            assert (state == "open") == any(each[2] for each in lines)


async def test_the_processing_report_of_the_schema_is_understood(world: World, specs: Path) -> None:
    name = "listings-feed-processing-report-schema-v2.example.json"
    report = json.loads((specs / "amazon" / "feeds" / name).read_text("utf-8"))
    world.line.inner = Amazon("getFeed", 200, _PLAIN["getFeed"], report)
    handles = [
        str(FeedHandle("f", 1_795_435_200, number, sku))
        for number, sku in ((4, "My-SKU-B"), (5, "My-SKU-C"), (1, "My-SKU-A"))
    ]
    async with world.connected() as connector:
        broken, priced, fine = await connector.settle(handles)
    assert (broken.kind, broken.code) == ("rejected", "90220")
    assert broken.reason == "'[batteries_required]' is required but not supplied."
    assert (priced.kind, priced.code, fine.kind) == ("rejected", "99022", "applied")


def test_the_feed_of_the_schema_is_a_feed(specs: Path, contracts: Any) -> None:
    name = "listings-feed-schema-v2.example.json"
    example = json.loads((specs / "amazon" / "feeds" / name).read_text("utf-8"))
    assert list(contracts.feed.iter_errors(example)) == []
    broken = {**example, "messages": [{**example["messages"][0], "messageId": 0}]}
    assert list(contracts.feed.iter_errors(broken))
