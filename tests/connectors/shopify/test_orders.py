"""Reading orders: none missed, and what each line did to stock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connectors.errors import Refused
from connectors.protocol import Connector, RemoteOrderLine
from connectors.shopify.document import Document
from connectors.shopify.order_documents import ORDERS
from sandbox.shopify.model import Order, Refund, RefundLine
from tests.connectors.line import START
from tests.connectors.shopify.world import World, all_orders, all_pages

YESTERDAY = START - timedelta(days=1)


async def only_line(connector: Connector) -> RemoteOrderLine:
    (order,) = await all_orders(connector, YESTERDAY)
    (line,) = order.lines
    return line


async def test_a_thousand_orders_are_four_calls_without_waiting(world: World) -> None:
    world.stock(1, available=2000)
    for _ in range(1000):
        world.shop.sell("S0")
        world.clock.time += timedelta(seconds=1)
    async with world.connected() as connector:
        pages = await all_pages(connector, YESTERDAY)
    assert [len(page.orders) for page in pages] == [250] * 4
    assert world.calls == ["Orders"] * 4
    assert world.clock.slept == []


async def test_no_orders_still_give_a_cursor_to_go_on_from(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        (page,) = await all_pages(connector, START)
        assert page.orders == ()
        world.clock.time += timedelta(minutes=10)
        sold = world.shop.sell("S0")
        (order,) = await all_orders(connector, page.cursor)
    assert order.id == sold.id


async def test_oldest_change_comes_first_and_the_cursor_overlaps(world: World) -> None:
    world.stock(1)
    first = world.shop.sell("S0")
    world.clock.time += timedelta(minutes=1)
    second = world.shop.sell("S0")
    world.clock.time += timedelta(minutes=1)
    world.shop.touch(first)
    async with world.connected() as connector:
        (page,) = await all_pages(connector, YESTERDAY)
        assert [order.id for order in page.orders] == [second.id, first.id]
        again = await all_orders(connector, page.cursor)
    assert [order.id for order in again] == [second.id, first.id]


async def test_a_row_that_becomes_listable_late_is_not_missed(world: World) -> None:
    world.stock(1)
    late = world.shop.sell("S0", lag=timedelta(seconds=110))
    world.clock.time += timedelta(seconds=60)
    prompt = world.shop.sell("S0")
    async with world.connected() as connector:
        (page,) = await all_pages(connector, YESTERDAY)
        assert [order.id for order in page.orders] == [prompt.id]
        world.clock.time += timedelta(seconds=60)
        found = await all_orders(connector, page.cursor)
    assert {order.id for order in found} == {late.id, prompt.id}


async def test_equal_stamps_over_page_edges_are_all_read_from_any_stored_cursor(
    world: World,
) -> None:
    world.stock(1, available=2000)
    sold = {world.shop.sell("S0").id for _ in range(600)}
    async with world.connected() as connector:
        pages = await all_pages(connector, YESTERDAY)
        assert {order.id for page in pages for order in page.orders} == sold
        for page in pages:  # crashed right after this page was stored
            assert {order.id for order in await all_orders(connector, page.cursor)} == sold


async def test_more_orders_than_one_connection_can_be_paged_through(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.shopify.paging.PAGING_LIMIT", 600)
    monkeypatch.setattr("connectors.shopify.orders.PASS", 500)
    world.stock(1, available=2000)
    sold = set()
    for number in range(1300):
        sold.add(world.shop.sell("S0").id)
        world.clock.time += timedelta(seconds=number % 7 == 0)
    async with world.connected() as connector:
        found = await all_orders(connector, YESTERDAY)
    assert {order.id for order in found} == sold
    assert len(world.calls) <= 8


async def test_times_are_utc_whatever_offset_they_are_asked_or_told_in(world: World) -> None:
    world.stock(1)
    world.clock.time = datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC)  # the hour that comes twice
    first = world.shop.sell("S0")
    world.clock.time += timedelta(seconds=2)
    second = world.shop.sell("S0")
    since = datetime.fromisoformat("2026-10-25T02:59:59+02:00")
    async with world.connected() as connector:
        found = await all_orders(connector, since)
    assert [order.id for order in found] == [first.id, second.id]
    assert found[0].updated_at == datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC)
    query = world.line.exchanges[0].variables["query"]
    assert query == "updated_at:>='2026-10-25T00:59:59Z'"


async def test_test_orders_are_passed_over(world: World) -> None:
    world.stock(1)
    world.shop.sell("S0", test=True)
    real = world.shop.sell("S0")
    async with world.connected() as connector:
        assert [order.id for order in await all_orders(connector, YESTERDAY)] == [real.id]


async def test_orders_beyond_sixty_days_need_another_permission(world: World) -> None:
    world.stock(1)
    old = world.shop.sell("S0")
    world.clock.time += timedelta(days=61)
    async with world.connected() as connector:
        assert await all_orders(connector, YESTERDAY) == []
        world.shop.scopes |= {"read_all_orders"}
        assert [order.id for order in await all_orders(connector, YESTERDAY)] == [old.id]
        assert connector.traits.order_history == timedelta(days=60)


async def test_many_lines_and_refunds_are_read_to_the_end(world: World) -> None:
    skus = world.stock(300)
    order = world.shop.sell_many([(sku, 2) for sku in skus])
    world.shop.cancel(order)
    async with world.connected() as connector:
        (found,) = await all_orders(connector, YESTERDAY)
    assert len(found.lines) == 300
    assert {(line.ordered, line.taken, line.committed) for line in found.lines} == {(2, 0, 0)}
    assert world.calls == ["Orders", "MoreRefunded", "MoreRefunded", "MoreLines", "MoreLines"]


async def test_an_order_is_known_by_its_line_ids_and_its_sku_at_the_time(world: World) -> None:
    world.stock(2)
    item = world.shop.item("S0").id
    world.shop.sell_many([("S0", 1), ("S1", 3)])
    world.shop.rename_sku("S0", "RENAMED")
    world.shop.delete("S1")
    async with world.connected() as connector:
        (order,) = await all_orders(connector, YESTERDAY)
    kept, deleted = order.lines
    assert (kept.ref, kept.sku) == (item, "S0")
    assert (deleted.ref, deleted.sku, deleted.taken) == (None, "S1", 3)
    assert order.name == "#1001"
    assert order.state == "open"
    assert kept.location == world.place.id  # the only one


async def test_sold_then_sent(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0", 3)
    async with world.connected() as connector:
        line = await only_line(connector)
        assert (line.ordered, line.taken, line.committed) == (3, 3, 3)
        world.shop.fulfil(order, "S0", 1)
        line = await only_line(connector)
        assert (line.taken, line.committed) == (3, 2)
        world.shop.fulfil(order)
        (found,) = await all_orders(connector, YESTERDAY)
    assert (found.lines[0].taken, found.lines[0].committed) == (3, 0)
    assert found.state == "closed"


@pytest.mark.parametrize(("restock", "taken"), [(True, 0), (False, 2)])
async def test_cancelled(world: World, restock: bool, taken: int) -> None:
    world.stock(1)
    world.shop.cancel(world.shop.sell("S0", 2), restock=restock)
    async with world.connected() as connector:
        (found,) = await all_orders(connector, YESTERDAY)
    (line,) = found.lines
    assert found.state == "cancelled"
    assert (line.ordered, line.taken, line.committed) == (2, taken, 0)
    assert line.restock_known


async def test_sold_and_cancelled_within_one_second(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0", 2)
    async with world.connected() as connector:
        before = (await all_orders(connector, YESTERDAY))[0]
        world.shop.cancel(order)
        after = (await all_orders(connector, YESTERDAY))[0]
    assert before.updated_at == after.updated_at
    assert (before.lines[0].taken, after.lines[0].taken) == (2, 0)


@pytest.mark.parametrize(
    ("kind", "sent", "taken", "committed"),
    [
        ("RETURN", 3, 2, 0),
        ("CANCEL", 0, 2, 2),
        ("NO_RESTOCK", 3, 3, 0),  # a sent unit that never came back
        ("NO_RESTOCK", 0, 3, 2),  # an unsent unit written off
        ("NO_RESTOCK", 1, 3, 2),  # of sent units first
    ],
)
async def test_refunds_follow_the_restock_type(
    world: World, kind: str, sent: int, taken: int, committed: int
) -> None:
    world.stock(1)
    order = world.shop.sell("S0", 3)
    if sent:
        world.shop.fulfil(order, "S0", sent)
    world.shop.refund(order, "S0", 1, kind)
    async with world.connected() as connector:
        line = await only_line(connector)
    assert (line.taken, line.committed) == (taken, committed)
    assert line.restock_known
    # The shop's own books say the same.
    assert world.shop.available("S0") == 5 - line.taken
    assert world.shop.committed("S0") == line.committed


async def test_a_restock_that_did_not_happen_gives_nothing_back(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0", 2)
    refund_by_hand(order, "CANCEL", restocked=False)
    async with world.connected() as connector:
        line = await only_line(connector)
    assert (line.taken, line.committed) == (2, 1)


async def test_the_older_restock_type_gives_back(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0", 2)
    refund_by_hand(order, "LEGACY_RESTOCK", restocked=True)
    async with world.connected() as connector:
        line = await only_line(connector)
    assert (line.taken, line.committed) == (1, 1)


def refund_by_hand(order: Order, kind: str, *, restocked: bool) -> None:
    (line,) = order.lines
    line.current -= 1
    line.unfulfilled -= 1
    refund = RefundLine(line, 1, kind, restocked)
    order.refunds.append(Refund("gid://shopify/Refund/1", [refund]))


async def test_edited_down_and_up_again(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0", 2)
    async with world.connected() as connector:
        world.shop.edit_quantity(order, "S0", 1)
        line = await only_line(connector)
        assert (line.taken, line.committed, line.restock_known) == (1, 1, False)
        world.shop.edit_quantity(order, "S0", 4)
        line = await only_line(connector)
    assert (line.taken, line.committed) == (4, 4)
    assert world.shop.available("S0") == 5 - line.taken
    assert world.shop.committed("S0") == line.committed


async def test_a_filter_that_is_not_understood_is_no_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shopify would hand out everything, with a warning beside it only."""
    world.stock(1)
    world.shop.sell("S0")
    unknown = ORDERS.text.replace("query: $query", "query: \"updatd_at:>='2026-01-01'\"")
    unknown = unknown.replace("$query: String!", "")
    replaced = Document("Orders", unknown)
    monkeypatch.setattr("connectors.shopify.orders.ORDERS", replaced)
    async with world.connected() as connector:
        with pytest.raises(Refused, match="did not understand"):
            await all_orders(connector, YESTERDAY)
