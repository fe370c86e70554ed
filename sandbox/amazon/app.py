"""The local Amazon as an ASGI application.

All of Amazon's hosts stand below one address for each account: `/amazon/SELLER/...`. People
act on them under `/_sandbox/`.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from email.utils import format_datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.amazon import (
    account_calls,
    auth_calls,
    fba_calls,
    feed_calls,
    file_calls,
    listing_calls,
    order_calls,
    report_calls,
)
from sandbox.amazon.control import control_routes
from sandbox.amazon.faults import Operation
from sandbox.amazon.refusal import (
    Refusal,
    expired,
    failure,
    invalid,
    login,
    no_access,
    throttled,
    web_page,
    wrong_token,
)
from sandbox.amazon.shop import Shop

Sleep = Callable[[float], Awaitable[object]]
_Answer = Callable[[Shop, Request], Awaitable[Response]]


@dataclass(frozen=True)
class Call:
    """One operation of the Selling Partner API."""

    id: str  # Amazon's own name of it
    method: str
    path: str
    kind: Operation
    answer: _Answer


_ITEMS = "/listings/2021-08-01/items/{seller}"
_FEEDS, _REPORTS = "/feeds/2021-06-30", "/reports/2021-06-30"
_ORDERS = "/orders/2026-01-01/orders"
_FBA = "/fba/inventory/v1/summaries"
_SELLERS = "/sellers/v1/marketplaceParticipations"

CALLS = (
    Call("getMarketplaceParticipations", "GET", _SELLERS, "read", account_calls.participations),
    Call("searchListingsItems", "GET", _ITEMS, "read", listing_calls.search),
    Call("getListingsItem", "GET", f"{_ITEMS}/{{sku:path}}", "read", listing_calls.one),
    Call("patchListingsItem", "PATCH", f"{_ITEMS}/{{sku:path}}", "write", listing_calls.patch),
    Call("createFeedDocument", "POST", f"{_FEEDS}/documents", "write", feed_calls.new_document),
    Call("createFeed", "POST", f"{_FEEDS}/feeds", "write", feed_calls.new_feed),
    Call("getFeed", "GET", f"{_FEEDS}/feeds/{{feed}}", "read", feed_calls.feed),
    Call("cancelFeed", "DELETE", f"{_FEEDS}/feeds/{{feed}}", "write", feed_calls.cancel),
    Call("getFeedDocument", "GET", f"{_FEEDS}/documents/{{file}}", "read", feed_calls.document),
    Call("createReport", "POST", f"{_REPORTS}/reports", "read", report_calls.new_report),
    Call("getReport", "GET", f"{_REPORTS}/reports/{{report}}", "read", report_calls.report),
    Call(
        "getReportDocument", "GET", f"{_REPORTS}/documents/{{file}}", "read", report_calls.document
    ),
    Call("searchOrders", "GET", _ORDERS, "orders", order_calls.search),
    Call("getOrder", "GET", f"{_ORDERS}/{{order}}", "orders", order_calls.one),
    Call("getInventorySummaries", "GET", _FBA, "read", fba_calls.summaries),
)


def create_app(shops: Iterable[Shop], *, sleep: Sleep = asyncio.sleep) -> Starlette:
    """Serve accounts by path: by their names, or their merchant tokens."""
    named = {shop.name: shop for shop in shops}
    known = {**named, **{shop.seller_id: shop for shop in named.values()}}
    numbers = itertools.count(1)
    calls = [
        Route(
            f"/amazon/{{shop}}{call.path}",
            _endpoint(known, numbers, _api(call, sleep)),
            methods=[call.method],
        )
        for call in CALLS
    ]
    files = [
        Route(f"/amazon/{{shop}}{file_calls.PATH}", _endpoint(known, numbers, act), methods=[verb])
        for verb, act in (("GET", file_calls.get), ("PUT", file_calls.put))
    ]
    token = Route(
        "/amazon/{shop}/auth/o2/token", _endpoint(known, numbers, _token(sleep)), methods=["POST"]
    )
    return Starlette(routes=[*calls, *files, token, *control_routes(named)])


def _endpoint(
    shops: Mapping[str, Shop], numbers: Iterable[int], answer: _Answer
) -> Callable[[Request], Awaitable[Response]]:
    asked = iter(numbers)

    async def endpoint(request: Request) -> Response:
        shop = shops.get(request.path_params["shop"])
        if shop is None:
            return no_access("").response()
        response = await answer(shop, request)
        response.headers["date"] = format_datetime(shop.now(), usegmt=True)
        response.headers["x-amzn-RequestId"] = f"{next(asked):08x}-0000-4000-8000-000000000000"
        return response

    return endpoint


def _api(call: Call, sleep: Sleep) -> _Answer:
    async def answer(shop: Shop, request: Request) -> Response:
        if slow := shop.faults.take("slow", call.kind):
            await sleep(slow.seconds)
        if shop.faults.take("maintenance", call.kind):
            return web_page(503, "Service Unavailable")
        try:
            _check(shop, request, call)
            response = await call.answer(shop, request)
            if shop.faults.take("error_after", call.kind):
                raise failure()
        except Refusal as refusal:
            return refusal.response()
        response.headers.update(shop.limits.header(call.id))
        return _spoilt(shop, call.kind, response)

    return answer


def _check(shop: Shop, request: Request, call: Call) -> None:
    """Refuse what has no right to be answered, or comes too fast, or finds trouble."""
    take = shop.faults.take
    ends_at = shop.keys.ends_at(request.headers.get("x-amz-access-token", ""))
    if take("token_wrong", call.kind) or ends_at is None:
        raise wrong_token()
    if take("token_expired", call.kind) or shop.now() >= ends_at:
        raise expired()
    seller = request.path_params.get("seller", shop.seller_id)
    if take("no_role", call.kind) or seller != shop.seller_id:
        raise no_access("")
    if take("too_many_requests", call.kind):
        shop.limits.drain(call.id)
        raise throttled()
    if not shop.limits.take(call.id):
        raise throttled()
    if take("invalid_input", call.kind):
        raise invalid()
    if take("too_large", call.kind):
        raise Refusal(413, "RequestTooLarge", "The request is too large.")
    if take("wrong_media", call.kind):
        raise Refusal(415, "UnsupportedMediaType", "The media type is not supported.")
    if take("unavailable", call.kind):
        raise failure(503)
    if take("error_before", call.kind):
        raise failure()


def _token(sleep: Sleep) -> _Answer:
    async def answer(shop: Shop, request: Request) -> Response:
        take = shop.faults.take
        if slow := take("slow", "token"):
            await sleep(slow.seconds)
        if take("error_before", "token"):
            return login(500, "server_error", "The server is currently unavailable")
        if take("maintenance", "token"):
            return web_page(503, "Service Unavailable")
        return _spoilt(shop, "token", await auth_calls.token(shop, request))

    return answer


def _spoilt(shop: Shop, kind: Operation, response: Response) -> Response:
    """Answer with a trouble that comes after the request took effect."""
    take = shop.faults.take
    if take("lost", kind):
        # More is promised than comes: the server ends the connection
        return Response(b"", headers={"Content-Length": "512"}, media_type=response.media_type)
    if take("html", kind):
        return web_page(200, "Sign in")
    if take("cut_off", kind):
        content = bytes(response.body)
        return Response(content[: len(content) // 2], media_type=response.media_type)
    if take("missing_fields", kind):
        return JSONResponse({})
    return response
