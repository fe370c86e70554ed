"""What the store says of itself: its name, its rules for stock, its locations, its products."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.bigcommerce.answers import page_of, refusal
from sandbox.bigcommerce.model import Location, Product, Variant
from sandbox.bigcommerce.shop import Shop

# BigCommerce: most rows of a page
_PRODUCTS, _LOCATIONS = 250, 1000
_ALWAYS = ("id", "variants")


async def store(shop: Shop, _: Request) -> Response:
    """getStoreInformation"""
    return JSONResponse(
        {
            "id": shop.name,
            "domain": f"{shop.name}.example.com",
            "status": "live",
            "name": shop.title,
            "currency": shop.currency,
            "timezone": {"name": "America/Chicago", "raw_offset": -21600},
            "plan_name": "Standard",
            "store_id": sum(shop.name.encode()),
            "default_channel_id": 1,
        }
    )


async def settings(shop: Shop, request: Request) -> Response:
    """getSettingsInventory; of a channel, what it does not override is null"""
    rules = shop.rules
    own: dict[str, Any] = {
        "update_stock_behavior": rules.behaviour,
        "edit_order_stock_adjustment": rules.follows_edits,
        "refund_order_stock_adjustment": rules.restocks,
    }
    channel = request.query_params.get("channel_id")
    if channel is not None:
        if int(channel) != 1 and int(channel) not in rules.channels:
            return refusal(422, f"Channel {channel} does not exist", {})
        overrides = rules.channels.get(int(channel), {})
        own = {key: overrides.get(key) for key in own}
    return JSONResponse({"data": own, "meta": {}})


async def locations(shop: Shop, request: Request) -> Response:
    """getLocations"""
    found = shop.locations
    if (wanted := request.query_params.get("is_default")) is not None:
        found = [each for each in found if (each is shop.locations[0]) == (wanted == "true")]
    return page_of(request, found, _location, most=_LOCATIONS)


async def products(shop: Shop, request: Request) -> Response:
    """getProducts"""
    query = request.query_params
    found = sorted(shop.products, key=lambda product: product.id)
    if "id:greater" in query:
        found = [each for each in found if each.id > int(query["id:greater"])]
    if "date_modified:min" in query:
        since = datetime.fromisoformat(query["date_modified:min"])
        found = [each for each in found if each.updated_at >= since]
    wanted = query.get("include_fields")
    variants = query.get("include") == "variants"

    def told(product: Product) -> dict[str, Any]:
        row = _product(product, variants=variants)
        if wanted is None:
            return row
        fields = {*wanted.split(","), *_ALWAYS}
        return {key: row[key] for key in row if key in fields}

    return page_of(request, found, told, most=_PRODUCTS)


def _location(location: Location) -> dict[str, Any]:
    return {
        "id": location.id,
        "code": f"BC-LOCATION-{location.id}",
        "label": location.name,
        "managed_by_external_source": False,
        "type_id": "PHYSICAL",
        "enabled": location.enabled,
        "time_zone": "America/Chicago",
        "storefront_visibility": True,
    }


def _product(product: Product, *, variants: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": product.id,
        "name": product.name,
        "type": product.type,
        "sku": product.sku,
        "inventory_tracking": product.tracking,
        "is_visible": product.visible,
        "availability": product.availability,
        "base_variant_id": product.base.id if product.base else None,
        "date_modified": product.updated_at.astimezone(UTC).isoformat(),
    }
    if variants:
        row["variants"] = [_variant(each) for each in product.variants]
    return row


def _variant(variant: Variant) -> dict[str, Any]:
    label = variant.option
    return {
        "id": variant.id,
        "product_id": variant.product.id,
        "sku": variant.sku,
        "purchasing_disabled": variant.purchasing_disabled,
        "option_values": []
        if label is None
        else [{"id": variant.id, "label": label, "option_id": 1, "option_display_name": "Choice"}],
    }
