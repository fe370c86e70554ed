"""Reading orders: what each state holds, windows, pages, and where reading goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.errors import RateLimited, Refused
from connectors.protocol import RemoteOrder
from sandbox.amazon import Fault
from sandbox.amazon.model import AMAZONS, OURS
from sandbox.amazon.sites import CA, US
from tests.connectors.amazon.world import YESTERDAY, World, all_orders, all_pages
from tests.connectors.line import START


def held(order: RemoteOrder) -> tuple[str, list[tuple[int, int]]]:
    return order.state, [(line.taken, line.committed) for line in order.lines]


async def only(world: World) -> RemoteOrder:
    """The one order that there is, read once it is old enough to be told."""
    world.pass_time(minutes=3)
    async with world.connected() as connector:
        (order,) = await all_orders(connector, YESTERDAY)
    return order


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("PENDING_AVAILABILITY", ("open", [(0, 0)])),
        ("PENDING", ("open", [(3, 3)])),
        ("UNSHIPPED", ("open", [(3, 3)])),
    ],
)
async def test_what_is_ordered_is_taken_paid_or_not(
    world: World, status: Any, expected: Any
) -> None:
    world.stock(1)
    world.shop.sell("S0", 3, status=status)
    assert held(await only(world)) == expected


def _changed(world: World, change: Callable[[dict[str, Any]], None]) -> None:
    """Have every order that Amazon tells changed before it arrives."""
    inner = world.line.inner

    async def answer(request: httpx.Request) -> httpx.Response:
        response = await inner.handle_async_request(request)
        body = json.loads(await response.aread())
        for row in body.get("orders", []):
            change(row)
        return httpx.Response(response.status_code, headers=dict(response.headers), json=body)

    world.line.inner = httpx.MockTransport(answer)


def _counted_on_neither_side(row: dict[str, Any]) -> None:
    for line in row["orderItems"]:
        line["fulfillment"] = {"quantityFulfilled": 0, "quantityUnfulfilled": 0}


def _of_nobody_yet(row: dict[str, Any]) -> None:
    del row["fulfillment"]
    _counted_on_neither_side(row)


@pytest.mark.parametrize("change", [_counted_on_neither_side, _of_nobody_yet])
async def test_r3_what_is_not_paid_yet_is_taken_however_little_is_told_of_it(
    world: World, change: Callable[[dict[str, Any]], None]
) -> None:
    world.stock(1)
    world.shop.sell("S0", 3, status="PENDING")
    _changed(world, change)
    assert held(await only(world)) == ("open", [(3, 3)])


async def test_an_order_that_amazon_refuses_to_tell_is_not_gone(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0", 3)
    problem = {"errors": [{"code": "InvalidInput", "message": "Not now.", "details": ""}]}
    inner = world.line.inner

    async def refuse(request: httpx.Request) -> httpx.Response:
        if order.id in request.url.path:
            return httpx.Response(400, json=problem)
        return await inner.handle_async_request(request)

    world.line.inner = httpx.MockTransport(refuse)
    async with world.connected() as connector:
        with pytest.raises(Refused, match="invalid"):
            await connector.orders_by_id([order.id])
        world.line.inner = inner
        (found,) = await connector.orders_by_id([order.id])
    assert found.id == order.id


async def test_a_pending_order_that_is_paid_is_no_other_one(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0", 3, status="PENDING")
    first = await only(world)
    world.shop.pay(order)
    second = await only(world)
    assert first.id == second.id
    assert held(second) == held(first)
    assert second.updated_at > first.updated_at


async def test_what_is_sent_is_taken_and_no_longer_open(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0", 3)
    world.shop.fulfil(order, "S0", 2)
    assert held(await only(world)) == ("open", [(3, 1)])
    world.shop.fulfil(order)
    assert held(await only(world)) == ("closed", [(3, 0)])


async def test_a_cancelled_order_gives_back_what_it_took(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0", 3, status="PENDING")
    world.shop.cancel(order)
    found = await only(world)
    assert held(found) == ("cancelled", [(0, 0)])
    # Whether Amazon put them back, it does not say.
    assert not found.lines[0].restock_known


async def test_a_request_to_cancel_is_none(world: World) -> None:
    world.stock(1)
    world.shop.ask_to_cancel(world.shop.sell("S0", 3))
    assert held(await only(world)) == ("open", [(3, 3)])


async def test_a_replacement_takes_stock_again(world: World) -> None:
    world.stock(1)
    first = world.shop.sell("S0")
    world.shop.fulfil(first)
    world.shop.sell_many([("S0", 1)], replaces=first.id)
    world.pass_time(minutes=3)
    async with world.connected() as connector:
        found = await all_orders(connector, YESTERDAY)
    assert sorted(held(each) for each in found) == [("closed", [(1, 0)]), ("open", [(1, 1)])]


async def test_lines_name_their_listing_and_nobody(world: World) -> None:
    world.stock(2)
    order = world.shop.sell_many([("S0", 2), ("S1", 1)], marketplace=CA)
    found = await only(world)
    assert (found.id, found.name) == (order.id, order.id)
    assert [(line.ref, line.sku, line.ordered) for line in found.lines] == [
        ("S0", "S0", 2),
        ("S1", "S1", 1),
    ]
    (asked,) = world.calls_of("searchOrders")
    assert asked.query["includedData"] == "FULFILLMENT,CANCELLATION"
    assert asked.query["fulfilledBy"] == "MERCHANT"


async def test_what_amazon_sends_never_books(world: World) -> None:
    world.shop.add_listing("BOTH", 4, channels=(OURS, AMAZONS))
    world.shop.add_fba("BOTH", 9, US)
    by_amazon = world.shop.sell_many([("BOTH", 1)], fulfilled_by="AMAZON")
    ours = world.shop.sell("BOTH")
    assert (await only(world)).id == ours.id
    async with world.connected() as connector:
        found = await connector.orders_by_id([by_amazon.id, ours.id, "111-0000000-0000000"])
    assert [each.id for each in found] == [ours.id]


async def test_a_thousand_orders_take_ten_calls(world: World) -> None:
    world.stock(1, available=2_000)
    for _ in range(1_000):
        world.shop.sell("S0")
    world.pass_time(minutes=3)
    async with world.connected() as connector:
        pages = await all_pages(connector, YESTERDAY)
    assert len({each.id for page in pages for each in page.orders}) == 1_000
    assert world.calls.count("searchOrders") == 10


async def test_a_cursor_goes_on_with_an_overlap_and_misses_nothing(world: World) -> None:
    world.stock(1, available=50)
    first = world.shop.sell("S0")
    world.pass_time(minutes=3)
    async with world.connected() as connector:
        (page,) = await all_pages(connector, YESTERDAY)
        assert [each.id for each in page.orders] == [first.id]
        cursor, seen = page.cursor, {first.id}
        for _ in range(4):
            late = world.shop.sell("S0", lag=timedelta(minutes=3))
            seen.add(late.id)
            world.pass_time(minutes=4)
            (page,) = await all_pages(connector, cursor)
            cursor = page.cursor
            seen -= {each.id for each in page.orders}
        world.pass_time(minutes=4)
        (page,) = await all_pages(connector, cursor)
        seen -= {each.id for each in page.orders}
    assert seen == set()


async def test_what_is_younger_than_two_minutes_is_not_told_yet(world: World) -> None:
    world.stock(1)
    world.pass_time(minutes=10)
    world.shop.sell("S0")
    world.pass_time(minutes=1)
    async with world.connected() as connector:
        (page,) = await all_pages(connector, YESTERDAY)
        assert page.orders == ()
        world.pass_time(minutes=2)
        (page,) = await all_pages(connector, page.cursor)
        assert len(page.orders) == 1


async def test_where_the_calls_end_reading_goes_on_later(world: World) -> None:
    """The bucket holds twenty calls: 2,300 orders are more."""
    world.stock(1, available=5_000)
    for _ in range(2_300):
        world.shop.sell("S0")
    world.pass_time(minutes=3)
    seen: set[str] = set()
    cursor: Any = YESTERDAY

    async def read_on() -> None:
        nonlocal cursor
        async for page in connector.orders(cursor):
            cursor = page.cursor
            seen.update(each.id for each in page.orders)

    async with world.connected() as connector:
        with pytest.raises(RateLimited) as limited:
            await read_on()
        assert len(seen) == 2_000
        assert timedelta(seconds=170) < limited.value.retry_after < timedelta(seconds=200)
        for _ in range(2):
            world.pass_time(minutes=3)
            with pytest.raises(RateLimited):
                await read_on()
        world.pass_time(minutes=3)
        await read_on()
    assert len(seen) == 2_300
    # Nothing was read twice on the way.
    assert len([each for each in world.calls_of("searchOrders") if each.status == 200]) == 23


async def test_a_place_that_amazon_forgot_is_begun_anew(world: World) -> None:
    world.stock(1, available=500)
    for _ in range(150):
        world.shop.sell("S0")
    world.pass_time(minutes=3)
    async with world.connected() as connector:
        pages = connector.orders(YESTERDAY)
        cursor = (await anext(pages)).cursor
        world.pass_time(hours=25)
        found = await all_orders(connector, cursor)
        assert len({each.id for each in found}) == 150
        world.shop.faults.switch_on(Fault("order_token_ended", count=1))
        world.pass_time(hours=1)
        assert len({each.id for each in await all_orders(connector, YESTERDAY)}) == 150


async def test_the_clock_of_amazon_may_be_another(world: World) -> None:
    real = world.shop.now
    world.shop.now = lambda: real() + timedelta(seconds=45)
    world.stock(1)
    async with world.connected() as connector:
        await all_orders(connector, START - timedelta(days=1))
        assert abs(connector.skew - timedelta(seconds=45)) < timedelta(seconds=1)
