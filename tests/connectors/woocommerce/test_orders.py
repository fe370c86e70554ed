"""Orders: none is lost, whatever moves while they are read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.woocommerce import Fault
from tests.connectors.line import START
from tests.connectors.woocommerce.world import Exchange, World, all_orders, all_pages, only_line

LONG_AGO = START - timedelta(days=30)


def sell_many(world: World, count: int, *, seconds: float = 7) -> list[str]:
    """Let orders come in, one after the other; answer their ids."""
    world.shop.add_listing("MUG", 10 * count)
    ids = []
    for _ in range(count):
        ids.append(str(world.shop.sell("MUG").id))
        world.wait(seconds=seconds)
    return ids


async def test_a_thousand_orders_take_ten_calls_and_a_look_into_the_trash(world: World) -> None:
    ids = sell_many(world, 1000)
    async with world.connected() as connector:
        found = await all_orders(connector, LONG_AGO)
    assert [each.id for each in found] == ids
    assert world.calls == ["GET /orders"] * 11
    assert [each.url.params["status"] for each in world.wire.exchanges].count("trash") == 1


async def test_dates_are_sent_the_one_way_that_is_read_right_everywhere(world: World) -> None:
    world.shop.utc_offset = timedelta(hours=-5)
    ids = sell_many(world, 3)
    async with world.connected() as connector:
        (page, _) = await all_pages(connector, START - timedelta(seconds=1, microseconds=5))
        assert [each.id for each in page.orders] == ids
    asked = world.wire.exchanges[0].url.params
    assert asked["modified_after"] == "2026-11-23T11:59:57"
    assert asked["dates_are_gmt"] == "true"


async def test_the_first_moment_is_included(world: World) -> None:
    ids = sell_many(world, 1)
    async with world.connected() as connector:
        assert [each.id for each in await all_orders(connector, START)] == ids
        assert await all_orders(connector, START + timedelta(seconds=1)) == []


async def test_a_cursor_goes_on_with_an_overlap_at_any_later_time(world: World) -> None:
    first = sell_many(world, 2)
    async with world.connected() as connector:
        cursor = (await all_pages(connector, LONG_AGO))[-1].cursor
    world.wait(days=3)
    late = world.shop.sell("MUG")
    world.wait(seconds=5)
    async with world.connected() as connector:
        found = [each.id for each in await all_orders(connector, cursor)]
        assert found == [*first, str(late.id)]
        again = (await all_pages(connector, cursor))[-1].cursor
        assert [each.id for each in await all_orders(connector, again)] == [str(late.id)]


async def test_an_order_that_becomes_listable_late_is_found(world: World) -> None:
    sell_many(world, 1)
    late = world.shop.sell("MUG", lag=timedelta(seconds=25))
    world.wait(seconds=2)
    world.shop.sell("MUG")
    world.wait(seconds=2)
    async with world.connected() as connector:
        cursor = (await all_pages(connector, LONG_AGO))[-1].cursor
        world.wait(seconds=30)
        assert str(late.id) in {each.id for each in await all_orders(connector, cursor)}


async def test_r3_a_long_reading_does_not_lose_what_was_listable_behind_it(world: World) -> None:
    """A page is passed while a row of its minutes is not listable; the rest comes much later."""
    sell_many(world, 95, seconds=1)
    late = world.shop.sell("MUG", lag=timedelta(seconds=100))
    sell_many(world, 20, seconds=1)
    async with world.connected() as connector:
        cursor = ""
        async for page in connector.orders(LONG_AGO):
            assert str(late.id) not in {each.id for each in page.orders}
            cursor = page.cursor
            world.wait(minutes=3)  # its limits make it wait
            world.shop.sell("MUG")
        assert str(late.id) in {each.id for each in await all_orders(connector, cursor)}


@pytest.mark.parametrize("hidden", [False, True])
async def test_equal_stamps_over_the_edge_of_a_page(world: World, hidden: bool) -> None:
    ids = sell_many(world, 98)
    ids += sell_many(world, 250, seconds=0)  # a bulk act: one second, more than a page
    world.wait(seconds=1)
    ids += sell_many(world, 120)
    if hidden:
        world.shop.faults.switch_on(Fault("no_totals"))
    async with world.connected() as connector:
        found = await all_orders(connector, LONG_AGO)
    assert {each.id for each in found} == set(ids)


@pytest.mark.parametrize("count", [150, 250])
async def test_a_new_order_does_not_hide_one_at_the_edge(world: World, count: int) -> None:
    """One is left over in the second of the edge, one comes in: the numbers agree."""
    ids = sell_many(world, 99) + sell_many(world, 2, seconds=0)
    world.wait(seconds=1)
    ids += sell_many(world, count - 101)

    def buy(_: Exchange) -> None:
        world.wire.between = None
        world.wait(seconds=1)
        ids.append(str(world.shop.sell("MUG").id))

    world.wire.between = buy
    async with world.connected() as connector:
        assert {each.id for each in await all_orders(connector, LONG_AGO)} == set(ids)


@settings(max_examples=25)
@given(st.data())
async def test_no_order_is_lost_while_orders_change(data: st.DataObject) -> None:
    """Between any two calls orders are bought, changed, thrown away and deleted."""
    world = World()
    sell_many(world, data.draw(st.integers(90, 330)), seconds=0.4)
    acts = data.draw(
        st.lists(
            st.lists(st.sampled_from(["buy", "touch", "trash", "delete"]), max_size=4), max_size=9
        )
    )
    pending = iter(acts)

    def meanwhile(exchange: Exchange) -> None:
        for act in next(pending, []):
            alive = [each for each in world.shop.orders if each.status != "trash"]
            chosen = alive[data.draw(st.integers(0, len(alive) - 1))]
            match act:
                case "buy":
                    world.shop.sell("MUG", force=True)
                case "touch":
                    world.shop.touch(chosen)
                case "trash":
                    world.shop.trash(chosen)
                case "delete":
                    world.shop.delete_order(chosen)
        world.wait(seconds=0.3)

    world.wire.between = meanwhile
    known: dict[str, Any] = {}
    async with world.connected() as connector:
        since: Any = LONG_AGO
        for _ in range(2):  # what came during the first reading is in the second at the latest
            for page in await all_pages(connector, since):
                known.update({each.id: each for each in page.orders})
                since = page.cursor
        world.wire.between = None
        for page in await all_pages(connector, since):
            known.update({each.id: each for each in page.orders})
    for order in world.shop.orders:
        assert known[str(order.id)].updated_at == order.modified
        assert (known[str(order.id)].state == "cancelled") == (order.status == "trash")


async def test_a_reading_that_breaks_off_goes_on_from_any_page(world: World) -> None:
    ids = sell_many(world, 60, seconds=0) + sell_many(world, 60, seconds=0)
    world.wait(seconds=1)
    ids += sell_many(world, 130)
    async with world.connected() as connector:
        pages = await all_pages(connector, LONG_AGO)
        for number, page in enumerate(pages[:-1]):
            before = {order.id for each in pages[: number + 1] for order in each.orders}
            after = {order.id for order in await all_orders(connector, page.cursor)}
            assert before | after == set(ids)


@pytest.mark.parametrize("touches", [False, True])
async def test_an_order_in_the_trash_is_released(world: World, touches: bool) -> None:
    world.shop.trash_touches = touches
    world.stock(2)
    order = world.shop.sell("S0", 2)
    sent = world.shop.sell("S1")
    world.shop.fulfil(sent)
    world.wait(hours=5)
    async with world.connected() as connector:
        cursor = (await all_pages(connector, LONG_AGO))[-1].cursor
        world.shop.trash(order)
        world.shop.trash(sent)
        world.wait(seconds=5)
        pages = await all_pages(connector, cursor)
        thrown = {each.id: each for each in pages[-1].orders}
        line = only_line([thrown[str(order.id)]])
        assert (line.taken, line.committed, line.deducted) == (0, 0, 2)
        line = only_line([thrown[str(sent.id)]])  # what was sent does not come back by tidying up
        assert (line.taken, line.committed, line.deducted) == (1, 0, 1)
        assert [each.state for each in await connector.orders_by_id([str(order.id)])] == [
            "cancelled"
        ]
        # Nothing new in the trash: nothing to tell
        quiet = await all_pages(connector, pages[-1].cursor)
        assert str(sent.id) not in {each.id for page in quiet for each in page.orders}
        world.shop.restore(order)
        world.wait(seconds=5)
        found = {each.id: each for each in await all_orders(connector, pages[-1].cursor)}
    line = only_line([found[str(order.id)]])
    assert (line.taken, line.committed, line.deducted) == (2, 2, 2)


async def test_a_full_trash_is_read_page_by_page(world: World) -> None:
    ids = sell_many(world, 230)
    for order in world.shop.orders:
        world.shop.trash(order)
    async with world.connected() as connector:
        assert {each.id for each in await all_orders(connector, LONG_AGO)} == set(ids)


async def test_deleted_orders_are_left_out(world: World) -> None:
    ids = sell_many(world, 120)
    for order in world.shop.orders[:10]:
        world.shop.delete_order(order)
    async with world.connected() as connector:
        found = await connector.orders_by_id([*ids, "x", "", ids[50]])
    assert [each.id for each in found] == ids[10:]


async def test_refunds_are_asked_for_where_they_matter(world: World) -> None:
    world.shop.add_listing("A", 9)
    world.shop.add_listing("B", 9)
    order = world.shop.sell_many([("A", 3), ("B", 2)])
    world.shop.refund(order, "A", 1, "CANCEL")
    world.shop.refund(order, "A", 1, "NO_RESTOCK")
    world.shop.refund_money(order)
    world.wait(seconds=5)
    async with world.connected() as connector:
        (found,) = await all_orders(connector, LONG_AGO)
        first, second = found.lines
        assert (first.ordered, first.taken, first.committed, first.deducted) == (3, 2, 1, 2)
        assert (second.taken, second.committed, second.deducted) == (2, 2, 2)
        assert world.calls.count(f"GET /orders/{order.id}/refunds") == 1
        world.forget_calls()
        world.shop.fulfil(order)
        world.wait(seconds=5)
        (found,) = await all_orders(connector, LONG_AGO)
        assert [(each.taken, each.committed) for each in found.lines] == [(2, 0), (2, 0)]
        assert world.calls == ["GET /orders"] * 2


async def test_an_order_that_vanishes_while_its_refunds_are_read(world: World) -> None:
    world.stock(2)
    order = world.shop.sell("S0", 2)
    world.shop.refund(order, "S0", 1, "RETURN")
    stays = world.shop.sell("S1")
    world.wait(seconds=5)

    def vanish(_: Exchange) -> None:
        world.wire.between = None
        world.shop.delete_order(order)

    world.wire.between = vanish
    async with world.connected() as connector:
        assert [each.id for each in await all_orders(connector, LONG_AGO)] == [str(stays.id)]


async def test_lines_carry_both_names_of_a_variation(world: World) -> None:
    hat = world.shop.add_parent("Hat", 12, sku="HAT")
    red = world.shop.add_listing("HAT-RED", tracked=False, parent=hat)
    world.shop.sell("HAT-RED", 2)
    world.stock(1)
    world.shop.sell("S0")
    world.shop.delete("S0")
    world.wait(seconds=5)
    async with world.connected() as connector:
        of_variation, of_deleted = [
            line for order in await all_orders(connector, LONG_AGO) for line in order.lines
        ]
    assert (of_variation.ref, of_variation.within) == (f"{hat.id}:{red.id}", str(hat.id))
    assert of_variation.sku == "HAT-RED"
    assert (of_deleted.ref, of_deleted.within, of_deleted.sku) == (None, None, "")


@pytest.mark.parametrize("status", ["pending", "checkout-draft"])
async def test_nothing_is_taken_before_payment(world: World, status: str) -> None:
    world.stock(1)
    order = world.shop.sell("S0", 2, status=status)
    world.wait(seconds=5)
    async with world.connected() as connector:
        line = only_line(await all_orders(connector, LONG_AGO))
        assert (line.taken, line.committed, line.deducted) == (0, 0, 0)
        world.shop.move(order, "processing")
        world.wait(seconds=5)
        line = only_line(await all_orders(connector, LONG_AGO))
        assert (line.taken, line.committed, line.deducted) == (2, 2, 2)
