"""The local Walmart keeps the rules that the real one keeps."""

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
from sandbox.sold_out import SoldOut
from sandbox.walmart import Fault, Shop, create_app, generate
from sandbox.walmart.serve import serving
from tests.connectors.line import START
from tests.connectors.walmart.world import ADDRESS, World, all_listings

ASKED = {"WM_SVC.NAME": "Walmart Marketplace", "WM_QOS.CORRELATION_ID": "1"}
JSON = {"Accept": "application/json"}


@asynccontextmanager
async def wire(world: World, token: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app([world.shop], sleep=world.clock.sleep))
    headers = {**ASKED, "WM_SEC.ACCESS_TOKEN": token or world.shop.keys.give()}
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS, headers=headers) as client:
        yield client


@asynccontextmanager
async def control(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app([shop]))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://shops.test/_sandbox"
    ) as client:
        yield client


def each(amount: int) -> dict[str, Any]:
    return {"unit": "EACH", "amount": amount}


# Stock


def test_an_order_reserves_and_nobody_buys_too_many(world: World) -> None:
    world.stock(1, available=3)
    world.shop.sell("S0", 2)
    stock = world.shop.stock("S0")
    assert (stock.input, stock.reserved, stock.available) == (3, 2, 1)
    with pytest.raises(SoldOut):
        world.shop.sell("S0", 2)
    world.shop.sell("S0", 2, force=True)
    assert world.shop.available("S0") == 0
    with pytest.raises(ValueError, match="one unit at least"):
        world.shop.sell("S0", 0)


def test_sending_takes_units_and_cancelling_frees_them(world: World) -> None:
    world.stock(1, available=5)
    order = world.shop.sell("S0", 4)
    world.shop.fulfil(order, "S0", 2)
    stock = world.shop.stock("S0")
    assert (stock.input, stock.reserved, stock.available) == (3, 2, 1)
    world.shop.cancel_units(order, "S0", 1)
    assert (stock.input, stock.reserved, stock.available) == (3, 1, 2)
    world.shop.cancel(order)
    assert (stock.input, stock.reserved, stock.available) == (3, 0, 3)
    with pytest.raises(ValueError, match="nothing of the order is left"):
        world.shop.cancel(order)


def test_a_refund_moves_no_stock(world: World) -> None:
    world.stock(1, available=5)
    order = world.shop.sell("S0", 2)
    with pytest.raises(ValueError, match="cannot be refunded"):
        world.shop.refund(order, "S0", 1)
    world.shop.fulfil(order)
    world.shop.deliver(order)
    world.shop.refund(order, "S0", 1)
    assert world.shop.available("S0") == 3
    with pytest.raises(ValueError, match="by returns only"):
        world.shop.refund(order, "S0", 1, "RETURN")


async def test_a_written_number_is_what_is_on_hand(world: World) -> None:
    world.stock(1, available=5)
    world.shop.sell("S0", 2)
    async with wire(world) as client:
        body = {"sku": "S0", "quantity": each(3)}
        answer = await client.put("/v3/inventory?sku=S0", json=body)
        assert answer.json() == body
        (node,) = (await client.get("/v3/inventories/S0")).json()["nodes"]
    assert node["inputQty"] == each(3)
    assert node["reservedQty"] == each(2)
    assert node["availToSellQty"] == each(1)


async def test_a_reading_may_be_old_for_a_while(world: World) -> None:
    world.stock(1)
    world.shop.read_lag = timedelta(seconds=8)
    async with wire(world) as client:
        await client.put("/v3/inventory?sku=S0", json={"sku": "S0", "quantity": each(9)})

        async def shown() -> int:
            answer = await client.get("/v3/inventories/S0")
            return int(answer.json()["nodes"][0]["availToSellQty"]["amount"])

        assert await shown() == 5
        world.pass_time(seconds=8)
        assert await shown() == 9


# Feeds


def feed_of(*skus: str, amount: int = 9) -> dict[str, Any]:
    items = [{"sku": sku, "quantity": each(amount)} for sku in skus]
    document = {"InventoryHeader": {"version": "1.4"}, "Inventory": items}
    return {"file": ("feed.json", json.dumps(document).encode(), "application/json")}


async def test_a_feed_takes_a_quarter_of_an_hour(world: World) -> None:
    world.stock(1)
    async with wire(world) as client:
        answer = await client.post("/v3/feeds?feedType=inventory", files=feed_of("S0", "NONE"))
        feed = answer.json()["feedId"]
        seen = []
        for minutes in (0, 1, 13, 1):
            world.pass_time(minutes=minutes)
            token = {"WM_SEC.ACCESS_TOKEN": world.shop.keys.give()}
            status = await client.get(
                f"/v3/feeds/{feed}?includeDetails=true&limit=50", headers=token
            )
            seen.append((status.json()["feedStatus"], world.shop.available("S0")))
    assert seen == [("RECEIVED", 5), ("INPROGRESS", 5), ("INPROGRESS", 5), ("PROCESSED", 9)]
    body = status.json()
    assert (body["itemsReceived"], body["itemsSucceeded"], body["itemsFailed"]) == (2, 1, 1)
    kinds = [row["ingestionStatus"] for row in body["itemDetails"]["itemIngestionStatus"]]
    assert kinds == ["SUCCESS", "DATA_ERROR"]


