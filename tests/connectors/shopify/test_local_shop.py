"""The local Shopify by plain HTTP, as people, the story and another process use it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.catalog import open_connector
from connectors.errors import Unavailable
from connectors.protocol import LevelWrite
from sandbox.shopify import Shop, create_app, generate
from sandbox.shopify.serve import serving
from tests.connectors.line import START
from tests.connectors.shopify.world import World

SET = """
mutation Set($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id changes { name delta item { id } } }
    userErrors { field code message }
  }
}
"""


class People:
    """Somebody with a browser."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def look(self, what: str) -> Any:
        return (await self.client.get(f"/_sandbox/alpha/{what}")).raise_for_status().json()

    async def do(self, what: str, status: int = 200, **given: Any) -> Any:
        response = await self.client.post(f"/_sandbox/alpha/{what}", json=given)
        assert response.status_code == status, response.text
        return response.json()


@pytest.fixture
async def people(world: World) -> AsyncIterator[People]:
    transport = httpx.ASGITransport(create_app([world.shop]))
    async with httpx.AsyncClient(base_url="http://shops.test", transport=transport) as client:
        yield People(client)


async def ask(world: World, people: People, query: str, **variables: Any) -> Any:
    response = await people.client.post(
        "/shopify/alpha/admin/api/2026-10/graphql.json",
        json={"query": query, "variables": variables},
        headers={"X-Shopify-Access-Token": world.shop.token},
    )
    assert response.headers["X-Shopify-API-Version"] == "2026-10"
    return response.json()


async def test_every_number_can_be_read_and_moved(world: World, people: People) -> None:
    world.stock(2, available=10)
    sold = await people.do("sell", sku="S0", quantity=3)
    assert await people.look("available") == {"available": {"S0": [7], "S1": [10]}}
    await people.do("fulfil", order=sold["name"], sku="S0", quantity=1)
    await people.do("refund", order=sold["id"], sku="S0", quantity=1, restock_type="RETURN")
    await people.do("edit", order=sold["id"], sku="S0", quantity=1)
    await people.do("set", sku="S1", available=4)
    await people.do("rename", sku="S1", to="S 1/2")
    await people.do("archive", sku="S 1/2")
    state = await people.look("state")
    rows = {row["sku"]: row for row in state["listings"]}
    assert (rows["S0"]["available"], rows["S0"]["committed"]) == (9, 1)
    assert (rows["S 1/2"]["available"], rows["S 1/2"]["status"]) == (4, "ARCHIVED")
    assert state["token"] == world.shop.token
    (order,) = state["orders"]
    assert order["lines"] == [{"sku": "S0", "quantity": 3, "current": 1, "unfulfilled": 1}]
    other = await people.do("sell", sku="S0")
    await people.do("cancel", order=other["id"])
    assert (await people.look("available"))["available"]["S0"] == [9]


async def test_what_cannot_be_done_is_said(world: World, people: People) -> None:
    world.stock(1, available=1)
    await people.do("sell", 409, sku="S0", quantity=2)
    await people.do("sell", 404, sku="NONE")
    await people.do("sell", 404)
    await people.do("sell", 400, sku="S0", quantity="many")
    await people.do("faults", 400, kind="meteor")
    await people.do("cancel", 404, order="#1")
    sold = await people.do("sell", sku="S0")
    await people.do("fulfil", order=sold["id"])
    await people.do("cancel", 400, order=sold["id"])
    assert (await people.client.get("/_sandbox/nobody/state")).status_code == 404
    assert (await people.client.get("/_sandbox/")).json() == {"shops": ["alpha"]}


async def test_faults_are_switched_on_counted_and_cleared(world: World, people: People) -> None:
    await people.do("faults", kind="html", count=1)
    await people.do("faults", kind="slow", seconds=4, only="mutation")
    async with world.connected() as connector:
        with pytest.raises(Unavailable):
            await connector.check()
        await connector.check()
    listed = (await people.look("faults"))["faults"]
    assert listed == [{"kind": "slow", "count": None, "seconds": 4.0, "only": "mutation"}]
    await people.client.request("DELETE", "/_sandbox/alpha/faults", json={"kind": "slow"})
    assert await people.look("faults") == {"faults": []}


