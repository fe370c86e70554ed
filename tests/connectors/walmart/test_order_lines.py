"""What the lines of purchase orders did to stock, and whose units they are."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx

from sandbox.walmart import Shop
from tests.connectors.line import START
from tests.connectors.walmart.world import YESTERDAY, World, all_orders

SEARCH = "GET /v3/orders"


def _sent(shop: Shop) -> Any:
    order = shop.sell("S0", 4)
    shop.acknowledge(order)
    shop.fulfil(order, "S0", 2)
    shop.cancel_units(order, "S0", 1)
    return order


async def test_a_line_in_several_states_is_summed(world: World) -> None:
    world.stock(1)
    order = _sent(world.shop)
    async with world.connected() as connector:
        (found,) = await all_orders(connector, YESTERDAY)
        (line,) = found.lines
        assert (found.state, line.ordered, line.taken, line.committed) == ("open", 4, 3, 1)
        world.shop.fulfil(order)
        world.shop.deliver(order)
        world.shop.refund(order, "S0", 2)
        (found,) = await all_orders(connector, YESTERDAY)
    (line,) = found.lines
    assert (found.state, line.taken, line.committed, line.restock_known) == ("closed", 3, 0, True)


async def test_parcels_of_one_line_are_told_one_by_one(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0", 4)
    world.shop.fulfil(order, "S0", 2)
    world.line.inner = _Parcels(world.line.inner)
    async with world.connected() as connector:
        (found,) = await all_orders(connector, YESTERDAY)
    (line,) = found.lines
    assert (line.taken, line.committed) == (4, 2)


class _Parcels(httpx.AsyncBaseTransport):
    """Tells every unit of a line as a state of its own, each in its parcel."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        if not request.url.path.endswith("/v3/orders"):
            return response
        body = json.loads(await response.aread())
        (line,) = body["list"]["elements"]["order"][0]["orderLines"]["orderLine"]
        states = line["orderLineStatuses"]["orderLineStatus"]
        unit = {"unitOfMeasurement": "EACH", "amount": "1"}
        line["orderLineStatuses"]["orderLineStatus"] = [
            {"status": state["status"], "statusQuantity": unit}
            for state in states
            for _ in range(int(state["statusQuantity"]["amount"]))
        ]
        return httpx.Response(200, json=body)


async def test_a_cancelled_order_gives_its_units_back(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0", 2)
    world.pass_time(minutes=5)
    world.shop.cancel(order)
    async with world.connected() as connector:
        (found,) = await all_orders(connector, YESTERDAY)
    assert (found.state, found.lines[0].taken, found.lines[0].committed) == ("cancelled", 0, 0)
    assert found.updated_at == START + timedelta(minutes=5)
    assert world.shop.available("S0") == 5


async def test_replacements_take_stock_too(world: World) -> None:
    world.stock(1)
    first = world.shop.sell("S0")
    second = world.shop.sell_many([("S0", 1)], replaces=first.customer_order)
    async with world.connected() as connector:
        found = await all_orders(connector, YESTERDAY)
        assert {order.id for order in found} == {first.id, second.id}
        (one,) = await connector.orders_by_id([second.id])
    assert one.lines[0].taken == 1


async def test_what_walmart_or_a_third_party_sends_is_not_ours(world: World) -> None:
    world.stock(1)
    world.shop.add_listing("W", 3, tracked=False)
    ours = world.shop.sell("S0")
    theirs = world.shop.sell("W")
    third = world.shop.sell_many([("S0", 1)], fulfilment="3PLFulfilled")
    async with world.connected() as connector:
        assert [each.id for each in await all_orders(connector, YESTERDAY)] == [ours.id]
        found = await connector.orders_by_id([ours.id, theirs.id, third.id])
    assert [each.id for each in found] == [ours.id]


async def test_with_several_nodes_an_order_says_which_it_leaves_from(world: World) -> None:
    world.stock(1)
    dallas = world.shop.add_location("Dallas")
    world.shop.stock_at("S0", dallas, 5)
    world.shop.sell("S0")
    world.shop.sell("S0", location=dallas)
    async with world.connected() as connector:
        found = await all_orders(connector, YESTERDAY)
    assert [order.lines[0].location for order in found] == [dallas.id, world.shop.partner_id]


async def test_orders_are_read_by_their_numbers(world: World) -> None:
    world.stock(1)
    placed = [world.shop.sell("S0") for _ in range(3)]
    world.shop.delete_order(placed[1])
    async with world.connected() as connector:
        found = await connector.orders_by_id(
            [placed[2].id, placed[1].id, placed[0].id, placed[2].id, "../x", ""]
        )
    assert [order.id for order in found] == [placed[2].id, placed[0].id]
    assert len([call for call in world.calls if call.startswith(f"{SEARCH}/")]) == 3


async def test_nothing_is_ever_acknowledged(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0")
    async with world.connected() as connector:
        await all_orders(connector, YESTERDAY)
        await connector.orders_by_id([order.id])
        await connector.set_levels([world.write("S0", 1)])
    assert not order.lines[0].acknowledged
    assert not [call for call in world.calls if "acknowledge" in call or "released" in call]
