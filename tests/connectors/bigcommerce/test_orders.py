"""Reading orders: none is missed, and each line says what the store did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from connectors.errors import Refused, Unavailable
from sandbox.bigcommerce import Fault
from sandbox.bigcommerce.model import Order
from tests.connectors.bigcommerce.world import (
    YESTERDAY,
    World,
    all_listings,
    all_orders,
    all_pages,
    only_line,
)
from tests.connectors.line import START

ORDERS = "GET /v2/orders"


def sell_spread(world: World, count: int, *, seconds: float = 2) -> list[Order]:
    """Sell one unit after the other, some seconds apart."""
    orders = []
    for _number in range(count):
        orders.append(world.shop.sell("S0", force=True))
        world.pass_time(seconds=seconds)
    return orders


async def test_a_thousand_orders_take_four_calls_and_the_last_page(world: World) -> None:
    world.stock(1)
    sold = sell_spread(world, 1000)
    async with world.connected() as connector:
        await connector.locations()
        begun = len(world.calls)
        found = await all_orders(connector, YESTERDAY)
    assert {each.id for each in found} == {str(each.id) for each in sold}
    calls = world.calls[begun:]
    assert calls.count(ORDERS) == 4 + 1
    # The settings are read once; the channel has its own.
    assert calls.count("GET /v3/settings/inventory") == 2
    assert len(calls) == 7
    assert world.clock.slept == []


async def test_no_orders_is_one_call_and_a_cursor(world: World) -> None:
    async with world.connected() as connector:
        (page,) = await all_pages(connector, START)
        assert page.orders == ()
        assert world.line.exchanges[-1].status == 204
        world.stock(1)
        world.pass_time(minutes=1)
        order = world.shop.sell("S0")
        (later,) = await all_pages(connector, page.cursor)
    assert [each.id for each in later.orders] == [str(order.id)]


async def test_what_an_order_says_of_itself(world: World) -> None:
    world.stock(2)
    order = world.shop.sell_many([("S0", 1), ("S1", 3)])
    world.pass_time(minutes=2)
    world.shop.touch(order)
    async with world.connected() as connector:
        (found,) = await all_orders(connector, YESTERDAY)
    assert (found.id, found.name, found.state) == (str(order.id), f"#{order.id}", "open")
    assert found.created_at == START
    assert found.updated_at == START + timedelta(minutes=2)
    first, second = found.lines
    variant = world.shop.variant("S0")
    assert first.ref == f"{variant.product.id}:{variant.id}"
    assert first.within == world.ref("S0") == str(variant.product.id)
    assert (first.sku, first.location, second.ordered) == ("S0", None, 3)


async def test_lines_name_what_holds_their_stock(world: World) -> None:
    """By `ref` or `within`, whichever way the product is tracked."""
    shop = world.shop
    shop.add_listing("MUG", 5)
    shirt = shop.add_product("Shirt")
    shop.add_listing("SHIRT-M", 5, product=shirt)
    beads = shop.add_product("Beads", sku="BEADS", tracking="product", available=9)
    shop.add_listing("BEADS-RED", product=beads)
    shop.sell_many([("MUG", 1), ("SHIRT-M", 1), ("BEADS-RED", 1)])
    async with world.connected() as connector:
        refs = {each.ref for each in await all_listings(connector)}
        (order,) = await all_orders(connector, YESTERDAY)
    for line in order.lines:
        assert len({line.ref, line.within} & refs) == 1
    mug, shirt_line, beads_line = order.lines
    assert mug.within == world.ref("MUG")
    assert shirt_line.ref == world.ref("SHIRT-M")
    assert beads_line.within == str(beads.id)


async def test_lines_without_stock_are_left_out(world: World) -> None:
    world.stock(2)
    world.shop.add_listing("SONG", tracked=False, kind="digital")
    world.shop.sell_many([("S0", 1), ("SONG", 2)], parts=[("S1", 4)], gift_certificate=True)
    async with world.connected() as connector:
        line = await only_line(connector)
    assert (line.sku, line.taken) == ("S0", 1)


async def test_a_line_made_up_for_one_order_has_no_ref(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0")
    order.lines[0].variant = None
    world.shop.touch(order)
    async with world.connected() as connector:
        line = await only_line(connector)
    assert (line.ref, line.within, line.sku) == (None, None, "S0")


async def test_units_picked_up_leave_from_their_location(world: World) -> None:
    depot = world.shop.add_location("Harbour depot")
    world.stock(1)
    world.shop.stock_at("S0", depot, 5)
    world.shop.sell("S0", 2, location=depot)
    async with world.connected() as connector:
        line = await only_line(connector)
    assert line.location == "2"
    assert (world.shop.available("S0"), world.shop.available("S0", depot)) == (5, 3)


async def test_an_unfinished_checkout_is_no_order_until_it_is_finished(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0", 2, status=0)
    async with world.connected() as connector:
        (page,) = await all_pages(connector, YESTERDAY)
        assert page.orders == ()
        assert await connector.orders_by_id([str(order.id)]) == []
        world.pass_time(minutes=20)
        world.shop.place(order)
        (later,) = await all_pages(connector, page.cursor)
    ((line,),) = [each.lines for each in later.orders]
    assert (line.taken, line.deducted) == (2, 2)
    assert world.shop.available("S0") == 3


# Which settings hold


async def test_the_settings_are_read_before_orders_and_once(world: World) -> None:
    world.stock(1)
    world.shop.sell("S0")
    async with world.connected() as connector:
        for _ in range(3):
            await all_orders(connector, YESTERDAY)
        assert world.calls.count("GET /v3/settings/inventory") == 2
    assert world.calls[0] == "GET /v3/settings/inventory"


async def test_a_channel_may_have_rules_of_its_own(world: World) -> None:
    world.stock(1)
    world.shop.rules.channels[7] = {"update_stock_behavior": "order_completed_or_shipped"}
    by_channel = {
        source: world.shop.sell_many([("S0", 1)], channel=7, source=source)
        for source in ("www", "manual")
    }
    elsewhere = world.shop.sell_many([("S0", 1)], channel=1)
    gone = world.shop.sell_many([("S0", 1)], channel=99)
    async with world.connected() as connector:
        found = {each.id: each.lines[0].deducted for each in await all_orders(connector, YESTERDAY)}
    assert found == {
        str(by_channel["www"].id): 0,
        str(by_channel["manual"].id): 1,
        str(elsewhere.id): 1,
        str(gone.id): 1,
    }
    assert world.shop.available("S0") == 2


async def test_rules_that_we_do_not_know_are_no_answer(world: World) -> None:
    world.stock(1)
    world.shop.sell("S0")
    world.shop.rules.behaviour = "some_day"  # type: ignore[assignment]  # on purpose
    async with world.connected() as connector:
        with pytest.raises(Unavailable, match="when it takes stock off"):
            await all_orders(connector, YESTERDAY)
        world.shop.rules.behaviour = "order_placed"
    async with world.connected() as connector:
        assert len(await all_orders(connector, YESTERDAY)) == 1


# Rule R3: no order is missed


async def test_equal_stamps_over_a_page_edge(world: World) -> None:
    world.stock(1)
    sell_spread(world, 245)
    for _number in range(40):
        world.shop.sell("S0", force=True)
    world.pass_time(seconds=1)
    sell_spread(world, 40)
    async with world.connected() as connector:
        found = await all_orders(connector, YESTERDAY)
    assert {each.id for each in found} == {str(each.id) for each in world.shop.orders}


@pytest.mark.parametrize("count", [250, 251, 800])
async def test_more_orders_of_one_second_than_a_page_holds(world: World, count: int) -> None:
    """As when somebody sets hundreds of orders to Shipped at once."""
    world.stock(1)
    before = sell_spread(world, 3)
    world.pass_time(minutes=5)
    for _number in range(count):
        world.shop.sell("S0", force=True)
    world.pass_time(seconds=1)
    after = sell_spread(world, 3)
    async with world.connected() as connector:
        pages = await all_pages(connector, YESTERDAY)
    found = {each.id for page in pages for each in page.orders}
    assert found == {str(each.id) for each in world.shop.orders}
    assert {str(each.id) for each in before + after} <= found
    assert len(world.calls) < 12


async def test_a_page_that_shifts_while_orders_change_loses_none(world: World) -> None:
    """Each page read, orders of it move to the end of the list and all others move up."""
    world.stock(1)
    sold = sell_spread(world, 600)

    def some_change(first: int) -> Callable[[], None]:
        def change() -> None:
            for order in sold[first : first + 5]:
                world.shop.touch(order)

        return change

    async with world.connected() as connector:
        await all_orders(connector, world.clock.now())  # the settings are known from here on
        world.line.meanwhile = [some_change(0), some_change(250)]
        found = await all_orders(connector, YESTERDAY)
    assert world.line.meanwhile == []
    assert {each.id for each in found} == {str(each.id) for each in sold}


async def test_rows_that_come_late_are_within_the_overlap(world: World) -> None:
    world.stock(1)
    late = world.shop.sell("S0", lag=timedelta(minutes=4))
    world.pass_time(seconds=30)
    early = world.shop.sell("S0")
    async with world.connected() as connector:
        pages = await all_pages(connector, YESTERDAY)
        assert [each.id for page in pages for each in page.orders] == [str(early.id)]
        world.pass_time(minutes=5)
        again = await all_orders(connector, pages[-1].cursor)
    assert {each.id for each in again} == {str(late.id), str(early.id)}


async def test_r3_a_long_reading_does_not_lose_what_was_listable_behind_it(world: World) -> None:
    """A page is passed while a row of its minutes is not listable; the rest comes much later."""
    world.stock(1)
    sell_spread(world, 245, seconds=1)
    late = world.shop.sell("S0", lag=timedelta(minutes=4), force=True)
    sell_spread(world, 20)
    async with world.connected() as connector:
        cursor = ""
        async for page in connector.orders(YESTERDAY):
            assert str(late.id) not in {each.id for each in page.orders}
            cursor = page.cursor
            world.pass_time(minutes=8)  # its limits make it wait
            world.shop.sell("S0", force=True)
        assert str(late.id) in {each.id for each in await all_orders(connector, cursor)}


async def test_a_cursor_works_at_any_later_time_and_in_another_process(world: World) -> None:
    world.stock(1)
    sell_spread(world, 300)
    async with world.connected() as connector:
        pages = [page async for page in connector.orders(YESTERDAY)]
    world.pass_time(days=20)
    news = world.shop.sell("S0", force=True)
    for page in pages:
        async with world.connected() as connector:
            found = {each.id for each in await all_orders(connector, page.cursor)}
        seen = {each.id for before in pages[: pages.index(page) + 1] for each in before.orders}
        assert str(news.id) in found
        assert found | seen == {str(each.id) for each in world.shop.orders}


async def test_orders_come_oldest_change_first(world: World) -> None:
    world.stock(1)
    first, second = sell_spread(world, 2)
    world.shop.touch(first)
    async with world.connected() as connector:
        found = await all_orders(connector, YESTERDAY)
    assert [each.id for each in found] == [str(second.id), str(first.id)]


# By id


async def test_orders_by_their_ids(world: World) -> None:
    world.stock(1)
    sold = sell_spread(world, 5)
    archived, deleted = sold[1], sold[2]
    world.shop.archive_order(archived)
    world.shop.delete_order(deleted)
    asked = [str(each.id) for each in sold[:4]]
    async with world.connected() as connector:
        found = await connector.orders_by_id([*asked, "nonsense", asked[0], "²"])
        assert await connector.orders_by_id([]) == []
    assert [each.id for each in found] == [asked[0], asked[1], asked[3]]
    # One list for the run, then what it did not hold, each by itself; one was deleted, or the
    # store: a list says which.
    assert world.calls.count(ORDERS) == 2
    assert [each.status for each in world.line.exchanges if "/orders/" in each.path] == [200, 404]


async def test_ids_far_apart_are_read_one_by_one(world: World) -> None:
    world.stock(1)
    sold = sell_spread(world, 3)
    sold[2].id += 10_000
    world.shop.touch(sold[2])
    async with world.connected() as connector:
        found = await connector.orders_by_id([str(each.id) for each in sold])
    assert len(found) == 3
    assert len([name for name in world.calls if name.startswith("GET /v2/orders")]) == 2


@pytest.mark.parametrize("worded", ["list", "object", "nothing"])
async def test_a_deleted_order_is_left_out_however_its_404_is_worded(
    world: World, worded: Any
) -> None:
    world.shop.missing_order = worded
    world.stock(1)
    kept, deleted = sell_spread(world, 2)
    world.shop.delete_order(deleted)
    async with world.connected() as connector:
        found = await connector.orders_by_id([str(kept.id), str(deleted.id)])
        assert await connector.orders_by_id([str(deleted.id)]) == []
    assert [each.id for each in found] == [str(kept.id)]


@pytest.mark.parametrize("orders", [1, 2])
async def test_a_store_that_is_gone_does_not_make_its_orders_gone(
    world: World, orders: int
) -> None:
    world.stock(1)
    ids = [str(order.id) for order in sell_spread(world, orders)]
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault("gone"))
        with pytest.raises(Refused, match="no open BigCommerce store"):
            await connector.orders_by_id(ids)
        world.shop.faults.clear()
        assert len(await connector.orders_by_id(ids)) == orders


# Odd answers


@pytest.mark.parametrize(
    "spoil",
    [
        lambda row: row.pop("status_id"),
        lambda row: row.update(date_modified="yesterday"),
        lambda row: row.update(consignments={"url": "x", "resource": "y"}),
        lambda row: row["consignments"]["shipping"][0].update(line_items=[{"url": "x"}]),
        lambda row: row["consignments"]["shipping"][0]["line_items"][0].update(quantity="2"),
        lambda row: row["consignments"]["shipping"][0]["line_items"][0].pop("quantity_refunded"),
    ],
)
async def test_half_an_order_is_no_order(world: World, spoil: Callable[[Any], object]) -> None:
    world.stock(1)
    order = world.shop.sell("S0")
    spoil(order.versions[-1][2])
    async with world.connected() as connector:
        with pytest.raises(Unavailable):
            await all_orders(connector, YESTERDAY)
        world.shop.touch(order)
        assert len(await all_orders(connector, YESTERDAY)) == 1