async def test_a_new_token_kills_the_old_one(world: World, people: People) -> None:
    old = world.shop.token
    new = (await people.do("token"))["token"]
    assert new != old
    assert (await ask(world, people, "{ shop { name } }"))["data"] == {"shop": {"name": "Alpha"}}
    world.shop.token = old
    await people.do("token", token=new)
    assert world.shop.token == new


async def test_over_a_socket_it_is_the_same_shop() -> None:
    shops = [Shop("alpha"), Shop("beta")]
    for seed, shop in enumerate(shops):
        generate(shop, seed=seed)
    async with serving(shops) as address:
        credentials = {"shop": "beta", "access_token": shops[1].token}
        base_url = f"{address}/shopify/beta"
        async with open_connector("shopify", credentials, base_url=base_url) as connector:
            account = await connector.check()
            assert account.name == "Beta"
            item = shops[1].item("LOUD-TITLE")
            place = shops[1].locations[0].id
            async with httpx.AsyncClient(base_url=address) as person:
                given = {"kind": "lost", "count": 1, "only": "mutation"}
                await person.post("/_sandbox/beta/faults", json=given)
                write = LevelWrite(item.id, place, 3, None, "k")
                (outcome,) = await connector.set_levels([write])
                assert outcome.kind == "unknown"
                numbers = (await person.get("/_sandbox/beta/available")).json()["available"]
                assert numbers["LOUD-TITLE"] == [3]  # it took effect all the same
                others = (await person.get("/_sandbox/alpha/available")).json()["available"]
                assert others["LOUD-TITLE"] == [shops[0].available("LOUD-TITLE")]
            (outcome,) = await connector.set_levels([write])
            assert outcome.kind == "applied"


async def test_a_shop_is_also_found_by_its_host(world: World, people: People) -> None:
    response = await people.client.post(
        "http://alpha.myshopify.com/admin/api/2026-10/graphql.json",
        json={"query": "{ shop { myshopifyDomain } }"},
        headers={"X-Shopify-Access-Token": world.shop.token},
    )
    assert response.json()["data"] == {"shop": {"myshopifyDomain": "alpha.myshopify.com"}}
    lost = await people.client.post("http://nobody.myshopify.com/admin/api/2026-10/graphql.json")
    assert lost.status_code == 404


# The rules of the mutation


def entry(world: World, sku: str = "S0", **changes: Any) -> dict[str, Any]:
    return {
        "inventoryItemId": world.shop.item(sku).id,
        "locationId": world.place.id,
        "quantity": 3,
        "changeFromQuantity": 5,
        **changes,
    }


def given(*entries: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"name": "available", "reason": "correction", "quantities": list(entries), **changes}


async def test_without_an_idempotency_key_it_is_a_bad_request(world: World, people: People) -> None:
    world.stock(1)
    bare = SET.replace("@idempotent(key: $key)", "").replace(", $key: String!", "")
    answer = await ask(world, people, bare, input=given(entry(world)))
    assert answer["data"] == {"inventorySetQuantities": None}
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "BAD_REQUEST"}
    assert "@idempotent directive is required" in error["message"]


async def test_the_expected_number_must_be_named_even_where_it_is_null(
    world: World, people: People
) -> None:
    world.stock(1)
    bare = entry(world)
    del bare["changeFromQuantity"]
    answer = await ask(world, people, SET, key="1", input=given(bare))
    assert answer["errors"][0]["extensions"] == {"code": "INVALID_FIELD_ARGUMENTS"}
    open_ended = given(entry(world, changeFromQuantity=None))
    answer = await ask(world, people, SET, key="2", input=open_ended)
    assert answer["data"]["inventorySetQuantities"]["userErrors"] == []


