"""Reading receipts: none missed, none of anybody's personal data, and what each does to stock."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.errors import Unavailable
from connectors.protocol import RemoteOrder
from sandbox.etsy import Fault
from sandbox.etsy.assortment import COLOUR
from sandbox.etsy.model import Order
from tests.connectors.etsy.world import YESTERDAY, World, all_orders, all_pages
from tests.connectors.line import START

LIST = "GET /shops/"


@pytest.fixture
def stocked(world: World) -> World:
    world.shop.add_listing("A", 500)
    world.shop.add_listing("B", 500)
    return world


async def read(world: World, since: Any = YESTERDAY) -> dict[str, RemoteOrder]:
    async with world.connected() as connector:
        return {each.id: each for each in await all_orders(connector, since)}


def receipts(world: World) -> list[Any]:
    return [each for each in world.calls_of(LIST) if each.path.endswith("/receipts")]


def is_unpaid(world: World, order: Order) -> None:
    order.status = "open"


def is_being_paid(world: World, order: Order) -> None:
    order.status = "payment processing"


def sent(world: World, order: Order) -> None:
    world.shop.fulfil(order)


def cancelled(world: World, order: Order) -> None:
    world.shop.cancel(order)


def partly_refunded(world: World, order: Order) -> None:
    world.shop.refund(order)


def refunded(world: World, order: Order) -> None:
    world.shop.refund(order, whole=True)


# What happens, and state, taken, committed and whether it is known what came back
STORIES: tuple[tuple[list[Callable[[World, Order], None]], tuple[Any, ...]], ...] = (
    ([], ("open", 2, 2, True)),
    ([is_unpaid], ("open", 2, 2, True)),
    ([is_being_paid], ("open", 2, 2, True)),
    ([sent], ("closed", 2, 0, True)),
    ([cancelled], ("cancelled", 0, 0, False)),
    ([partly_refunded], ("open", 2, 2, True)),
    ([sent, partly_refunded], ("closed", 2, 0, True)),
    ([refunded], ("cancelled", 0, 0, False)),
    ([sent, refunded], ("closed", 2, 0, False)),
    ([sent, cancelled], ("closed", 2, 0, False)),
)


@pytest.mark.parametrize("capitals", [False, True])  # the document of Etsy, and its answers
@pytest.mark.parametrize(("acts", "wanted"), STORIES)
async def test_what_becomes_of_a_receipt_is_what_becomes_of_its_units(
    stocked: World,
    acts: list[Callable[[World, Order], None]],
    wanted: tuple[Any, ...],
    capitals: bool,
) -> None:
    stocked.shop.writes_capitals = capitals
    order = stocked.shop.sell("A", 2)
    for act in acts:
        act(stocked, order)
    stocked.shop.touch(order)
    found = (await read(stocked))[order.name]
    (line,) = found.lines
    assert (found.state, line.taken, line.committed, line.restock_known) == wanted
    assert (line.ordered, line.sku, line.ref) == (2, "A", stocked.ref("A"))


async def test_an_unknown_status_keeps_the_units_and_has_the_listing_read(
    stocked: World, caplog: pytest.LogCaptureFixture
) -> None:
    order = stocked.shop.sell("A", 2)
    order.status = "Returned To Seller"  # type: ignore[assignment]  # nothing that we know
    stocked.shop.touch(order)
    found = (await read(stocked))[order.name]
    (line,) = found.lines
    assert (found.state, line.taken, line.committed, line.restock_known) == ("open", 2, 2, False)
    assert "Returned To Seller" in caplog.text


async def test_lines_are_sent_one_by_one_and_files_are_no_stock(stocked: World) -> None:
    stocked.shop.add_listing("FILE", 999, tracked=False)
    order = stocked.shop.sell_many([("A", 2), ("B", 1), ("FILE", 1)])
    stocked.shop.fulfil(order, "B")
    found = (await read(stocked))[order.name]
    assert found.state == "open"
    assert [(each.sku, each.committed) for each in found.lines] == [("A", 2), ("B", 0)]


async def test_a_line_leads_to_its_listing_by_sku_or_by_what_it_is(stocked: World) -> None:
    parent = stocked.shop.add_parent("Mug")
    plain = stocked.shop.add_listing(None, 5, parent=parent, options={COLOUR: "Red"})
    order = stocked.shop.sell_many([("A", 1), (plain, 1)])
    stocked.shop.order(order.id).lines[0].listing_id = 0  # Etsy's way of saying that it is gone
    stocked.shop.touch(order)
    found = (await read(stocked))[order.name]
    assert [(each.ref, each.sku) for each in found.lines] == [
        (None, "A"),
        (f"{parent.id}?513=Red", ""),
    ]
    async with stocked.connected() as connector:
        assert f"{parent.id}?513=Red" in {
            each.ref async for page in connector.listings() for each in page
        }


async def test_nothing_personal_comes_along(stocked: World) -> None:
    stocked.shop.sell("A")
    found = await read(stocked)
    text = str(found)
    assert "Ada" in str(receipts(stocked)[0].answer)
    assert not any(word in text for word in ("Ada", "example.com", "London", "801234567"))


# None is missed: R3


async def test_r3_cancelled_receipts_are_asked_for_by_name_each_round(stocked: World) -> None:
    order = stocked.shop.sell("A", 2)
    async with stocked.connected() as connector:
        cursor = (await all_pages(connector, YESTERDAY))[-1].cursor
        stocked.pass_time(minutes=30)
        stocked.shop.cancel(order)
        (found,) = await all_orders(connector, cursor)
        assert found.state == "cancelled"
        assert [each.query.get("was_canceled") for each in receipts(stocked)] == [
            None,
            "true",
            None,
            "true",
        ]
        # A round in which only one of the two readings got through loses nothing.
        stocked.shop.hides_cancelled = False
        assert {each.state for each in await all_orders(connector, cursor)} == {"cancelled"}


async def test_r3_a_round_that_breaks_off_between_its_readings_is_taken_up_again(
    stocked: World,
) -> None:
    order = stocked.shop.sell("A", 2)
    async with stocked.connected() as connector:
        cursor = (await all_pages(connector, YESTERDAY))[-1].cursor
        stocked.shop.cancel(order)
        stocked.pass_time(minutes=30)
        stocked.shop.sell("B")
        stocked.line.meanwhile = [lambda: stocked.line.refuse.extend([httpx.ReadError("cut")] * 3)]
        reading = connector.orders(cursor)
        page = await anext(reading)
        with pytest.raises(Unavailable):
            await anext(reading)
        found = await all_orders(connector, page.cursor)
    assert {each.id for each in found if each.state == "cancelled"} == {order.name}


@pytest.mark.parametrize("seconds", [0, 1])
async def test_r3_a_thousand_orders_are_read_in_ten_calls_and_one_for_the_cancelled(
    stocked: World, seconds: int
) -> None:
    stocked.shop.set_by_hand("A", 999)
    stocked.shop.quota.per_second = 1_000
    for _ in range(990):
        stocked.shop.sell("A")
        stocked.pass_time(seconds=seconds)
    found = await read(stocked)
    assert len(found) == 990
    assert len(receipts(stocked)) == 10 + 1


async def test_r3_rows_that_move_on_meanwhile_pull_none_over_an_edge(stocked: World) -> None:
    orders = [stocked.shop.sell("A") for _ in range(250)]
    stocked.pass_time(minutes=1)

    def move() -> None:
        for order in orders[:50]:
            stocked.shop.touch(order)

    stocked.line.meanwhile = [lambda: None, move]  # after the token, after the first page
    assert set(await read(stocked)) == {order.name for order in orders}


async def test_r3_a_late_row_is_met_by_the_next_round(stocked: World) -> None:
    late = stocked.shop.sell("A", lag=timedelta(seconds=110))
    stocked.pass_time(seconds=1)
    stocked.shop.sell("B")
    async with stocked.connected() as connector:
        pages = await all_pages(connector, YESTERDAY)
        assert late.name not in {each.id for page in pages for each in page.orders}
        stocked.pass_time(seconds=115)
        found = await all_orders(connector, pages[-1].cursor)
    assert late.name in {each.id for each in found}


async def test_r3_a_long_reading_does_not_lose_what_was_listable_behind_it(stocked: World) -> None:
    """A page is passed while a row of its minutes is not listable; the rest comes much later."""
    for _ in range(95):
        stocked.shop.sell("A")
        stocked.pass_time(seconds=1)
    late = stocked.shop.sell("B", lag=timedelta(seconds=110))
    for _ in range(20):
        stocked.pass_time(seconds=1)
        stocked.shop.sell("A")
    async with stocked.connected() as connector:
        cursor = ""
        async for page in connector.orders(YESTERDAY):
            assert late.name not in {each.id for each in page.orders}
            cursor = page.cursor
            stocked.pass_time(minutes=3)  # its limits make it wait
            stocked.shop.sell("A")
        assert late.name in {each.id for each in await all_orders(connector, cursor)}


async def test_a_quiet_shop_is_read_in_two_calls_and_its_cursor_stays(stocked: World) -> None:
    stocked.shop.sell("A")
    async with stocked.connected() as connector:
        first = (await all_pages(connector, YESTERDAY))[-1].cursor
        stocked.pass_time(hours=1)
        before = len(receipts(stocked))
        pages = await all_pages(connector, first)
    assert len(receipts(stocked)) - before == 2
    assert pages[-1].cursor == first
    assert {json.loads(first)["all"]} == {START.isoformat()}


async def test_orders_by_id_leave_out_what_is_gone(stocked: World) -> None:
    kept, cancelled, gone = (stocked.shop.sell("A") for _ in range(3))
    stocked.shop.cancel(cancelled)
    stocked.shop.delete_order(gone)
    async with stocked.connected() as connector:
        found = await connector.orders_by_id([kept.name, "what", gone.name, cancelled.name])
    assert [(each.id, each.state) for each in found] == [
        (kept.name, "open"),
        (cancelled.name, "cancelled"),
    ]


@pytest.mark.parametrize("kind", ["html", "cut_off", "missing_fields", "error_before"])
async def test_half_an_answer_moves_no_cursor(stocked: World, kind: Any) -> None:
    stocked.shop.sell("A")
    stocked.shop.faults.switch_on(Fault(kind=kind, only="orders"))
    with pytest.raises(Unavailable):
        await read(stocked)
    stocked.shop.faults.clear()
    assert len(await read(stocked)) == 1
