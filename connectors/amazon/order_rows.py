"""Making an order of ours from one of Amazon's, without anything personal."""

from __future__ import annotations

from typing import Literal

from connectors.http import Row
from connectors.protocol import RemoteOrder, RemoteOrderLine

# What Amazon ships itself never books the seller's warehouses.
_OURS = "MERCHANT"
# Not yet for sale: no unit is taken before its day.
_PREORDER = "PENDING_AVAILABILITY"
_PENDING, _CANCELLED, _SHIPPED = "PENDING", "CANCELLED", "SHIPPED"
# Of orders that Amazon ships for other shops only
_NOT_OURS = "UNFULFILLABLE"


def read_order(row: Row) -> RemoteOrder | None:
    """Read one order; None where Amazon ships it.

    One of which nobody says yet who ships it was searched for among ours, and may be sold.
    """
    fulfilment = row.row("fulfillment") if "fulfillment" in row else Row({})
    status = fulfilment.text("fulfillmentStatus") if "fulfillment" in row else _PENDING
    if status == _NOT_OURS or fulfilment.raw("fulfilledBy") not in (None, _OURS):
        return None
    lines = tuple(_line(each, status) for each in row.rows("orderItems"))
    number = row.text("orderId")
    return RemoteOrder(
        id=number,
        name=number,
        created_at=row.moment("createdTime"),
        updated_at=row.moment("lastUpdatedTime"),
        state=_state(lines, status),
        lines=lines,
    )


def _line(row: Row, status: str) -> RemoteOrderLine:
    """Read what a line holds.

    A unit is taken from the moment somebody orders it, paid or not, though Amazon may count
    it on neither side until it is paid. A cancelled order gives
    back what we booked, whatever quantities it still tells; whether Amazon puts them back is
    not documented. A return moves nothing there: a person decides.
    """
    ordered = row.whole("quantityOrdered")
    sent = row.row("fulfillment") if "fulfillment" in row else Row({})
    fulfilled = sent.whole("quantityFulfilled") if "quantityFulfilled" in sent else None
    waiting = sent.whole("quantityUnfulfilled") if "quantityUnfulfilled" in sent else None
    if status == _PENDING and not (fulfilled or waiting):
        fulfilled = waiting = None
    product = row.row("product")
    sku = product.text("sellerSku") if "sellerSku" in product else ""
    if status in (_PREORDER, _CANCELLED):
        taken = committed = 0
    else:
        # A line that was cancelled in part tells fewer units on both sides than were ordered.
        told = None if fulfilled is None or waiting is None else fulfilled + waiting
        taken = ordered if told is None else min(told, ordered)
        open_units = waiting if waiting is not None else ordered - (fulfilled or 0)
        committed = 0 if status == _SHIPPED else max(0, min(open_units, taken))
    return RemoteOrderLine(
        id=row.text("orderItemId"),
        ref=sku or None,
        sku=sku,
        ordered=ordered,
        taken=taken,
        committed=committed,
        restock_known=status != _CANCELLED,
    )


def _state(
    lines: tuple[RemoteOrderLine, ...], status: str
) -> Literal["open", "closed", "cancelled"]:
    if status == _CANCELLED:
        return "cancelled"
    if status == _PREORDER or any(line.committed for line in lines):
        return "open"
    return "closed" if any(line.taken for line in lines) else "cancelled"
