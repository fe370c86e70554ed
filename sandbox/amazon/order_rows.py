"""Orders as Amazon's newest orders API writes them, personal data left out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.amazon.model import Line, Order


def order_row(order: Order, marketplace_name: str) -> dict[str, Any]:
    """Write an order with everything in it; `told` leaves out what was not asked for."""
    row: dict[str, Any] = {
        "orderId": order.id,
        "createdTime": written(order.created_at),
        "lastUpdatedTime": written(order.updated_at),
        "salesChannel": {
            "channelName": "AMAZON",
            "marketplaceId": order.marketplace,
            "marketplaceName": marketplace_name,
        },
        "fulfillment": {
            "fulfillmentStatus": order.status,
            "fulfilledBy": order.fulfilled_by,
            "fulfillmentServiceLevel": "STANDARD",
        },
        "orderItems": [_line(line) for line in order.lines],
    }
    if order.replaces is not None:
        link = {"orderId": order.replaces, "associationType": "REPLACEMENT_ORIGINAL_ID"}
        row["associatedOrders"] = [link]
    return row


def told(row: dict[str, Any], data: set[str]) -> dict[str, Any]:
    """Leave out what was not asked for."""
    kept = {key: value for key, value in row.items() if key != "fulfillment"}
    kept["orderItems"] = [
        {
            key: value
            for key, value in line.items()
            if (key != "fulfillment" or "FULFILLMENT" in data)
            and (key != "cancellation" or "CANCELLATION" in data)
        }
        for line in row["orderItems"]
    ]
    if "FULFILLMENT" in data:
        kept["fulfillment"] = row["fulfillment"]
    return kept


def written(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03}Z"


def _line(line: Line) -> dict[str, Any]:
    row: dict[str, Any] = {
        "orderItemId": line.id,
        "quantityOrdered": line.quantity,
        "product": {"asin": line.item.asin, "title": line.title, "sellerSku": line.sku},
        "fulfillment": {
            "quantityFulfilled": line.fulfilled,
            "quantityUnfulfilled": max(0, line.left),
        },
    }
    if line.request:
        row["cancellation"] = {
            "cancellationRequest": {"requester": "BUYER", "cancelReason": "ORDERED_BY_MISTAKE"}
        }
    elif line.cancelled:
        row["cancellation"] = {
            "cancellationExecution": {"cancelledBy": "MERCHANT", "cancelReason": "NO_INVENTORY"}
        }
    return row
