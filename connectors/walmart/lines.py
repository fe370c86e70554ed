"""What one order line did to stock, from what Walmart says about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

# Walmart: the states that units of a line are in; one line may be in several at once
CREATED, ACKNOWLEDGED, CANCELLED = "Created", "Acknowledged", "Cancelled"
SHIPPED, DELIVERED, REFUND = "Shipped", "Delivered", "Refund"
# Walmart lists "Valid statuses" without Refund; anything it adds counts as sent.
_WAITING = (CREATED, ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class LineStock:
    """What a line did up to now."""

    taken: int
    committed: int


def line_stock(ordered: int, units: Mapping[str, int]) -> LineStock:
    """Derive what a line holds from its units in each state.

    Units are taken from the moment the line is created and given back when they are
    cancelled. A refund pays money back and moves nothing: units come back by a return,
    or when a person counts them. What is created or acknowledged is still to be sent.
    """
    by_state = Counter(units)
    taken = max(0, ordered - by_state[CANCELLED])
    committed = sum(by_state[state] for state in _WAITING)
    return LineStock(taken=taken, committed=min(max(0, committed), taken))
