"""The Inventory API: items, their offers, places, and prices and quantities in bulk.

It knows nothing of listings of the Trading model.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.ebay.bulk_writes import write_entries
from sandbox.ebay.model import Item, Variation
from sandbox.ebay.refusal import Refusal, error, unknown_sku
from sandbox.ebay.shop import Shop

# eBay: rows of a page where none is asked for, and the most
_ITEMS, _MOST_ITEMS = 25, 200
_OFFERS, _LOCATIONS = 100, 100
# eBay: entries of one bulk call; characters of a SKU
BULK, SKU_LENGTH = 25, 50
_PATH = "/sell/inventory/v1"


async def items(shop: Shop, request: Request) -> Response:
    """getInventoryItems: `offset` is the number of a page"""
    limit, page = _paging(request, _ITEMS, _MOST_ITEMS)
    found = list(shop.items.values())
    here = [_item(shop, each) for each in found[page * limit : (page + 1) * limit]]
    return JSONResponse(_page("inventory_item", "inventoryItems", here, limit, page, len(found)))


async def bulk_get(shop: Shop, request: Request) -> Response:
    """bulkGetInventoryItem"""
    skus = [each.get("sku") for each in await entries(request)]
    if len(set(skus)) < len(skus):
        raise Refusal(400, error(25734, "SKU should be unique in the request."))
    rows = [_got(shop, sku) for sku in skus]
    whole = all(each["statusCode"] == 200 for each in rows)
    return JSONResponse({"responses": rows}, status_code=200 if whole else 207)


async def offers(shop: Shop, request: Request) -> Response:
    """getOffers: of one SKU"""
    sku = request.query_params.get("sku", "")
    limit, page = _paging(request, _OFFERS, _OFFERS)
    if not _is_sku(shop, sku):
        raise _invalid_sku()
    if sku not in shop.items:
        raise Refusal(404, error(25713, "This Offer is not available."))
    item = shop.items[sku]
    found = [
        _offer(shop, each)
        for listing in shop.listings
        for each in listing.variations
        if each.item is item
    ]
    here = found[page * limit : (page + 1) * limit]
    return JSONResponse(_page("offer", "offers", here, limit, page, len(found)))


async def bulk_update(shop: Shop, request: Request) -> Response:
    """bulkUpdatePriceQuantity: each entry by itself"""
    given = await entries(request)
    if shop.one_sku_a_write and len(given) > 1:
        raise Refusal(400, error(25002, "Any User error. Only one SKU can be updated per call."))
    if shop.faults.take("whole_error", "write"):
        raise Refusal(400, error(25002, "Any User error."))
    rows = write_entries(shop, given)
    good = [each["statusCode"] == 200 for each in rows]
    if len(given) == 1 and not any(good):
        raise Refusal(400, *rows[0]["errors"])
    return JSONResponse({"responses": rows}, status_code=200 if all(good) else 207)


async def locations(shop: Shop, request: Request) -> Response:
    """getInventoryLocations: `offset` is a number of records"""
    place = {
        "location": {
            "address": {"city": "Austin", "stateOrProvince": "TX", "country": "US"},
            "locationId": "1",
        },
        "phone": "5550100",
        "name": "Warehouse",
        "merchantLocationStatus": "ENABLED",
        "locationTypes": ["WAREHOUSE"],
        "merchantLocationKey": "warehouse-1",
    }
    limit, offset = _paging(request, _LOCATIONS, _LOCATIONS)
    here = [place][offset : offset + limit]
    body = {
        "href": f"{_PATH}/location?limit={limit}&offset={offset}",
        "limit": limit,
        "offset": offset,
        "total": 1,
        "locations": here,
    }
    return JSONResponse(body)


async def entries(request: Request) -> list[dict[str, Any]]:
    """Read the entries of a bulk call, or refuse all of it."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise Refusal(415, error(25709, "Invalid value for header Content-Type."))
    try:
        given = json.loads(await request.body())["requests"]
    except (ValueError, KeyError, TypeError):
        raise Refusal(400, error(25709, "Invalid value for requests.")) from None
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise Refusal(400, error(25709, "Invalid value for requests."))
    if not 1 <= len(given) <= BULK:
        words = f"The number of InventoryItems in the request cannot exceed {BULK}."
        raise Refusal(400, error(25727, words))
    return given


