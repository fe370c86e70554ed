"""What an order line did to stock: a table, and laws that hold for every line."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.bigcommerce.lines import LineFacts, LineStock, line_stock
from connectors.bigcommerce.rules import Rules

PLACED = Rules(on_completion=False, restocks=True, follows_edits=True)
KEEPS = replace(PLACED, restocks=False)
COMPLETED = replace(PLACED, on_completion=True)
COMPLETED_KEEPS = replace(COMPLETED, restocks=False)
BLIND = replace(PLACED, follows_edits=False)

NEW = LineFacts(3, refunded=0, shipped=0, status=11, was_sent=False, changed_later=False)


def facts(status: int, *, shipped: int = 0, refunded: int = 0, sent: bool = False) -> LineFacts:
    return replace(
        NEW, status=status, shipped=shipped, refunded=refunded, was_sent=sent or shipped > 0
    )


@pytest.mark.parametrize("status", [1, 7, 11, 9, 8, 12])
@pytest.mark.parametrize("rules", [PLACED, KEEPS])
def test_a_waiting_order_holds_its_units(status: int, rules: Rules) -> None:
    assert line_stock(facts(status), rules) == LineStock(3, 3, 3, restock_known=True)


@pytest.mark.parametrize("status", [1, 7, 11, 9, 8, 12])
def test_where_stock_is_taken_on_completion_the_store_still_has_them(status: int) -> None:
    assert line_stock(facts(status), COMPLETED) == LineStock(3, 3, 0, restock_known=True)


@pytest.mark.parametrize("status", [2, 10])
@pytest.mark.parametrize("rules", [PLACED, KEEPS, COMPLETED, COMPLETED_KEEPS])
def test_a_sent_order_has_left(status: int, rules: Rules) -> None:
    assert line_stock(facts(status), rules) == LineStock(3, 0, 3, restock_known=True)
    assert line_stock(facts(status, shipped=3), rules) == LineStock(3, 0, 3, restock_known=True)


def test_an_order_sent_in_part() -> None:
    assert line_stock(facts(3, shipped=1), PLACED) == LineStock(3, 2, 3, restock_known=True)
    # Whether the store took those units off already is not documented.
    assert line_stock(facts(3, shipped=1), COMPLETED) == LineStock(3, 2, 1, restock_known=False)


@pytest.mark.parametrize("status", [5, 6])
@pytest.mark.parametrize(
    ("rules", "deducted", "known"),
    [
        (PLACED, 0, True),
        (KEEPS, 3, True),  # the ledger releases, the store's number does not come back
        (COMPLETED, 0, True),
        (COMPLETED_KEEPS, 0, False),  # it may have been completed before
    ],
)
def test_a_cancelled_order_is_released(
    status: int, rules: Rules, deducted: int, known: bool
) -> None:
    expected = LineStock(0, 0, deducted, restock_known=known)
    assert line_stock(facts(status), rules) == expected


@pytest.mark.parametrize("rules", [PLACED, KEEPS])
def test_what_was_sent_of_a_cancelled_order_does_not_come_back(rules: Rules) -> None:
    found = line_stock(facts(5, shipped=1), rules)
    assert (found.taken, found.committed, found.restock_known) == (1, 0, False)


@pytest.mark.parametrize(("status", "refunded"), [(14, 1), (4, 3)])
@pytest.mark.parametrize(("rules", "restocks"), [(PLACED, True), (KEEPS, False)])
def test_a_refund_gives_back_its_units_only(
    status: int, refunded: int, rules: Rules, restocks: bool
) -> None:
    left = 3 - refunded
    deducted = left if restocks else 3
    expected = LineStock(left, left, deducted, restock_known=True)
    assert line_stock(facts(status, refunded=refunded), rules) == expected


def test_a_refund_of_money_alone_gives_nothing_back() -> None:
    assert line_stock(facts(4, shipped=3), PLACED) == LineStock(3, 0, 3, restock_known=True)


def test_a_return_of_sent_units() -> None:
    found = line_stock(facts(14, shipped=3, refunded=1), PLACED)
    assert found == LineStock(2, 0, 2, restock_known=True)


@pytest.mark.parametrize(
    ("status", "shipped", "refunded", "taken", "committed"),
    [
        (14, 3, 1, 3, 0),  # money for a unit that is at the customer's
        (2, 0, 1, 3, 0),
        (14, 2, 2, 2, 0),  # one of the two was never sent
        (14, 1, 1, 2, 1),
    ],
)
def test_a_refund_that_does_not_restock_brings_no_sent_unit_back(
    status: int, shipped: int, refunded: int, taken: int, committed: int
) -> None:
    found = line_stock(facts(status, shipped=shipped, refunded=refunded), KEEPS)
    assert (found.taken, found.committed, found.deducted) == (taken, committed, 3)


def test_on_completion_the_past_of_a_refunded_order_decides() -> None:
    assert line_stock(facts(14, refunded=1), COMPLETED) == LineStock(2, 2, 0, restock_known=False)
    whole = line_stock(facts(13, shipped=3), COMPLETED)
    assert whole == LineStock(3, 0, 3, restock_known=True)
    later = line_stock(facts(2, shipped=2, refunded=1), COMPLETED)
    assert (later.taken, later.deducted, later.restock_known) == (2, 2, False)


def test_an_order_set_back_after_it_was_sent_is_not_guessed_at() -> None:
    assert not line_stock(facts(11, sent=True), COMPLETED).restock_known
    assert line_stock(facts(11, sent=True), PLACED).restock_known


def test_a_disputed_order_keeps_its_units() -> None:
    assert line_stock(facts(13), PLACED) == LineStock(3, 3, 3, restock_known=True)


def test_an_edit_that_the_store_does_not_follow_is_not_guessed_at() -> None:
    for status in (11, 2):
        edited = replace(NEW, status=status, changed_later=True)
        assert line_stock(facts(status), BLIND).restock_known
        assert not line_stock(edited, BLIND).restock_known
        # Nothing is taken off before completion, so an edit until then changes nothing.
        assert line_stock(edited, replace(BLIND, on_completion=True)).restock_known


@pytest.mark.parametrize("status", [1, 7, 11, 9, 8, 12])
@pytest.mark.parametrize("rules", [PLACED, KEEPS])
def test_an_order_that_may_wait_by_hand_is_not_guessed_at(status: int, rules: Rules) -> None:
    """Nothing was taken off for it, if it was cancelled or never finished before."""
    later = replace(facts(status), changed_later=True)
    assert line_stock(later, rules) == LineStock(3, 3, 3, restock_known=False)
    on_completion = replace(rules, on_completion=True)
    assert line_stock(later, on_completion) == LineStock(3, 3, 0, restock_known=True)


@pytest.mark.parametrize(("status", "shipped"), [(3, 1), (2, 3), (10, 0), (5, 0), (13, 0)])
def test_the_ordinary_life_of_an_order_is_known(status: int, shipped: int) -> None:
    """Sending it in part, as a whole, completing it, cancelling it or a dispute."""
    later = replace(facts(status, shipped=shipped), changed_later=True)
    assert line_stock(later, PLACED).restock_known


def test_a_status_that_we_do_not_know_holds_its_units() -> None:
    for rules in (PLACED, COMPLETED):
        found = line_stock(facts(99), rules)
        assert (found.taken, found.committed, found.restock_known) == (3, 3, False)


ANY_RULES = [Rules(*flags) for flags in product((False, True), repeat=3)]
ANY_FACTS = st.builds(
    LineFacts,
    quantity=st.integers(0, 5),
    refunded=st.integers(0, 6),
    shipped=st.integers(0, 6),
    status=st.integers(1, 14),
    was_sent=st.booleans(),
    changed_later=st.booleans(),
)


@given(line=ANY_FACTS, rules=st.sampled_from(ANY_RULES))
def test_no_line_holds_more_than_was_ordered(line: LineFacts, rules: Rules) -> None:
    found = line_stock(line, rules)
    assert 0 <= found.committed <= found.taken <= line.quantity
    assert 0 <= found.deducted <= line.quantity
    if line.status in (2, 10):
        assert found.committed == 0
    if line.status in (5, 6) and not line.shipped:
        assert found.taken == 0


@given(line=ANY_FACTS, restocks=st.booleans())
def test_the_ledger_depends_on_no_setting_but_whether_units_go_back(
    line: LineFacts, restocks: bool
) -> None:
    alike = [rules for rules in ANY_RULES if rules.restocks == restocks]
    found = {(each.taken, each.committed) for each in (line_stock(line, r) for r in alike)}
    assert len(found) == 1
