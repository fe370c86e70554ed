"""Reading purchase orders: nothing missed, nothing personal, nothing acknowledged."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from connectors.errors import Refused, Unavailable
from sandbox.walmart import Fault, Shop
from tests.connectors.line import START
from tests.connectors.walmart.world import YESTERDAY, World, all_orders, all_pages

SEARCH = "GET /v3/orders"


def searches(world: World) -> list[dict[str, str]]:
    return [each.query for each in world.calls_of(SEARCH)]


async def test_an_order_without_anything_personal(world: World) -> None:
    world.shop.add_listing("MUG", 5)
    world.shop.add_listing("CUP", 5)
    placed = world.shop.sell_many([("MUG", 2), ("CUP", 1)])
    async with world.connected() as connector:
        (order,) = await all_orders(connector, YESTERDAY)
    assert (order.id, order.created_at, order.updated_at) == (placed.id, START, START)
    assert order.state == "open"
    first, second = order.lines
    assert (first.id, first.ref, first.sku) == ("1", "MUG", "MUG")
    assert (first.ordered, first.taken, first.committed, first.deducted) == (2, 2, 2, None)
    assert (second.id, second.sku, second.taken) == ("2", "CUP", 1)
    assert first.location == world.shop.partner_id
    text = json.dumps(asdict(order), default=str)
    assert not [word for word in ("Jo Public", "Main Street", "@", "5555550100") if word in text]


async def test_one_thousand_orders_are_five_calls(world: World) -> None:
    world.stock(1, available=2000)
    for _ in range(1000):
        world.shop.sell("S0")
    async with world.connected() as connector:
        pages = await all_pages(connector, YESTERDAY)
    assert [len(page.orders) for page in pages] == [200] * 5
    assert len({order.id for page in pages for order in page.orders}) == 1000
    first, *others = world.calls_of(SEARCH)
    assert len(others) == 4
    assert world.calls == ["POST /v3/token", "GET /v3/settings/shipping/shipnodes", *[SEARCH] * 5]
    for before, after in zip([first, *others], others, strict=False):
        cursor = before.answer["list"]["meta"]["nextCursor"]
        assert parse_qs(cursor.removeprefix("?")) == parse_qs(after.target.partition("?")[2])


async def test_a_search_says_how_far_back_it_goes(world: World) -> None:
    """Walmart goes back seven days only where it is not told, whatever else is asked."""
    async with world.connected() as connector:
        await all_pages(connector, YESTERDAY)
    (query,) = searches(world)
    assert query == {
        "createdStartDate": "2026-05-27T12:01:00Z",
        "lastModifiedStartDate": "2026-11-22T12:00:00Z",
        "limit": "200",
        "replacementInfo": "true",
        "shipNodeType": "SellerFulfilled",
    }


async def test_r3_an_old_order_that_is_cancelled_is_found(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0", 2)
    world.pass_time(days=170)
    async with world.connected() as connector:
        cursor = (await all_pages(connector, world.clock.now() - timedelta(days=1)))[-1].cursor
        world.shop.cancel(order)
        (found,) = await all_orders(connector, cursor)
    assert (found.state, found.lines[0].taken) == ("cancelled", 0)


async def test_r3_the_cursor_goes_back_ten_minutes(world: World) -> None:
    world.stock(1, available=50)
    world.shop.sell("S0")
    async with world.connected() as connector:
        (page,) = await all_pages(connector, YESTERDAY)
        world.pass_time(minutes=30)
        late = world.shop.sell("S0", lag=timedelta(minutes=4))  # listed later than it happened
        world.pass_time(minutes=1)
        (page,) = await all_pages(connector, page.cursor)
        assert late.id not in [order.id for order in page.orders]
        world.pass_time(minutes=4)
        (page,) = await all_pages(connector, page.cursor)
    assert [order.id for order in page.orders] == [late.id]
    assert connector.traits.order_lag >= timedelta(minutes=4)
    start = datetime.fromisoformat(searches(world)[-1]["lastModifiedStartDate"])
    read = datetime.fromisoformat(searches(world)[-2]["createdStartDate"])
    assert start - read == timedelta(days=180) - timedelta(minutes=11)


async def test_r3_a_reading_that_breaks_off_moves_no_cursor(world: World) -> None:
    world.stock(1, available=500)
    for _ in range(450):
        world.shop.sell("S0")
    world.pass_time(hours=1)  # further back than a cursor goes by itself
    async with world.connected() as connector:
        pages = connector.orders(YESTERDAY)
        first = await anext(pages)
        world.shop.faults.switch_on(Fault("error_before", only="orders"))
        with pytest.raises(Unavailable):
            [page async for page in pages]
        world.shop.faults.clear()
        again = await all_orders(connector, first.cursor)
    assert len({order.id for order in again}) == 450


async def test_an_answer_that_got_lost_is_read_again(world: World) -> None:
    world.stock(1, available=500)
    for _ in range(250):
        world.shop.sell("S0")
    async with world.connected() as connector:
        await connector.locations()
        world.line.break_off(httpx.ReadTimeout("late"), when="after", skip=1)
        assert len({each.id for each in await all_orders(connector, YESTERDAY)}) == 250
    assert world.clock.slept == [0.2]


async def test_r3_more_orders_than_one_search_lists_are_cut_into_windows() -> None:
    world = World()
    world.shop.order_cap = 200
    world.stock(1, available=5000)
    for number in range(900):
        world.clock.time = START - timedelta(days=3) + timedelta(minutes=4 * number)
        world.shop.sell("S0")
    world.clock.time = START
    # The local store has a smaller cap; the connector is told of the real one.
    told = _Counting(world.line.inner)
    world.line.inner = told
    async with world.connected() as connector:
        pages = await all_pages(connector, START - timedelta(days=4))
    assert len({order.id for page in pages for order in page.orders}) == 900
    cursors = [json.loads(page.cursor)["read_to"] for page in pages]
    assert cursors == sorted(cursors)
    assert len(set(cursors)) > 3
    assert {query["createdStartDate"] for query in searches(world)} == {"2026-05-27T12:01:00Z"}


class _Counting(httpx.AsyncBaseTransport):
    """Counts fifty times as many orders in each search as there are."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        if not request.url.path.endswith("/v3/orders") or response.status_code != 200:
            return response
        body = json.loads(await response.aread())
        body["list"]["meta"]["totalCount"] *= 50
        return httpx.Response(200, json=body, headers={"Date": response.headers["Date"]})


