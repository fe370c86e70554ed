"""Where the lines of orders are sent from: one place, several, moved, not known."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest

from connectors.protocol import Connector, RemoteOrder
from connectors.shopify.scopes import OTHERS_PLACES, OWN_PLACES
from sandbox.shopify import Fault
from tests.connectors.line import START
from tests.connectors.shopify.several_places import Places, assert_books
from tests.connectors.shopify.world import World, all_orders, all_pages

YESTERDAY = START - timedelta(days=1)
Row = tuple[str | None, int, int]


@pytest.fixture
def shop() -> Places:
    return Places()


class DearPlaces(httpx.AsyncBaseTransport):
    """A line at whose other end the first reading of places asks for too much."""

    def __init__(self, inner: httpx.AsyncBaseTransport, shop: Places) -> None:
        self._inner = inner
        self._faults = [lambda: shop.shop.faults.switch_on(Fault("expensive", count=1))]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._faults and json.loads(request.content)["operationName"] == "Places":
            self._faults.pop()()
        return await self._inner.handle_async_request(request)


def rows(order: RemoteOrder) -> list[Row]:
    return sorted((line.location, line.taken, line.committed) for line in order.lines)


async def only_order(connector: Connector) -> RemoteOrder:
    (order,) = await all_orders(connector, YESTERDAY)
    return order


async def test_a_thousand_orders_of_several_places_are_four_calls_without_waiting(
    shop: Places,
) -> None:
    for level in shop.shop.levels():
        level.available = 2000
    for number in range(1000):
        shop.shop.sell("S0", location=shop.places[number % 3])
        shop.tick(1)
    async with shop.world.connected() as connector:
        pages = await all_pages(connector, YESTERDAY)
        assert shop.world.calls == ["Orders"] * 4
        where = [line.location for page in pages for each in page.orders for line in each.lines]
        assert where == [shop.places[number % 3].id for number in range(1000)]
        shop.tick(3600)
        await all_pages(connector, pages[-1].cursor)
        for number in range(1000):
            shop.shop.sell("S0", location=shop.places[number % 3])
            shop.tick(1)
        shop.world.line.exchanges.clear()
        pages = await all_pages(connector, pages[-1].cursor)
        assert sum(len(page.orders) for page in pages) >= 1000
        assert shop.world.calls == ["Orders"] * 6  # a page and a bit of them for the overlap
    assert shop.world.clock.slept == []


async def test_a_line_is_named_by_its_place_too(shop: Places) -> None:
    order = shop.shop.sell("S0", 2, location=shop.north)
    async with shop.world.connected() as connector:
        (line,) = (await only_order(connector)).lines
    number = shop.north.id.rpartition("/")[2]
    assert line.id == f"{order.lines[0].id}@{number}"
    assert (line.location, line.ordered, line.taken, line.committed) == (shop.north.id, 2, 2, 2)


async def test_a_shop_with_one_place_is_not_asked_for_places() -> None:
    world = World()
    world.stock(1)
    world.shop.sell("S0", 2)
    async with world.connected() as connector:
        (page,) = await all_pages(connector, YESTERDAY)
        assert page.orders == tuple(await all_orders(connector, page.cursor))
    (line,) = page.orders[0].lines
    # The only place there is now need not be where it was sent from.
    assert (line.location, line.located) == (world.place.id, False)
    first, second = world.line.exchanges
    assert first.variables["places"]  # nothing was known yet
    assert not second.variables["places"]
    assert "fulfillmentOrders" not in second.answer["data"]
    assert first.answer["extensions"]["cost"]["requestedQueryCost"] == 635
    assert second.answer["extensions"]["cost"]["requestedQueryCost"] == 415


async def test_a_closed_place_is_still_told_of(shop: Places) -> None:
    order = shop.shop.sell("S0", 2, location=shop.north)
    shop.shop.fulfil(order)
    async with shop.world.connected() as connector:
        (page,) = await all_pages(connector, YESTERDAY)
        for place in (shop.north, shop.south):
            place.active = False
        (found,) = await all_orders(connector, page.cursor)
    assert rows(found) == [(shop.north.id, 2, 0)]


async def test_units_of_a_deleted_place_are_told_without_it(shop: Places) -> None:
    for place, number in zip(shop.places, (1, 2, 0), strict=True):
        shop.shop.set_by_hand("S0", number, place)
    order = shop.shop.sell("S0", 3)
    shop.shop.fulfil(order)
    async with shop.world.connected() as connector:
        assert rows(await only_order(connector)) == sorted(
            [(shop.main.id, 1, 0), (shop.north.id, 2, 0)]
        )
        shop.north.active = False
        shop.shop.delete_location(shop.north)
        shop.shop.refund(order, "S0", 1, "RETURN", location=shop.main)
        lines = (await only_order(connector)).lines
    assert [(line.location, line.located, line.taken) for line in lines] == [
        (shop.main.id, True, 0),
        (None, False, 2),
    ]


async def test_a_place_opened_later_is_asked_for_at_once() -> None:
    world = World()
    world.stock(1)
    async with world.connected() as connector:
        (page,) = await all_pages(connector, YESTERDAY)
        await all_orders(connector, page.cursor)
        north = world.shop.add_location("North")
        world.shop.add_listing("N0", 5, at=[north])
        world.shop.sell("N0", 2)
        world.clock.time += timedelta(seconds=1)
        (order,) = await all_orders(connector, page.cursor)
    assert order.lines[0].location == north.id


async def test_without_the_permission_places_stay_unknown_and_nothing_is_missing(
    shop: Places,
) -> None:
    shop.shop.scopes -= {OWN_PLACES, OTHERS_PLACES}
    order = shop.shop.sell("S0", 2, location=shop.north)
    shop.tick(1)
    async with shop.world.connected() as connector:
        account = await connector.check()
        assert OWN_PLACES not in account.scopes
        (page,) = await all_pages(connector, YESTERDAY)
        (line,) = page.orders[0].lines
        assert (line.id, line.location, line.taken) == (order.lines[0].id, None, 2)
        shop.world.line.exchanges.clear()
        await all_orders(connector, page.cursor)
        assert shop.world.calls == ["Orders"]
    async with shop.world.connected() as connector:  # another process, the stored cursor
        shop.world.line.exchanges.clear()
        await all_orders(connector, page.cursor)
        assert shop.world.calls == ["Orders"]
        shop.shop.scopes |= {OWN_PLACES}
        (found,) = await all_orders(connector, page.cursor)
        assert found.lines[0].location == shop.north.id


async def test_a_permission_taken_away_does_not_end_the_reading(shop: Places) -> None:
    shop.shop.sell("S0")
    async with shop.world.connected() as connector:
        (page,) = await all_pages(connector, YESTERDAY)
        shop.shop.scopes -= {OWN_PLACES, OTHERS_PLACES}
        (order,) = await all_orders(connector, page.cursor)
        assert order.lines[0].location is None


async def test_a_line_may_be_split_over_places(shop: Places) -> None:
    for place, number in zip(shop.places, (2, 3, 1), strict=True):
        shop.shop.set_by_hand("S0", number, place)
    shop.shop.sell_many([("S0", 6), ("S1", 1)])
    async with shop.world.connected() as connector:
        order = await only_order(connector)
    assert shop.world.calls == ["Orders", "Places"]
    assert rows(order) == sorted(
        [
            (shop.main.id, 1, 1),
            (shop.main.id, 2, 2),
            (shop.north.id, 3, 3),
            (shop.south.id, 1, 1),
        ]
    )
    assert len({line.id for line in order.lines}) == 4


async def test_a_move_is_heard_of_though_the_order_does_not_tell(shop: Places) -> None:
    order = shop.shop.sell("S0", 2)
    shop.tick()
    shop.shop.sell("S1")
    shop.tick()
    async with shop.world.connected() as connector:
        (page,) = await all_pages(connector, YESTERDAY)
        shop.tick()
        shop.shop.move(order, shop.south)
        moved_at = shop.world.clock.time
        assert order.updated_at == START
        shop.tick()
        shop.world.line.exchanges.clear()
        pages = await all_pages(connector, page.cursor)
        assert shop.world.calls == ["Orders", "OrdersById"]
        (found,) = pages[-1].orders
        assert rows(found) == [(shop.south.id, 2, 2)]
        assert found.updated_at == moved_at
        # A crash before the last page was stored loses nothing.
        again = await all_pages(connector, pages[0].cursor)
        assert again[-1].orders == (found,)
        shop.tick()
        assert await all_orders(connector, pages[-1].cursor) == []


async def test_a_move_that_touches_its_order_is_read_once(shop: Places) -> None:
    shop.shop.moves_touch_orders = True
    order = shop.shop.sell("S0", 2)
    async with shop.world.connected() as connector:
        (page,) = await all_pages(connector, YESTERDAY)
        shop.tick()
        shop.shop.move(order, shop.south)
        shop.tick(1)
        shop.world.line.exchanges.clear()
        (found,) = await all_orders(connector, page.cursor)
    assert rows(found) == [(shop.south.id, 2, 2)]
    assert shop.world.calls == ["Orders"]


async def test_a_move_between_two_pages_is_not_missed(shop: Places) -> None:
    for level in shop.shop.levels():
        level.available = 2000
    async with shop.world.connected() as connector:
        (page,) = await all_pages(connector, YESTERDAY)
        sold = []
        for _ in range(300):
            sold.append(shop.shop.sell("S0"))
            shop.tick(1)
        latest: dict[str, RemoteOrder] = {}
        async for each in connector.orders(page.cursor):
            if not latest:
                shop.tick(1)
                shop.shop.move(sold[0], shop.north)
                shop.tick(1)
            latest |= {order.id: order for order in each.orders}
            page = each
        latest |= {order.id: order for order in await all_orders(connector, page.cursor)}
    assert rows(latest[sold[0].id]) == [(shop.north.id, 1, 1)]


async def test_more_moves_than_a_page_holds(shop: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.shopify.paging.PAGING_LIMIT", 500)
    monkeypatch.setattr("connectors.shopify.moves.PASS", 250)
    for level in shop.shop.levels():
        level.available = 2000
    sold = []
    for _ in range(700):
        sold.append(shop.shop.sell("S0"))
        shop.tick(1)
    async with shop.world.connected() as connector:
        with monkeypatch.context() as patch:
            patch.setattr("connectors.shopify.orders.PASS", 250)
            cursor = (await all_pages(connector, YESTERDAY))[-1].cursor
        shop.tick(3600)
        for order in sold:
            shop.shop.move(order, shop.north)
            shop.tick(1)
        found = {each.id: each for each in await all_orders(connector, cursor)}
    assert {rows(found[order.id])[0][0] for order in sold} == {shop.north.id}
    assert {"Moves", "OrdersById"} < set(shop.world.calls)


async def test_an_order_that_is_not_routed_yet_is_not_listable_yet(shop: Places) -> None:
    shop.shop.dispatch.routing_lag = timedelta(seconds=20)
    async with shop.world.connected() as connector:
        (page,) = await all_pages(connector, YESTERDAY)
        shop.shop.sell("S0", 2, location=shop.south)
        shop.tick(5)
        (page,) = await all_pages(connector, page.cursor)
        assert page.orders == ()
        shop.tick(30)
        found = await all_orders(connector, page.cursor)
    assert [rows(order) for order in found] == [[(shop.south.id, 2, 2)]]


async def test_an_order_that_nobody_routes_is_told_in_the_end(shop: Places) -> None:
    shop.shop.dispatch.routing_lag = timedelta(days=1)
    sold = shop.shop.sell("S0", 2, location=shop.south)
    shop.tick(60)
    async with shop.world.connected() as connector:
        (page,) = await all_pages(connector, YESTERDAY)
        assert page.orders == ()
        shop.tick(300)
        (found,) = await all_orders(connector, page.cursor)
        (by_id,) = await connector.orders_by_id([sold.id])
    assert found == by_id
    assert [(line.id, line.location) for line in found.lines] == [(sold.lines[0].id, None)]


async def test_places_of_fulfilment_services_need_their_own_permission(shop: Places) -> None:
    dropship = shop.shop.add_location("Dropship", fulfillment_service=True)
    shop.shop.add_listing("D0", 5, at=[dropship])
    shop.shop.sell_many([("S0", 1), ("D0", 1)])
    shop.tick()
    async with shop.world.connected() as connector:
        assert rows(await only_order(connector)) == sorted(
            [(shop.main.id, 1, 1), (dropship.id, 1, 1)]
        )
        shop.shop.scopes -= {OTHERS_PLACES}
        lines = (await only_order(connector)).lines
    # Never counted as ours: what is not shown to us is of no known place.
    assert [line.location for line in lines] == [shop.main.id, None]


async def test_units_that_come_back_elsewhere_come_back_there(shop: Places) -> None:
    order = shop.shop.sell("S0", 3, location=shop.north)
    shop.shop.fulfil(order)
    shop.shop.refund(order, "S0", 2, "RETURN", location=shop.south)
    async with shop.world.connected() as connector:
        found = await only_order(connector)
    assert rows(found) == sorted([(shop.north.id, 3, 0), (shop.south.id, -2, 0)])
    assert_books(shop, [found])


@pytest.mark.parametrize("restock", [True, False])
async def test_a_cancelled_order_keeps_its_place(shop: Places, restock: bool) -> None:
    order = shop.shop.sell("S0", 3, location=shop.north)
    shop.shop.cancel(order, restock=restock)
    async with shop.world.connected() as connector:
        found = await only_order(connector)
    assert rows(found) == [(shop.north.id, 0 if restock else 3, 0)]


async def test_many_places_and_lines_are_read_to_the_end(shop: Places) -> None:
    shop.shop.scopes -= {OTHERS_PLACES}  # so that no place is concluded from other lines
    skus = [f"M{number}" for number in range(320)]
    for sku in skus:
        shop.shop.add_listing(sku, 1, at=[shop.north])
    many = [shop.shop.add_location(f"Place {n}") for n in range(12)]
    shop.shop.add_listing("WIDE", 1, at=many)
    shop.shop.sell_many([(sku, 1) for sku in skus])
    shop.shop.sell("WIDE", 12)
    shop.shop.sell_many([(sku, 1) for sku in skus[:11]], force=True)
    async with shop.world.connected() as connector:
        long, wide, eleven = await all_orders(connector, YESTERDAY)
    assert {line.location for line in long.lines} == {shop.north.id}
    assert len(long.lines) == 320
    assert sorted(row[0] or "" for row in rows(wide)) == sorted(place.id for place in many)
    assert {line.location for line in eleven.lines} == {shop.north.id}
    assert set(shop.world.calls) == {
        "Orders",
        "Places",
        "MorePlaces",
        "MoreAssigned",
        "MoreLines",
    }


async def test_orders_of_many_lines_are_read_again_together(shop: Places) -> None:
    for _ in range(5):
        shop.shop.sell_many([("S0", 1)] * 11, location=shop.main, force=True)
    async with shop.world.connected() as connector:
        found = await all_orders(connector, YESTERDAY)
    assert {line.location for each in found for line in each.lines} == {shop.main.id}
    assert shop.world.calls == ["Orders", "Places"]


async def test_orders_of_many_lines_are_read_again_in_two_calls_where_one_is_too_dear(
    shop: Places,
) -> None:
    for _ in range(5):
        shop.shop.sell_many([("S0", 1)] * 11, location=shop.main, force=True)
    shop.world.line.inner = DearPlaces(shop.world.line.inner, shop)
    async with shop.world.connected() as connector:
        found = await all_orders(connector, YESTERDAY)
    assert [len(each.lines) for each in found] == [11] * 5
    assert {line.location for each in found for line in each.lines} == {shop.main.id}
    assert shop.world.calls == ["Orders", "Places", "Places", "Places", "Places"]
    sizes = [len(each.variables["ids"]) for each in shop.world.line.exchanges[1:]]
    assert sizes == [5, 2, 2, 1]


async def test_orders_are_read_in_smaller_pages_where_one_is_too_dear(
    shop: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    for level in shop.shop.levels():
        level.available = 2000
    sold = [shop.shop.sell("S0", location=shop.places[number % 3]).id for number in range(130)]
    monkeypatch.setattr("sandbox.shopify.graph.QUERY_LIMIT", 600)  # a page of 250: 635
    async with shop.world.connected() as connector:
        found = await all_orders(connector, YESTERDAY)
        assert [each.id for each in found] == sold
        sizes = [each.variables["first"] for each in shop.world.line.exchanges]
        assert sizes == [250, 125, 62, 62, 62]
        await all_orders(connector, YESTERDAY)
        assert len(shop.world.calls) == 8  # it is not tried again


# By their ids


async def test_orders_by_id_leave_out_what_is_gone(shop: Places) -> None:
    sold = [shop.shop.sell("S0", location=place) for place in shop.places]
    trial = shop.shop.sell("S1", test=True)
    shop.shop.delete_order(sold[1])
    async with shop.world.connected() as connector:
        listed = await all_orders(connector, YESTERDAY)
        ids = [each.id for each in (*sold, trial)]
        found = await connector.orders_by_id([*ids, ids[0], shop.shop.item("S0").id])
        assert found == listed
        assert [each.id for each in found] == [sold[0].id, sold[2].id]
        assert await connector.orders_by_id([]) == []
        assert shop.shop.available("S0", shop.north) == 10


async def test_orders_by_id_do_not_wait_for_the_index(shop: Places) -> None:
    late = shop.shop.sell("S0", lag=timedelta(minutes=1))
    shop.tick(10)
    async with shop.world.connected() as connector:
        assert await all_orders(connector, YESTERDAY) == []
        assert [each.id for each in await connector.orders_by_id([late.id])] == [late.id]


async def test_orders_by_id_go_in_batches_that_are_cut_where_they_are_too_dear(
    shop: Places,
) -> None:
    for level in shop.shop.levels():
        level.available = 2000
    ids = [shop.shop.sell("S0").id for _ in range(400)]
    shop.tick()
    async with shop.world.connected() as connector:
        shop.shop.faults.switch_on(Fault("expensive", count=1))
        found = await connector.orders_by_id(ids)
    assert [each.id for each in found] == ids
    sizes = [len(each.variables["ids"]) for each in shop.world.line.exchanges]
    assert sizes == [250, 125, 125, 125, 25]