def _got(shop: Shop, sku: Any) -> dict[str, Any]:
    if not isinstance(sku, str) or not _is_sku(shop, sku):
        return {"sku": str(sku), "statusCode": 400, "errors": [error(25708, "Invalid SKU.")]}
    if sku not in shop.items:
        return {"sku": sku, "statusCode": 404, "errors": [unknown_sku(sku)]}
    return {"sku": sku, "statusCode": 200, "inventoryItem": _item(shop, shop.items[sku])}


def _is_sku(shop: Shop, sku: str) -> bool:
    plain = sku.isalnum() or not shop.plain_skus_only
    return 0 < len(sku) <= SKU_LENGTH and plain


def _invalid_sku() -> Refusal:
    words = (
        "This is an invalid value for a SKU. Only alphanumeric characters can be used for SKUs, "
        f"and their length must not exceed {SKU_LENGTH} characters"
    )
    return Refusal(400, error(25707, words))


def _paging(request: Request, default: int, most: int) -> tuple[int, int]:
    try:
        limit = int(request.query_params.get("limit", default))
        offset = int(request.query_params.get("offset", 0))
    except ValueError:
        limit, offset = 0, 0
    if not 1 <= limit <= most or offset < 0:
        raise Refusal(400, error(25706, "You have provided invalid pagination values."))
    return limit, offset


def _page(
    path: str, name: str, here: list[dict[str, Any]], limit: int, page: int, total: int
) -> dict[str, Any]:
    address = f"{_PATH}/{path}?limit={limit}&offset="
    body: dict[str, Any] = {
        "href": f"{address}{page}",
        "total": total,
        "size": len(here),
        "limit": limit,
        name: here,
    }
    if (page + 1) * limit < total:
        body["next"] = f"{address}{page + 1}"
    if page:
        body["prev"] = f"{address}{page - 1}"
    return body


def _item(shop: Shop, item: Item) -> dict[str, Any]:
    return {
        "sku": item.sku,
        "locale": "en_US",
        "product": {
            "title": item.title,
            "description": item.title,
            "aspects": {"Brand": [shop.title]},
        },
        "condition": "NEW",
        "availability": {"shipToLocationAvailability": {"quantity": item.quantity}},
    }


def _offer(shop: Shop, variation: Variation) -> dict[str, Any]:
    listing = variation.listing
    auction = listing.type != "FixedPriceItem"
    status = "ENDED" if listing.status != "Active" else "ACTIVE"
    if status == "ACTIVE" and listing.available <= 0:
        status = "OUT_OF_STOCK"
    return {
        "offerId": variation.offer_id,
        "sku": variation.sku,
        "marketplaceId": shop.marketplace,
        "format": "AUCTION" if auction else "FIXED_PRICE",
        "availableQuantity": variation.quantity,
        "categoryId": "20625",
        "merchantLocationKey": "warehouse-1",
        "listingDuration": "GTC",
        "includeCatalogProductDetails": True,
        "hideBuyerDetails": False,
        "listingPolicies": {
            "paymentPolicyId": "1",
            "returnPolicyId": "2",
            "fulfillmentPolicyId": "3",
            "eBayPlusIfEligible": False,
        },
        "pricingSummary": {"price": {"value": "10.0", "currency": shop.currency}},
        "status": "PUBLISHED" if listing.status == "Active" else "UNPUBLISHED",
        "listing": {
            "listingId": listing.id,
            "listingStatus": status,
            "soldQuantity": variation.sold,
        },
    }
