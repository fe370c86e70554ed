"""Listings and their inventory as Etsy writes them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.etsy.model import Listing, Product, Value

if TYPE_CHECKING:
    from sandbox.etsy.shop import Shop


def epoch(moment: datetime) -> int:
    """Write a time: whole seconds since 1970."""
    return int(moment.timestamp())


def money(amount: int, divisor: int, currency: str) -> dict[str, Any]:
    return {"amount": amount, "divisor": divisor, "currency_code": currency}


def listing_row(shop: Shop, listing: Listing, *, inventory: bool) -> dict[str, Any]:
    """Write a listing, with its inventory where that is asked for."""
    first = listing.kept[0]
    row = {
        "listing_id": listing.id,
        "user_id": shop.user_id,
        "shop_id": shop.id,
        "title": listing.title,
        "description": f"{listing.title}, made by hand.",
        "state": listing.state,
        "creation_timestamp": epoch(listing.created_at),
        "created_timestamp": epoch(listing.created_at),
        "ending_timestamp": epoch(listing.ends_at),
        "last_modified_timestamp": epoch(listing.updated_at),
        "updated_timestamp": epoch(listing.updated_at),
        "state_timestamp": epoch(listing.state_at),
        "quantity": listing.quantity,
        "listing_type": listing.kind,
        "has_variations": bool(first.properties),
        "should_auto_renew": False,
        "price": money(first.amount, first.divisor, shop.currency),
    }
    if inventory:
        row["skus"] = [each.sku for each in listing.kept if each.sku]
        row["inventory"] = inventory_row(shop, listing) if listing.has_inventory else None
    return row


def inventory_row(shop: Shop, listing: Listing) -> dict[str, Any]:
    """Write the inventory of a listing, deleted products included."""
    return {
        "products": [_product(shop, each) for each in listing.products],
        "price_on_property": listing.price_on_property,
        "quantity_on_property": listing.quantity_on_property,
        "sku_on_property": listing.sku_on_property,
        "readiness_state_on_property": listing.readiness_on_property,
    }


def value_row(value: Value) -> dict[str, Any]:
    """Write what one property of a product is."""
    return {
        "property_id": value.property_id,
        "property_name": value.name,
        "scale_id": value.scale_id,
        "scale_name": None if value.scale_id is None else f"Scale {value.scale_id}",
        "value_ids": list(value.value_ids),
        "values": list(value.values),
    }


def _product(shop: Shop, product: Product) -> dict[str, Any]:
    return {
        "product_id": product.id,
        "sku": product.sku,
        "is_deleted": product.deleted,
        "offerings": [
            {
                "offering_id": product.offering_id,
                "quantity": product.quantity,
                "is_enabled": product.enabled,
                "is_deleted": product.deleted,
                "price": money(product.amount, product.divisor, shop.currency),
                "readiness_state_id": product.readiness,
            }
        ],
        "property_values": [value_row(each) for each in product.properties],
    }