async def test_an_older_shape_is_a_bad_variable(world: World, people: People) -> None:
    world.stock(1)
    older = given(entry(world), ignoreCompareQuantity=True)
    answer = await ask(world, people, SET, key="1", input=older)
    assert answer["errors"][0]["extensions"]["code"] == "INVALID_VARIABLE"
    assert "data" not in answer


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "damaged"}, "INVALID_NAME"),
        ({"reason": "made_up"}, "INVALID_REASON"),
        ({"referenceDocumentUri": "no scheme"}, "INVALID_REFERENCE_DOCUMENT"),
    ],
)
async def test_the_whole_call_is_looked_at_first(
    world: World, people: People, changes: dict[str, Any], code: str
) -> None:
    world.stock(1)
    answer = await ask(world, people, SET, key="1", input=given(entry(world), **changes))
    errors = answer["data"]["inventorySetQuantities"]["userErrors"]
    assert [error["code"] for error in errors] == [code]


async def test_what_is_on_hand_cannot_be_negative(world: World, people: People) -> None:
    world.stock(1)
    below = given(entry(world, quantity=-1), name="on_hand")
    answer = await ask(world, people, SET, key="1", input=below)
    (error,) = answer["data"]["inventorySetQuantities"]["userErrors"]
    assert error["code"] == "INVALID_QUANTITY_NEGATIVE"
    assert error["field"] == ["input", "quantities", "0", "quantity"]


async def test_setting_what_is_on_hand_leaves_what_is_committed(
    world: World, people: People
) -> None:
    world.stock(1)
    world.shop.sell("S0", 2)
    answer = await ask(
        world,
        people,
        SET,
        key="1",
        input=given(entry(world, quantity=9, changeFromQuantity=5), name="on_hand"),
    )
    changes = answer["data"]["inventorySetQuantities"]["inventoryAdjustmentGroup"]["changes"]
    assert [(each["name"], each["delta"]) for each in changes] == [("available", 4), ("on_hand", 4)]
    assert (world.shop.available("S0"), world.shop.committed("S0")) == (7, 2)


async def test_one_bad_entry_keeps_all_from_being_written(world: World, people: People) -> None:
    world.stock(2)
    both = given(entry(world), entry(world, "S1", changeFromQuantity=4))
    answer = await ask(world, people, SET, key="1", input=both)
    payload = answer["data"]["inventorySetQuantities"]
    assert payload["inventoryAdjustmentGroup"] is None
    assert payload["userErrors"][0]["field"] == ["input", "quantities", "1", "changeFromQuantity"]
    assert world.shown() == {"S0": 5, "S1": 5}


async def test_a_doubled_pair_is_refused_at_both_of_its_places(
    world: World, people: People
) -> None:
    world.stock(1)
    answer = await ask(world, people, SET, key="1", input=given(entry(world), entry(world)))
    errors = answer["data"]["inventorySetQuantities"]["userErrors"]
    code = "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"
    assert [(error["code"], error["field"][2]) for error in errors] == [(code, "0"), (code, "1")]


async def test_more_than_250_in_an_array_are_refused(world: World, people: People) -> None:
    world.stock(251)
    many = [entry(world, f"S{number}") for number in range(251)]
    answer = await ask(world, people, SET, key="1", input=given(*many))
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "MAX_INPUT_SIZE_EXCEEDED"}
    assert "251 is greater than the maximum allowed of 250" in error["message"]


async def test_a_failed_key_is_spent_and_a_good_one_is_remembered(
    world: World, people: People
) -> None:
    world.stock(1)

    async def codes(key: str, **changes: Any) -> list[str]:
        answer = await ask(world, people, SET, key=key, input=given(entry(world, **changes)))
        return [each["code"] for each in answer["data"]["inventorySetQuantities"]["userErrors"]]

    stale = {"changeFromQuantity": 1}
    assert await codes("a", **stale) == ["CHANGE_FROM_QUANTITY_STALE"]
    assert await codes("a", **stale) == ["IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"]
    assert await codes("b") == []
    assert await codes("b") == []
    assert await codes("b", quantity=4) == ["IDEMPOTENCY_KEY_PARAMETER_MISMATCH"]
    assert world.shown() == {"S0": 3}


