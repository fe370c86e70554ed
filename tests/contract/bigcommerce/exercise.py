"""One run that calls every operation and meets every error that BigCommerce knows.

The rows are those of the platform's fact sheet, section 7 and its samples. A row counts
as met when its answer went over the wire *and* the connector understood it as named.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from connectors.errors import NeedsReconnect, RateLimited, Refused, StoreError, Unavailable
from connectors.protocol import Connector
from sandbox.bigcommerce import Fault, generate
from tests.connectors.bigcommerce.world import YESTERDAY, Exchange, World, all_listings, all_orders
from tests.connectors.line import START

Seen = Callable[[Exchange], bool]

OPERATIONS = {
    "getStoreInformation",
    "getSettingsInventory",
    "getLocations",
    "getProducts",
    "get-inventory-items",
    "get-location-inventory-items",
    "put-absolute-adjustment",
    "getOrders",
    "getOrder",
}


@dataclass
class Evidence:
    """What went over the wire, and which rows were met."""

    exchanges: list[Exchange] = field(default_factory=list)
    met: set[str] = field(default_factory=set)


def _status(status: int, words: str = "") -> Seen:
    return lambda exchange: exchange.status == status and words in exchange.content.decode()


def _v2(status: int) -> Seen:
    def seen(exchange: Exchange) -> bool:
        body = exchange.answer
        return exchange.status == status and isinstance(body, list) and "message" in body[0]

    return seen


def _problem(words: str) -> Seen:
    def seen(exchange: Exchange) -> bool:
        kind = exchange.kind.partition(";")[0]
        return _status(422, words)(exchange) and kind == "application/problem+json"

    return seen


# Each row, and how its answer looks on the wire
ROWS: dict[str, Seen] = {
    "auth.invalid_token": _status(401),
    "auth.scope_missing": _status(403, "required scope"),
    "auth.scope_missing (V2)": _v2(403),
    "throttled": _status(429, "request limit"),
    "throttled.no_headers": lambda exchange: exchange.status == 429 and not exchange.content,
    "stock.wrong_tracking_mode": _problem("is tracked by product, please update stock by product"),
    "stock.unknown_item": _problem("not found"),
    "stock.invalid_fields": _problem("Payload contains invalid fields"),
    "location.unknown": _status(404, "Location not found"),
    "orders_v2.validation": _v2(400),
    "orders_v2.not_found": _v2(404),
    "orders_v2.empty_page": lambda exchange: exchange.status == 204 and not exchange.content,
    "maintenance": _status(503, "<html>"),
    "server_error": _status(500),
    "locked": _status(423),
    "too large": _status(413),
    "plan limit": _status(507),
    "store unknown": _status(404, "The store could not be found"),
}


async def exercise() -> Evidence:
    """Run everything against fresh local stores."""
    evidence = Evidence()
    for step in (_every_operation, _every_order, _errors, _refused_writes):
        world = World()
        async with world.connected() as connector:
            await step(world, connector, evidence)
        evidence.exchanges += world.line.exchanges
    return evidence


async def _every_operation(world: World, connector: Connector, _: Evidence) -> None:
    generate(world.shop, 600)
    depot = world.shop.add_location("Harbour depot")
    world.shop.stock_at("LOUD-TITLE", depot, 3)
    await connector.check()
    await connector.locations()
    assert len(await all_listings(connector)) > 600
    await all_listings(connector, START - timedelta(days=1))
    shirt = world.shop.add_product("Shirt")
    world.shop.add_listing("SHIRT-M", 4, product=shirt)
    skus = ["LOUD-TITLE", "SHIRT-M", "KEPT-BACK"]
    await connector.levels([world.ref(sku) for sku in skus])
    outcomes = await connector.set_levels([world.write(sku, 6) for sku in skus])
    assert {each.kind for each in outcomes} == {"applied"}
    world.place.id = 5  # a default location that is not the first one
    await connector.locations()


async def _every_order(world: World, connector: Connector, evidence: Evidence) -> None:
    shop = world.shop
    world.stock(3, available=99)
    shop.add_listing("SONG", tracked=False, kind="digital")
    depot = shop.add_location("Harbour depot")
    shop.stock_at("S2", depot, 9)
    assert await all_orders(connector, YESTERDAY) == []
    evidence.met.add("orders_v2.empty_page")
    assert ROWS["orders_v2.empty_page"](world.line.exchanges[-1])
    shop.sell_many([("S0", 1), ("SONG", 1)], parts=[("S1", 2)], gift_certificate=True)
    shop.sell("S2", 2, location=depot)
    sent, part, gone, back = (shop.sell("S0", 3) for _ in range(4))
    shop.fulfil(sent)
    shop.fulfil(part, "S0", 1)
    shop.cancel(gone)
    shop.refund(back, "S0", 1)
    for _ in range(260):  # more than a page of one second
        shop.sell("S1", force=True)
    found = await all_orders(connector, YESTERDAY)
    assert len({each.id for each in found}) == 266
    asked = [str(each.id) for each in (sent, part)]
    assert len(await connector.orders_by_id([*asked, "999999"])) == 2
    assert ROWS["orders_v2.not_found"](world.line.exchanges[-2])
    assert len(await connector.orders_by_id(asked[:1])) == 1
    evidence.met.add("orders_v2.not_found")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("connectors.bigcommerce.orders.LIMIT", 251)
        with pytest.raises(Refused, match="HTTP 400"):
            await all_orders(connector, YESTERDAY)
    assert ROWS["orders_v2.validation"](world.line.exchanges.pop())  # sent wrong on purpose
    evidence.met.add("orders_v2.validation")


async def _errors(world: World, connector: Connector, evidence: Evidence) -> None:
    world.stock(1)

    async def meet(row: str, kind: type[StoreError], act: Callable[[], Awaitable[Any]]) -> None:
        before = len(world.line.exchanges)
        with pytest.raises(kind) as raised:
            await act()
        assert any(ROWS[row](each) for each in world.line.exchanges[before:]), row
        assert raised.type is not StoreError
        evidence.met.add(row)

    async def under(fault: Any) -> None:
        world.shop.faults.switch_on(Fault(fault, count=1, seconds=60))
        await connector.check()

    scopes = world.shop.scopes
    world.shop.scopes = scopes - {"store_v2_products_read_only", "store_v2_orders_read_only"}
    await meet("auth.scope_missing", NeedsReconnect, connector.check)
    await meet("auth.scope_missing (V2)", NeedsReconnect, lambda: all_orders(connector, YESTERDAY))
    world.shop.scopes = scopes
    await meet("auth.invalid_token", NeedsReconnect, lambda: under("dead_token"))
    await meet("throttled.no_headers", RateLimited, lambda: under("busy"))
    await meet("too large", Refused, lambda: under("too_large"))
    await meet("locked", Refused, lambda: under("locked"))
    await meet("plan limit", Refused, lambda: under("plan_limit"))
    await meet("maintenance", Unavailable, lambda: under("maintenance"))
    await meet("server_error", Unavailable, lambda: under("error_before"))
    await meet("store unknown", Refused, lambda: under("gone"))
    await connector.levels([world.ref("S0")])
    world.place.id = 7
    await meet("location.unknown", Refused, lambda: connector.levels([world.ref("S0")]))
    world.place.id = 1
    await meet("throttled", RateLimited, lambda: under("too_many_requests"))
    world.pass_time(minutes=1)
    await connector.check()


async def _refused_writes(world: World, connector: Connector, evidence: Evidence) -> None:
    shop = world.shop
    world.stock(3)
    page = shop.add_product("Shirt")
    shop.add_listing("SHIRT-M", 4, product=page)
    writes = {sku: world.write(sku, 8) for sku in ("S0", "S1", "SHIRT-M")}
    await connector.levels([each.ref for each in writes.values()])

    async def meet(row: str, sku: str) -> None:
        before = len(world.line.exchanges)
        refused, taken = await connector.set_levels([writes[sku], writes["S0"]])
        assert (refused.kind, taken.kind) == ("rejected", "applied"), row
        assert refused.reason
        assert any(ROWS[row](each) for each in world.line.exchanges[before:]), row
        evidence.met.add(row)

    shop.set_tracking("SHIRT-M", "product")
    await meet("stock.wrong_tracking_mode", "SHIRT-M")
    shop.delete("S1")
    await meet("stock.unknown_item", "S1")
    shop.faults.switch_on(Fault("unnamed"))
    await meet("stock.invalid_fields", "S1")
