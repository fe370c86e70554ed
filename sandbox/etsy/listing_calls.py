"""Calls about listings: lists of a state, batches by number, the whole inventory, the state."""

from __future__ import annotations

import json
from decimal import Decimal
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.etsy.fields import inventory_row, listing_row
from sandbox.etsy.inventory_body import put_inventory
from sandbox.etsy.model import Listing
from sandbox.etsy.reading import numbers, page
from sandbox.etsy.refusal import bad_request, not_found, server_error
from sandbox.etsy.shop import Shop

_STATES = ("active", "inactive", "sold_out", "draft", "expired")


async def by_shop(shop: Shop, request: Request) -> Response:
    """getListingsByShop: newest first."""
    state = request.query_params.get("state", "active")
    if state not in _STATES:
        raise bad_request("Invalid value for parameter: state")
    limit, offset = page(request)
    includes = request.query_params.get("includes", "").split(",")
    found = [each for each in reversed(shop.listings) if each.state == state]
    rows = [
        listing_row(shop, each, inventory="Inventory" in includes)
        for each in found[offset : offset + limit]
    ]
    return JSONResponse({"count": len(found), "results": rows})


async def batch(shop: Shop, request: Request) -> Response:
    """getListingsInventoryByListingIds: one that is not known spoils all."""
    wanted = numbers(request, "listing_ids", 100)
    found = [_listing(shop, number) for number in dict.fromkeys(wanted)]
    rows = [listing_row(shop, each, inventory=True) for each in found]
    return JSONResponse({"count": len(rows), "results": rows})


async def put(shop: Shop, request: Request) -> Response:
    """updateListingInventory: replaces all that a listing has."""
    listing = _listing(shop, int(request.path_params["listing_id"]))
    try:
        body = json.loads(await request.body(), parse_float=Decimal)
    except ValueError:
        raise bad_request("The request body is no valid JSON") from None
    put_inventory(shop, listing, body, request.query_params.get("max_variations_supported"))
    row = inventory_row(shop, listing)
    if shop.faults.take("not_kept", "write"):
        for product in row["products"]:
            product["offerings"][0]["quantity"] += 1
    return JSONResponse(row)


async def patch(shop: Shop, request: Request) -> Response:
    """updateListing: of all its fields this one knows the state."""
    listing = _listing(shop, int(request.path_params["listing_id"]))
    given = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
    state = given.pop("state", None)
    if state not in ("active", "inactive") or given:
        raise bad_request("There was a problem with /state : must be active or inactive")
    if state == "inactive":
        if listing.state not in ("active", "inactive"):
            raise bad_request("Only active listings can be deactivated")
        shop.set_inactive(listing)
    elif listing.state != "active":
        if listing.state in ("sold_out", "expired") and shop.faults.take("renew_error", "write"):
            raise server_error()
        if listing.state == "draft":
            raise bad_request("A listing needs an image before it can be published")
        if not shop.can_activate:
            raise bad_request("The shipping profile of this listing is not complete")
        shop.set_active(listing)
    return JSONResponse(listing_row(shop, listing, inventory=False))


def _listing(shop: Shop, number: int) -> Listing:
    try:
        return shop.listing(number)
    except KeyError:
        raise not_found(f"Could not find a listing with listing_id = {number}.") from None
