"""The items, and those whose stock Walmart keeps itself."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.walmart.answers import bad_request, bare, error, refusal
from sandbox.walmart.model import Item
from sandbox.walmart.reading import number, query
from sandbox.walmart.shop import Shop

# Walmart: most rows of a page
_ITEMS, _WFS = 1000, 300


async def items(shop: Shop, request: Request) -> Response:
    """getAllItems by cursor: it stays the same, every call with it gives the next page"""
    given = query(request)
    try:
        limit = number(given, "limit", 20, _ITEMS)
    except ValueError:
        return bare(400, "Invalid limit")
    cursor = given.get("nextCursor", "*")
    goes_on = cursor != "*"
    if not goes_on:
        wanted = [
            item
            for item in shop.items.values()
            if given.get("sku") in (None, item.sku)
            and given.get("lifecycleStatus") in (None, item.lifecycle)
        ]
        cursor = shop.item_cursors.begin(wanted)
        page = shop.item_cursors.page(cursor, limit)
    else:
        if shop.faults.take("lost_items_page", "read"):
            return refusal(404, error("CONTENT_NOT_FOUND.GMP_ITEM_QUERY_API", "Not found."))
        dead = shop.faults.take("dead_items_cursor", "read")
        page = None if dead else shop.item_cursors.page(cursor, limit)
    if page is None:
        return bare(400, "Invalid Cursor")
    rows, total, following = page
    if goes_on and shop.faults.take("empty_items_page", "read"):
        rows = []
    body: dict[str, Any] = {"ItemResponse": [_item(shop, row) for row in rows], "totalItems": total}
    return JSONResponse(body if following is None else {**body, "nextCursor": following})


async def wfs_inventory(shop: Shop, request: Request) -> Response:
    """getWFSInventoryDetails"""
    given = query(request)
    try:
        limit, offset = number(given, "limit", 10, _WFS), number(given, "offset", 0, 10**9)
    except ValueError:
        return bad_request("INVENTORY")
    rows = [item for item in shop.items.values() if item.fulfilment == "WFSFulfilled"]
    here = rows[offset : offset + limit]
    return JSONResponse(
        {
            "headers": {"totalCount": len(rows), "limit": limit, "offset": offset},
            "payload": {"inventory": [_wfs(item) for item in here]},
        }
    )


def _item(shop: Shop, item: Item) -> dict[str, Any]:
    held = item.stock.get(shop.nodes[0].id)
    row: dict[str, Any] = {
        "mart": "WALMART_US",
        "sku": item.sku,
        "condition": "New",
        "availability": "In_stock" if held and held.available else "Out_of_stock",
        "wpid": item.wpid,
        "gtin": item.gtin,
        "productName": item.title,
        "shelf": '["UNNAV"]',
        "productType": "Mugs",
        "price": {"currency": "USD", "amount": 10},
        "publishedStatus": item.published,
        "lifecycleStatus": item.lifecycle,
        "isDuplicate": item.duplicate,
    }
    if item.published != "PUBLISHED":
        row["unpublishedReasons"] = {"reason": ["No price was found for this listing."]}
    if item.group is not None:
        row["variantGroupId"] = item.group
        row["variantGroupInfo"] = {"isPrimary": False}
    return row


def _wfs(item: Item) -> dict[str, Any]:
    available = sum(stock.available for stock in item.stock.values())
    reserved = sum(stock.reserved for stock in item.stock.values())
    return {
        "itemInformation": {"itemName": item.title, "gtin": item.gtin, "sku": item.sku},
        "inventoryData": {
            "publishingStatus": "Published",
            "itemLifecycle": "Active",
            "availableUnits": available,
            "reservedUnits": reserved,
            "inboundUnits": 0,
            "onhandUnits": available + reserved,
        },
    }
