"""The local eBay keeps the rules that the real one keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

from connectors.ebay.xml import write_request
from sandbox.ebay import SoldOut, create_app
from tests.connectors.ebay.world import World
from tests.connectors.line import START

ORDERS = "/sell/fulfillment/v1/order"
ITEMS = "/sell/inventory/v1/inventory_item"
BULK = "/sell/inventory/v1/bulk_update_price_quantity"
HERE = "http://shops.test/ebay/alpha"


@asynccontextmanager
async def wire(world: World, token: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app([world.shop], sleep=world.clock.sleep))
    given = token or world.shop.keys.issue(world.shop.keys.scopes)
    headers = {"Authorization": f"Bearer {given}", "X-EBAY-API-IAF-TOKEN": given}
    async with httpx.AsyncClient(transport=transport, base_url=HERE, headers=headers) as client:
        yield client


async def trade(client: httpx.AsyncClient, call: str, *parts: Any) -> ET.Element:
    """Make a Trading call; HTTP says 200 whatever comes of it."""
    answer = await client.post(
        "/ws/api.dll",
        content=write_request(call, parts),
        headers={
            "X-EBAY-API-CALL-NAME": call,
            "X-EBAY-API-SITEID": "0",
            "X-EBAY-API-COMPATIBILITY-LEVEL": "1451",
            "Content-Type": "text/xml",
        },
    )
    assert answer.status_code == 200
    return ET.fromstring(answer.content)  # noqa: S314  our own server


def outcome(answer: ET.Element) -> tuple[str, list[str]]:
    """Ack, and the numbers of the errors and warnings."""
    codes = [each.text or "" for each in answer.iterfind("{*}Errors/{*}ErrorCode")]
    return answer.findtext("{*}Ack") or "", codes


def status(world: World, sku: str, quantity: int, **more: str) -> tuple[str, list[Any]]:
    """An entry of ReviseInventoryStatus."""
    listing = world.shop.variation(sku).listing
    named = [("SKU", more["named"])] if "named" in more else []
    return "InventoryStatus", [*named, ("ItemID", listing.id), ("Quantity", quantity)]


# Stock


@pytest.mark.parametrize("model", ["trading", "inventory"])
def test_a_sale_lowers_what_is_shown_and_nobody_buys_too_many(world: World, model: Any) -> None:
    world.stock(1, model=model)
    world.shop.sell("S0", 3, payment="PENDING")  # at once, paid or not
    assert world.shop.available("S0") == 2
    with pytest.raises(SoldOut):
        world.shop.sell("S0", 3)
    with pytest.raises(ValueError, match="one unit at least"):
        world.shop.sell("S0", 0)


@pytest.mark.parametrize(
    ("model", "kept", "runs"),
    [("trading", False, "Completed"), ("trading", True, "Active"), ("inventory", False, "Active")],
)
def test_without_out_of_stock_control_a_sold_out_listing_ends(
    world: World, model: Any, runs: str, *, kept: bool
) -> None:
    world.shop.out_of_stock_control = kept
    world.stock(1, model=model)
    world.shop.sell("S0", 5)
    assert world.shop.variation("S0").listing.status == runs


@pytest.mark.parametrize("restocks", [True, False])
def test_a_cancelled_order_may_put_units_back_or_not(world: World, *, restocks: bool) -> None:
    world.shop.restocks_on_cancel = restocks
    world.stock(1)
    order = world.shop.sell("S0", 2)
    world.shop.ask_to_cancel(order)
    assert world.shop.available("S0") == 3
    world.shop.cancel(order)
    assert world.shop.available("S0") == (5 if restocks else 3)
    with pytest.raises(ValueError, match="already"):
        world.shop.cancel(order)


def test_money_moves_no_unit(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0", 2)
    world.shop.refund(order, "S0", 1)
    assert (order.payment, world.shop.available("S0")) == ("PARTIALLY_REFUNDED", 3)
    world.shop.refund(order)
    assert (order.payment, world.shop.available("S0")) == ("FULLY_REFUNDED", 3)


# The Trading API


async def test_entries_of_a_revision_are_few_and_different(world: World) -> None:
    world.stock(5)
    entries = [status(world, f"S{number}", 9) for number in range(5)]
    async with wire(world) as client:
        for refused in ([], entries, [entries[0], entries[0]]):
            ack, codes = outcome(await trade(client, "ReviseInventoryStatus", *refused))
            assert (ack, len(codes)) == ("Failure", 1)
        assert world.shop.available("S0") == 5
        ack, _ = outcome(await trade(client, "ReviseInventoryStatus", *entries[:4]))
    assert (ack, world.shop.available("S3"), world.shop.available("S4")) == ("Success", 9, 5)


async def test_a_revision_is_taken_entry_by_entry(world: World) -> None:
    world.stock(2)
    world.shop.add_listing("NEW", 5, model="inventory")
    page = world.shop.add_parent("Scarf")
    world.shop.add_listing("RED", 5, listing=page)
    entries = [
        status(world, "S0", 9),
        status(world, "NEW", 9),
        status(world, "RED", 9),  # a choice is named by its SKU
        status(world, "RED", 8, named="RED"),
    ]
    async with wire(world) as client:
        answer = await trade(client, "ReviseInventoryStatus", *entries)
    assert outcome(answer) == ("PartialFailure", ["21919474", "21916635"])
    taken = [each.findtext("{*}ItemID") for each in answer.iterfind("{*}InventoryStatus")]
    assert taken == [world.shop.variation("S0").listing.id, page.id]
    assert [world.shop.available(sku) for sku in ("S0", "NEW", "RED")] == [9, 5, 8]


async def test_zero_is_refused_without_out_of_stock_control(world: World) -> None:
    world.stock(1)
    async with wire(world) as client:
        for kept in ("false", "true"):
            parts = [("OutOfStockControlPreference", kept)]
            assert outcome(await trade(client, "SetUserPreferences", *parts)) == ("Success", [])
            told = await trade(
                client, "GetUserPreferences", ("ShowOutOfStockControlPreference", "true")
            )
            assert told.findtext("{*}OutOfStockControlPreference") == kept
            zero = await trade(client, "ReviseInventoryStatus", status(world, "S0", 0))
            assert outcome(zero) == (("Failure", ["515"]) if kept == "false" else ("Success", []))
    assert world.shop.available("S0") == 0


async def test_a_listing_is_revised_so_often_a_day_and_an_application_calls_so_often(
    world: World,
) -> None:
    world.stock(1)
    async with wire(world) as client:
        for number in range(250):
            await trade(client, "ReviseInventoryStatus", status(world, "S0", 6 + number % 2))
        more = await trade(client, "ReviseInventoryStatus", status(world, "S0", 9))
        assert outcome(more)[0] == "Failure"
        world.shop.quota.limits["tradingapi"] = 251
        limited = await trade(client, "GetItem", ("ItemID", world.shop.listings[0].id))
        assert outcome(limited) == ("Failure", ["518"])
        world.pass_time(hours=1.9)
        again = await trade(client, "ReviseInventoryStatus", status(world, "S0", 9))
        assert outcome(again)[0] == "Failure"
        world.pass_time(days=1)
        world.shop.keys.access.clear()
    async with wire(world) as client:
        again = await trade(client, "ReviseInventoryStatus", status(world, "S0", 9))
    assert outcome(again) == ("Success", [])


@pytest.mark.parametrize(
    ("parts", "ack"),
    [
        ({}, "Failure"),
        ({"days": 121}, "Failure"),
        ({"days": 119, "entries": 201}, "Failure"),
        ({"days": 119, "entries": 200}, "Success"),
    ],
)
async def test_a_list_has_its_limits(world: World, parts: Mapping[str, int], ack: str) -> None:
    world.stock(1)
    given: list[Any] = [("DetailLevel", "ReturnAll")]
    if "days" in parts:
        until = START + timedelta(days=parts["days"])
        given += [("EndTimeFrom", _stamp(START)), ("EndTimeTo", _stamp(until))]
    pages = [("EntriesPerPage", parts.get("entries", 200)), ("PageNumber", 1)]
    async with wire(world) as client:
        told = await trade(client, "GetSellerList", *given, ("Pagination", pages))
    assert outcome(told)[0] == ack


def _stamp(moment: Any) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"


async def test_a_quantity_counts_the_sold_units_too(world: World) -> None:
    world.stock(1)
    world.shop.sell("S0", 2)
    async with wire(world) as client:
        told = await trade(
            client,
            "GetItem",
            ("DetailLevel", "ReturnAll"),
            ("ItemID", world.shop.listings[0].id),
        )
    assert told.findtext("{*}Item/{*}Quantity") == "5"
    assert told.findtext("{*}Item/{*}SellingStatus/{*}QuantitySold") == "2"


# The REST APIs


async def test_offsets_of_items_are_pages_and_those_of_orders_are_orders(world: World) -> None:
    world.stock(5, model="inventory")
    world.shop.add_listing("OLD", 5)  # unknown here
    for number in range(5):
        world.shop.sell(f"S{number}")
        world.pass_time(seconds=1)
    async with wire(world) as client:
        items = (await client.get(f"{ITEMS}?limit=2&offset=2")).json()
        assert ([each["sku"] for each in items["inventoryItems"]], items["total"]) == (["S4"], 5)
        orders = (await client.get(f"{ORDERS}?limit=2&offset=2")).json()
        assert ([len(orders["orders"]), orders["total"]]) == [2, 5]
        assert (await client.get(f"{ORDERS}?limit=201")).status_code == 400
        assert (await client.get(f"{ITEMS}?limit=201")).status_code == 400


async def test_filters_of_orders(world: World) -> None:
    world.stock(1)
    world.shop.sell("S0")
    world.pass_time(days=100)
    order = world.shop.sell("S0")
    world.shop.touch(world.shop.orders[0])

    async def found(client: httpx.AsyncClient, **query: str) -> Any:
        answer = (await client.get(ORDERS, params=query)).json()
        return [each["orderId"] for each in answer["orders"]] if "orders" in answer else answer

    async with wire(world) as client:
        assert await found(client) == [order.id]  # 90 days by themselves
        changed = f"lastmodifieddate:[{_stamp(world.clock.time)}..]"
        assert len(await found(client, filter=changed)) == 2
        # The time of creation wins, and says nothing of it.
        made = f"creationdate:[{_stamp(world.clock.time)}..]"
        assert await found(client, filter=f"{changed},{made}") == [order.id]
        future = f"lastmodifieddate:[{_stamp(world.clock.time + timedelta(seconds=1))}..]"
        refused = await found(client, filter=future)
        assert refused["errors"][0]["errorId"] == 30850
        many = await found(client, orderIds=",".join(f"1-{n}" for n in range(51)))
        assert many["errors"][0]["errorId"] == 30900


async def test_bulk_entries_are_few_and_fail_by_themselves(world: World) -> None:
    world.stock(2, model="inventory")

    def entry(sku: str, quantity: Any) -> dict[str, Any]:
        return {"sku": sku, "shipToLocationAvailability": {"quantity": quantity}}

    async with wire(world) as client:
        answer = await client.post(BULK, json={"requests": [entry("S0", 1)] * 26})
        assert answer.status_code == 400
        mixed = [entry("S0", 9), entry("NOPE", 1), entry("S1", -1)]
        answer = await client.post(BULK, json={"requests": mixed})
        assert answer.status_code == 207
        assert [each["statusCode"] for each in answer.json()["responses"]] == [200, 404, 400]
    # A shopper sees the smaller of stock and offer: the offer stands where it was.
    assert (world.shop.items["S0"].quantity, world.shop.available("S0")) == (9, 5)


async def test_the_door_is_kept(world: World) -> None:
    async with wire(world, token="guessed") as client:
        answer = await client.get(ORDERS)
        assert (answer.status_code, answer.json()["errors"][0]["errorId"]) == (401, 1001)
        told = await trade(client, "GetUserPreferences")
        assert outcome(told) == ("Failure", ["21917053"])
    few = world.shop.keys.issue(frozenset())
    async with wire(world, token=few) as client:
        answer = await client.get(ORDERS)
        assert (answer.status_code, answer.json()["errors"][0]["errorId"]) == (403, 1100)
    async with wire(world) as client:
        world.pass_time(hours=2)
        assert (await client.get(ORDERS)).status_code == 401
        assert (await client.get("http://shops.test/ebay/beta" + ORDERS)).status_code == 404
