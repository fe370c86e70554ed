"""The local BigCommerce as an ASGI application."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from email.utils import format_datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.bigcommerce import order_calls, stock_calls, store_calls
from sandbox.bigcommerce.answers import refusal, refusal_v2, web_page
from sandbox.bigcommerce.control import control_routes
from sandbox.bigcommerce.faults import Operation
from sandbox.bigcommerce.shop import Shop

Sleep = Callable[[float], Awaitable[object]]
_Call = Callable[[Shop, Request], Awaitable[Response]]

# Every call: its path, the scope that it needs, and what answers it.
_CALLS: tuple[tuple[str, str, str, _Call], ...] = (
    ("GET", "/v2/store", "store_v2_information_read_only", store_calls.store),
    ("GET", "/v2/orders", "store_v2_orders_read_only", order_calls.orders),
    ("GET", "/v2/orders/{order:int}", "store_v2_orders_read_only", order_calls.order),
    ("GET", "/v3/settings/inventory", "store_v2_information_read_only", store_calls.settings),
    ("GET", "/v3/catalog/products", "store_v2_products_read_only", store_calls.products),
    ("GET", "/v3/inventory/locations", "store_locations_read_only", store_calls.locations),
    ("GET", "/v3/inventory/items", "store_inventory_read_only", stock_calls.items),
    (
        "GET",
        "/v3/inventory/locations/{location:int}/items",
        "store_inventory_read_only",
        stock_calls.items_at,
    ),
    (
        "PUT",
        "/v3/inventory/adjustments/absolute",
        "store_inventory",
        stock_calls.set_absolute,
    ),
)


def create_app(shops: Iterable[Shop], *, sleep: Sleep = asyncio.sleep) -> Starlette:
    """Serve stores by path (`/stores/HASH/...`); people act on them under `/_sandbox/`."""
    known = {shop.name: shop for shop in shops}
    routes = [
        Route(
            f"/stores/{{shop}}{path}",
            _endpoint(known, sleep, _Door(scope, path.startswith("/v2")), answer),
            methods=[method],
        )
        for method, path, scope, answer in _CALLS
    ]
    return Starlette(routes=[*routes, *control_routes(known)])


class _Door:
    """What every call has to pass before it is answered."""

    def __init__(self, scope: str, is_v2: bool) -> None:
        self._scope = scope
        self._is_v2 = is_v2

    def refuse(self, shop: Shop, request: Request, kind: Operation) -> Response | None:
        """Answer with what keeps the request from doing anything."""
        take = shop.faults.take
        if take("firewall", kind):
            return web_page(403, "Access denied")
        if take("login_page", kind):
            return RedirectResponse("https://login.example.com/", status_code=302)
        if take("dead_token", kind) or request.headers.get("X-Auth-Token") != shop.token:
            return self._say(401, "X-Auth-Client and X-Auth-Token headers are required")
        if take("gone", kind):
            return self._say(404, "The store could not be found.")
        if not _granted(shop, self._scope):
            return self._say(403, "You don't have a required scope to access the endpoint")
        if busy := take("busy", kind):
            headers = {"Retry-After": f"{busy.seconds:.0f}"} if busy.seconds else {}
            return Response(status_code=429, headers=headers)
        if take("too_many_requests", kind):
            shop.quota.drain()
        if not shop.quota.take():
            response = self._say(429, "You have reached your API request limit")
            response.headers.update(shop.quota.headers())
            return response
        if take("too_large", kind):
            return self._say(413, "The request is too large")
        if take("locked", kind):
            return self._say(423, "The requested resource is currently locked and unavailable")
        if take("plan_limit", kind):
            return self._say(507, "A limit of the store's plan is reached")
        if take("maintenance", kind):
            return web_page(503, "Down for Maintenance")
        if take("error_before", kind):
            return self._say(500, "Internal Server Error")
        return None

    def _say(self, status: int, words: str) -> Response:
        return refusal_v2(status, words) if self._is_v2 else refusal(status, words)


def _endpoint(
    shops: Mapping[str, Shop], sleep: Sleep, door: _Door, answer: _Call
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        shop = shops.get(request.path_params["shop"])
        if shop is None:
            return refusal(404, "The store could not be found.")
        kind: Operation = "read" if request.method == "GET" else "write"
        if slow := shop.faults.take("slow", kind):
            await sleep(slow.seconds)
        response = door.refuse(shop, request, kind)
        if response is None:
            response = _spoilt(shop, kind, await answer(shop, request))
            response.headers.update(shop.quota.headers())
        response.headers["Date"] = format_datetime(shop.now(), usegmt=True)
        return response

    return endpoint


def _spoilt(shop: Shop, kind: Operation, response: Response) -> Response:
    """Answer with a trouble that comes after the request took effect."""
    take = shop.faults.take
    if take("error_after", kind):
        return refusal(500, "Internal Server Error")
    if take("lost", kind):
        # More is promised than comes: the server ends the connection
        return Response(b"", headers={"Content-Length": "512"}, media_type="application/json")
    if take("html", kind):
        return web_page(200, "Sign in")
    if take("cut_off", kind):
        text = bytes(response.body)
        return Response(text[: len(text) // 2] or b"[", media_type="application/json")
    if take("missing_fields", kind):
        body = json.loads(bytes(response.body) or b"[{}]")
        return JSONResponse([{}] if isinstance(body, list) else {})
    return response


def _granted(shop: Shop, scope: str) -> bool:
    """Say whether a scope was granted; the right to modify includes reading."""
    return scope in shop.scopes or scope.removesuffix("_read_only") in shop.scopes
