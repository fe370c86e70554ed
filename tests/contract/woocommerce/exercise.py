"""One run that calls every operation and meets every error that WooCommerce knows.

The rows are those of the platform's fact sheets on authentication, batches and errors.
A row counts as met when its answer went over the wire *and* the connector understood
it as named.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from connectors.errors import NeedsReconnect, RateLimited, Refused, StoreError, Unavailable
from connectors.protocol import Connector, LevelWrite
from sandbox.woocommerce import Fault
from tests.connectors.line import START
from tests.connectors.woocommerce.world import BASE, Exchange, World, all_listings, all_orders, ref

Seen = Callable[[Exchange], bool]
LONG_AGO = START - timedelta(days=9)

# What the connector calls; the description has many more.
OPERATIONS = {
    "get_system_status",
    "get_settings_group_id_id",
    "get_products",
    "get_products_product_id_variations",
    "get_variations_since_10_3_0",
    "post_products_batch",
    "post_products_product_id_variations_batch",
    "get_orders",
    "get_orders_order_id_refunds",
}


@dataclass
class Evidence:
    """What went over the wire, and which rows were met."""

    exchanges: list[Exchange] = field(default_factory=list)
    met: set[str] = field(default_factory=set)


def _error(status: int, code: str, words: str = "") -> Seen:
    def seen(exchange: Exchange) -> bool:
        answer = exchange.answer
        return (
            exchange.status == status
            and isinstance(answer, dict)
            and answer.get("code") == code
            and words in answer["message"]
        )

    return seen


def _page(status: int) -> Seen:
    return lambda exchange: exchange.status == status and exchange.answer is None


def _entry(code: str) -> Seen:
    def seen(exchange: Exchange) -> bool:
        entries = exchange.answer.get("update", ()) if isinstance(exchange.answer, dict) else ()
        return exchange.status == 200 and any(
            each.get("error", {}).get("code") == code for each in entries
        )

    return seen


def _ignored(exchange: Exchange) -> bool:
    entries = exchange.answer.get("update", ()) if isinstance(exchange.answer, dict) else ()
    return any(each.get("manage_stock") in (False, "parent") for each in entries)


ROWS: dict[str, Seen] = {
    "key unknown, or did not arrive": _error(401, "woocommerce_rest_cannot_view"),
    "key unknown on a write": _error(401, "woocommerce_rest_cannot_batch"),
    "secret wrong": _error(401, "woocommerce_rest_authentication_error", "secret is invalid"),
    "key unknown, signed": _error(401, "woocommerce_rest_authentication_error", "key is invalid"),
    "read key writing": _error(401, "woocommerce_rest_authentication_error", "write permissions"),
    "write key reading": _error(401, "woocommerce_rest_authentication_error", "read permissions"),
    "no shop manager": _error(403, "woocommerce_rest_cannot_view"),
    "no route": _error(404, "rest_no_route"),
    "no page": _page(404),
    "parameter refused": _error(400, "rest_invalid_param"),
    "batch too large": _error(413, "woocommerce_rest_request_entity_too_large"),
    "critical error": _error(500, "internal_server_error"),
    "error page": _page(500),
    "throttled": _page(429),
    "resource limit": _page(508),
    "maintenance": _page(503),
    "maintenance as JSON": _error(503, "wp_die"),
    "firewall": _page(403),
    "page instead of data": _page(200),
    "moved": _page(301),
    "item unknown": _entry("woocommerce_rest_product_invalid_id"),
    "item is a variation": _entry("woocommerce_rest_invalid_product_id"),
    "variation unknown": _entry("woocommerce_rest_product_variation_invalid_id"),
    "quantity ignored": _ignored,
    "order unknown": _error(404, "woocommerce_rest_invalid_order_id"),
}


async def exercise() -> Evidence:
    """Run everything against fresh local stores."""
    evidence = Evidence()
    for step in _STEPS:
        world = World()
        world.stock(3)
        async with world.connected() as connector:
            await step(world, connector, evidence)
        evidence.exchanges += world.wire.exchanges
    return evidence


async def _every_operation(world: World, connector: Connector, _: Evidence) -> None:
    shop = world.shop
    for number in range(2):
        parent = shop.add_parent(f"Pot {number}")
        shop.add_listing(f"POT-{number}", 4, parent=parent, options={"Size": "S"})
    hat = shop.add_parent("Hat", 12, sku="HAT")
    shop.add_listing("HAT-RED", tracked=False, parent=hat)
    shop.add_listing("EXT", kind="external", tracked=False)
    await connector.check()
    listings = await all_listings(connector)
    await all_listings(connector, START - timedelta(hours=1))
    await connector.levels([each.ref for each in listings])
    writes = [world.write(each.sku, 3) for each in listings if each.tracked]
    assert {each.kind for each in await connector.set_levels(writes)} == {"applied"}
    order = shop.sell_many([("S0", 2), ("POT-0", 1), ("HAT-RED", 2)])
    shop.refund(order, "S0", 1, "RETURN")
    shop.trash(shop.sell("S1"))
    world.clock.time += timedelta(seconds=5)
    assert len(await all_orders(connector, LONG_AGO)) == 2
    assert len(await connector.orders_by_id([str(each.id) for each in shop.orders])) == 2
    for number in range(220):
        shop.sell("S2", force=True)
        world.clock.time += timedelta(seconds=number % 2)
    world.clock.time += timedelta(seconds=5)
    assert len({each.id for each in await all_orders(connector, LONG_AGO)}) == 222


async def _errors(world: World, connector: Connector, evidence: Evidence) -> None:
    async def meet(row: str, kind: type[StoreError], act: Callable[[], Awaitable[Any]]) -> None:
        before = len(world.wire.exchanges)
        with pytest.raises(kind):
            await act()
        assert any(ROWS[row](each) for each in world.wire.exchanges[before:]), row
        evidence.met.add(row)

    async def under(kind: Any) -> None:
        world.shop.faults.switch_on(Fault(kind))
        try:
            await all_listings(connector)
        finally:
            world.shop.faults.clear()

    async def as_other(base: str = BASE, **given: str) -> None:
        async with world.connected(given, base_url=base) as other:
            await other.check()

    async def write_as_other() -> None:
        async with world.connected({"consumer_key": "ck_other"}) as other:
            await other.set_levels([world.write("S0", 2)])

    await meet(
        "key unknown, or did not arrive", NeedsReconnect, lambda: as_other(consumer_key="ck_x")
    )
    await meet("key unknown on a write", NeedsReconnect, write_as_other)
    await meet("secret wrong", NeedsReconnect, lambda: as_other(consumer_secret="cs_x"))
    signed = BASE.replace("https", "http")
    await meet("key unknown, signed", NeedsReconnect, lambda: as_other(signed, consumer_key="ck_x"))
    world.shop.permission = "read"
    await meet("read key writing", NeedsReconnect, connector.check)
    world.shop.permission = "write"
    await meet("write key reading", NeedsReconnect, connector.check)
    world.shop.permission = "read_write"
    world.shop.may_manage_shop = False
    await meet("no shop manager", NeedsReconnect, connector.check)
    world.shop.may_manage_shop = True
    world.shop.woocommerce_active = False
    await meet("no route", Refused, connector.check)
    world.shop.woocommerce_active = True
    world.shop.plain_permalinks = "404"
    await meet("no page", Refused, connector.check)
    world.shop.plain_permalinks = ""
    await meet("throttled", RateLimited, lambda: under("too_many_silent"))
    await meet("resource limit", RateLimited, lambda: under("resource_limit"))
    await meet("maintenance", RateLimited, lambda: under("maintenance"))
    await meet("maintenance as JSON", RateLimited, lambda: under("maintenance_json"))
    await meet("firewall", Refused, lambda: under("firewall"))
    await meet("page instead of data", Unavailable, lambda: under("challenge"))
    await meet("moved", Refused, lambda: under("redirect"))
    await meet("critical error", Unavailable, lambda: under("critical"))
    await meet("error page", Unavailable, lambda: under("error_before"))
    client = connector._client  # type: ignore[attr-defined]  # a request that it never sends
    await meet("parameter refused", Refused, lambda: client.get_rows("/orders", {"per_page": 101}))
    await connector.check()


async def _outcomes(world: World, connector: Connector, evidence: Evidence) -> None:
    async def meet(row: str, write: LevelWrite) -> None:
        before = len(world.wire.exchanges)
        (outcome,) = await connector.set_levels([write])
        assert outcome.kind == "rejected"
        assert outcome.reason
        assert any(ROWS[row](each) for each in world.wire.exchanges[before:]), row
        evidence.met.add(row)

    parent = world.shop.add_parent("Pot")
    own = world.shop.add_listing("POT", 4, parent=parent)
    await meet("item unknown", LevelWrite("999999", None, 1, 1, "k"))
    await meet("item is a variation", LevelWrite(str(own.id), None, 1, 1, "k"))
    await meet("variation unknown", LevelWrite(f"{parent.id}:99", None, 1, 1, "k"))
    loose = world.shop.add_listing("LOOSE", tracked=False)
    await meet("quantity ignored", LevelWrite(ref(loose), None, 1, 1, "k"))
    world.shop.batch_limit = 2
    before = len(world.wire.exchanges)
    outcomes = await connector.set_levels([world.write(f"S{number}", 2) for number in range(3)])
    assert {each.kind for each in outcomes} == {"applied"}
    assert ROWS["batch too large"](world.wire.exchanges[before])
    evidence.met.add("batch too large")


async def _vanishing(world: World, connector: Connector, evidence: Evidence) -> None:
    order = world.shop.sell("S0", 2)
    world.shop.refund(order, "S0", 1, "RETURN")
    world.clock.time += timedelta(seconds=5)

    def vanish(_: Exchange) -> None:
        world.wire.between = None
        world.shop.delete_order(order)

    world.wire.between = vanish
    assert await all_orders(connector, LONG_AGO) == []
    assert any(ROWS["order unknown"](each) for each in world.wire.exchanges)
    evidence.met.add("order unknown")


_STEPS = (_every_operation, _errors, _outcomes, _vanishing)
