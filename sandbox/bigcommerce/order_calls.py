"""The V2 orders API: lists by time or id, one order, no totals, 204 where nothing is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.bigcommerce.answers import refusal, refusal_v2
from sandbox.bigcommerce.order_rows import without_lines
from sandbox.bigcommerce.shop import Shop

# BigCommerce: most orders of a page
_PAGE = 250
_SORTS: dict[str, Callable[[tuple[datetime, dict[str, Any]]], Any]] = {
    "id": lambda found: found[1]["id"],
    "date_modified": lambda found: (found[0], found[1]["id"]),
}


async def orders(shop: Shop, request: Request) -> Response:
    """getOrders; archived ones are not listed"""
    query = request.query_params
    try:
        limit, page = int(query.get("limit", 50)), int(query.get("page", 1))
        field, _, direction = query.get("sort", "id").partition(":")
        sort = _SORTS[field]
        low, high = int(query.get("min_id", 0)), int(query.get("max_id", 2**62))
        since, until = (
            _moment(query.get("min_date_modified")),
            _moment(query.get("max_date_modified")),
        )
    except (KeyError, ValueError):
        return refusal_v2(400, "A field of the query is invalid.")
    if not 1 <= limit <= _PAGE:
        return refusal_v2(400, "The field 'limit' is invalid.")
    now = shop.now()
    found = [
        row
        for order in shop.orders
        if (row := order.row_at(now)) is not None
        and not order.archived
        and low <= order.id <= high
        and (since is None or row[0] >= since)
        and (until is None or row[0] <= until)
    ]
    found.sort(key=sort, reverse=direction == "desc")
    here = found[(page - 1) * limit : page * limit]
    if not here:
        return Response(status_code=204)
    return JSONResponse([_told(row, request) for _, row in here])


async def order(shop: Shop, request: Request) -> Response:
    """getOrder: as it stands now, archived or not"""
    wanted = request.path_params["order"]
    for each in shop.orders:
        if each.id == int(wanted):
            return JSONResponse(_told(each.versions[-1][2], request))
    return _missing(shop)


def _missing(shop: Shop) -> Response:
    words = "The requested resource was not found."
    if shop.missing_order == "list":
        return refusal_v2(404, words)
    return refusal(404, words) if shop.missing_order == "object" else Response(status_code=404)


def _told(row: dict[str, Any], request: Request) -> dict[str, Any]:
    query = request.query_params
    wanted = ("consignments.line_items", "object")
    if (query.get("include"), query.get("consignment_structure")) == wanted:
        return row
    return without_lines(row)


def _moment(given: str | None) -> datetime | None:
    if given is None:
        return None
    try:
        return datetime.fromisoformat(given)
    except ValueError:
        return parsedate_to_datetime(given)