# The rules of queries


async def test_a_page_of_250_costs_what_shopify_says(world: World, people: People) -> None:
    world.stock(300)
    query = "{ productVariants(first: 250) { nodes { id title } } }"
    cost = (await ask(world, people, query))["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (13, 13)
    status = cost["throttleStatus"]
    assert (status["maximumAvailable"], status["currentlyAvailable"]) == (2000, 1987)
    world.clock.time += timedelta(seconds=0.1)
    cost = (await ask(world, people, "{ shop { id } }"))["extensions"]["cost"]
    assert cost["throttleStatus"]["currentlyAvailable"] == 1996


async def test_too_deep_a_query_is_refused_before_it_runs(world: World, people: People) -> None:
    query = """{ orders(first: 250) { nodes { refunds { refundLineItems(first: 250) { nodes {
        lineItem { variant { inventoryItem { inventoryLevels(first: 250) { nodes { id } } } } }
    } } } } } }"""
    answer = await ask(world, people, query)
    assert answer["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"
    assert "data" not in answer


@pytest.mark.parametrize(
    "search",
    ["updatd_at:>='2026-11-23T12:00:00Z'", "updated_at:>=2026-11-23T12:00:00Z", "tracked:false"],
)
async def test_a_search_that_is_not_understood_finds_everything_and_warns(
    world: World, people: People, search: str
) -> None:
    world.stock(2)
    query = "query ($q: String) { productVariants(first: 5, query: $q) { nodes { id } } }"
    answer = await ask(world, people, query, q=search)
    assert len(answer["data"]["productVariants"]["nodes"]) == 2
    assert answer["extensions"]["search"][0]["warnings"]
    understood = await ask(world, people, query, q="updated_at:>'2026-11-23T12:00:00Z'")
    assert understood["data"]["productVariants"]["nodes"] == []
    assert "search" not in understood["extensions"]


async def test_an_order_is_listable_late_and_its_change_as_well(world: World) -> None:
    world.stock(1)
    world.shop.order_lag = timedelta(seconds=30)
    order = world.shop.sell("S0")
    assert world.shop.visible_orders() == []
    world.clock.time += timedelta(seconds=30)
    assert world.shop.visible_orders() == [order]
    world.shop.fulfil(order)
    assert order.stamp_at(world.clock.now()) == START
    world.clock.time += timedelta(seconds=30)
    assert order.stamp_at(world.clock.now()) == START + timedelta(seconds=30)


async def test_what_is_not_graphql_is_a_bad_request(world: World, people: People) -> None:
    path = "/shopify/alpha/admin/api/2026-10/graphql.json"
    for content in (b"{", b"[]"):
        response = await people.client.post(path, content=content)
        assert response.status_code == 400
    answer = await ask(world, people, "{ shop { nameless } }")
    assert answer["errors"][0]["extensions"] == {"code": "undefinedField"}


def test_the_same_seed_makes_the_same_catalogue() -> None:
    one, two, other = Shop("one"), Shop("two"), Shop("other")
    generate(one, seed=4)
    generate(two, seed=4)
    generate(other, seed=5)

    def numbers(shop: Shop) -> list[tuple[str | None, int]]:
        return [(level.item.sku, level.available) for level in shop.levels()]

    assert numbers(one) == numbers(two)
    assert numbers(one) != numbers(other)
    assert [sku for sku, _ in numbers(one)] == [sku for sku, _ in numbers(other)]
    assert not {one.id, *one.items} & {two.id, *two.items}


async def test_stores_in_a_process_of_their_own() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox.shopify", "--shop", "alpha", "--listings", "20"),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        row = json.loads(await process.stdout.readline())
        async with httpx.AsyncClient() as client:
            numbers = (await client.get(f"{row['control']}/available")).json()["available"]
            assert len(numbers) >= 20
        keys = {key: row[key] for key in ("shop", "access_token")}
        async with open_connector("shopify", keys, base_url=row["base_url"]) as connector:
            assert (await connector.check()).name == "Alpha"
    finally:
        process.terminate()
        await process.wait()