@pytest.mark.parametrize(
    ("query", "files", "status"),
    [
        ("feedType=inventory", {}, 400),
        ("feedType=price", feed_of("S0"), 400),
        ("feedType=MP_INVENTORY", feed_of("S0"), 422),
        ("feedType=inventory", {"file": ("f", b"<InventoryFeed/>", "text/xml")}, 415),
        ("feedType=inventory", feed_of("S0", amount=-1), 422),
        ("feedType=inventory", feed_of(*["S0"] * 10_001), 413),
        ("feedType=inventory", feed_of("S0"), 200),
    ],
)
async def test_a_feed_has_its_form(
    world: World, query: str, files: dict[str, Any], status: int
) -> None:
    world.stock(1)
    async with wire(world) as client:
        answer = await client.post(f"/v3/feeds?{query}", files=files)
    assert answer.status_code == status


async def test_ten_feeds_an_hour_are_taken(world: World) -> None:
    world.stock(1)
    async with wire(world) as client:
        path = "/v3/feeds?feedType=inventory"
        taken = [(await client.post(path, files=feed_of("S0"))).status_code for _ in range(11)]
        assert taken == [200] * 10 + [429]
        world.pass_time(minutes=6)
        assert (await client.post(path, files=feed_of("S0"))).status_code == 200


# The API


async def test_tokens_live_fifteen_minutes(world: World) -> None:
    keys = (world.shop.client_id, world.shop.client_secret)
    form = {"grant_type": "client_credentials"}
    async with wire(world) as client:
        answer = await client.post("/v3/token", data=form, auth=keys, headers=JSON)
        assert answer.json()["expires_in"] == 900
        token = {"WM_SEC.ACCESS_TOKEN": answer.json()["access_token"]}
        world.pass_time(minutes=14, seconds=59)
        assert (await client.get("/v3/token/detail", headers=token)).json()["is_valid"]
        world.pass_time(seconds=1)
        assert (await client.get("/v3/token/detail", headers=token)).status_code == 401
        wrong = (world.shop.client_id, "guessed")
        answer = await client.post("/v3/token", data=form, auth=wrong, headers=JSON)
        assert answer.status_code == 401


async def test_the_door_is_kept(world: World) -> None:
    async with wire(world, token="guessed") as client:
        assert (await client.get("/v3/items")).status_code == 401
    async with wire(world) as client:
        del client.headers["WM_QOS.CORRELATION_ID"]
        assert (await client.get("/v3/items")).status_code == 400


async def test_a_bucket_tells_what_is_left_in_it(world: World) -> None:
    world.stock(1)
    async with wire(world) as client:
        for number in range(200):
            answer = await client.get("/v3/inventories/S0")
            assert answer.headers["x-current-token-count"] == str(199 - number)
        answer = await client.get("/v3/inventories/S0")
        assert answer.status_code == 429
        ready = int(answer.headers["x-next-replenish-time"]) / 1000
        assert ready - world.clock.now().timestamp() == pytest.approx(0.3)
        assert (await client.get("/v3/inventories")).status_code == 200  # a bucket of its own
        world.pass_time(seconds=0.3)
        assert (await client.get("/v3/inventories/S0")).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v3/items?limit=1001", 400),
        ("/v3/items?limit=1000", 200),
        ("/v3/items?nextCursor=unknown", 400),
        ("/v3/inventories?limit=51", 400),
        ("/v3/inventories?limit=50", 200),
        ("/v3/inventories?nextCursor=unknown", 404),
        ("/v3/inventories/NONE", 404),
        ("/v3/wfs/inventory?limit=301", 400),
        ("/v3/orders?limit=201", 400),
        ("/v3/orders?limit=200", 200),
        ("/v3/orders/1", 404),
        ("/v3/feeds/none", 404),
    ],
)
async def test_pages_have_their_limits(world: World, path: str, status: int) -> None:
    async with wire(world) as client:
        assert (await client.get(path)).status_code == status


async def test_a_cursor_of_stock_is_good_for_one_call(world: World) -> None:
    world.stock(30)
    async with wire(world) as client:
        first = (await client.get("/v3/inventories?limit=10")).json()["meta"]["nextCursor"]
        path = f"/v3/inventories?limit=10&nextCursor={first}"
        second = (await client.get(path)).json()["meta"]["nextCursor"]
        assert second != first
        assert (await client.get(path)).status_code == 404


