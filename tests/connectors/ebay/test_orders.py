"""Orders in: every change once at least, nothing personal, units only where they move."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from connectors.errors import Unavailable
from connectors.protocol import Connector, RemoteOrder, RemoteOrderLine
from sandbox.ebay import Fault
from sandbox.ebay.model import Order
from tests.connectors.ebay.world import YESTERDAY, World, all_listings, all_orders, all_pages
from tests.connectors.line import START

ORDERS = "GET /sell/fulfillment/v1/order"


async def only_line(connector: Connector) -> RemoteOrderLine:
    (order,) = await all_orders(connector, YESTERDAY)
    (line,) = order.lines
    return line


def sell_spread(world: World, count: int, *, seconds: float = 2) -> list[Order]:
    """Sell one unit at a time."""
    world.shop.add_listing("HOT", count + 500)
    orders = []
    for _ in range(count):
        orders.append(world.shop.sell("HOT"))
        world.pass_time(seconds=seconds)
    return orders


async def test_a_thousand_orders_take_five_calls(world: World) -> None:
    orders = sell_spread(world, 1000)
    async with world.connected() as connector:
        found = await all_orders(connector, YESTERDAY)
    assert world.calls == ["POST /identity/v1/oauth2/token", *[ORDERS] * 5]
    assert {each.id for each in found} == {each.id for each in orders}
    first = world.line.exchanges[1].query
    # No other filter stands beside it: eBay would drop this one without a word.
    assert first == {
        "filter": "lastmodifieddate:[2026-11-22T12:00:00.000Z..]",
        "limit": "200",
        "offset": "0",
    }
    assert [each.query["offset"] for each in world.line.exchanges[1:]] == [
        "0",
        "200",
        "400",
        "600",
        "800",
    ]


async def test_no_orders_is_one_call_and_a_cursor(world: World) -> None:
    async with world.connected() as connector:
        (page,) = await all_pages(connector, YESTERDAY)
        assert page.orders == ()
        (again,) = await all_pages(connector, page.cursor)
        assert again.cursor == page.cursor


async def test_what_an_order_says_of_itself(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0", 2, payment="PENDING")
    world.pass_time(minutes=3)
    world.shop.pay(order)
    async with world.connected() as connector:
        (found,) = await all_orders(connector, YESTERDAY)
    (line,) = order.lines
    assert found == RemoteOrder(
        id=order.id,
        name=order.id,
        created_at=START,
        updated_at=START + timedelta(minutes=3),
        state="open",
        lines=(
            RemoteOrderLine(
                id=line.id,
                ref=world.ref("S0"),
                sku="S0",
                ordered=2,
                taken=2,
                committed=2,
            ),
        ),
    )


async def test_lines_lead_to_the_listings_that_an_import_found(world: World) -> None:
    page = world.shop.add_parent("Scarf")
    sold = [
        world.shop.add_listing("OLD", 5),
        world.shop.add_listing("NEW", 5, model="inventory"),
        world.shop.add_listing(None, 5),
        world.shop.add_listing("RED", 5, variant="Red", listing=page),
        world.shop.add_listing(None, 5, variant="Blue & green", listing=page),
        world.shop.add_listing("TWIN", 5),
        world.shop.add_listing("TWIN", 5),
    ]
    for each in sold:
        world.shop.sell(each)
    async with world.connected() as connector:
        listed = {each.ref: each for each in await all_listings(connector)}
        orders = await all_orders(connector, YESTERDAY)
    refs = [line.ref for order in orders for line in order.lines]
    assert set(refs) == set(listed)
    assert len(refs) == 7
    assert all(line.sku == listed[line.ref or ""].sku for each in orders for line in each.lines)


# What happens to an order


async def test_units_are_taken_at_first_sight_paid_or_not(world: World) -> None:
    world.stock(1)
    world.shop.sell("S0", 2, payment="PENDING")
    async with world.connected() as connector:
        line = await only_line(connector)
    assert (line.taken, line.committed, line.restock_known) == (2, 2, True)
    assert world.shop.available("S0") == 3


async def test_only_a_cancelled_order_gives_units_back(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0", 2)
    async with world.connected() as connector:
        world.shop.ask_to_cancel(order)
        line = await only_line(connector)
        assert (line.taken, line.committed) == (2, 2)
        world.shop.refuse_to_cancel(order)
        assert await only_line(connector) == line
        world.shop.cancel(order)
        (cancelled,) = await all_orders(connector, YESTERDAY)
    (line,) = cancelled.lines
    assert (cancelled.state, line.taken, line.committed) == ("cancelled", 0, 0)
    # Whether they are on the listing again eBay does not promise.
    assert not line.restock_known


async def test_money_that_goes_back_moves_no_unit(world: World) -> None:
    world.stock(1)
    order = world.shop.sell("S0", 3)
    async with world.connected() as connector:
        before = await only_line(connector)
        world.shop.refund(order, "S0", 1)
        assert await only_line(connector) == before
        world.shop.refund(order)
        assert await only_line(connector) == before
        world.shop.fulfil(order)
        (sent,) = await all_orders(connector, YESTERDAY)
    assert (sent.state, sent.lines[0].taken, sent.lines[0].committed) == ("closed", 3, 0)


async def test_sent_units_of_a_cancelled_order_stay_taken(world: World) -> None:
    world.stock(2)
    order = world.shop.sell_many([("S0", 2), ("S1", 1)])
    world.shop.fulfil(order, "S0")
    async with world.connected() as connector:
        (found,) = await all_orders(connector, YESTERDAY)
        assert [(line.taken, line.committed) for line in found.lines] == [(2, 0), (1, 1)]
        assert found.state == "open"
        world.shop.cancel(order)
        (found,) = await all_orders(connector, YESTERDAY)
    assert [(line.taken, line.committed) for line in found.lines] == [(2, 0), (0, 0)]


# The cursor


async def test_r3_equal_stamps_over_a_page_edge(world: World) -> None:
    orders = sell_spread(world, 450, seconds=0)
    async with world.connected() as connector:
        found = await all_orders(connector, YESTERDAY)
    assert {each.id for each in found} == {each.id for each in orders}


@pytest.mark.parametrize("by", ["created", "modified"])
async def test_r3_pages_that_shift_while_orders_change_lose_none(world: World, by: str) -> None:
    orders = sell_spread(world, 450)
    world.shop.orders_by = "created" if by == "created" else "modified"
    async with world.connected() as connector:
        await connector.check()

        def change() -> None:
            world.shop.touch(orders[0])
            world.shop.sell("HOT")

        # After the first page: one that was on it changes, and a new one comes.
        world.line.meanwhile = [change]
        pages = await all_pages(connector, YESTERDAY)
        found = {each.id for page in pages for each in page.orders}
        assert found >= {each.id for each in orders}
        later = await all_orders(connector, pages[-1].cursor)
    assert {each.id for each in world.shop.orders} <= found | {each.id for each in later}


async def test_r3_the_cursor_stays_until_the_last_page_and_behind_the_reading(
    world: World,
) -> None:
    orders = sell_spread(world, 450)
    begun = world.clock.time
    async with world.connected() as connector:
        await connector.check()

        def change() -> None:
            world.pass_time(minutes=20)
            world.shop.touch(orders[0])
            world.shop.touch(orders[449])

        # After the first page one of it changes, which is not met again, and one that is.
        world.line.meanwhile = [change]
        pages = await all_pages(connector, YESTERDAY)
    cursors = [json.loads(page.cursor)["updated_at"] for page in pages]
    assert cursors[0] == cursors[1] == YESTERDAY.isoformat()
    # By eBay's clock, which is known to the second.
    assert YESTERDAY.isoformat() < cursors[-1] <= (begun + timedelta(seconds=1)).isoformat()


async def test_r3_rows_that_come_late_are_within_the_overlap(world: World) -> None:
    world.stock(2)
    async with world.connected() as connector:
        late = world.shop.sell("S0", lag=timedelta(minutes=2))
        world.pass_time(seconds=30)
        world.shop.sell("S1")
        pages = await all_pages(connector, YESTERDAY)
        assert late.id not in {each.id for page in pages for each in page.orders}
        world.pass_time(minutes=2)
        found = {each.id for each in await all_orders(connector, pages[-1].cursor)}
    assert late.id in found


async def test_a_clock_of_ours_that_is_ahead_asks_for_no_future(world: World) -> None:
    world.stock(1)
    world.shop.sell("S0")
    async with world.connected() as connector:
        assert len(await all_orders(connector, START + timedelta(seconds=90))) == 1


async def test_nothing_older_than_ebay_tells_is_asked_for(world: World) -> None:
    async with world.connected() as connector:
        assert await all_orders(connector, START - timedelta(days=1000)) == []
    assert world.line.exchanges[-1].query["filter"].startswith("lastmodifieddate:[2024-11-24T")


async def test_orders_come_oldest_change_first(world: World) -> None:
    orders = sell_spread(world, 4)
    world.shop.touch(orders[1])
    async with world.connected() as connector:
        found = [each.id for each in await all_orders(connector, YESTERDAY)]
    assert found == [orders[at].id for at in (0, 2, 3, 1)]


async def test_orders_by_their_ids_are_fifty_a_call(world: World) -> None:
    orders = sell_spread(world, 60)
    ids = [each.id for each in orders]
    async with world.connected() as connector:
        found = await connector.orders_by_id([*ids, "99-00000-00000", "no such, id", *ids[:2]])
        assert sorted(each.id for each in found) == sorted(ids)
        assert await connector.orders_by_id([]) == []
    assert world.calls[1:] == [ORDERS] * 2


async def test_half_an_order_is_no_order(world: World) -> None:
    world.stock(1)
    world.shop.sell("S0")
    async with world.connected() as connector:
        world.shop.faults.switch_on(Fault("missing_fields", only="orders"))
        with pytest.raises(Unavailable):
            await all_orders(connector, YESTERDAY)
        with pytest.raises(Unavailable):
            await connector.orders_by_id([world.shop.orders[0].id])
        world.shop.faults.clear()
        assert len(await all_orders(connector, YESTERDAY)) == 1


async def test_nothing_personal_comes_along(world: World) -> None:
    world.stock(1)
    world.shop.sell("S0")
    async with world.connected() as connector:
        found = await all_orders(connector, YESTERDAY)
    raw = world.line.exchanges[-1].answer["orders"][0]
    assert raw["buyer"]["username"]
    assert raw["buyer"]["username"] not in repr(found)
