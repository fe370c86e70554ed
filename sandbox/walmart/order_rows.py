"""Orders as Walmart tells them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.walmart.model import Line, Order

_REPLACEMENT = ("orderType", "originalCustomerOrderID")  # told only where asked for
_SHIPS, _ARRIVES = timedelta(days=2), timedelta(days=6)


def order_row(order: Order) -> dict[str, Any]:
    """Write an order as it stands now."""
    row: dict[str, Any] = {
        "purchaseOrderId": order.id,
        "customerOrderId": order.customer_order,
        "customerEmailId": "0123456789ABCDEF@relay.example.com",
        "orderType": "REPLACEMENT" if order.replaces else "REGULAR",
        "orderDate": epoch(order.created_at),
        "shippingInfo": {
            "phone": "5555550100",
            "estimatedDeliveryDate": epoch(order.created_at + _ARRIVES),
            "estimatedShipDate": epoch(order.created_at + _SHIPS),
            "methodCode": "Value",
            "postalAddress": {
                "name": "Jo Public",
                "address1": "1 Main Street",
                "city": "Austin",
                "state": "TX",
                "postalCode": "78751",
                "country": "USA",
                "addressType": "RESIDENTIAL",
            },
        },
        "orderLines": {"orderLine": [_line(order, line) for line in order.lines]},
        "shipNode": {"type": order.fulfilment, "id": order.lines[0].node},
    }
    if order.replaces:
        row["originalCustomerOrderID"] = order.replaces
    return row


def told(row: dict[str, Any], *, replacement_info: bool) -> dict[str, Any]:
    """Leave out what was not asked for."""
    if replacement_info:
        return row
    return {key: value for key, value in row.items() if key not in _REPLACEMENT}


def epoch(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp() * 1000)


def _line(order: Order, line: Line) -> dict[str, Any]:
    money = {"currency": "USD", "amount": 10}
    return {
        "lineNumber": str(line.number),
        "item": {"productName": line.name, "sku": line.sku},
        "charges": {
            "charge": [{"chargeType": "PRODUCT", "chargeName": "ItemPrice", "chargeAmount": money}]
        },
        "orderLineQuantity": _units(line.quantity),
        "statusDate": epoch(order.updated_at),
        "orderLineStatuses": {
            "orderLineStatus": [
                {"status": status, "statusQuantity": _units(units)}
                for status, units in _statuses(line)
                if units
            ]
        },
        "fulfillment": {"fulfillmentOption": "S2H", "shipMethod": "VALUE"},
    }


def _statuses(line: Line) -> Iterator[tuple[str, int]]:
    yield "Acknowledged" if line.acknowledged else "Created", line.left
    yield "Shipped", line.shipped - line.delivered - line.refunded
    yield "Delivered", line.delivered
    yield "Refund", line.refunded
    yield "Cancelled", line.cancelled


def _units(units: int) -> dict[str, str]:
    return {"unitOfMeasurement": "EACH", "amount": str(units)}
