"""The Trading API: one address, XML, HTTP 200 whatever comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.ebay import listing_calls, preference_calls, revise_calls
from sandbox.ebay.faults import Operation
from sandbox.ebay.refusal import web_page
from sandbox.ebay.shop import Shop
from sandbox.ebay.trading_errors import (
    CALL_LIMIT,
    SELLER_LIMIT,
    TradingError,
    acknowledged,
    expired_token,
)
from sandbox.ebay.xml import Asked, read, write

# The newest version of the schema that the fact sheet knows
VERSION = "1451"
_Call = Callable[[Shop, Asked], Mapping[str, Any]]

_CALLS: dict[str, _Call] = {
    "GetUser": preference_calls.get_user,
    "GetUserPreferences": preference_calls.get_preferences,
    "SetUserPreferences": preference_calls.set_preferences,
    "GetSellerList": listing_calls.seller_list,
    "GetSellerEvents": listing_calls.seller_events,
    "GetItem": listing_calls.item,
    "ReviseInventoryStatus": revise_calls.revise,
}
_WRITES = ("ReviseInventoryStatus", "SetUserPreferences")
# Calls whose bursts eBay counts for each seller
_REVISES = ("ReviseInventoryStatus",)


def operation(request: Request) -> Operation:
    """Say what kind of call a request is."""
    return "write" if _name(request) in _WRITES else "read"


async def answer(shop: Shop, request: Request) -> Response:
    """Answer a call; an error is told inside of the answer."""
    name = _name(request)
    asked = read(await request.body())
    selectors = asked.texts("OutputSelector") if asked else []
    words = [part for each in selectors for part in each.replace(" ", "").split(",") if part]
    try:
        fields = _answered(shop, request, name, asked)
    except TradingError as error:
        fields = {"Ack": "Failure", "Errors": [error.row()]}
    return _response(shop, name, fields, words)


def refused(shop: Shop, request: Request) -> Response | None:
    """Answer with a trouble that keeps a call from doing anything."""
    kind, name = operation(request), _name(request)
    take = shop.faults.take
    error = None
    if take("too_many_requests", kind) or not shop.quota.take("tradingapi"):
        error = CALL_LIMIT
    elif name in _REVISES and take("seller_limit", kind):
        error = SELLER_LIMIT
    elif take("error_before", kind):
        return web_page(500, "Internal Server Error")
    if error is None:
        return None
    return _response(shop, name, {"Ack": "Failure", "Errors": [error.row()]}, ())


def emptied(shop: Shop, request: Request) -> Response:
    """Answer as done, without the inner part."""
    return _response(shop, _name(request), {"Ack": "Success"}, ())


def _answered(shop: Shop, request: Request, name: str, asked: Asked | None) -> Mapping[str, Any]:
    if asked is None:
        raise TradingError(5, "XML Parse error.", "XML Parse error.")
    call = _CALLS.get(name)
    if call is None or asked.name != f"{name}Request":
        raise TradingError(2, "Unsupported API call.", f'The API call "{name}" is invalid.')
    if not request.headers.get("X-EBAY-API-COMPATIBILITY-LEVEL", "").isdecimal():
        raise TradingError(10_012, "Invalid value for header.", "A version is needed.")
    if not request.headers.get("X-EBAY-API-SITEID", "").isdecimal():
        raise TradingError(10_012, "Invalid value for header.", "A site is needed.")
    token = shop.keys.known(request.headers.get("X-EBAY-API-IAF-TOKEN", ""))
    if token is None or not token.is_users or shop.faults.take("dead_token", operation(request)):
        raise expired_token()
    if shop.suspended:
        words = f'The account for user ID "{shop.title}" is suspended.'
        raise TradingError(841, "Requested user is suspended.", words)
    return acknowledged(call(shop, asked))


def _response(shop: Shop, name: str, fields: Mapping[str, Any], selectors: Any) -> Response:
    body = {
        "Timestamp": shop.stamp(),
        **{key: fields[key] for key in ("Ack", "Errors") if key in fields},
        "Version": VERSION,
        **{key: value for key, value in fields.items() if key not in ("Ack", "Errors")},
    }
    text = write(f"{name or 'eBay'}Response", body, selectors)
    return Response(text.encode(), media_type="text/xml")


def _name(request: Request) -> str:
    return request.headers.get("X-EBAY-API-CALL-NAME", "")
