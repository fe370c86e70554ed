"""The local eBay keeps the rules that the real one keeps."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

from connectors.catalog import open_connector
from connectors.ebay.xml import write_request
from sandbox.ebay import Shop, SoldOut, create_app, generate
from sandbox.ebay.serve import serving
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


@asynccontextmanager
async def control(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app([shop]))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://shops.test/_sandbox"
    ) as client:
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


# People


async def test_people_act_by_plain_http() -> None:
    shop = Shop("alpha", now=lambda: START)
    generate(shop, 20)
    sku = "LOUD-TITLE"
    shop.set_by_hand(sku, 20)
    async with control(shop) as client:

        async def post(path: str, **given: Any) -> Any:
            answer = await client.post(f"/alpha/{path}", json=given)
            assert answer.status_code == 200, answer.text
            return answer.json()

        sold = await post("sell", sku=sku, quantity=3, unpaid=True)
        assert sold["payment"] == "PENDING"
        assert (await post("pay", order=sold["id"]))["payment"] == "PAID"
        await post("ask-to-cancel", order=sold["id"])
        await post("refund", order=sold["id"], sku=sku, quantity=1)
        assert (await client.get("/alpha/available")).json()["available"][sku] == [17]
        assert (await post("cancel", order=sold["id"]))["cancel_state"] == "CANCELED"
        other = await post("sell", sku=sku)
        assert (await post("fulfil", order=other["id"]))["lines"][0]["shipped"] == 1
        await post("set", sku=sku, available=50)
        told = await post("settings", out_of_stock_control=False, status="ACCOUNTONHOLD")
        assert (told["out_of_stock_control"], told["status"]) == (False, "ACCOUNTONHOLD")
        await post("rename", sku=sku, to="QUIET")
        state = (await client.get("/alpha/state")).json()
        rows = [each for each in state["listings"] if each["sku"] == "QUIET"]
        assert [each["available"] for each in rows] == [50]
        assert (await post("archive", sku="QUIET"))["status"] == "Ended"
        assert (await post("token"))["refresh_token"] == shop.keys.refresh_token
        assert (await post("faults", kind="slow", count=1))["faults"][0]["kind"] == "slow"
        assert (await client.delete("/alpha/faults")).json() == {"faults": []}


@pytest.mark.parametrize(
    ("path", "given", "code"),
    [
        ("alpha/sell", {"sku": "NONE"}, 404),
        ("alpha/sell", {"sku": "S0", "quantity": 99}, 409),
        ("alpha/sell", {"sku": "S0", "quantity": 0}, 400),
        ("alpha/faults", {"kind": "boredom"}, 400),
        ("alpha/settings", {"status": "TIRED"}, 400),
        ("beta/sell", {"sku": "S0"}, 404),
    ],
)
async def test_what_people_cannot_do_is_said(
    world: World, path: str, given: dict[str, Any], code: int
) -> None:
    world.stock(1)
    async with control(world.shop) as client:
        answer = await client.post(f"/{path}", json=given)
    assert answer.status_code == code
    assert answer.json()["error"]


async def test_the_made_up_catalogue_comes_back_as_it_is(world: World) -> None:
    generate(world.shop, 60)
    world.pass_time(minutes=1)  # what has ended is listed no more
    async with world.connected() as connector:
        found = [each async for page in connector.listings() for each in page]
        shown = await connector.levels([each.ref for each in found if each.tracked])
    assert sorted(each.sku for each in found) == sorted(
        each.sku for each in world.shop.variations()
    )
    listed = {each.ref: each.levels[0].available for each in found if each.tracked}
    assert {each.ref: each.available for each in shown} == listed
    assert len([each for each in found if not each.tracked]) == 2


async def test_the_same_seed_makes_the_same_catalogue() -> None:
    def numbers(seed: int) -> list[tuple[str, int]]:
        shop = Shop("alpha")
        generate(shop, 40, seed)
        return [(each.sku, each.available) for each in shop.variations()]

    assert numbers(1) == numbers(1) != numbers(2)


async def test_it_is_served_over_a_socket() -> None:
    shop = Shop("alpha")
    shop.add_listing("MUG", 5)
    given = {
        "client_id": shop.keys.client_id,
        "client_secret": shop.keys.client_secret,
        "refresh_token": shop.keys.refresh_token,
        "marketplace": "EBAY_US",
    }
    async with serving([shop]) as address:
        async with open_connector("ebay", given, base_url=f"{address}/ebay/alpha") as connector:
            account = await connector.check()
            found = [each async for page in connector.listings() for each in page]
    assert account.id == shop.user_id
    assert [(each.sku, each.levels[0].available) for each in found] == [("MUG", 5)]


async def test_sellers_in_a_process_of_their_own() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox.ebay", "--shop", "alpha", "--listings", "20"),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        row = json.loads(await process.stdout.readline())
        async with httpx.AsyncClient() as client:
            numbers = (await client.get(f"{row['control']}/available")).json()["available"]
            assert len(numbers) >= 20
            assert (await client.get(f"{row['base_url']}{ORDERS}")).status_code == 401
    finally:
        process.terminate()
        await process.wait()
