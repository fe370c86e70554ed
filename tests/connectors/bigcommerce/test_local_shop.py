"""The local BigCommerce keeps the rules that the real one keeps."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.catalog import open_connector
from sandbox.bigcommerce import Shop, SoldOut, create_app, generate
from sandbox.bigcommerce.serve import serving
from sandbox.bigcommerce.shop import Rules
from tests.connectors.bigcommerce.world import World
from tests.connectors.line import START

ITEMS = "/v3/inventory/locations/1/items"
ABSOLUTE = "/v3/inventory/adjustments/absolute"


@asynccontextmanager
async def wire(world: World, token: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app([world.shop], sleep=world.clock.sleep))
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://shops.test/stores/alpha",
        headers={"X-Auth-Token": token or world.shop.token},
    ) as client:
        yield client


@asynccontextmanager
async def control(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app([shop]))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://shops.test/_sandbox"
    ) as client:
        yield client


# Stock


def test_a_sale_lowers_what_is_shown_and_nobody_buys_too_many(world: World) -> None:
    world.shop.add_listing("KEPT", 3, safety=2)
    world.shop.sell("KEPT", 2)
    assert world.shop.available("KEPT") == 1
    assert world.shop.stock("KEPT").on_hand == 3
    with pytest.raises(SoldOut):
        world.shop.sell("KEPT", 2)
    world.shop.sell("KEPT", 2, force=True)
    assert world.shop.available("KEPT") == -1
    with pytest.raises(ValueError, match="one unit at least"):
        world.shop.sell("KEPT", 0)


def test_variants_of_a_product_tracked_as_one_sell_from_it(world: World) -> None:
    beads = world.shop.add_product("Beads", sku="BEADS", tracking="product", available=9)
    for colour in ("RED", "GREEN"):
        world.shop.add_listing(colour, product=beads)
    world.shop.sell("RED", 2)
    assert world.shop.available("GREEN") == 7


@pytest.mark.parametrize(
    ("behaviour", "restocks", "placed", "sent", "cancelled"),
    [
        ("order_placed", True, 3, 3, 5),
        ("order_placed", False, 3, 3, 3),
        ("order_completed_or_shipped", True, 5, 3, 5),
        ("order_completed_or_shipped", False, 5, 3, 5),
    ],
)
def test_the_settings_say_when_stock_moves(
    behaviour: Any, restocks: bool, placed: int, sent: int, cancelled: int
) -> None:
    world = World()
    world.shop.rules = Rules(behaviour, restocks=restocks)
    world.stock(2)
    kept, dropped = world.shop.sell("S0", 2), world.shop.sell("S1", 2)
    assert world.shop.available("S0") == placed
    world.shop.fulfil(kept)
    assert (kept.status, world.shop.available("S0")) == (2, sent)
    world.shop.cancel(dropped)
    assert (dropped.status, world.shop.available("S1")) == (5, cancelled)
    with pytest.raises(ValueError, match="already"):
        world.shop.cancel(dropped)


def test_refunds_and_edits_follow_the_settings_too(world: World) -> None:
    world.stock(1, available=10)
    order = world.shop.sell("S0", 4)
    world.shop.refund(order, "S0", 1)
    assert (order.status, world.shop.available("S0")) == (14, 7)
    world.shop.edit_quantity(order, "S0", 5)
    assert world.shop.available("S0") == 6
    world.shop.rules = Rules(restocks=False, follows_edits=False)
    world.shop.refund(order, "S0", 4)
    world.shop.edit_quantity(order, "S0", 6)
    assert (order.status, world.shop.available("S0")) == (4, 6)
    with pytest.raises(ValueError, match="cannot be refunded"):
        world.shop.refund(order, "S0", 3)
    with pytest.raises(ValueError, match="settings say"):
        world.shop.refund(order, "S0", 1, "RETURN")
    with pytest.raises(ValueError, match="settings say"):
        world.shop.cancel(order, restock=True)
    with pytest.raises(ValueError, match="settings say"):
        world.shop.edit_quantity(order, "S0", 7, restock=True)


def test_a_status_set_by_hand_moves_no_stock(world: World) -> None:
    world.stock(2)
    reopened, unfinished = world.shop.sell("S0", 2), world.shop.sell("S1", 2, status=0)
    world.shop.cancel(reopened)
    for order in (reopened, unfinished):
        world.shop.set_status(order, 11)
    assert (world.shop.available("S0"), world.shop.available("S1")) == (5, 5)


def test_an_order_sent_in_part_and_completed(world: World) -> None:
    world.shop.rules = Rules("order_completed_or_shipped")
    world.stock(1)
    order = world.shop.sell("S0", 3)
    world.shop.fulfil(order, "S0", 1)
    assert (order.status, world.shop.available("S0")) == (3, 5)
    world.shop.complete(order)
    world.shop.complete(order)
    assert (order.status, world.shop.available("S0")) == (10, 2)


async def test_an_adjustment_waits_and_then_overwrites(world: World) -> None:
    world.stock(1)
    world.shop.apply_lag = timedelta(seconds=5)
    entry = {"location_id": 1, "product_id": world.shop.product("S0").id, "quantity": 9}
    async with wire(world) as client:
        answer = await client.put(ABSOLUTE, json={"items": [entry]})
        assert "transaction_id" in answer.json()
        world.shop.sell("S0", 2)
        assert world.shop.available("S0") == 3
        world.pass_time(seconds=5)
        (row,) = (await client.get(ITEMS)).json()["data"]
    assert row["available_to_sell"] == world.shop.available("S0") == 9


# The API


async def test_a_list_of_more_than_two_thousand_is_refused(world: World) -> None:
    world.stock(1)
    entry = {"location_id": 1, "product_id": world.shop.product("S0").id, "quantity": 9}
    async with wire(world) as client:
        answer = await client.put(ABSOLUTE, json={"items": [entry] * 2001})
        assert answer.status_code == 422
        assert world.shop.available("S0") == 5
        answer = await client.put(ABSOLUTE, json={"items": [entry] * 2000})
    assert (answer.status_code, world.shop.available("S0")) == (200, 9)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"product_id": 1}, "Items with identity: [product_id 1] not found"),
        ({"location_id": 9}, "Payload contains invalid fields"),
        ({"location_id": None}, "Payload contains invalid fields"),
        ({"quantity": -1}, "Payload contains invalid fields"),
        ({"quantity": 1.5}, "Payload contains invalid fields"),
        ({"sku": "S1"}, "Payload contains invalid fields"),
    ],
)
async def test_a_list_is_taken_whole_or_not_at_all(
    world: World, change: dict[str, Any], words: str
) -> None:
    world.stock(2)
    good, bad = (
        {"location_id": 1, "product_id": world.shop.product(sku).id, "quantity": 9}
        for sku in ("S0", "S1")
    )
    async with wire(world) as client:
        answer = await client.put(ABSOLUTE, json={"items": [good, {**bad, **change}]})
    assert (answer.status_code, answer.json()["title"]) == (422, words)
    assert answer.headers["content-type"] == "application/problem+json"
    assert world.shop.available("S0") == 5


async def test_what_is_beyond_the_cap_is_dropped_without_a_word(world: World) -> None:
    world.stock(1)
    entry = {"location_id": 1, "product_id": world.shop.product("S0").id, "quantity": 2**31}
    async with wire(world) as client:
        answer = await client.put(ABSOLUTE, json={"items": [entry]})
    assert (answer.status_code, world.shop.available("S0")) == (200, 5)


async def test_a_switched_off_location_takes_no_numbers(world: World) -> None:
    world.stock(1)
    world.place.enabled = False
    entry = {"location_id": 1, "product_id": world.shop.product("S0").id, "quantity": 9}
    async with wire(world) as client:
        answer = await client.put(ABSOLUTE, json={"items": [entry]})
    assert answer.json()["errors"] == {"items.0.location_id": "Location is disabled"}


async def test_a_window_holds_a_hundred_and_fifty_calls_of_all_apps(world: World) -> None:
    async with wire(world) as client:
        for number in range(150):
            answer = await client.get("/v2/store")
            assert answer.headers["X-Rate-Limit-Requests-Left"] == str(149 - number)
        world.pass_time(seconds=12)
        answer = await client.get("/v2/store")
        assert answer.status_code == 429
        assert answer.headers["X-Rate-Limit-Time-Reset-Ms"] == "18000"
        world.pass_time(seconds=18)
        assert (await client.get("/v2/store")).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v3/catalog/products?limit=251", 422),
        ("/v3/catalog/products?limit=250", 200),
        (f"{ITEMS}?limit=1001", 422),
        (f"{ITEMS}?limit=1000", 200),
        ("/v3/inventory/locations/9/items", 404),
        ("/v2/orders?limit=251", 400),
        ("/v2/orders?limit=250", 204),
        ("/v2/orders?sort=weight", 400),
        ("/v2/orders?page=2", 204),
        ("/v3/settings/inventory?channel_id=9", 422),
    ],
)
async def test_pages_have_their_limits(world: World, path: str, status: int) -> None:
    async with wire(world) as client:
        assert (await client.get(path)).status_code == status


async def test_the_door_is_kept(world: World) -> None:
    async with wire(world, token="guessed") as client:
        assert (await client.get("/v2/store")).status_code == 401
    async with wire(world) as client:
        assert (await client.get("http://shops.test/stores/beta/v2/store")).status_code == 404


async def test_orders_tell_their_lines_only_where_they_are_asked_for(world: World) -> None:
    world.stock(1)
    world.shop.sell("S0")
    async with wire(world) as client:
        (bare,) = (await client.get("/v2/orders")).json()
        whole = "?include=consignments.line_items&consignment_structure=object"
        (full,) = (await client.get(f"/v2/orders{whole}")).json()
    assert set(bare["consignments"]) == {"url", "resource"}
    assert full["consignments"]["shipping"][0]["line_items"][0]["sku"] == "S0"


async def test_rows_appear_with_their_lag_and_archived_ones_are_not_listed(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0", lag=timedelta(seconds=9))
    async with wire(world) as client:
        assert (await client.get("/v2/orders")).status_code == 204
        world.pass_time(seconds=9)
        (row,) = (await client.get("/v2/orders")).json()
        assert row["date_created"] == "Mon, 23 Nov 2026 12:00:00 +0000"
        world.shop.archive_order(order)
        assert (await client.get("/v2/orders")).status_code == 204
        assert (await client.get(f"/v2/orders/{order.id}")).json()["is_deleted"]


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

        assert (await client.get("/")).json() == {"shops": ["alpha"]}
        sold = await post("sell", sku=sku, quantity=3, lag_seconds=1)
        await post("edit", order=sold["id"], sku=sku, quantity=4)
        await post("fulfil", order=sold["id"], sku=sku, quantity=1)
        refunded = await post("refund", order=sold["id"], sku=sku, quantity=1)
        assert refunded["lines"][0] == {
            "sku": sku,
            "quantity": 4,
            "shipped": 1,
            "refunded": 1,
            "taken_off": 3,
        }
        assert (await client.get("/alpha/available")).json()["available"][sku] == [17]
        await post("complete", order=sold["id"])
        other = await post("sell", sku=sku)
        await post("cancel", order=other["name"])
        await post("delete-order", order=other["id"])
        await post("set", sku=sku, available=50)
        place = await post("locations", name="Harbour depot")
        await post("stock-at", sku=sku, location=place["name"], available=2)
        await post("settings", update_stock_behavior="order_completed_or_shipped")
        await post("archive", sku=sku)
        await post("rename", sku=sku, to="QUIET")
        state = (await client.get("/alpha/state")).json()
        rows = [each for each in state["listings"] if each["sku"] == "QUIET"]
        assert [(each["location_name"], each["available"]) for each in rows] == [
            ("Default location", 50),
            ("Harbour depot", 2),
        ]
        assert [each["status"] for each in state["orders"]] == [10]
        assert (await post("token"))["token"] == shop.token == "token-alpha-2"
        assert (await post("faults", kind="slow", count=1))["faults"][0]["kind"] == "slow"
        assert (await client.delete("/alpha/faults")).json() == {"faults": []}


@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("alpha/sell", {"sku": "NONE"}, 404),
        ("alpha/sell", {"sku": "S0", "quantity": 99}, 409),
        ("alpha/sell", {"sku": "S0", "quantity": 0}, 400),
        ("alpha/faults", {"kind": "boredom"}, 400),
        ("alpha/faults", {"kind": "slow", "only": "sundays"}, 400),
        ("alpha/settings", {"update_stock_behavior": "some_day"}, 400),
        ("beta/sell", {"sku": "S0"}, 404),
    ],
)
async def test_what_people_cannot_do_is_said(
    world: World, path: str, given: dict[str, Any], status: int
) -> None:
    world.stock(1)
    async with control(world.shop) as client:
        answer = await client.post(f"/{path}", json=given)
    assert answer.status_code == status
    assert answer.json()["error"]


async def test_the_same_seed_makes_the_same_catalogue() -> None:
    def numbers(seed: int) -> list[tuple[str, int]]:
        shop = Shop("alpha")
        generate(shop, 40, seed)
        return [
            (variant.sku if variant else product.sku, held[1].available)
            for product, variant, held in shop.items()
        ]

    assert numbers(1) == numbers(1) != numbers(2)


async def test_it_is_served_over_a_socket() -> None:
    shop = Shop("alpha")
    shop.add_listing("MUG", 5)
    async with serving([shop]) as address:
        given = {"store_hash": "alpha", "access_token": shop.token}
        async with open_connector(
            "bigcommerce", given, base_url=f"{address}/stores/alpha"
        ) as connector:
            account, places = await asyncio.gather(connector.check(), connector.locations())
            found = [each async for page in connector.listings() for each in page]
    assert account.id == "alpha"
    assert [each.name for each in places] == ["Default location"]
    assert [(each.sku, each.levels[0].available) for each in found] == [("MUG", 5)]


async def test_stores_in_a_process_of_their_own() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox.bigcommerce", "--shop", "alpha", "--listings", "20"),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        row = json.loads(await process.stdout.readline())
        async with httpx.AsyncClient() as client:
            numbers = (await client.get(f"{row['control']}/available")).json()["available"]
            assert len(numbers) >= 20
            api = f"{row['base_url']}/v3/inventory/locations"
            answer = await client.get(api, headers={"X-Auth-Token": row["access_token"]})
            assert answer.json()["data"][0]["id"] == 1
            assert (await client.get(api)).status_code == 401
    finally:
        process.terminate()
        await process.wait()
