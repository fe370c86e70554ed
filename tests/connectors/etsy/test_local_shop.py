"""The local Etsy itself: what it does to listings, what it refuses, how it counts calls."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.etsy import SoldOut
from sandbox.etsy.assortment import COLOUR, SIZE
from tests.connectors.etsy.world import ADDRESS, World

API = f"{ADDRESS}/v3/application"


@asynccontextmanager
async def wire(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A plain client with good keys and a good token."""
    keys = world.shop.keys
    headers = {
        "x-api-key": f"{keys.keystring}:{keys.shared_secret}",
        "authorization": f"Bearer {keys.issue()}",
    }
    async with httpx.AsyncClient(transport=world.line, headers=headers) as client:
        yield client


def whole(world: World, sku: str) -> dict[str, Any]:
    """An inventory as it has to be sent back."""
    listing = world.shop.product(sku).listing
    return {
        "products": [
            {
                "sku": each.sku,
                "property_values": [
                    {
                        "property_id": value.property_id,
                        "property_name": value.name,
                        "value_ids": list(value.value_ids),
                        "values": list(value.values),
                    }
                    for value in each.properties
                ],
                "offerings": [
                    {
                        "price": each.amount / 100,
                        "quantity": each.quantity,
                        "is_enabled": each.enabled,
                        "readiness_state_id": each.readiness,
                    }
                ],
            }
            for each in listing.kept
        ],
        "quantity_on_property": list(listing.quantity_on_property),
        "sku_on_property": list(listing.sku_on_property),
    }


def test_a_sale_lowers_what_is_shown_and_the_last_one_sells_the_listing_out(world: World) -> None:
    world.variations({"A": 2, "B": 1})
    world.shop.sell("A", 2)
    listing = world.shop.product("A").listing
    assert (listing.state, world.shop.available("A")) == ("active", 0)
    with pytest.raises(SoldOut):
        world.shop.sell("A")
    order = world.shop.sell("B")
    assert listing.state == "sold_out"
    world.shop.cancel(order)
    assert world.shop.available("B") == 0  # a cancellation does not renew it
    world.shop.activate("B")
    assert [each.quantity for each in listing.kept] == [1, 0]
    assert len(listing.renewals) == 1


@pytest.mark.parametrize("restocks", [True, False])
def test_a_cancelled_receipt_may_put_units_back_or_not(world: World, *, restocks: bool) -> None:
    world.stock(1)
    world.shop.restocks_on_cancel = restocks
    order = world.shop.sell("S0", 2)
    world.shop.refund(order)
    assert world.shop.available("S0") == 3
    world.shop.cancel(order)
    assert world.shop.available("S0") == (5 if restocks else 3)


async def test_what_is_left_out_of_an_inventory_is_deleted_and_products_are_numbered_anew(
    world: World,
) -> None:
    first, _ = world.variations({"A": 2, "B": 1})
    body = whole(world, "A")
    del body["products"][1]
    async with wire(world) as client:
        path = f"{API}/listings/{first.listing.id}/inventory"
        assert (await client.put(path, json=body)).status_code == 200
    assert [each.sku for each in first.listing.kept] == ["A"]
    assert first.listing.kept[0].id != first.id


REFUSED: dict[str, Callable[[Any], object]] = {
    "Missing input parameter: [products]": lambda body: body.pop("products"),
    "greater than 0": lambda body: [
        each["offerings"][0].update(quantity=0) for each in body["products"]
    ],
    "min price": lambda body: body["products"][0]["offerings"][0].update(price=0.1),
    "whole cents": lambda body: body["products"][0]["offerings"][0].update(price=1.005),
    "between 0 and 999": lambda body: body["products"][0]["offerings"][0].update(quantity=1_000),
    "offering parameter": lambda body: body["products"][0]["offerings"][0].pop("is_enabled"),
    "product parameter": lambda body: body["products"][0].update(product_id=5),
    "can't be empty": lambda body: body["products"][0]["property_values"][0].update(values=[]),
    "different property values": lambda body: body["products"].append(
        copy.deepcopy(body["products"][0])
    ),
    "quantity_on_property": lambda body: body.update(quantity_on_property=[]),
    "sku_on_property": lambda body: body.update(sku_on_property=[SIZE]),
    "price_on_property": lambda body: body["products"][0]["offerings"][0].update(price=13),
}


@pytest.mark.parametrize("words", REFUSED)
async def test_an_inventory_that_is_not_right_is_refused_whole(world: World, words: str) -> None:
    product, _ = world.variations({"A": 2, "B": 1})
    body = whole(world, "A")
    REFUSED[words](body)
    async with wire(world) as client:
        answer = await client.put(f"{API}/listings/{product.listing.id}/inventory", json=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert [each.quantity for each in product.listing.kept] == [2, 1]
    assert product.listing.quantity_on_property == [COLOUR]


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("shops/{shop}/listings", {"limit": 101}, 400),
        ("shops/{shop}/listings", {"state": "gone"}, 400),
        ("shops/5/listings", {}, 400),
        ("listings/batch/inventory", {"listing_ids": ",".join(["1"] * 101)}, 400),
        ("listings/batch/inventory", {"listing_ids": "1"}, 404),
        ("shops/{shop}/receipts", {"sort_on": "name"}, 400),
        ("shops/{shop}/receipts", {"min_last_modified": 5}, 400),
        ("shops/{shop}/receipts/5", {}, 404),
        ("openapi-ping", {}, 200),
    ],
)
async def test_a_question_has_its_limits(
    world: World, path: str, query: dict[str, Any], status: int
) -> None:
    async with wire(world) as client:
        where = f"{API}/{path.replace('{shop}', str(world.shop.id))}"
        assert (await client.get(where, params=query)).status_code == status


async def test_calls_are_counted_by_the_second_and_in_a_window_that_moves_on(
    world: World,
) -> None:
    quota = world.shop.quota
    quota.per_second, quota.per_day = 2, 5
    async with wire(world) as client:

        async def ping() -> httpx.Response:
            return await client.get(f"{API}/openapi-ping")

        first = await ping()
        assert first.headers["x-remaining-this-second"] == "1"
        assert first.headers["x-remaining-today"] == "4"
        await ping()
        full = await ping()
        assert (full.status_code, full.headers["retry-after"]) == (429, "1")
        assert "x-remaining-today" not in full.headers
        for _ in range(3):
            world.pass_time(hours=1)
            assert (await ping()).status_code == 200
        spent = await ping()
        wait = timedelta(seconds=int(spent.headers["retry-after"]))
        assert spent.status_code == 429
        world.clock.time += wait + timedelta(seconds=1)
        assert (await ping()).headers["x-remaining-today"] == "2"  # three are back


async def test_a_refresh_token_serves_once(world: World) -> None:
    keys = world.shop.keys
    form = {
        "grant_type": "refresh_token",
        "client_id": keys.keystring,
        "refresh_token": keys.refresh_token,
    }
    async with httpx.AsyncClient(transport=world.line) as client:
        where = f"{ADDRESS}/v3/public/oauth/token"
        first = await client.post(where, data=form)
        assert first.json()["refresh_token"] == keys.refresh_token
        again = await client.post(where, data=form)
        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
        form["refresh_token"] = keys.refresh_token
        world.pass_time(days=91)
        assert (await client.post(where, data=form)).status_code == 400
