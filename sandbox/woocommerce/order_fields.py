"""Orders and refunds as WooCommerce writes them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sandbox.woocommerce.dates import gmt, local
from sandbox.woocommerce.model import Line, Order, Refund

_NOBODY = dict.fromkeys(("first_name", "last_name", "address_1", "city", "postcode", "country"), "")
_PRICE = "10.00"


def order_body(order: Order, offset: timedelta, currency: str) -> dict[str, Any]:
    """Write an order as it stands now."""
    dates: dict[str, datetime | None] = {
        "date_created": order.created,
        "date_modified": order.modified,
        "date_paid": order.paid,
        "date_completed": order.completed,
    }
    return {
        "id": order.id,
        "parent_id": 0,
        "number": str(order.id),
        "status": order.status,
        "currency": currency,
        **{key: local(value, offset) for key, value in dates.items()},
        **{f"{key}_gmt": gmt(value) for key, value in dates.items()},
        "total": f"{sum(line.quantity for line in order.lines) * 10}.00",
        "customer_id": 0,
        "billing": {**_NOBODY, "email": "buyer@mail.example", "phone": "555"},
        "shipping": {**_NOBODY},
        "customer_note": "Please ring twice",
        "meta_data": [],
        "line_items": [_line(line) for line in order.lines],
        "refunds": [
            {"id": each.id, "reason": each.reason, "total": "-10.00"} for each in order.refunds
        ],
    }


def refund_body(refund: Refund, order: Order, offset: timedelta) -> dict[str, Any]:
    return {
        "id": refund.id,
        "parent_id": order.id,
        "date_created": local(refund.created, offset),
        "date_created_gmt": gmt(refund.created),
        "amount": _PRICE,
        "reason": refund.reason,
        "refunded_by": 1,
        "refunded_payment": False,
        "meta_data": [],
        "line_items": [
            {
                **_written(line),
                "id": number,
                "quantity": -units,
                "meta_data": [_meta(number * 10, "_refunded_item_id", str(line.id))],
            }
            for number, line, units in refund.lines
        ],
    }


def _line(line: Line) -> dict[str, Any]:
    meta = [_meta(line.id * 10, key, option) for key, option in _options(line).items()]
    if line.reduced is not None:
        meta.append(_meta(line.id * 10 + 1, "_reduced_stock", str(line.reduced)))
    if line.restocked:
        meta.append(_meta(line.id * 10 + 2, "_restock_refunded_items", str(line.restocked)))
    return {**_written(line), "meta_data": meta}


def _written(line: Line) -> dict[str, Any]:
    total = f"{line.quantity * 10}.00"
    return {
        "id": line.id,
        "name": line.name,
        "product_id": line.product_id,
        "variation_id": line.variation_id,
        "quantity": line.quantity,
        "tax_class": "",
        "subtotal": total,
        "total": total,
        "taxes": [],
        "sku": line.sku if line.product_id else None,
        "price": 10,
        "image": {"id": "", "src": ""},
        "parent_name": None,
    }


def _options(line: Line) -> dict[str, str]:
    return line.item.options if line.item is not None else {}


def _meta(number: int, key: str, value: str) -> dict[str, Any]:
    return {"id": number, "key": key, "value": value, "display_key": key, "display_value": value}
