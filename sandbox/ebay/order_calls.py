"""The Fulfillment API: orders by time or by id; `offset` is a number of orders."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.ebay.order_rows import moment
from sandbox.ebay.refusal import FULFILLMENT, Refusal, error
from sandbox.ebay.shop import Shop

# eBay: orders of a page where none is asked for, and the most; ids of one call
_PAGE, _MOST, _IDS = 50, 200, 50
# eBay: what is listed without any filter, and the widest window
_DEFAULT, _YEARS = timedelta(days=90), timedelta(days=2 * 365)
_PATH = "/sell/fulfillment/v1/order"
_FILTER = re.compile(r"(\w+):(\[[^\]]*\]|\{[^}]*\})(?:,|$)")
_STATUSES = ({"NOT_STARTED", "IN_PROGRESS"}, {"FULFILLED", "IN_PROGRESS"})
_Row = tuple[datetime, datetime, dict[str, Any]]  # created, changed, as it is told


async def orders(shop: Shop, request: Request) -> Response:
    """getOrders"""
    query = request.query_params
    if "orderIds" in query:
        return _by_id(shop, query["orderIds"])
    limit = _number(query.get("limit"), _PAGE, 31100, "limit")
    if not 1 <= limit <= _MOST:
        raise _refusal(31100, f"Invalid limit: {limit}", limitvalue=str(limit))
    offset = _number(query.get("offset"), 0, 31000, "offset")
    if offset < 0:
        raise _refusal(31000, f"Invalid offset: {offset}", offsetvalue=str(offset))
    found = _filtered(shop, query.get("filter", ""))
    if shop.orders_by == "created":
        found.sort(key=lambda row: (row[0], row[2]["orderId"]), reverse=True)
    else:
        found.sort(key=lambda row: (row[1], row[2]["orderId"]))
    here = [row for _, _, row in found[offset : offset + limit]]
    body: dict[str, Any] = {
        "href": f"{_PATH}?limit={limit}&offset={offset}",
        "total": len(found),
        "limit": limit,
        "offset": offset,
        "orders": here,
    }
    if offset + limit < len(found):
        body["next"] = f"{_PATH}?limit={limit}&offset={offset + limit}"
    if offset:
        body["prev"] = f"{_PATH}?limit={limit}&offset={max(0, offset - limit)}"
    return JSONResponse(body)


def _by_id(shop: Shop, given: str) -> Response:
    """Answer as they stand now; everything else of the query counts for nothing."""
    ids = [each for each in given.split(",") if each]
    if len(ids) > _IDS:
        words = f"Exceeded maximum number of order IDs (the current limit is {_IDS})"
        raise _refusal(30900, words)
    found = [order.versions[-1][2] for order in shop.orders if order.id in ids]
    body = {
        "href": f"{_PATH}?orderIds={given}",
        "total": len(found),
        "limit": _IDS,
        "offset": 0,
        "orders": found,
    }
    return JSONResponse(body)


def _filtered(shop: Shop, given: str) -> list[_Row]:
    now = shop.now()
    listed = [
        (order.created_at, row[0], row[1])
        for order in shop.orders
        if (row := order.row_at(now)) is not None and order.created_at >= now - _YEARS
    ]
    filters = _read(given)
    by, window = 1, filters.get("lastmodifieddate")
    if "creationdate" in filters:  # eBay: wins without a word
        by, window = 0, filters["creationdate"]
    if window is not None:
        since, until = _window(window, "creationdate" if by == 0 else "lastmodifieddate", now)
        listed = [row for row in listed if since <= (row[0], row[1])[by] <= until]
    if "orderfulfillmentstatus" in filters:
        wanted = set(filters["orderfulfillmentstatus"].strip("{}").split("|"))
        if wanted not in _STATUSES:
            raise _bad_value("orderfulfillmentstatus", filters["orderfulfillmentstatus"])
        listed = [row for row in listed if row[2]["orderFulfillmentStatus"] in wanted]
    if not filters:
        listed = [row for row in listed if row[0] >= now - _DEFAULT]
    return listed


def _read(given: str) -> dict[str, str]:
    """Read a filter's parts by name."""
    filters: dict[str, str] = {}
    place = 0
    while place < len(given):
        part = _FILTER.match(given, place)
        if part is None:
            name, _, value = given[place:].partition(":")
            raise _bad_value(name, value)
        if part[1] not in ("creationdate", "lastmodifieddate", "orderfulfillmentstatus"):
            raise _refusal(30700, f"Invalid filter name: {part[1]}", fieldname=part[1])
        filters[part[1]] = part[2]
        place = part.end()
    return filters


def _window(given: str, name: str, now: datetime) -> tuple[datetime, datetime]:
    first, dots, last = given.strip("[]").partition("..")
    if not dots:
        raise _bad_value(name, given)
    if not first:
        raise _refusal(30820, "Start date is missing")
    since, until = _moment(first, name), _moment(last, name) if last else now
    if since > now or until > now:
        raise _refusal(30850, "Start and end dates can't be in the future")
    if since > until:
        raise _refusal(30840, "Start date should be before end date")
    if since < now - _YEARS:
        words = "Time range between start date and end date must be within '2' years."
        raise _refusal(30830, words)
    return since, until


def _moment(given: str, name: str) -> datetime:
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        raise _bad_value(name, given) from None
    if found.tzinfo is None:
        raise _refusal(30810, "Invalid date format")
    found = found.astimezone(UTC)
    # eBay reads thousandths of a second
    return datetime.fromisoformat(moment(found))


def _number(given: str | None, default: int, code: int, name: str) -> int:
    try:
        return default if given is None else int(given)
    except ValueError:
        raise _refusal(code, f"Invalid {name}: {given}", **{f"{name}value": str(given)}) from None


def _bad_value(name: str, value: str) -> Refusal:
    words = f"Invalid filter value {value} for filter {name}"
    return _refusal(30800, words, fieldvalue=value, fieldname=name)


def _refusal(number: int, message: str, **about: str) -> Refusal:
    return Refusal(400, error(number, message, domain=FULFILLMENT, **about))