async def test_too_many_orders_of_one_moment_are_told(world: World) -> None:
    world.stock(1, available=500)
    for _ in range(201):
        world.shop.sell("S0")
    world.pass_time(hours=1)
    world.line.inner = _Counting(world.line.inner)
    async with world.connected() as connector:
        with pytest.raises(Refused, match="no more than 10,000 orders"):
            await all_orders(connector, YESTERDAY)


class _Slipping(httpx.AsyncBaseTransport):
    """Counts one order that the first reading of all pages does not list."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.hidden = 1

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        if b"poIndex" not in request.url.query or not self.hidden:
            return response
        self.hidden -= 1
        body = json.loads(await response.aread())
        body["list"]["elements"]["order"].pop(0)
        return httpx.Response(200, json=body, headers={"Date": response.headers["Date"]})


async def test_r3_an_order_that_slipped_over_a_pages_edge_is_met(world: World) -> None:
    world.stock(1, available=500)
    for _ in range(250):
        world.shop.sell("S0")
    world.line.inner = _Slipping(world.line.inner)
    async with world.connected() as connector:
        assert len({each.id for each in await all_orders(connector, YESTERDAY)}) == 250
    assert len(searches(world)) == 4


async def test_a_search_that_finds_nothing_may_say_so_as_not_found(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault("empty_is_404"))
        (page,) = await all_pages(connector, YESTERDAY)
        assert page.orders == ()
        world.pass_time(minutes=30)
        order = world.shop.sell("S0")
        assert [each.id for each in await all_orders(connector, page.cursor)] == [order.id]


# Lines


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
