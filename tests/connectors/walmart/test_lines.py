"""What an order line did to stock: a pure rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.walmart.lines import line_stock


@pytest.mark.parametrize(
    ("ordered", "units", "taken", "committed"),
    [
        (3, {"Created": 3}, 3, 3),
        (3, {"Acknowledged": 3}, 3, 3),
        (3, {"Shipped": 3}, 3, 0),
        (3, {"Delivered": 3}, 3, 0),
        (3, {"Cancelled": 3}, 0, 0),
        (3, {"Created": 1, "Acknowledged": 1, "Cancelled": 1}, 2, 2),
        (5, {"Acknowledged": 1, "Shipped": 2, "Cancelled": 1, "Refund": 1}, 4, 1),
        (2, {"Refund": 2}, 2, 0),  # money comes back, units do not
        (2, {"Shipped": 2, "Refund": 1}, 2, 0),  # told beside what it was sent as
        (2, {"Returned": 2}, 2, 0),  # a state that Walmart may add
        (1, {}, 1, 0),
        (1, {"Cancelled": 2}, 0, 0),
    ],
)
def test_units_in_each_state(
    ordered: int, units: dict[str, int], taken: int, committed: int
) -> None:
    stock = line_stock(ordered, units)
    assert (stock.taken, stock.committed) == (taken, committed)


_STATES = st.sampled_from(
    ["Created", "Acknowledged", "Shipped", "Delivered", "Cancelled", "Refund"]
)


@given(st.integers(0, 50), st.dictionaries(_STATES, st.integers(0, 50)))
def test_a_line_never_holds_more_than_was_ordered(ordered: int, units: dict[str, int]) -> None:
    stock = line_stock(ordered, units)
    assert 0 <= stock.committed <= stock.taken <= ordered
