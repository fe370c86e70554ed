"""Making an order of ours from a purchase order, without anything personal."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Literal

from connectors.errors import Unavailable
from connectors.http import Row
from connectors.protocol import RemoteOrder, RemoteOrderLine
from connectors.walmart.lines import line_stock

_SELLERS = "SellerFulfilled"


def read_order(row: Row, location: str | None) -> RemoteOrder | None:
    """Read one purchase order; None where the units are not the seller's to send.

    Walmart's own warehouses and third parties' have stock of their own. `location` is
    where units leave from if the order does not say; None: ask the order.
    """
    node = row.row("shipNode") if "shipNode" in row else Row({})
    if "type" in node and node.text("type") != _SELLERS:
        return None
    place = location or (node.text("id") if "id" in node else None)
    rows = row.row("orderLines").rows("orderLine")
    created = _moment(row, "orderDate")
    lines = tuple(_line(each, place) for each in rows)
    return RemoteOrder(
        id=row.text("purchaseOrderId"),
        name=row.text("purchaseOrderId"),
        created_at=created,
        updated_at=max([created, *(_moment(each, "statusDate") for each in rows)]),
        state=_state(lines),
        lines=lines,
    )


def _state(lines: tuple[RemoteOrderLine, ...]) -> Literal["open", "closed", "cancelled"]:
    if any(line.committed for line in lines):
        return "open"
    return "closed" if any(line.taken for line in lines) else "cancelled"


def _line(row: Row, place: str | None) -> RemoteOrderLine:
    units: Counter[str] = Counter()
    for status in row.row("orderLineStatuses").rows("orderLineStatus"):
        units[status.text("status")] += _units(status, "statusQuantity")
    ordered = _units(row, "orderLineQuantity")
    stock = line_stock(ordered, units)
    sku = row.row("item").text("sku")
    return RemoteOrderLine(
        id=row.text("lineNumber"),
        ref=sku,
        sku=sku,
        ordered=ordered,
        taken=stock.taken,
        committed=stock.committed,
        location=place,
    )


def _units(row: Row, key: str) -> int:
    """Read a count, which Walmart writes as a text."""
    amount = row.row(key).raw("amount")
    try:
        return int(float(amount))
    except (TypeError, ValueError):
        raise Unavailable(f"The store's answer lacks a usable “{key}”.") from None


def _moment(row: Row, key: str) -> datetime:
    """Read a time, milliseconds since 1970."""
    return datetime.fromtimestamp(row.whole(key) / 1000, UTC)
