"""A local shop with several locations, by plain HTTP: what is sold, sent and moved where."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.shopify import Shop, create_app, generate
from sandbox.sold_out import SoldOut
from tests.connectors.shopify.test_local_shop import People, ask
from tests.connectors.shopify.world import World

ASSIGNED = """
query ($id: ID!, $all: Boolean!) {
  order(id: $id) {
    fulfillmentOrders(first: 9, displayable: $all) {
      nodes {
        status
        assignedLocation { name location { id } }
        lineItems(first: 9) { nodes { totalQuantity remainingQuantity lineItem { sku } } }
      }
    }
  }
}
"""


@pytest.fixture
async def people(world: World) -> AsyncIterator[People]:
    transport = httpx.ASGITransport(create_app([world.shop]))
    async with httpx.AsyncClient(base_url="http://shops.test", transport=transport) as client:
        yield People(client)


@pytest.fixture
async def shop(world: World, people: People) -> Shop:
    """S0 and S1 at two places: 5 and 3 of each."""
    world.stock(2)
    await people.do("locations", name="North")
    for sku in ("S0", "S1"):
        assert (await people.do("stock-at", sku=sku, location="North", available=3)) == {
            "sku": sku,
            "available": 3,
        }
    return world.shop


def where(order: dict[str, Any]) -> list[tuple[str, str, int, int]]:
    return [
        (each["location"], each["sku"], each["quantity"], each["unsent"])
        for each in order["sent_from"]
    ]


async def test_numbers_and_places_can_be_looked_at(shop: Shop, people: People) -> None:
    state = await people.look("state")
    assert [each["name"] for each in state["locations"]] == ["Main warehouse", "North"]
    assert [(row["sku"], row["location_name"], row["available"]) for row in state["listings"]] == [
        ("S0", "Main warehouse", 5),
        ("S0", "North", 3),
        ("S1", "Main warehouse", 5),
        ("S1", "North", 3),
    ]
    assert (await people.look("available"))["available"] == {"S0": [8], "S1": [8]}
    await people.do("set", sku="S0", available=1, location="North")
    assert shop.available("S0", shop.location("North")) == 1


async def test_a_sale_is_sent_from_a_place_that_has_it(shop: Shop, people: People) -> None:
    assert where(await people.do("sell", sku="S0", quantity=4)) == [("Main warehouse", "S0", 4, 4)]
    assert where(await people.do("sell", sku="S0", quantity=3)) == [("North", "S0", 3, 3)]
    assert where(await people.do("sell", sku="S1", location="North")) == [("North", "S1", 1, 1)]
    await people.do("sell", 409, sku="S0", quantity=2)
    assert where(await people.do("sell", sku="S1", quantity=6)) == [
        ("Main warehouse", "S1", 5, 5),
        ("North", "S1", 1, 1),
    ]
    assert [level.available for level in shop.levels()] == [1, 0, 0, 1]
    assert [level.committed for level in shop.levels()] == [4, 3, 5, 2]


def test_an_order_goes_to_one_place_where_one_has_it_all(shop: Shop) -> None:
    shop.set_by_hand("S0", 0)
    (sent,) = shop.sell_many([("S0", 1), ("S1", 1)]).fulfillments
    assert sent.location.name == "North"
    shop.locations[1].active = False
    with pytest.raises(SoldOut):
        shop.sell("S0")
    shop.sell("S0", force=True)
    assert shop.available("S0") == -1


async def test_moved_as_a_whole_in_part_and_back(world: World, shop: Shop, people: People) -> None:
    order = await people.do("sell", sku="S0", quantity=3)
    moved = await people.do("move", order=order["id"], to="North")
    assert where(moved) == [("North", "S0", 3, 3)]
    assert [level.available for level in shop.levels()][:2] == [5, 0]
    moved = await people.do("move", order=order["id"], to="Main warehouse", sku="S0", quantity=1)
    assert where(moved) == [("North", "S0", 2, 2), ("Main warehouse", "S0", 1, 1)]
    await people.do("fulfil", order=order["id"], sku="S0", quantity=1)
    moved = await people.do(
        "move", **{"order": order["id"], "from": "North", "to": "Main warehouse"}
    )
    # What was sent stays where it was; the rest is recreated in one fulfilment order.
    assert where(moved) == [("North", "S0", 1, 0), ("Main warehouse", "S0", 2, 2)]
    assert [level.available for level in shop.levels()][:2] == [3, 2]
    assert [level.committed for level in shop.levels()][:2] == [2, 0]
    for shown, count in ((True, 2), (False, 3)):
        answer = await ask(world, people, ASSIGNED, id=order["id"], all=shown)
        nodes = answer["data"]["order"]["fulfillmentOrders"]["nodes"]
        assert len(nodes) == count  # the closed and hidden one keeps its old numbers


async def test_what_cannot_be_moved_is_said(shop: Shop, people: People) -> None:
    order = await people.do("sell", sku="S0")
    shop.unstock("S0", shop.location("North"))
    await people.do("move", 400, order=order["id"], to="North")
    await people.do("move", 404, order=order["id"], to="Nowhere")
    await people.do("move", 400, order=order["id"], to="Main warehouse")
    await people.do("split", 400, order=order["id"], sku="S0", quantity=1)
    await people.do("fulfil", order=order["id"])
    shop.stock_at("S0", shop.location("North"))
    assert shop.available("S0", shop.location("North")) == 3  # as it was before
    await people.do("move", 400, order=order["id"], to="North")


async def test_a_deleted_place_is_told_by_its_name_only(
    world: World, shop: Shop, people: People
) -> None:
    order = await people.do("sell", sku="S0", location="North")
    north = shop.location("North")
    with pytest.raises(ValueError, match="active"):
        shop.delete_location(north)
    north.active = False
    shop.delete_location(north)
    answer = await ask(world, people, ASSIGNED, id=order["id"], all=True)
    (sent,) = answer["data"]["order"]["fulfillmentOrders"]["nodes"]
    assert sent["assignedLocation"] == {"name": "North", "location": None}
    assert [level.location.name for level in shop.levels()] == ["Main warehouse"] * 2


async def test_split_at_one_place(shop: Shop, people: People) -> None:
    order = await people.do("sell", sku="S0", quantity=3)
    split = await people.do("split", order=order["id"], sku="S0", quantity=2)
    assert where(split) == [("Main warehouse", "S0", 1, 1), ("Main warehouse", "S0", 2, 2)]
    assert shop.committed("S0") == 3


async def test_units_may_come_back_to_another_place(shop: Shop, people: People) -> None:
    order = await people.do("sell", sku="S0", quantity=2)
    await people.do("fulfil", order=order["id"])
    await people.do(
        "refund", order=order["id"], sku="S0", quantity=1, restock_type="RETURN", location="North"
    )
    assert [level.available for level in shop.levels()][:2] == [3, 4]


async def test_a_deleted_order_is_gone_and_gives_back_what_was_not_sent(
    shop: Shop, people: People
) -> None:
    order = await people.do("sell", sku="S0", quantity=3)
    await people.do("fulfil", order=order["id"], sku="S0", quantity=1)
    assert await people.do("delete-order", order=order["id"]) == {"deleted": order["id"]}
    assert (shop.available("S0"), shop.committed("S0")) == (4, 0)
    await people.do("fulfil", 404, order=order["id"])
    assert (await people.do("sell", sku="S0"))["name"] != order["name"]


def test_a_catalogue_may_be_spread_over_places() -> None:
    shop = Shop("spread")
    generate(shop, locations=3)
    assert [each.name for each in shop.locations] == ["Main warehouse", "North shop", "South shop"]
    wide = [item for item in shop.items.values() if len(item.levels) == 3]
    assert len(wide) >= 15
    assert {next(iter(item.levels)) for item in shop.items.values()} == {
        each.id for each in shop.locations
    }
