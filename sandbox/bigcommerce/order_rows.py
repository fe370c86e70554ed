"""Orders as the V2 API tells them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from sandbox.bigcommerce.model import Line, Order

# BigCommerce: names that a merchant may change, ids that he may not
STATUSES = {
    0: "Incomplete",
    1: "Pending",
    2: "Shipped",
    3: "Partially Shipped",
    4: "Refunded",
    5: "Cancelled",
    6: "Declined",
    7: "Awaiting Payment",
    8: "Awaiting Pickup",
    9: "Awaiting Shipment",
    10: "Completed",
    11: "Awaiting Fulfillment",
    12: "Manual Verification Required",
    13: "Disputed",
    14: "Partially Refunded",
}
_PRICE = "10.0000"


def order_row(order: Order) -> dict[str, Any]:
    """Write an order as it stands now, with its lines where consignments are asked for."""
    total = f"{10 * sum(line.quantity for line in order.lines)}.0000"
    return {
        "id": order.id,
        "customer_id": 1,
        "date_created": rfc(order.created_at),
        "date_modified": rfc(order.updated_at),
        "date_shipped": rfc(order.shipped_at) if order.shipped_at else "",
        "status_id": order.status,
        "status": STATUSES[order.status],
        "subtotal_ex_tax": total,
        "subtotal_inc_tax": total,
        "total_ex_tax": total,
        "total_inc_tax": total,
        "items_total": sum(line.quantity for line in order.lines),
        "items_shipped": sum(line.shipped for line in order.lines),
        "payment_method": "Cash",
        "payment_status": "captured",
        "refunded_amount": "0.0000",  # BigCommerce: always
        "order_is_digital": all(line.type == "digital" for line in order.lines),
        "currency_code": "USD",
        "default_currency_code": "USD",
        "is_deleted": order.archived,
        "order_source": order.source,
        "channel_id": order.channel,
        "external_id": None,
        "billing_address": {
            "first_name": "Jo",
            "last_name": "Public",
            "street_1": "1 Main Street",
            "city": "Austin",
            "state": "Texas",
            "zip": "78751",
            "country": "United States",
            "country_iso2": "US",
            "email": "jo@example.com",
            "form_fields": [],
        },
        "products": _link(order, "products"),
        "shipping_addresses": _link(order, "shippingaddresses"),
        "coupons": _link(order, "coupons"),
        "consignments": _consignments(order),
    }


def without_lines(row: dict[str, Any]) -> dict[str, Any]:
    """Write an order as it is told where no consignments are asked for."""
    path = f"/orders/{row['id']}/consignments"
    return {**row, "consignments": {"url": f"https://api.example{path}", "resource": path}}


def rfc(moment: datetime) -> str:
    """Write a time as the V2 API does: RFC 2822 in UTC."""
    return format_datetime(moment.astimezone(UTC))


def _link(order: Order, name: str) -> dict[str, str]:
    path = f"/orders/{order.id}/{name}"
    return {"url": f"https://api.example{path}", "resource": path}


def _consignments(order: Order) -> dict[str, Any]:
    lines = {
        kind: [_line(order, line) for line in order.lines if line.type == kind]
        for kind in ("physical", "digital", "giftcertificate")
    }
    physical, digital, gifts = lines["physical"], lines["digital"], lines["giftcertificate"]
    pickup = order.pickup
    return {
        "pickups": [
            {
                "id": order.id,
                "pickup_method_id": 1,
                "pickup_method_display_name": "Pick up",
                "location": {"id": pickup.id, "name": pickup.name},
                "line_items": physical,
            }
        ]
        if pickup and physical
        else [],
        "shipping": [
            {
                "id": order.id,
                "first_name": "Jo",
                "last_name": "Public",
                "country_iso2": "US",
                "shipping_method": "Parcel",
                "line_items": physical,
            }
        ]
        if physical and not pickup
        else [],
        "downloads": [{"recipient_email": "jo@example.com", "line_items": digital}]
        if digital
        else [],
        "email": {
            "gift_certificates": [{"recipient_email": "jo@example.com", "line_items": gifts}]
            if gifts
            else []
        },
    }


def _line(order: Order, line: Line) -> dict[str, Any]:
    variant = line.variant
    return {
        "id": line.id,
        "order_id": order.id,
        "product_id": variant.product.id if variant else 0,
        "variant_id": variant.id if variant else 0,
        "name": line.name,
        "sku": line.sku,
        "type": line.type,
        "base_price": _PRICE,
        "price_ex_tax": _PRICE,
        "price_inc_tax": _PRICE,
        "quantity": line.quantity,
        "is_refunded": line.refunded == line.quantity,
        "quantity_refunded": line.refunded,
        "quantity_shipped": line.shipped,
        "refund_amount": "0.0000",
        "parent_order_product_id": line.parent.id if line.parent else None,
        "is_bundled_product": line.parent is not None,
        "external_id": None,
        "applied_discounts": [],
        "product_options": [],
        "configurable_fields": [],
    }
