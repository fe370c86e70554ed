"""The local store keeps WooCommerce's rules, which both sides of every other test rely on."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from sandbox.sold_out import SoldOut
from sandbox.woocommerce import Fault, Shop, create_app
from sandbox.woocommerce.catalogue import generate
from sandbox.woocommerce.dates import BadDate, bound
from sandbox.woocommerce.serve import serving
from tests.connectors.line import START

API = "https://s.test/woocommerce/alpha/wp-json/wc/v3"
CONTROL = "https://s.test/_sandbox/alpha"


@pytest.fixture
def shop() -> Shop:
    return Shop("alpha", now=lambda: START)


@pytest.fixture
async def http(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app([shop]))
    keys = (shop.consumer_key, shop.consumer_secret)
    async with httpx.AsyncClient(transport=transport, auth=keys) as client:
        yield client


@pytest.mark.parametrize(
    ("text", "are_gmt", "read"),
    [
        ("2026-11-23T04:40:43", False, "03:40:43"),  # the store's own time
        ("2026-11-23T04:40:43", True, "04:40:43"),
        ("2026-11-23T04:40:43Z", False, "04:40:43"),
        ("2026-11-23T05:40:43+01:00", False, "04:40:43"),
        ("2026-11-23T04:40:43Z", True, "05:40:43"),  # shifted twice
        ("2026-11-23T04:40:43+00:00", True, "05:40:43"),
        ("2026-11-23T04:40:43.500Z", False, "03:40:43"),  # the suffix is dropped
        ("2026-11-23T04:40:43.500Z", True, "05:40:43"),
    ],
)
def test_times_are_read_in_three_ways(text: str, are_gmt: bool, read: str) -> None:
    moment = bound(text, timedelta(hours=1), dates_are_gmt=are_gmt)
    assert moment == datetime.fromisoformat(f"2026-11-23T{read}").replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-11-23", "1795000000", "yesterday", "2026-13-40T00:00:00"])
def test_anything_else_is_no_time(text: str) -> None:
    with pytest.raises(BadDate):
        bound(text, timedelta(), dates_are_gmt=True)


async def test_bounds_are_left_out_and_gmt_times_carry_no_zone(
    shop: Shop, http: httpx.AsyncClient
) -> None:
    shop.add_listing("A", 5)
    shop.sell("A")

    async def count(**bounds: str) -> int:
        given = {"dates_are_gmt": "true", **bounds}
        return len((await http.get(f"{API}/orders", params=given)).json())

    assert await count(modified_after="2026-11-23T11:59:59") == 1
    assert await count(modified_after="2026-11-23T12:00:00") == 0
    assert await count(modified_before="2026-11-23T12:00:01") == 1
    assert await count(modified_before="2026-11-23T12:00:00") == 0
    (order,) = (await http.get(f"{API}/orders")).json()
    assert order["date_modified_gmt"] == "2026-11-23T12:00:00"
    assert order["date_modified"] == "2026-11-23T13:00:00"


@pytest.mark.parametrize(
    ("sent", "stands"),
    [(7, 7), (2.5, 2), ("abc", 0), ("", 0), (None, 0), ("12 pieces", 12), (-3, -3)],
)
async def test_entries_of_a_batch_are_not_validated(
    shop: Shop, http: httpx.AsyncClient, sent: Any, stands: int
) -> None:
    item = shop.add_listing("A", 5)
    body = {"update": [{"id": item.id, "stock_quantity": sent}]}
    answer = await http.post(f"{API}/products/batch", json=body)
    assert answer.json()["update"][0]["stock_quantity"] == stands == shop.available("A")


async def test_fields_hide_what_a_batch_did(shop: Shop, http: httpx.AsyncClient) -> None:
    item = shop.add_listing("A", 5)
    body = {"update": [{"id": item.id, "stock_quantity": 2}]}
    answer = await http.post(f"{API}/products/batch?_fields=id,stock_quantity", json=body)
    assert answer.json() == []
    assert shop.available("A") == 2
    answer = await http.post(f"{API}/products/batch?_fields=update", json=body)
    assert len(answer.json()["update"]) == 1
    answer = await http.post(f"{API}/products/batch", content=json.dumps(body))  # no content type
    assert answer.json() == []


async def test_manage_stock_can_be_switched_by_a_batch(shop: Shop, http: httpx.AsyncClient) -> None:
    """What the connector must not do by accident is possible here."""
    item = shop.add_listing("A", tracked=False)
    body = {"update": [{"id": item.id, "manage_stock": True, "stock_quantity": 2}]}
    answer = await http.post(f"{API}/products/batch", json=body)
    assert answer.json()["update"][0]["stock_quantity"] == 2


async def test_skus_are_found_by_a_list_variations_too(shop: Shop, http: httpx.AsyncClient) -> None:
    shop.add_listing("A", 1)
    parent = shop.add_parent("P")
    shop.add_listing("B", 1, parent=parent)
    found = (await http.get(f"{API}/products", params={"sku": "a,B,NOPE"})).json()
    assert sorted((each["sku"], each["type"]) for each in found) == [
        ("A", "simple"),
        ("B", "variation"),
    ]
    assert len((await http.get(f"{API}/products")).json()) == 2
    beyond = await http.get(f"{API}/products", params={"page": 9})
    assert (beyond.status_code, beyond.json()) == (200, [])
    assert (await http.get(f"{API}/products/999/variations")).json() == []


@pytest.mark.parametrize("wanted", ["any", "any,trash"])
async def test_any_leaves_the_trash_out(shop: Shop, http: httpx.AsyncClient, wanted: str) -> None:
    shop.add_listing("A", 5)
    shop.trash(shop.sell("A"))
    assert (await http.get(f"{API}/orders", params={"status": wanted})).json() == []
    (thrown,) = (await http.get(f"{API}/orders", params={"status": "trash"})).json()
    assert thrown["status"] == "trash"
    bad = await http.get(f"{API}/orders", params={"status": "packed"})
    assert bad.json()["code"] == "rest_invalid_param"


@pytest.mark.parametrize(
    ("steps", "stock"),
    [
        (["pending"], 5),
        (["processing"], 3),
        (["on-hold", "processing", "completed"], 3),
        (["processing", "cancelled"], 5),
        (["processing", "pending"], 5),
        (["processing", "failed"], 3),
        (["processing", "refunded"], 3),
        (["processing", "cancelled", "processing"], 3),
    ],
)
def test_each_change_of_status_moves_stock_as_recorded(
    shop: Shop, steps: list[str], stock: int
) -> None:
    shop.add_listing("A", 5)
    order = shop.sell("A", 2, status=steps[0])
    for status in steps[1:]:
        shop.move(order, status)
    assert shop.available("A") == stock


def test_refunds_trash_and_deletion_move_stock_as_recorded(shop: Shop) -> None:
    shop.add_listing("A", 5)
    order = shop.sell("A", 3)
    shop.refund(order, "A", 1, "RETURN")
    assert (shop.available("A"), order.lines[0].reduced, order.lines[0].restocked) == (3, 2, 1)
    shop.refund(order, "A", 1, "NO_RESTOCK")
    assert (shop.available("A"), order.lines[0].reduced) == (3, 2)
    shop.trash(order)
    shop.delete_order(order)
    assert shop.available("A") == 3
    with pytest.raises(SoldOut):
        shop.sell("A", 4)
    shop.sell("A", 4, force=True)
    assert shop.available("A") == -1


async def test_a_nonce_is_good_once_and_a_signature_for_fifteen_minutes(
    shop: Shop, http: httpx.AsyncClient
) -> None:
    from connectors.woocommerce.keys import Keys

    keys = Keys(shop.consumer_key, shop.consumer_secret)
    plain = httpx.URL(API.replace("https", "http") + "/orders?include=1,2&per_page=5")
    good = keys.signed("GET", plain, START)
    assert (await http.get(good)).status_code == 200
    assert "nonce" in (await http.get(good)).json()["message"]
    late = keys.signed("GET", plain, START - timedelta(minutes=16))
    assert "timestamp" in (await http.get(late)).json()["message"]
    other = keys.signed("POST", plain, START)
    assert "does not match" in (await http.get(other)).json()["message"]
    assert (await http.get(plain)).json()["code"] == "woocommerce_rest_cannot_view"  # Basic


# People act by plain HTTP


async def test_people_buy_send_cancel_and_refund(shop: Shop, http: httpx.AsyncClient) -> None:
    generate(shop, 30)
    shop.add_listing("CUP", 9)

    async def act(path: str, **given: Any) -> Any:
        answer = await http.post(f"{CONTROL}/{path}", json=given)
        assert answer.status_code == 200, answer.text
        return answer.json()

    first = await act("sell", sku="CUP", quantity=3)
    await act("refund", order=first["name"], sku="CUP", quantity=1, restock_type="CANCEL")
    await act("edit", order=first["id"], sku="CUP", quantity=4)
    assert (await act("fulfil", order=first["id"]))["status"] == "completed"
    second = await act("sell", sku="CUP", lag_seconds=60)
    await act("cancel", order=second["id"])
    third = await act("sell", sku="CUP", status="pending")
    assert (await act("status", order=third["id"], status="on-hold"))["status"] == "on-hold"
    assert (await act("trash", order=third["id"]))["status"] == "trash"
    assert (await act("restore", order=third["id"]))["status"] == "on-hold"
    await act("delete-order", order=third["id"])
    numbers = (await http.get(f"{CONTROL}/available")).json()["available"]
    assert numbers["CUP"] == [9 - 3 + 1 - 1 - 1]
    assert (await act("set", sku="CUP", available=50)) == {"sku": "CUP", "available": 50}
    await act("rename", sku="CUP", to="MUG")
    await act("archive", sku="MUG")
    state = (await http.get(f"{CONTROL}/state")).json()
    assert [each["status"] for each in state["listings"] if each["sku"] == "MUG"] == ["trash"]
    assert len(state["orders"]) == 2
    assert (await act("token")) == {
        "consumer_key": shop.consumer_key,
        "consumer_secret": shop.consumer_secret,
    }
    assert (await http.get("https://s.test/_sandbox/")).json() == {"shops": ["alpha"]}


@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("sell", {"sku": "CUP", "quantity": 99}, 409),
        ("sell", {"sku": "NOPE"}, 404),
        ("sell", {"sku": "CUP", "quantity": 0}, 400),
        ("set", {"sku": "LOOSE", "available": 3}, 404),
        ("cancel", {"order": 1}, 404),
        ("faults", {"kind": "bored"}, 400),
        ("faults", {"kind": "lost", "only": "often"}, 400),
    ],
)
async def test_what_cannot_be_done_is_said(
    shop: Shop, http: httpx.AsyncClient, path: str, given: Any, status: int
) -> None:
    shop.add_listing("CUP", 9)
    shop.add_listing("LOOSE", tracked=False)
    answer = await http.post(f"{CONTROL}/{path}", json=given)
    assert (answer.status_code, set(answer.json())) == (status, {"error"})
    elsewhere = await http.post(f"https://s.test/_sandbox/nobody/{path}", json=given)
    assert elsewhere.status_code == 404


async def test_faults_are_switched_on_for_a_number_of_calls(
    shop: Shop, http: httpx.AsyncClient
) -> None:
    await http.post(f"{CONTROL}/faults", json={"kind": "critical", "count": 1, "only": "read"})
    assert len((await http.get(f"{CONTROL}/faults")).json()["faults"]) == 1
    assert (await http.post(f"{API}/products/batch", json={})).status_code == 200
    assert (await http.get(f"{API}/orders")).status_code == 500
    assert (await http.get(f"{API}/orders")).status_code == 200
    shop.faults.switch_on(Fault("slow"))
    assert (await http.delete(f"{CONTROL}/faults")).json() == {"faults": []}


async def test_a_store_over_a_socket(shop: Shop) -> None:
    async with serving([shop]) as address, httpx.AsyncClient() as client:
        answer = await client.get(f"{address}/woocommerce/alpha/wp-json/wc/v3")
        assert answer.headers["date"] == "Mon, 23 Nov 2026 12:00:00 GMT"
        assert "/wc/v3/variations" in answer.json()["routes"]
        assert (await client.get(f"{address}/woocommerce/nobody/x")).status_code == 404
        assert "Alpha" in (await client.get(f"{address}/woocommerce/alpha/")).text


async def test_stores_in_a_process_of_their_own() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox.woocommerce", "--shop", "alpha", "--listings", "20"),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        row = json.loads(await process.stdout.readline())
        async with httpx.AsyncClient() as client:
            numbers = (await client.get(f"{row['control']}/available")).json()["available"]
            assert len(numbers) >= 20
            assert (await client.get(f"{row['base_url']}/wp-json/wc/v3")).status_code == 200
    finally:
        process.terminate()
        await process.wait()
