"""What a difference looks like: a guess from what is known, in the order of ENGINE.md A8."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from storage.differences import Difference

# Outcomes after which a write may never have been applied.
DOUBTFUL = ("applied", "accepted", "unknown", "unclear")
# Orders are read every minute or so: this long after a reading without one is a gap.
ORDERS_LATE = timedelta(minutes=15)


class Cause(StrEnum):
    """Where a difference probably comes from."""

    NOT_APPLIED = "not_applied"
    LATE_ORDER = "late_order"
    UNBOOKED_ORDER = "unbooked_order"
    ORDERS_NOT_READ = "orders_not_read"
    MAXIMUM = "maximum"
    BUFFER = "buffer"
    NOT_LISTED = "not_listed"
    WRONG_LINK = "wrong_link"
    SHARED_WAREHOUSE = "shared_warehouse"
    BY_HAND = "by_hand"


def cause(found: Difference) -> Cause:
    """Choose the first cause whose numbers fit; what fits nothing was changed by hand."""
    if _not_applied(found):
        return Cause.NOT_APPLIED
    if found.late == found.held:
        return Cause.LATE_ORDER
    if found.unbooked and found.unbooked == -found.held:
        return Cause.UNBOOKED_ORDER
    if _orders_not_read(found):
        return Cause.ORDERS_NOT_READ
    if found.maximum is not None and _shows(found, found.stock - found.buffer):
        return Cause.MAXIMUM
    if found.buffer and _shows(found, found.stock):
        return Cause.BUFFER
    if not found.listed:
        return Cause.NOT_LISTED
    if not found.same_sku:
        return Cause.WRONG_LINK
    return Cause.SHARED_WAREHOUSE if found.moved else Cause.BY_HAND


def _not_applied(found: Difference) -> bool:
    """Whether the store shows what stood there before our newest write."""
    if found.sent_from is None or found.sent_to is None or found.sent_outcome not in DOUBTFUL:
        return False
    return found.held == found.sent_from - found.sent_to


def _orders_not_read(found: Difference) -> bool:
    """Whether sales that nobody has read yet may be what is missing."""
    if found.held > 0 or found.read_at is None:
        return False
    return found.orders_read_at is None or found.orders_read_at < found.read_at - ORDERS_LATE


def _shows(found: Difference, number: int) -> bool:
    """Whether the store showed a number where ours was another one."""
    return found.held == number - found.desired
