"""People who act in the local Etsy by plain HTTP, and how it is served."""

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
from sandbox.etsy import Shop, create_app, generate
from sandbox.etsy.serve import serving
from tests.connectors.etsy.world import World
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
        assert sold["status"] == "open"
        assert (await post("pay", order=sold["id"]))["status"] == "paid"
        assert (await post("refund", order=sold["id"]))["status"] == "partially refunded"
        assert (await client.get("/alpha/available")).json()["available"][sku] == [17]
        assert (await post("cancel", order=sold["id"]))["status"] == "canceled"
        assert (await client.get("/alpha/available")).json()["available"][sku] == [20]
        other = await post("sell", sku=sku)
        assert (await post("fulfil", order=other["id"]))["status"] == "completed"
        await post("delete-order", order=other["id"])
        await post("set", sku=sku, available=50)
        assert (await post("settings", on_vacation=True))["on_vacation"] is True
        assert (await client.post("/alpha/sell", json={"sku": sku})).status_code == 409
        await post("settings", on_vacation=False)
        await post("rename", sku=sku, to="QUIET")
        assert (await post("archive", sku="QUIET"))["state"] == "inactive"
        assert (await post("activate", sku="QUIET"))["state"] == "active"
        assert (await post("expire", sku="QUIET"))["state"] == "expired"
        await post("activate", sku="QUIET")
        state = (await client.get("/alpha/state")).json()
        (row,) = (each for each in state["listings"] if each["sku"] == "QUIET")
        assert (row["available"], row["renewals"], row["price"]) == (50, 1, "12.00")
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


async def test_the_same_seed_makes_the_same_catalogue() -> None:
    def numbers(seed: int) -> list[tuple[str, int]]:
        shop = Shop("alpha")
        generate(shop, 40, seed)
        return [(each.sku, each.quantity) for each in shop.products()]

    assert numbers(1) == numbers(1) != numbers(2)


async def test_it_is_served_over_a_socket() -> None:
    shop = Shop("alpha")
    shop.add_listing("MUG", 5)
    given = {
        "keystring": shop.keys.keystring,
        "shared_secret": shop.keys.shared_secret,
        "shop_id": str(shop.id),
        "refresh_token": shop.keys.refresh_token,
    }
    async with serving([shop]) as address:
        async with open_connector("etsy", given, base_url=f"{address}/etsy/alpha") as connector:
            account = await connector.check()
            found = [each async for page in connector.listings() for each in page]
    assert account.id == str(shop.id)
    assert {(each.sku, each.levels[0].available) for each in found} == {("MUG", 5)}


async def test_shops_in_a_process_of_their_own() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox.etsy", "--shop", "alpha", "--listings", "20"),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        row = json.loads(await process.stdout.readline())
        async with httpx.AsyncClient() as client:
            numbers = (await client.get(f"{row['control']}/available")).json()["available"]
            assert len(numbers) >= 20
            answer = await client.get(f"{row['base_url']}/v3/application/users/me")
            assert answer.status_code == 403
    finally:
        process.terminate()
        await process.wait()
