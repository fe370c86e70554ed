"""The inventory API: reading items, and setting absolute numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.bigcommerce.answers import ids, page_of, refusal
from sandbox.bigcommerce.model import Product, Stock, Variant
from sandbox.bigcommerce.shop import Shop

# BigCommerce: most items of a page, and of one adjustment
_PAGE, _ITEMS = 1000, 2000
# BigCommerce: an item beyond it is dropped
_LIMIT = 2_147_483_647
_IDENTITIES = ("product_id", "variant_id", "sku")

_Item = tuple[Product, Variant | None, dict[int, Stock]]
_Known = dict[tuple[str, Any], Product | Variant]


async def items(shop: Shop, request: Request) -> Response:
    """get-inventory-items"""

    def told(item: _Item) -> dict[str, Any]:
        product, variant, held = item
        return {
            "identity": _identity(product, variant),
            "locations": [
                {
                    "location_id": place.id,
                    "location_code": f"BC-LOCATION-{place.id}",
                    "location_name": place.name,
                    "location_enabled": place.enabled,
                    **_numbers(held[place.id]),
                }
                for place in shop.locations
                if place.id in held
            ],
        }

    return page_of(request, _wanted(shop, request), told, most=_PAGE)


async def items_at(shop: Shop, request: Request) -> Response:
    """get-location-inventory-items"""
    place = int(request.path_params["location"])
    if place not in {each.id for each in shop.locations}:
        return refusal(404, "Location not found", {})

    def told(item: _Item) -> dict[str, Any]:
        product, variant, held = item
        return {"identity": _identity(product, variant), **_numbers(held[place])}

    found = [item for item in _wanted(shop, request) if place in item[2]]
    return page_of(request, found, told, most=_PAGE)


async def set_absolute(shop: Shop, request: Request) -> Response:
    """put-absolute-adjustment: the whole list or nothing"""
    given = json.loads(await request.body())
    entries = given.get("items")
    if not isinstance(entries, list):
        return _invalid({"items": "This field is missing"})
    if len(entries) > _ITEMS:
        return _invalid({"items": f"At most {_ITEMS} items may be adjusted at once"})
    found: list[tuple[Stock, int]] = []
    known = _by_identity(shop)
    for index, entry in enumerate(entries):
        stock = _found(shop, known, entry, index)
        if isinstance(stock, Response):
            if shop.faults.take("unnamed", "write"):
                return _invalid({})
            return stock
        found.append((stock, entry["quantity"]))
    if not shop.faults.take("not_applied", "write"):
        for stock, quantity in found:
            if quantity <= _LIMIT:
                shop.adjust(stock, quantity)
    return JSONResponse({"transaction_id": f"transaction-{id(given):x}"})


def _by_identity(shop: Shop) -> _Known:
    """Everything that an entry may name, the first one where a SKU is there twice."""
    known: _Known = {}
    for product in shop.products:
        known["product_id", product.id] = product
        for variant in product.variants:
            known["variant_id", variant.id] = variant
            known.setdefault(("sku", variant.sku), variant)
    return known


def _found(shop: Shop, known: _Known, entry: Mapping[str, Any], index: int) -> Stock | Response:
    """Find what an entry adjusts, or say why it cannot be."""
    named = [key for key in _IDENTITIES if key in entry]
    if len(named) != 1 or type(entry.get("location_id")) is not int:
        return _invalid({f"items.{index}": "One identity and a location are needed"})
    if type(entry.get("quantity")) is not int or entry["quantity"] < 0:
        return _invalid({f"items.{index}.quantity": "Must be a whole number of 0 at least"})
    place = next((each for each in shop.locations if each.id == entry["location_id"]), None)
    if place is None:
        return _invalid({f"items.{index}.location_id": "Location not found"})
    if not place.enabled:
        return _invalid({f"items.{index}.location_id": "Location is disabled"})
    key, value = named[0], entry[named[0]]
    thing = known.get((key, value))
    if thing is None:
        return refusal(422, f"Items with identity: [{key} {value}] not found", {})
    product = thing if isinstance(thing, Product) else thing.product
    if product.tracking != ("product" if thing is product else "variant"):
        return _other_mode(key, value, product)
    return thing.stock.setdefault(place.id, Stock(0))


def _other_mode(key: str, value: Any, product: Product) -> Response:
    if product.tracking == "none":
        return refusal(422, f"[Item with {key} {value} is not tracked]", {})
    mode = product.tracking
    words = f"is tracked by {mode}, please update stock by {mode} id"
    return refusal(422, f"[Item with {key} {value} {words}]", {})


def _invalid(errors: dict[str, str]) -> Response:
    return refusal(422, "Payload contains invalid fields", errors)


def _wanted(shop: Shop, request: Request) -> list[tuple[Product, Variant | None, dict[int, Stock]]]:
    products, variants = ids(request, "product_id:in"), ids(request, "variant_id:in")
    return [
        (product, variant, held)
        for product, variant, held in shop.items()
        if (products is None or product.id in products)
        and (variants is None or (variant is not None and variant.id in variants))
    ]


def _identity(product: Product, variant: Variant | None) -> dict[str, Any]:
    row: dict[str, Any] = {"product_id": product.id}
    row["sku"] = variant.sku if variant else product.sku
    if variant is not None:
        row["variant_id"] = variant.id
    return row


def _numbers(stock: Stock) -> dict[str, Any]:
    return {
        "available_to_sell": stock.available,
        "total_inventory_onhand": stock.on_hand,
        "settings": {"safety_stock": stock.safety, "is_in_stock": stock.available > 0},
    }
