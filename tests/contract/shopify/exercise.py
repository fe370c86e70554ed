"""One run that sends every document and meets every error that Shopify knows.

The rows are those of the platform's fact sheet, section 9. A row counts as met
when its answer went over the wire *and* the connector understood it as named.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from connectors.errors import NeedsReconnect, RateLimited, Refused, StoreError, Unavailable
from connectors.protocol import Connector, LevelWrite
from connectors.shopify.document import BULK_FROM
from sandbox.shopify import Fault
from tests.connectors.line import START
from tests.connectors.shopify.world import Exchange, World, all_listings, all_orders, all_pages

Seen = Callable[[Exchange], bool]


@dataclass
class Evidence:
    """What went over the wire, and which rows were met."""

    exchanges: list[Exchange] = field(default_factory=list)
    met: set[str] = field(default_factory=set)


def _status(status: int) -> Seen:
    return lambda exchange: exchange.status == status


def _error_code(code: str) -> Seen:
    def seen(exchange: Exchange) -> bool:
        errors = (exchange.answer or {}).get("errors")
        return isinstance(errors, list) and any(
            each.get("extensions", {}).get("code") == code for each in errors
        )

    return seen


def _user_error(code: str) -> Seen:
    def seen(exchange: Exchange) -> bool:
        payload = ((exchange.answer or {}).get("data") or {}).get("inventorySetQuantities") or {}
        return any(each["code"] == code for each in payload.get("userErrors", ()))

    return seen


def _string_errors(exchange: Exchange) -> bool:
    return exchange.status == 401 and isinstance(exchange.answer["errors"], str)


def _no_nodes(exchange: Exchange) -> bool:
    data = (exchange.answer or {}).get("data") or {}
    return data.get("nodes") == [None]


# Section 9 of the fact sheet, row by row: how its answer looks on the wire.
ROWS: dict[str, Seen] = {
    "token wrong": _string_errors,
    "client credentials refused": _status(400),
    "scope missing": _error_code("ACCESS_DENIED"),
    "throttled": _error_code("THROTTLED"),
    "throttled at the edge": _status(429),
    "not found (read)": _no_nodes,
    "item unknown (write)": _user_error("INVALID_INVENTORY_ITEM"),
    "location unknown (write)": _user_error("INVALID_LOCATION"),
    "validation, bad variable": _error_code("INVALID_VARIABLE"),
    "validation, business rule": _user_error("NON_MUTABLE_INVENTORY_ITEM"),
    "stale compare-and-swap": _user_error("CHANGE_FROM_QUANTITY_STALE"),
    "query too expensive": _error_code("MAX_COST_EXCEEDED"),
    "shop frozen": _status(402),
    "shop locked": _status(423),
    "shop unavailable": _status(404),
    "server error as 200": _error_code("INTERNAL_SERVER_ERROR"),
    "server error as 5xx": _status(500),
}


async def exercise() -> Evidence:
    """Run everything against fresh local shops."""
    evidence = Evidence()
    for step in _STEPS:
        world = World()
        world.stock(3)
        async with world.connected() as connector:
            await step(world, connector, evidence)
        evidence.exchanges += world.line.exchanges
    return evidence


async def _every_document(world: World, connector: Connector, _: Evidence) -> None:
    shop = world.shop
    await connector.check()
    await connector.locations()
    await all_listings(connector, START - timedelta(days=1))
    many = [shop.add_location(f"Place {n}") for n in range(260)]
    await connector.levels([shop.add_listing("EVERYWHERE", 1, at=many).item.id])
    await connector.set_levels([world.write("S0", 9), world.write("S1", 4, expected=None)])
    order = shop.sell_many([("S0", 1)] * 60, force=True)
    shop.sell("S1")
    sent = shop.sell("S2", 2)
    shop.fulfil(sent)
    shop.refund(sent, "S2", 1, "RETURN")
    shop.cancel(order)
    shop.delete("S2")
    found = await all_orders(connector, START - timedelta(days=1))
    assert [len(each.lines) for each in found] == [60, 1, 1]
    assert len(await all_listings(connector)) == 3


async def _every_place(world: World, connector: Connector, _: Evidence) -> None:
    shop, clock = world.shop, world.clock
    many = [shop.add_location(f"Place {n}") for n in range(12)]
    shop.add_listing("WIDE", 1, at=many)
    outcome = await connector.stock_at(shop.item("S0").id, many[0].id, "key")  # type: ignore[attr-defined]  # Shopify's own
    assert outcome.kind == "applied"
    shop.sell_many([("S0", 1)] * 60, force=True)
    shop.sell("WIDE", 12)
    pieces = shop.sell("S0", 300, force=True)
    clock.time += timedelta(minutes=30)
    pages = await all_pages(connector, START - timedelta(days=1))
    for _number in range(260):  # more than a page of moves holds
        shop.split(pieces, "S0", 1)
    moved = shop.sell("S1")
    shop.stock_at("S1", many[1])
    shop.move(moved, many[1])
    clock.time += timedelta(seconds=1)
    await all_orders(connector, pages[-1].cursor)
    assert [each.id for each in await connector.orders_by_id([moved.id])] == [moved.id]


async def _in_bulk(world: World, connector: Connector, _: Evidence) -> None:
    world.stock(BULK_FROM)
    assert len(await all_listings(connector)) == BULK_FROM + 3


async def _errors(world: World, connector: Connector, evidence: Evidence) -> None:
    async def meet(row: str, kind: type[StoreError], act: Callable[[], Awaitable[Any]]) -> None:
        before = len(world.line.exchanges)
        with pytest.raises(kind):
            await act()
        assert any(ROWS[row](each) for each in world.line.exchanges[before:]), row
        evidence.met.add(row)

    async def under(kind: Any) -> None:
        world.shop.faults.switch_on(Fault(kind, count=1, seconds=60))
        await connector.check()

    token = world.shop.token
    world.shop.rotate_token()
    await meet("token wrong", NeedsReconnect, connector.check)
    world.shop.rotate_token(token)
    scopes, world.shop.scopes = world.shop.scopes, frozenset()
    await meet("scope missing", NeedsReconnect, connector.locations)
    world.shop.scopes = scopes
    world.shop.bucket.drain(left=-5000)
    await meet("throttled", RateLimited, connector.check)
    world.clock.time += timedelta(minutes=2)
    await meet("throttled at the edge", RateLimited, lambda: under("too_many_requests"))
    await meet("query too expensive", Refused, lambda: under("expensive"))
    await meet("shop frozen", Refused, lambda: under("frozen"))
    await meet("shop locked", Refused, lambda: under("locked"))
    await meet("shop unavailable", Refused, lambda: under("gone"))
    await meet("server error as 200", Unavailable, lambda: under("internal"))
    await meet("server error as 5xx", Unavailable, lambda: under("error_before"))
    write = world.write("S0", 2)
    too_far = LevelWrite(write.ref, write.location, 2, 2**40, "k")
    await meet("validation, bad variable", Refused, lambda: connector.set_levels([too_far]))
    await connector.check()


async def _outcomes(world: World, connector: Connector, evidence: Evidence) -> None:
    async def meet(row: str, kind: str, code: str, write: LevelWrite) -> None:
        before = len(world.line.exchanges)
        (outcome,) = await connector.set_levels([write])
        assert (outcome.kind, outcome.code) == (kind, code), (row, outcome)
        assert outcome.reason
        assert any(ROWS[row](each) for each in world.line.exchanges[before:]), row
        evidence.met.add(row)

    good = world.write("S0", 2)
    gone = LevelWrite("gid://shopify/InventoryItem/1", good.location, 2, 5, "k")
    nowhere = LevelWrite(good.ref, "gid://shopify/Location/1", 2, 5, "k")
    await meet("item unknown (write)", "rejected", "INVALID_INVENTORY_ITEM", gone)
    await meet("location unknown (write)", "rejected", "INVALID_LOCATION", nowhere)
    world.shop.item("S1").mutable = False
    bundle = world.write("S1", 2)
    await meet("validation, business rule", "rejected", "NON_MUTABLE_INVENTORY_ITEM", bundle)
    world.shop.set_by_hand("S0", 3)
    await meet("stale compare-and-swap", "stale", "CHANGE_FROM_QUANTITY_STALE", good)
    assert await connector.levels([gone.ref]) == []
    assert ROWS["not found (read)"](world.line.exchanges[-1])
    evidence.met.add("not found (read)")


async def _refused_grant(world: World, _: Connector, evidence: Evidence) -> None:
    given = {"shop": "alpha", "client_id": world.shop.client_id, "client_secret": "wrong"}
    async with world.connected(given) as connector:
        with pytest.raises(NeedsReconnect) as refused:
            await connector.check()
    assert refused.value.said == "The client credentials are not valid."
    evidence.met.add("client credentials refused")


_STEPS = (_every_document, _every_place, _in_bulk, _errors, _outcomes, _refused_grant)
