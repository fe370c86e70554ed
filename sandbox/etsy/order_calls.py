"""Calls about receipts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.etsy.fields import epoch
from sandbox.etsy.reading import flag, page, whole
from sandbox.etsy.refusal import bad_request, not_found
from sandbox.etsy.shop import Shop

# Etsy: no time is older than the year 2000.
_OLDEST = 946_684_800
_SORTS = {
    "created": "created_timestamp",
    "updated": "updated_timestamp",
    "receipt_id": "receipt_id",
}


async def receipts(shop: Shop, request: Request) -> Response:
    """getShopReceipts: those that are listed by now, newest first unless asked otherwise."""
    sort = request.query_params.get("sort_on", "created")
    order = request.query_params.get("sort_order", "desc")
    if sort not in _SORTS or order not in ("asc", "ascending", "up", "desc", "descending", "down"):
        raise bad_request("Invalid value for parameter: sort_on or sort_order")
    limit, offset = page(request)
    start = whole(request, "min_last_modified", _OLDEST, least=_OLDEST) or 0
    end = whole(request, "max_last_modified", least=_OLDEST)
    cancelled = flag(request, "was_canceled")
    if cancelled is None and shop.hides_cancelled:
        cancelled = False
    found = [
        row
        for stamp, row in _listed(shop)
        if epoch(stamp) >= start
        and (end is None or epoch(stamp) <= end)
        and (cancelled is None or cancelled == (row["status"].lower() == "canceled"))
    ]
    falls = order in ("desc", "descending", "down")
    found.sort(key=lambda row: (row[_SORTS[sort]], row["receipt_id"]), reverse=falls)
    return JSONResponse({"count": len(found), "results": found[offset : offset + limit]})


async def receipt(shop: Shop, request: Request) -> Response:
    """getShopReceipt"""
    number = request.path_params["receipt_id"]
    for _, row in _listed(shop):
        if str(row["receipt_id"]) == number:
            return JSONResponse(row)
    raise not_found(
        f"Could not find a Shop Receipt with receipt_id = {number} associated with "
        f"shop_id = {shop.id}."
    )


def _listed(shop: Shop) -> Iterator[tuple[datetime, dict[str, Any]]]:
    now = shop.now()
    for order in shop.orders:
        if (found := order.row_at(now)) is not None:
            yield found
