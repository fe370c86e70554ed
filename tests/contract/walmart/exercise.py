"""One run that calls every operation and meets every error that Walmart is known for.

The rows are the samples of the platform's fact sheet. A row counts as met when its answer
went over the wire *and* the connector understood it as named.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from connectors.errors import NeedsReconnect, Refused, StoreError, Unavailable
from connectors.protocol import Connector
from sandbox.walmart import Fault, generate
from tests.connectors.line import START
from tests.connectors.walmart.world import (
    YESTERDAY,
    Exchange,
    World,
    all_listings,
    all_orders,
    handles,
    kinds,
)
from tests.contract.walmart.official import SEND_FEED

Seen = Callable[[Exchange], bool]

OPERATIONS = {
    "tokenAPI",
    "getTokenDetail",
    "getPartnerConfigurations",
    "getAllFulfillmentCenters",
    "getAllItems",
    "getWFSInventoryDetails",
    "getMultiNodeInventoryForAllSkuAndAllShipNodes",
    "getMultiNodeInventoryForSkuAndAllShipnodes",
    "updateInventoryForAnItem",
    "updateMultiNodeInventory",
    SEND_FEED,
    "getFeedItemStatus",
    "getAllOrders",
    "getAnOrder",
}
QUARTER = timedelta(minutes=15)  # what a feed takes


@dataclass
class Evidence:
    """What went over the wire, and which rows were met."""

    exchanges: list[Exchange] = field(default_factory=list)
    met: set[str] = field(default_factory=set)


def _status(status: int, *words: str) -> Seen:
    def seen(exchange: Exchange) -> bool:
        text = exchange.content.decode()
        return exchange.status == status and all(word in text for word in words)

    return seen


def _feed(status: str, *, failed: int = 0) -> Seen:
    def seen(exchange: Exchange) -> bool:
        told = exchange.answer if exchange.status == 200 else None
        return (
            isinstance(told, dict)
            and told.get("feedStatus") == status
            and told["itemsFailed"] >= failed
        )

    return seen


def _bare(status: int, words: str) -> Seen:
    def seen(exchange: Exchange) -> bool:
        told = exchange.answer if exchange.status == status else None
        return isinstance(told, dict) and told.get("info") == words

    return seen


# Each row, and how its answer looks on the wire
ROWS: dict[str, Seen] = {
    "auth.unauthorized": _status(401, '{"errors":[', "UNAUTHORIZED.GMP_ORDER_API"),
    "auth.token_expired_gateway": _status(401, '{"error":[', "UNAUTHORIZED.GMP_GATEWAY_API"),
    "auth.forbidden": _status(403, "FORBIDDEN"),
    "throttled": _status(429, "RATE_LIMIT_EXCEEDED"),
    "feed.missing_file": _status(400, "MISSING_FILE"),
    "feed.unsupported_media_type": _status(415, "UNSUPPORTED_MEDIA_TYPE"),
    "feed.invalid_sku": _status(422, "INVALID_SKU", "].sku"),
    "feed.too_large": lambda exchange: exchange.status == 413 and not exchange.content,
    "feed.in_progress": _feed("INPROGRESS"),
    "feed.partial_failure": _feed("PROCESSED", failed=2),
    "feed.error": _feed("ERROR"),
    "stock.multi_node_partial_failure": _status(200, '"Failure"', "INVALID_NODE"),
    "stock.unknown_sku": _status(404, "CONTENT_NOT_FOUND.GMP_INVENTORY_API"),
    "stock.bad_request": _status(400, "INVALID_REQUEST_CONTENT.GMP_INVENTORY_API"),
    "inventories.cursor_reused": _status(404, '"NOT_FOUND.GMP_INVENTORY_API'),
    "items.cursor_expired": _bare(400, "Invalid Cursor"),
    "orders.not_found": _status(404, '"NOT_FOUND.GMP_ORDER_API'),
    "orders.bad_request": _status(400, '{"errors":[', "INVALID_REQUEST_CONTENT.GMP_ORDER_API"),
    "orders.errors_nested": _status(400, '{"errors":{"error":['),
    "server_error": _status(500, "INTERNAL_SERVER_ERROR"),
    "server_error.gateway": _status(520, '{"error":[', "SYSTEM_ERROR.GMP_GATEWAY_API"),
}


async def exercise() -> Evidence:
    """Run everything against fresh local accounts, with lists short enough to look through."""
    evidence = Evidence()
    steps = (_reading, _several_nodes, _orders, _errors, _refused_writes, _feeds, _refused_feeds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("connectors.walmart.writes.SINGLES", 2)
        patch.setattr("connectors.walmart.items._PAGE", 40)
        for step in steps:
            world = World()
            async with world.connected() as connector:
                await step(world, connector, evidence)
            evidence.exchanges += world.line.exchanges
    return evidence


def _meet(world: World, evidence: Evidence, row: str, since: int) -> None:
    """Note a row as met, if its answer came since so many exchanges."""
    assert any(ROWS[row](each) for each in world.line.exchanges[since:]), row
    evidence.met.add(row)


async def _reading(world: World, connector: Connector, evidence: Evidence) -> None:
    generate(world.shop, 100)
    await connector.check()
    await connector.locations()
    everything = len(world.shop.items)
    assert len(await all_listings(connector)) == everything
    await all_listings(connector, START - timedelta(days=1))
    awkward = ["CUP/SAUCER/2", "100%-WOOL & SILK", "Q?#[A]@B!$(C)*,;:{D}", "MUG+LID=1"]
    for sku in awkward:
        assert len(await connector.levels([sku])) == 1
        assert kinds(await connector.set_levels([world.write(sku, 6)])) == ["applied"]
        assert world.shop.available(sku) == 6
    for row, fault in (
        ("items.cursor_expired", "dead_items_cursor"),
        ("inventories.cursor_reused", "dead_stock_cursor"),
    ):
        world.pass_time(minutes=1)
        before = len(world.line.exchanges)
        world.shop.faults.switch_on(Fault(fault, count=1))  # type: ignore[arg-type]  # both are kinds
        assert len(await all_listings(connector)) == everything
        _meet(world, evidence, row, before)


async def _several_nodes(world: World, connector: Connector, evidence: Evidence) -> None:
    skus = world.stock(5)
    world.shop.add_location("Harbour depot")
    assert kinds(await connector.set_levels([world.write("S0", 7)])) == ["applied"]
    before = len(world.line.exchanges)
    world.shop.faults.switch_on(Fault("node_fails", count=1))
    (refused,) = await connector.set_levels([world.write("S0", 8)])
    assert (refused.kind, refused.code) == ("rejected", "INVALID_NODE")
    _meet(world, evidence, "stock.multi_node_partial_failure", before)
    sent = await connector.set_levels(world.raises(skus, 9))
    assert set(kinds(sent)) == {"accepted"}
    world.clock.time += QUARTER
    assert set(kinds(await connector.settle(handles(sent)))) == {"applied"}
    assert {world.shop.available(sku) for sku in skus} == {9}


async def _orders(world: World, connector: Connector, evidence: Evidence) -> None:
    shop = world.shop
    world.stock(3, available=999)
    shop.add_listing("SENT-BY-WALMART", 9, tracked=False)
    assert await all_orders(connector, YESTERDAY) == []
    split, gone, back = (shop.sell("S0", 3) for _ in range(3))
    shop.fulfil(split, "S0", 2)
    shop.cancel_units(split, "S0", 1)
    shop.cancel(gone)
    shop.fulfil(back)
    shop.deliver(back)
    shop.refund(back, "S0", 1)
    shop.sell_many([("S0", 1), ("S1", 2)], replaces=back.customer_order)
    shop.sell("SENT-BY-WALMART")
    for _ in range(220):  # more than a page
        shop.acknowledge(shop.sell("S2"))
    found = await all_orders(connector, YESTERDAY)
    assert len({each.id for each in found}) == 224
    before = len(world.line.exchanges)
    assert len(await connector.orders_by_id([split.id, back.id, "999999"])) == 2
    _meet(world, evidence, "orders.not_found", before)


async def _errors(world: World, connector: Connector, evidence: Evidence) -> None:
    world.stock(1)

    def orders() -> Awaitable[Any]:
        return all_orders(connector, YESTERDAY)

    async def meet(
        row: str, fault: Fault, kind: type[StoreError], act: Callable[[], Awaitable[Any]] = orders
    ) -> StoreError:
        before = len(world.line.exchanges)
        world.shop.faults.switch_on(fault)
        with pytest.raises(kind) as raised:
            await act()
        _meet(world, evidence, row, before)
        world.shop.faults.clear()
        await act()
        return raised.value

    await orders()
    await meet("auth.unauthorized", Fault("dead_token", only="orders"), NeedsReconnect)
    await meet(
        "auth.token_expired_gateway",
        Fault("dead_token", only="read"),
        NeedsReconnect,
        lambda: connector.levels(["S0"]),
    )
    forbidden = await meet("auth.forbidden", Fault("forbidden", only="orders"), NeedsReconnect)
    assert isinstance(forbidden, NeedsReconnect)
    assert forbidden.missing_scopes == ("orders",)
    await meet("orders.bad_request", Fault("invalid", only="orders"), Refused)
    nested = await meet("orders.errors_nested", Fault("bad_request", only="orders"), Refused)
    assert (nested.said or "").startswith("Request content is invalid.")
    await meet("server_error", Fault("error_before", only="orders"), Unavailable)
    await meet("server_error.gateway", Fault("gateway", only="orders"), Unavailable)
    before, slept = len(world.line.exchanges), len(world.clock.slept)
    world.shop.faults.switch_on(Fault("too_many_requests", count=1))
    await orders()  # the next token is there in no time
    assert world.clock.slept[slept:]
    _meet(world, evidence, "throttled", before)


async def _refused_writes(world: World, connector: Connector, evidence: Evidence) -> None:
    world.stock(2)
    await connector.levels(["S0", "S1"])
    before = len(world.line.exchanges)
    world.shop.delete("S1")
    writes = [world.write("S1", 4), world.write("S0", 4)]
    assert kinds(await connector.set_levels(writes)) == ["rejected", "applied"]
    _meet(world, evidence, "stock.unknown_sku", before)
    before = len(world.line.exchanges)
    world.shop.faults.switch_on(Fault("invalid", count=1, only="write"))
    (refused,) = await connector.set_levels([world.write("S0", 3)])
    assert (refused.kind, world.shop.available("S0")) == ("rejected", 4)
    assert (refused.reason or "").startswith("Invalid request content.")
    _meet(world, evidence, "stock.bad_request", before)


async def _feeds(world: World, connector: Connector, evidence: Evidence) -> None:
    skus = world.stock(6)

    async def send(*faults: Any) -> Sequence[str]:
        for fault in faults:
            world.shop.faults.switch_on(Fault(fault, count=1))
        sent = await connector.set_levels(world.raises(skus, 9))
        assert set(kinds(sent)) == {"accepted"}
        return handles(sent)

    async def settled(row: str, sent: Sequence[str]) -> list[str]:
        before = len(world.line.exchanges)
        found = kinds(await connector.settle(sent))
        _meet(world, evidence, row, before)
        return found

    sent = await send("feed_items_fail")
    world.shop.delete("S4")
    world.pass_time(minutes=5)
    assert set(await settled("feed.in_progress", sent)) == {"accepted"}
    world.clock.time += QUARTER
    halves = ["applied", "unknown", "applied", "unknown", "rejected", "unknown"]
    assert await settled("feed.partial_failure", sent) == halves
    skus.remove("S4")
    sent = await send("feed_error")
    world.clock.time += QUARTER
    assert set(await settled("feed.error", sent)) == {"unknown"}


async def _refused_feeds(world: World, connector: Connector, evidence: Evidence) -> None:
    skus = world.stock(5)

    async def meet(row: str, *wanted: str) -> None:
        before = len(world.line.exchanges)
        assert kinds(await connector.set_levels(world.raises(skus, 9))) == list(wanted), row
        _meet(world, evidence, row, before)

    # What no feed is taken for goes item by item, as far as that is quick.
    for row, fault in (
        ("feed.missing_file", Fault("no_file", count=1)),
        ("feed.unsupported_media_type", Fault("wrong_kind", count=1)),
    ):
        world.shop.faults.switch_on(fault)
        await meet(row, "applied", "applied", "unsent", "unsent", "unsent")
    world.shop.limits.feeds["inventory"].size = 250  # less than Walmart told before
    await meet("feed.too_large", *["accepted"] * 5)
    world.shop.delete("S2")
    world.shop.limits.feeds["inventory"].size = 10**6
    world.shop.faults.switch_on(Fault("strict_feed", count=1))
    await meet("feed.invalid_sku", "accepted", "accepted", "rejected", "accepted", "accepted")
