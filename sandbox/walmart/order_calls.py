"""Orders: searched page by page, or one by its number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.walmart.answers import bad_request, error, not_found
from sandbox.walmart.order_rows import told
from sandbox.walmart.reading import moment, number, query
from sandbox.walmart.shop import Shop

_PAGE = 200  # Walmart: most orders of a page
# Walmart: how far back a search goes unless it says otherwise, and at most
_DEFAULT, _HISTORY = timedelta(days=7), timedelta(days=180)
_GOES_ON = "hasMoreElements"

_Found = list[tuple[datetime, dict[str, Any]]]


async def orders(shop: Shop, request: Request) -> Response:
    """getAllOrders: the newest first; the cursor is the whole query of the next page"""
    given = query(request)
    now = shop.now()
    try:
        limit = number(given, "limit", 100, _PAGE)
        at = number(given, "poIndex", 0, 10**9) if given.get(_GOES_ON) == "true" else 0
        found = _found(shop, given, now)
    except ValueError:
        return bad_request("ORDER")
    if at >= shop.order_cap:
        return bad_request("ORDER")
    if not found and shop.faults.take("empty_is_404", "orders"):
        return not_found("ORDER", "No purchase order fits.")
    if at and shop.faults.take("dead_orders_cursor", "orders"):
        return not_found("ORDER", "The cursor is not known.")
    if shop.faults.take("orders_errors", "orders"):
        row = error("SYSTEM_ERROR.GMP_ORDER_API", "Internal system error.", category="SYSTEM")
        return JSONResponse({"list": {"errors": [row], "meta": {"totalCount": 0}, "elements": {}}})
    here = found[at : at + limit]
    info = given.get("replacementInfo") == "true"
    meta: dict[str, Any] = {"totalCount": len(found), "limit": limit}
    if at + limit < len(found):
        meta["nextCursor"] = _cursor(shop, given, now, limit, at + limit, len(found))
    rows = [told(row, replacement_info=info) for _, row in here]
    return JSONResponse({"list": {"meta": meta, "elements": {"order": rows}}})


async def order(shop: Shop, request: Request) -> Response:
    """getAnOrder: as it stands now, whatever its kind"""
    wanted = request.path_params["order"]
    info = query(request).get("replacementInfo") == "true"
    for each in shop.orders:
        if each.id == wanted:
            row = each.versions[-1][2]
            return JSONResponse({"order": told(row, replacement_info=info)})
    return not_found("ORDER", "The requested purchase order was not found.")


def _found(shop: Shop, given: Mapping[str, str], now: datetime) -> _Found:
    """Find what a search means, the newest first; ValueError where it cannot be read."""
    created_since = moment(given.get("createdStartDate")) or now - _DEFAULT
    created_until = moment(given.get("createdEndDate")) or now
    since, until = (moment(given.get(f"lastModified{end}Date")) for end in ("Start", "End"))
    kind = given.get("shipNodeType", "SellerFulfilled")
    replacements = given.get("replacementInfo") == "true"
    found: _Found = []
    for order in shop.orders:
        row = order.row_at(now)
        if (
            row is not None
            and max(created_since, now - _HISTORY) <= order.created_at <= created_until
            and (since is None or row[0] >= since)
            and (until is None or row[0] <= until)
            and order.fulfilment == kind
            and (replacements or order.replaces is None)
            and given.get("status") in (None, *_statuses(row[1]))
            and given.get("purchaseOrderId") in (None, order.id)
        ):
            found.append((order.created_at, row[1]))
    # Orders of one moment stay in one order between two pages.
    return sorted(found, key=lambda each: (each[0], each[1]["purchaseOrderId"]), reverse=True)


def _statuses(row: dict[str, Any]) -> set[str]:
    return {
        status["status"]
        for line in row["orderLines"]["orderLine"]
        for status in line["orderLineStatuses"]["orderLineStatus"]
    }


def _cursor(
    shop: Shop, given: Mapping[str, str], now: datetime, limit: int, at: int, total: int
) -> str:
    kept = {
        "limit": str(limit),
        _GOES_ON: "true",
        "soIndex": str(total),
        "poIndex": str(at),
        "partnerId": shop.partner_id,
        "createdStartDate": _text(now - _DEFAULT),
        # What is ordered from now on would move the pages.
        "createdEndDate": _text(now),
    }
    own = {key: value for key, value in given.items() if key not in kept or "Date" in key}
    return f"?{urlencode({**kept, **own})}"


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
