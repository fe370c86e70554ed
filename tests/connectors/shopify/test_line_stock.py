"""What a line did to stock, for every history a shop can produce."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.shopify.lines import LineFacts, line_stock
from sandbox.shopify import Shop
from sandbox.shopify.model import Order

units = st.integers(min_value=0, max_value=50)


@settings(deadline=None)  # the machine may be busy
@given(
    st.builds(
        LineFacts,
        quantity=units,
        current=units,
        unfulfilled=units,
        restocked=units,
        kept=units,
        cancelled=st.booleans(),
    )
)
def test_whatever_shopify_says_the_numbers_stay_within_the_order(facts: LineFacts) -> None:
    stock = line_stock(facts)
    assert 0 <= stock.committed <= stock.taken <= facts.quantity


acts = st.sampled_from(["fulfil", "return", "cancel unit", "write off", "add", "remove", "cancel"])


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=6), st.lists(acts, max_size=12))
def test_the_shops_own_books_agree_after_any_history(quantity: int, history: list[str]) -> None:
    """`available` fell by exactly `taken`, and `committed` is exactly `committed`."""
    shop = Shop("alpha")
    shop.add_location("Main warehouse")
    shop.add_listing("A", 100)
    order = shop.sell("A", quantity)
    for act in history:
        _act(shop, order, act)
    (line,) = order.lines
    refunded = [each for refund in order.refunds for each in refund.lines]
    back = sum(each.quantity for each in refunded if each.restocked)
    stock = line_stock(
        LineFacts(
            quantity=line.quantity,
            current=line.current,
            unfulfilled=line.unfulfilled,
            restocked=back,
            kept=sum(each.quantity for each in refunded) - back,
            cancelled=order.cancelled_at is not None,
        )
    )
    assert shop.available("A") == 100 - stock.taken
    assert shop.committed("A") == stock.committed


def _act(shop: Shop, order: Order, act: str) -> None:
    (line,) = order.lines
    if order.cancelled_at is not None:
        return
    if act == "fulfil" and line.unfulfilled:
        shop.fulfil(order, "A", 1)
    elif act == "return" and line.current > line.unfulfilled:
        shop.refund(order, "A", 1, "RETURN")
    elif act == "cancel unit" and line.unfulfilled:
        shop.refund(order, "A", 1, "CANCEL")
    elif act == "write off" and line.current:
        shop.refund(order, "A", 1, "NO_RESTOCK")
    elif act == "add":
        shop.edit_quantity(order, "A", line.current + 1)
    elif act == "remove" and line.unfulfilled:
        shop.edit_quantity(order, "A", line.current - 1)
    elif act == "cancel" and line.unfulfilled == line.current:
        shop.cancel(order)


def test_units_that_left_without_a_word_are_said_to_be_in_doubt() -> None:
    edited = LineFacts(quantity=3, current=2, unfulfilled=2, restocked=0, kept=0, cancelled=False)
    assert not line_stock(edited).restock_known
    silent_cancel = LineFacts(
        quantity=3, current=3, unfulfilled=3, restocked=0, kept=0, cancelled=True
    )
    assert not line_stock(silent_cancel).restock_known
    assert line_stock(silent_cancel).committed == 0


def test_a_unit_first_written_off_and_restocked_later_is_given_back_once() -> None:
    facts = LineFacts(quantity=1, current=0, unfulfilled=0, restocked=1, kept=1, cancelled=False)
    assert line_stock(facts).taken == 0
