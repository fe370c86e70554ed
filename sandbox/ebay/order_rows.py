"""Orders as the Fulfillment API tells them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sandbox.ebay.model import Line, Order

_PRICE = 10


class _Seller(Protocol):
    title: str
    marketplace: str
    currency: str


def moment(when: datetime) -> str:
    """Write a time as eBay does: UTC, thousandths of a second."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def order_row(seller: _Seller, order: Order) -> dict[str, Any]:
    """Write an order as it stands now; a request to cancel is told by getOrder only."""
    units = sum(line.quantity for line in order.lines)
    total = _money(units, seller.currency)
    refunds = [refund for line in order.lines for refund in line.refunds]
    paid = order.payment not in ("PENDING", "FAILED")
    return {
        "orderId": order.id,
        "creationDate": moment(order.created_at),
        "lastModifiedDate": moment(order.updated_at),
        "orderFulfillmentStatus": order.fulfilment,
        "orderPaymentStatus": order.payment,
        "sellerId": seller.title,
        "buyer": {
            "username": "jo_public",
            "taxAddress": {"stateOrProvince": "TX", "postalCode": "78751", "countryCode": "US"},
            "buyerRegistrationAddress": {
                "fullName": "Jo Public",
                "contactAddress": {
                    "addressLine1": "1 Main Street",
                    "city": "Austin",
                    "stateOrProvince": "TX",
                    "postalCode": "78751",
                    "countryCode": "US",
                },
                "email": "jo@example.com",
            },
        },
        "pricingSummary": {
            "priceSubtotal": total,
            "deliveryCost": _money(0, seller.currency),
            "total": total,
        },
        "cancelStatus": _cancel_status(order),
        "paymentSummary": {
            "totalDueSeller": total,
            "refunds": refunds,
            "payments": [
                {
                    "paymentMethod": "EBAY",
                    "paymentReferenceId": order.id,
                    "amount": total,
                    "paymentStatus": "PAID" if paid else order.payment,
                }
            ],
        },
        "fulfillmentStartInstructions": [
            {"fulfillmentInstructionsType": "SHIP_TO", "ebaySupportedFulfillment": False}
        ],
        "fulfillmentHrefs": [],
        "lineItems": [_line(seller, order, line) for line in order.lines],
        "totalFeeBasisAmount": total,
    }


def refund_row(number: str, units: int, currency: str, when: datetime) -> dict[str, Any]:
    """Write a refund of money."""
    return {"refundId": number, "refundDate": moment(when), "amount": _money(units, currency)}


def _cancel_status(order: Order) -> dict[str, Any]:
    status: dict[str, Any] = {"cancelState": order.cancel_state, "cancelRequests": []}
    if order.cancelled_at is not None:
        status["cancelledDate"] = moment(order.cancelled_at)
    return status


def _line(seller: _Seller, order: Order, line: Line) -> dict[str, Any]:
    cost = _money(line.quantity, seller.currency)
    row: dict[str, Any] = {
        "lineItemId": line.id,
        "legacyItemId": line.item_id,
        "title": line.title,
        "lineItemCost": cost,
        "quantity": line.quantity,
        "soldFormat": "FIXED_PRICE" if line.variation.listing.type != "Chinese" else "AUCTION",
        "listingMarketplaceId": seller.marketplace,
        "purchaseMarketplaceId": seller.marketplace,
        # eBay: fulfilled as soon as one unit is sent
        "lineItemFulfillmentStatus": "FULFILLED" if line.shipped else "NOT_STARTED",
        "total": cost,
        "deliveryCost": {"shippingCost": _money(0, seller.currency)},
        "appliedPromotions": [],
        "taxes": [],
        "refunds": [dict(refund) for refund in line.refunds],
        "properties": {"buyerProtection": True},
        "lineItemFulfillmentInstructions": {
            "minEstimatedDeliveryDate": moment(order.created_at + timedelta(days=3)),
            "maxEstimatedDeliveryDate": moment(order.created_at + timedelta(days=7)),
            "shipByDate": moment(order.created_at + timedelta(days=2)),
            "guaranteedDelivery": False,
        },
    }
    if line.sku:
        row["sku"] = line.sku
    if line.variation.id is not None:
        row["legacyVariationId"] = line.variation.id
        row["variationAspects"] = [{"name": "Choice", "value": line.variation.option}]
    return row


def _money(units: int, currency: str) -> dict[str, str]:
    return {"value": f"{_PRICE * units}.0", "currency": currency}
