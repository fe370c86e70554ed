"""The local Walmart as an ASGI application."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from email.utils import format_datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.walmart import account_calls, feed_calls, item_calls, order_calls, stock_calls
from sandbox.walmart.answers import (
    Family,
    bad_request,
    bare,
    broken,
    by_gateway,
    error,
    forbidden,
    in_xml,
    nested,
    of_feed,
    too_many,
    unauthorized,
    web_page,
)
from sandbox.walmart.control import control_routes
from sandbox.walmart.faults import Operation
from sandbox.walmart.limits import Bucket
from sandbox.walmart.reading import query
from sandbox.walmart.shop import Shop

Sleep = Callable[[float], Awaitable[object]]
_Answer = Callable[[Shop, Request], Awaitable[Response]]
_NEEDED = ("WM_SVC.NAME", "WM_QOS.CORRELATION_ID")


@dataclass(frozen=True)
class _Call:
    """One call: what answers it, who refuses it, and the part of the account it belongs to."""

    method: str
    path: str
    family: Family
    area: str | None
    answer: _Answer

    @property
    def name(self) -> str:
        return f"{self.method} {self.path.replace(':path', '')}"

    @property
    def operation(self) -> Operation:
        if self.family in ("ORDER", "TOKEN"):
            return "orders" if self.family == "ORDER" else "token"
        return "read" if self.method == "GET" else "write"


_CALLS = (
    _Call("POST", "/v3/token", "TOKEN", None, account_calls.token),
    _Call("GET", "/v3/token/detail", "SETTINGS", None, account_calls.token_detail),
    _Call("GET", "/v3/settings/partnerprofile", "SETTINGS", None, account_calls.partner_profile),
    _Call(
        "GET",
        "/v3/settings/shipping/shipnodes",
        "SETTINGS",
        "shipping",
        account_calls.ship_nodes,
    ),
    _Call("GET", "/v3/items", "ITEM", "item", item_calls.items),
    _Call("GET", "/v3/wfs/inventory", "INVENTORY", "inventory", item_calls.wfs_inventory),
    _Call("GET", "/v3/inventory", "INVENTORY", "inventory", stock_calls.one_quantity),
    _Call("PUT", "/v3/inventory", "INVENTORY", "inventory", stock_calls.put_quantity),
    _Call("GET", "/v3/inventories", "INVENTORY", "inventory", stock_calls.nodes_of_all),
    _Call("GET", "/v3/inventories/{sku:path}", "INVENTORY", "inventory", stock_calls.nodes_of_one),
    _Call("PUT", "/v3/inventories/{sku:path}", "INVENTORY", "inventory", stock_calls.put_nodes),
    _Call("POST", "/v3/feeds", "FEED", "feeds", feed_calls.send),
    _Call("GET", "/v3/feeds/{feed}", "FEED", "feeds", feed_calls.status),
    _Call("GET", "/v3/orders", "ORDER", "orders", order_calls.orders),
    _Call("GET", "/v3/orders/{order}", "ORDER", "orders", order_calls.order),
)


def create_app(shops: Iterable[Shop], *, sleep: Sleep = asyncio.sleep) -> Starlette:
    """Serve accounts by path (`/walmart/CLIENT_ID/v3/...`, or by the account's own name).

    People act on them under `/_sandbox/`.
    """
    known = {shop.name: shop for shop in shops}
    ids = {shop.client_id: shop for shop in known.values()}
    routes = [
        Route(
            f"/walmart/{{shop}}{call.path}",
            _endpoint({**known, **ids}, sleep, call),
            methods=[call.method],
        )
        for call in _CALLS
    ]
    return Starlette(routes=[*routes, *control_routes(known)])


def _endpoint(
    shops: dict[str, Shop], sleep: Sleep, call: _Call
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        shop = shops.get(request.path_params["shop"])
        if shop is None:
            return unauthorized(call.family)
        if slow := shop.faults.take("slow", call.operation):
            await sleep(slow.seconds)
        bucket = _bucket(shop, call, request)
        response = _refused(shop, call, request, bucket)
        if response is None:
            response = _spoilt(shop, call, await call.answer(shop, request))
            if bucket is not None:
                response.headers.update(bucket.headers())
        response.headers["Date"] = format_datetime(shop.now(), usegmt=True)
        return response

    return endpoint


def _bucket(shop: Shop, call: _Call, request: Request) -> Bucket | None:
    if call.name == "POST /v3/feeds":
        return shop.limits.bucket(query(request).get("feedType", ""))
    if call.name == "GET /v3/items" and request.url.query:
        return shop.limits.bucket("GET /v3/items?")
    return shop.limits.bucket(call.name)


def _refused(shop: Shop, call: _Call, request: Request, bucket: Bucket | None) -> Response | None:
    """Answer with what keeps the request from doing anything."""
    if any(name not in request.headers for name in _NEEDED):
        return bad_request(call.family)
    closed = _closed(shop, call, request)
    if closed is not None:
        return closed
    kind = query(request).get("feedType")
    if call.name == "POST /v3/feeds" and kind not in ("inventory", "MP_INVENTORY"):
        return of_feed(400, "INVALID_FEED_TYPE", f"Feed type {kind} is not known.")
    return _busy(shop, call, bucket) or _broken(shop, call)


def _closed(shop: Shop, call: _Call, request: Request) -> Response | None:
    """Refuse who has no token, or one without the right that a call needs."""
    take = shop.faults.take
    if call.family == "TOKEN":
        return None
    token = request.headers.get("WM_SEC.ACCESS_TOKEN", "")
    if take("dead_token", call.operation) or shop.keys.given_at(token) is None:
        return unauthorized(call.family)
    granted = "full_access" if call.area is None else shop.scopes.get(call.area, "no_access")
    enough = granted == "full_access" or (granted == "view_only" and call.method == "GET")
    if take("forbidden", call.operation) or not enough:
        return forbidden(call.family)
    return None


def _busy(shop: Shop, call: _Call, bucket: Bucket | None) -> Response | None:
    """Refuse what comes too fast."""
    take = shop.faults.take
    if take("busy", call.operation):
        return too_many(call.family)
    if drained := take("too_many_requests", call.operation):
        if bucket is None:
            response = too_many(call.family)
            at = shop.now().timestamp() + drained.seconds
            response.headers["x-current-token-count"] = "0"
            response.headers["x-next-replenish-time"] = str(int(at * 1000))
            return response
        bucket.drain()
    if bucket is not None and not bucket.take():
        response = too_many(call.family)
        response.headers.update(bucket.headers())
        return response
    return None


def _broken(shop: Shop, call: _Call) -> Response | None:
    take, operation = shop.faults.take, call.operation
    if take("too_large", operation):
        return Response(status_code=413, media_type="application/json")
    if take("maintenance", operation):
        return web_page(503, "Down for maintenance")
    if take("error_before", operation):
        return broken(call.family)
    if take("gateway", operation):
        words = "Unexpected system error occurred"
        return by_gateway(520, "SYSTEM_ERROR", words, f"{words}. Please contact Walmart Help")
    if take("bare_error", operation):
        return bare(400, "Invalid URL")
    if take("invalid", operation):
        return bad_request(call.family, "amount" if call.family == "INVENTORY" else None)
    if take("bad_request", operation):
        words = "Request content is invalid."
        code = f"INVALID_REQUEST_CONTENT.GMP_{call.family}_API"
        return nested(400, error(code, words, words))
    return None


def _spoilt(shop: Shop, call: _Call, response: Response) -> Response:
    """Answer with a trouble that comes after the request took effect."""
    take, operation = shop.faults.take, call.operation
    if take("error_after", operation):
        return broken(call.family)
    if take("lost", operation):
        # More is promised than comes: the server ends the connection
        return Response(b"", headers={"Content-Length": "512"}, media_type="application/json")
    if take("html", operation):
        return web_page(200, "Sign in")
    if take("xml", operation):
        return in_xml(500, "SYSTEM_ERROR.GMP_GATEWAY_API", "Unexpected system error occurred")
    if take("cut_off", operation):
        text = bytes(response.body)
        return Response(text[: len(text) // 2] or b"[", media_type="application/json")
    if take("missing_fields", operation):
        body = json.loads(bytes(response.body) or b"[{}]")
        return JSONResponse([{}] if isinstance(body, list) else {})
    return response
