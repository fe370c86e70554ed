"""Receipts as Etsy writes them, with all that is personal about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.etsy.fields import epoch, money, value_row
from sandbox.etsy.model import Line, Order

if TYPE_CHECKING:
    from sandbox.etsy.shop import Shop


def order_row(shop: Shop, order: Order) -> dict[str, Any]:
    """Write a receipt with its transactions."""
    total = sum(line.quantity * line.product.amount for line in order.lines)
    return {
        "receipt_id": order.id,
        "receipt_type": 0,
        "seller_user_id": shop.user_id,
        "buyer_user_id": 801_234_567,
        "buyer_email": "ada@example.com",
        "name": "Ada Lovelace",
        "first_line": "12 St James's Square",
        "city": "London",
        "zip": "SW1Y 4JH",
        "country_iso": "GB",
        "status": order.status.title() if shop.writes_capitals else order.status,
        "payment_method": "cc",
        "message_from_buyer": "Please wrap it.",
        "is_paid": order.status not in ("open", "payment processing"),
        "is_shipped": order.is_shipped,
        "create_timestamp": epoch(order.created_at),
        "created_timestamp": epoch(order.created_at),
        "update_timestamp": epoch(order.updated_at),
        "updated_timestamp": epoch(order.updated_at),
        "is_gift": False,
        "gift_message": "",
        "grandtotal": money(total, 100, shop.currency),
        "shipments": [],
        "transactions": [_line(shop, order, line) for line in order.lines],
        "refunds": list(order.refunds),
    }


def refund_row(shop: Shop, *, whole: bool) -> dict[str, Any]:
    """Write a refund, which says nothing about lines or units."""
    return {
        "amount": money(1_200 if whole else 300, 100, shop.currency),
        "created_timestamp": epoch(shop.stamp()),
        "reason": "Order cancelled" if whole else "Damaged",
        "note_from_issuer": None,
        "status": "successful",
    }


def _line(shop: Shop, order: Order, line: Line) -> dict[str, Any]:
    return {
        "transaction_id": line.id,
        "title": line.title,
        "seller_user_id": shop.user_id,
        "buyer_user_id": 801_234_567,
        "create_timestamp": epoch(order.created_at),
        "created_timestamp": epoch(order.created_at),
        "paid_timestamp": epoch(order.created_at),
        "shipped_timestamp": None if line.shipped_at is None else epoch(line.shipped_at),
        "quantity": line.quantity,
        "receipt_id": order.id,
        "is_digital": line.is_digital,
        "listing_id": line.listing_id,
        "transaction_type": "listing",
        "product_id": line.product_id,
        "sku": line.sku or None,
        "price": money(line.product.amount, line.product.divisor, shop.currency),
        "variations": [
            {
                "property_id": each.property_id,
                "value_id": each.value_ids[0] if each.value_ids else None,
                "formatted_name": each.name,
                "formatted_value": each.values[0],
            }
            for each in line.properties
        ],
        "product_data": [value_row(each) for each in line.properties],
    }
