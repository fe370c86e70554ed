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
from connectors.protocol import Connector
from sandbox.walmart import Fault
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
    """Counts fifty times as many orders in each search as there are, where a page is too small."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        if not request.url.path.endswith("/v3/orders") or response.status_code != 200:
            return response
        body = json.loads(await response.aread())
        if body["list"]["meta"]["totalCount"] > 200:
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
    """Counts one order that the first readings of all pages do not list."""

    def __init__(self, inner: httpx.AsyncBaseTransport, readings: int = 1) -> None:
        self.inner = inner
        self.hidden = readings

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


async def test_r3_a_count_that_two_readings_do_not_reach_moves_no_cursor(world: World) -> None:
    world.stock(1, available=500)
    for _ in range(250):
        world.shop.sell("S0")
    world.pass_time(hours=1)
    world.line.inner = _Slipping(world.line.inner, readings=2)
    async with world.connected() as connector:
        cursors, words = await _broken_reading(connector, YESTERDAY)
        assert words == "Walmart lists fewer orders than it counts."
        assert len({each.id for each in await all_orders(connector, cursors[-1])}) == 250


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("dead_orders_cursor", "Walmart lost the place in its list of orders."),
        ("orders_errors", "Walmart could not list all orders."),
    ],
)
async def test_r3_a_page_that_cannot_be_had_is_not_the_end(
    world: World, fault: Any, words: str
) -> None:
    world.stock(1, available=500)
    for _ in range(450):
        world.shop.sell("S0")
    world.pass_time(hours=1)
    async with world.connected() as connector:
        start = (await all_pages(connector, YESTERDAY))[0].cursor
        world.line.meanwhile = [lambda: world.shop.faults.switch_on(Fault(fault))]
        cursors, told = await _broken_reading(connector, start)
        assert (set(cursors) <= {start}, told) == (True, words)
        world.shop.faults.clear()
        assert len({each.id for each in await all_orders(connector, start)}) == 450


async def test_r3_a_search_that_holds_errors_only_is_not_empty(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0")
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault("orders_errors", count=1))
        with pytest.raises(Unavailable, match="could not list all orders") as told:
            await all_pages(connector, YESTERDAY)
        assert told.value.said == "Internal system error."
        assert [each.id for each in await all_orders(connector, YESTERDAY)] == [order.id]


async def test_a_cursor_without_its_question_mark_leads_to_the_next_page(world: World) -> None:
    world.stock(1, available=500)
    for _ in range(250):
        world.shop.sell("S0")
    world.line.inner = _Bare(world.line.inner)
    async with world.connected() as connector:
        assert len({each.id for each in await all_orders(connector, YESTERDAY)}) == 250


class _Bare(httpx.AsyncBaseTransport):
    """Writes cursors of orders without the question mark that begins a query."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        content = (await response.aread()).replace(b'"nextCursor":"?', b'"nextCursor":"')
        return httpx.Response(response.status_code, content=content)


async def _broken_reading(connector: Connector, since: datetime | str) -> tuple[list[str], str]:
    """Read until it breaks off: the cursors handed out by then, and the words."""
    cursors: list[str] = []

    async def read() -> None:
        async for page in connector.orders(since):
            cursors.append(page.cursor)  # noqa: PERF401  # kept even where it breaks off

    with pytest.raises(Unavailable) as lost:
        await read()
    return cursors, str(lost.value)


async def test_a_search_that_finds_nothing_may_say_so_as_not_found(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault("empty_is_404"))
        (page,) = await all_pages(connector, YESTERDAY)
        assert page.orders == ()
        world.pass_time(minutes=30)
        order = world.shop.sell("S0")
        assert [each.id for each in await all_orders(connector, page.cursor)] == [order.id]
