"""People who act in the local eBay by plain HTTP, and how it is served."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from connectors.catalog import open_connector
from sandbox.ebay import Shop, create_app, generate
from sandbox.ebay.serve import serving
from tests.connectors.ebay.world import World
from tests.connectors.line import START


@asynccontextmanager
async def control(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app([shop]))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://shops.test/_sandbox"
    ) as client:
        yield client


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
            assert (
                await client.get(f"{row['base_url']}/sell/fulfillment/v1/order")
            ).status_code == 401
    finally:
        process.terminate()
        await process.wait()
