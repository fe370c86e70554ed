"""The sums over places: whatever happened to an order, they are the books of each place."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.protocol import RemoteOrder
from connectors.shopify.lines import LineStock
from connectors.shopify.places import Part, Returned, Share, part_id, parts
from sandbox.shopify.model import Location, Order
from sandbox.shopify.shop import Shop
from tests.connectors.line import START
from tests.connectors.shopify.several_places import Places, assert_books
from tests.connectors.shopify.world import all_pages

YESTERDAY = START - timedelta(days=1)
ACTS = ("fulfil", "return", "cancel unit", "add", "remove", "move", "move some", "split", "cancel")


@settings(deadline=None, max_examples=60)  # the machine may be busy
@given(
    st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["S0", "S1"])), min_size=1, max_size=3),
    st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 2), st.integers(0, 2)), max_size=10),
)
async def test_each_places_books_agree_after_any_history(
    basket: list[tuple[int, str]], history: list[tuple[str, int, int]]
) -> None:
    shop = Places()
    for place, number in zip(shop.places, (4, 3, 19), strict=True):
        shop.shop.set_by_hand("S0", number, place)
    orders = [shop.shop.sell(sku, quantity) for quantity, sku in basket]
    start = {(level.item.id, level.location.id): level.available for level in shop.shop.levels()}
    for order in orders:
        for each in order.fulfillments:
            for part in each.lines:
                assert part.line.variant
                start[part.line.variant.item.id, each.location.id] += part.total
    latest: dict[str, RemoteOrder] = {}
    async with shop.world.connected() as connector:
        cursor = ""
        for act, which, where in [("look", 0, 0), *history]:
            _act(shop.shop, orders[which % len(orders)], act, shop.places[where])
            shop.tick(30)
            pages = await all_pages(connector, cursor or YESTERDAY)
            cursor = pages[-1].cursor
            latest |= {order.id: order for page in pages for order in page.orders}
        assert list(latest.values()) == await connector.orders_by_id(list(latest))
    assert_books(shop, list(latest.values()), start)


def _act(shop: Shop, order: Order, act: str, place: Location) -> None:
    """Do what can be done; what cannot is a schedule without that act."""
    (line,) = order.lines
    sku = line.sku or ""
    if order.cancelled_at is not None:
        return
    if act == "fulfil" and line.unfulfilled:
        shop.fulfil(order, sku, 1)
    elif act == "return" and line.current > line.unfulfilled:
        shop.refund(order, sku, 1, "RETURN", location=place)
    elif act == "cancel unit" and line.unfulfilled:
        shop.refund(order, sku, 1, "CANCEL")
    elif act == "add":
        shop.edit_quantity(order, sku, line.current + 1)
    elif act == "remove" and line.unfulfilled:
        shop.edit_quantity(order, sku, line.current - 1)
    elif act == "cancel" and line.unfulfilled == line.current:
        shop.cancel(order)
    elif act in ("move", "move some", "split"):
        try:
            if act == "split":
                shop.split(order, sku, 1)
            else:
                shop.move(order, place, sku=sku, quantity=None if act == "move" else 1)
        except ValueError:
            return


units = st.integers(min_value=0, max_value=9)
spots = st.sampled_from(["gid://shopify/Location/1", "gid://shopify/Location/2", "x/3"])
shares_of = st.lists(st.builds(Share, place=spots, total=units, remaining=units), max_size=4)
returned_of = st.lists(
    st.builds(Returned, place=st.none() | spots, units=units, were_unsent=st.booleans()),
    max_size=3,
)


@given(units, units, units, shares_of, returned_of, st.sets(spots))
def test_whatever_fulfilment_orders_say_the_sums_are_the_lines_own(
    ordered: int,
    taken: int,
    committed: int,
    shares: list[Share],
    returned: list[Returned],
    others: set[str],
) -> None:
    stock = LineStock(taken=max(taken, committed), committed=committed, restock_known=True)
    found = parts(ordered, stock, shares, returned, others=others)
    assert sum(part.ordered for part in found) == ordered
    assert sum(part.taken for part in found) == stock.taken
    assert sum(part.committed for part in found) == committed
    assert all(part.committed >= 0 and part.ordered >= 0 for part in found)
    assert len({part_id("L", part.place) for part in found}) == len(found) >= 1
    assert found == parts(ordered, stock, shares[::-1], returned[::-1], others=others)
    known = {share.place for share in shares} | {each.place for each in returned} | others
    assert {part.place for part in found} <= known | {None}


def test_units_cancelled_before_they_were_sent_count_where_they_were() -> None:
    """Whether a fulfilment order still counts them or not."""
    stock = LineStock(taken=1, committed=0, restock_known=True)
    back = [Returned("a", 1, were_unsent=True)]
    for shares in ([Share("b", 1, 0)], [Share("a", 1, 0), Share("b", 1, 0)]):
        found = parts(2, stock, shares, back)
        assert [each for each in found if each.taken] == [
            Part("b", ordered=1, taken=1, committed=0)
        ]
