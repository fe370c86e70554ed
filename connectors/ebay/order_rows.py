"""Making an order of ours from a row of the Fulfillment API, without anything personal."""

from __future__ import annotations

from typing import Literal

from connectors.ebay.refs import Ref, told
from connectors.http import Row
from connectors.protocol import RemoteOrder, RemoteOrderLine


def read_order(row: Row) -> RemoteOrder:
    """Read one order with its lines."""
    cancelled = row.row("cancelStatus").text("cancelState") == "CANCELED"
    lines = tuple(_line(line, cancelled=cancelled) for line in row.rows("lineItems"))
    return RemoteOrder(
        id=row.text("orderId"),
        name=row.text("orderId"),
        created_at=row.moment("creationDate"),
        updated_at=row.moment("lastModifiedDate"),
        state=_state(lines, cancelled=cancelled),
        lines=lines,
    )


def _line(line: Row, *, cancelled: bool) -> RemoteOrderLine:
    """Read what a line holds.

    eBay takes its units off the listing when the buyer commits, paid or not. Only a
    cancelled order gives them back: a request for it may still be declined, and money
    that went back says nothing about the goods. A line counts as sent as soon as any of
    its units is, since eBay tells no number; sent units of a cancelled order stay taken.
    Whether eBay puts a cancelled order's units back on the listing it does not promise.
    """
    quantity = line.whole("quantity")
    sent = line.text("lineItemFulfillmentStatus") == "FULFILLED"
    taken = quantity if sent or not cancelled else 0
    return RemoteOrderLine(
        id=line.text("lineItemId"),
        ref=_ref(line),
        sku=line.text("sku") if "sku" in line else "",
        ordered=quantity,
        taken=taken,
        committed=0 if sent else taken,
        restock_known=not cancelled,
    )


def _ref(line: Row) -> str:
    """Name the listing as an import does: by its number and SKU, or by a variation's aspects."""
    item = line.text("legacyItemId")
    if "sku" in line and (sku := line.text("sku")):
        return str(Ref(item, sku))
    if "variationAspects" not in line:
        return str(Ref(item))
    pairs = [(each.text("name"), each.text("value")) for each in line.rows("variationAspects")]
    return str(Ref(item, specifics=told(pairs)))


def _state(
    lines: tuple[RemoteOrderLine, ...], *, cancelled: bool
) -> Literal["open", "closed", "cancelled"]:
    if cancelled:
        return "cancelled"
    return "open" if any(line.committed for line in lines) else "closed"
