"""Orders: searched by their time, and read one by one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.amazon.model import Order
from sandbox.amazon.order_rows import told, written
from sandbox.amazon.reading import marketplaces, moment, number, query, text, texts
from sandbox.amazon.refusal import invalid, not_found
from sandbox.amazon.shop import Shop

# Amazon: most orders of a page, and how long a place in the list is remembered
_PAGE, _PLACE_LIFE = 100, timedelta(hours=24)
# What an answer may be asked to hold; about people nothing is known here
_DATA = frozenset({"FULFILLMENT", "CANCELLATION", "PACKAGES", "PROCEEDS"})
# These may change from page to page.
_FREE = frozenset({"paginationToken", "maxResultsPerPage", "includedData"})


async def search(shop: Shop, request: Request) -> Response:
    """searchOrders"""
    given = query(request)
    places = marketplaces(shop, given)
    data = _data(given)
    size = number(given, "maxResultsPerPage", _PAGE, _PAGE)
    by, start, end = _window(shop, given)
    fixed = {key: value for key, value in given.items() if key not in _FREE}
    token = text(given, "paginationToken")
    if token is None:
        ids = _found(shop, given, places, by, start, end)
    else:
        ids, end = _continued(shop, token, fixed, end)
    answer: dict[str, Any] = {
        "orders": [told(row, data) for row in _rows(shop, ids[:size])],
        by: written(end),
    }
    if len(ids) > size:
        name = f"place-{next(shop.place_numbers)}"
        stamp = {**fixed, "": end.isoformat()}
        shop.places[name] = (stamp, ids[size:], shop.now() + _PLACE_LIFE)
        answer["pagination"] = {"nextToken": name}
    return JSONResponse(answer)


async def one(shop: Shop, request: Request) -> Response:
    """getOrder"""
    data = _data(query(request))
    for order in shop.orders:
        row = order.row_at(shop.now())
        if order.id == request.path_params["order"] and row is not None:
            return JSONResponse({"order": told(row[1], data)})
    raise not_found("The order was not found.")


def _data(given: Mapping[str, str]) -> set[str]:
    wanted = set(texts(given, "includedData"))
    if not wanted <= _DATA:
        raise invalid()
    return wanted


def _window(shop: Shop, given: Mapping[str, str]) -> tuple[str, datetime, datetime]:
    """Read the window: exactly one kind of time, and nothing that is too young."""
    created, changed = moment(given, "createdAfter"), moment(given, "lastUpdatedAfter")
    if (created is None) == (changed is None):
        raise invalid()
    by = "createdBefore" if created is not None else "lastUpdatedBefore"
    latest = shop.now() - shop.order_delay
    end = moment(given, by) or latest
    other = "lastUpdatedBefore" if created is not None else "createdBefore"
    if end > latest or other in given:
        raise invalid()
    return by, created or changed or latest, end


def _found(
    shop: Shop,
    given: Mapping[str, str],
    places: list[str],
    by: str,
    start: datetime,
    end: datetime,
) -> list[str]:
    senders, states = texts(given, "fulfilledBy"), texts(given, "fulfillmentStatuses")
    found: list[Order] = []
    for order in shop.orders:
        row = order.row_at(shop.now())
        if row is None or order.marketplace not in places:
            continue
        at = order.created_at if by == "createdBefore" else row[0]
        sender = not senders or order.fulfilled_by in senders
        state = not states or row[1]["fulfillment"]["fulfillmentStatus"] in states
        if start <= at <= end and sender and state:
            found.append(order)
    # In no promised order
    return [order.id for order in sorted(found, key=lambda each: each.id[::-1])]


def _continued(
    shop: Shop, token: str, fixed: Mapping[str, str], end: datetime
) -> tuple[list[str], datetime]:
    """Go on from a place; a refusal where it has ended, or where other things are asked for."""
    known = shop.places.get(token)
    if known is None or shop.now() >= known[2] or shop.faults.take("order_token_ended", "orders"):
        raise invalid()
    asked = {key: value for key, value in known[0].items() if key}
    if asked != dict(fixed):
        raise invalid()
    return known[1], datetime.fromisoformat(known[0][""])


def _rows(shop: Shop, ids: list[str]) -> list[dict[str, Any]]:
    by_id = {order.id: order for order in shop.orders}
    rows = [by_id[each].row_at(shop.now()) for each in ids if each in by_id]
    return [row[1] for row in rows if row is not None]