async def test_a_search_for_orders_goes_back_a_week_unless_told(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0")
    world.pass_time(days=8)
    world.shop.fulfil(order)
    changed = f"lastModifiedStartDate={START:%Y-%m-%d}"

    async def found(query: str) -> int:
        async with wire(world) as client:
            answer = await client.get(f"/v3/orders?{query}")
        return int(answer.json()["list"]["meta"]["totalCount"])

    assert await found(changed) == 0
    assert await found(f"{changed}&createdStartDate={START:%Y-%m-%d}") == 1
    world.pass_time(days=173)  # beyond 180 days nothing is shown any more
    assert await found(f"createdStartDate={START:%Y-%m-%d}") == 0


# People


async def test_people_act_by_plain_http() -> None:
    shop = Shop("alpha", now=lambda: START)
    generate(shop, 20)
    sku = "CUP/SAUCER/2"
    shop.set_by_hand(sku, 20)
    async with control(shop) as client:

        async def post(path: str, **given: Any) -> Any:
            answer = await client.post(f"/alpha/{path}", json=given)
            assert answer.status_code == 200, answer.text
            return answer.json()

        assert (await client.get("/")).json() == {"shops": ["alpha"]}
        sold = await post("sell", sku=sku, quantity=3, lag_seconds=1)
        await post("acknowledge", order=sold["id"])
        await post("fulfil", order=sold["id"], sku=sku, quantity=2)
        refunded = await post("refund", order=sold["id"], sku=sku, quantity=1)
        assert refunded["lines"] == [
            {"sku": sku, "quantity": 3, "shipped": 2, "cancelled": 0, "refunded": 1}
        ]
        assert (await client.get("/alpha/available")).json()["available"][sku] == [17]
        other = await post("sell", sku=sku)
        await post("cancel", order=other["name"])
        await post("delete-order", order=other["id"])
        await post("set", sku=sku, available=50)
        place = await post("locations", name="Dallas")
        await post("stock-at", sku=sku, location=place["name"], available=2)
        await post("rename", sku=sku, to="QUIET")
        await post("archive", sku="QUIET")
        await post("account", status="SUSPENDED", scopes={"orders": "view_only"})
        state = (await client.get("/alpha/state")).json()
        rows = [row for row in state["listings"] if row["sku"] == "QUIET"]
        assert [(row["location_name"], row["available"]) for row in rows] == [
            ("Virtual node", 50),
            ("Dallas", 2),
        ]
        assert (state["status"], len(state["orders"])) == ("SUSPENDED", 1)
        keys = await post("token")
        assert keys["client_secret"] == shop.client_secret == "secret-alpha-2"
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
        ("alpha/account", {"scopes": {"orders": "all"}}, 400),
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


async def test_every_item_of_the_made_up_catalogue_comes_back_as_it_is(world: World) -> None:
    generate(world.shop, 40)
    async with world.connected() as connector:
        found = {each.sku: each for each in await all_listings(connector)}
        levels = await connector.levels(
            [sku for sku, each in found.items() if each.channel == "merchant"]
        )
    assert found.keys() == world.shop.items.keys()
    assert {(level.ref, level.available) for level in levels} == {
        (sku, world.shop.available(sku))
        for sku, item in world.shop.items.items()
        if item.fulfilment == "SellerFulfilled"
    }
    states = {sku: found[sku].state for sku in ("NO-PRICE-YET", "LAST-YEAR", "SOLD-NO-MORE")}
    assert set(states.values()) == {"active", "archived"}
    assert found["SENT-BY-WALMART"].channel == "platform"


def test_the_same_seed_makes_the_same_catalogue() -> None:
    def numbers(seed: int) -> list[tuple[str, int]]:
        shop = Shop("alpha")
        generate(shop, 40, seed)
        return [(sku, shop.available(sku)) for sku in shop.items]

    assert numbers(1) == numbers(1) != numbers(2)


async def test_trouble_that_is_switched_on_for_one_call_is_over_then(world: World) -> None:
    async with wire(world) as client:
        world.shop.faults.switch_on(Fault("error_before", count=1))
        assert (await client.get("/v3/items")).status_code == 500
        assert (await client.get("/v3/items")).status_code == 200


async def test_it_is_served_over_a_socket() -> None:
    shop = Shop("alpha")
    shop.add_listing("MUG", 5)
    async with serving([shop]) as address:
        given = {"client_id": shop.client_id, "client_secret": shop.client_secret}
        async with open_connector(
            "walmart", given, base_url=f"{address}/walmart/{shop.client_id}"
        ) as connector:
            account, places = await asyncio.gather(connector.check(), connector.locations())
            found = await all_listings(connector)
    assert account.id == shop.partner_id
    assert [place.name for place in places] == ["Virtual node"]
    assert [(each.sku, each.levels[0].available) for each in found] == [("MUG", 5)]


async def test_accounts_in_a_process_of_their_own() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox.walmart", "--shop", "alpha", "--listings", "20"),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        row = json.loads(await process.stdout.readline())
        async with httpx.AsyncClient() as client:
            numbers = (await client.get(f"{row['control']}/available")).json()["available"]
            assert len(numbers) >= 20
        given = {"client_id": row["client_id"], "client_secret": row["client_secret"]}
        async with open_connector("walmart", given, base_url=row["base_url"]) as connector:
            assert (await connector.check()).name == "Alpha"
    finally:
        process.terminate()
        await process.wait()
