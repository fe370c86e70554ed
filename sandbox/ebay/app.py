"""The local eBay as an ASGI application.

All of eBay's hosts stand below one address for each seller: `/ebay/NAME/...`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from email.utils import format_datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.ebay import account_calls, auth_calls, inventory_calls, order_calls, trading
from sandbox.ebay.control import control_routes
from sandbox.ebay.faults import Operation
from sandbox.ebay.quota import Api
from sandbox.ebay.refusal import (
    Refusal,
    invalid_token,
    missing_scope,
    system_error,
    too_many,
    web_page,
)
from sandbox.ebay.shop import Shop

Sleep = Callable[[float], Awaitable[object]]
_Answer = Callable[[Shop, Request], Awaitable[Response]]
_ANALYTICS = "/developer/analytics/v1_beta"
_INVENTORY = "/sell/inventory/v1"


@dataclass(frozen=True)
class _Call:
    """One call of the REST APIs; `scope` is what its name ends in, "" for an application."""

    method: str
    path: str
    api: Api
    scope: str
    answer: _Answer
    kind: Operation = "read"


_CALLS = (
    _Call("GET", "/sell/account/v1/privilege", "account", "sell.account", account_calls.privileges),
    _Call(
        "GET",
        "/commerce/identity/v1/user/",
        "identity",
        "commerce.identity",
        account_calls.user,
    ),
    _Call("GET", f"{_ANALYTICS}/rate_limit/", "analytics", "", account_calls.rate_limits),
    _Call(
        "GET",
        f"{_ANALYTICS}/user_rate_limit/",
        "analytics",
        "sell.inventory",
        account_calls.rate_limits,
    ),
    _Call(
        "GET", f"{_INVENTORY}/inventory_item", "inventory", "sell.inventory", inventory_calls.items
    ),
    _Call(
        "POST",
        f"{_INVENTORY}/bulk_get_inventory_item",
        "inventory",
        "sell.inventory",
        inventory_calls.bulk_get,
    ),
    _Call("GET", f"{_INVENTORY}/offer", "inventory", "sell.inventory", inventory_calls.offers),
    _Call(
        "POST",
        f"{_INVENTORY}/bulk_update_price_quantity",
        "inventory",
        "sell.inventory",
        inventory_calls.bulk_update,
        "write",
    ),
    _Call(
        "GET", f"{_INVENTORY}/location", "inventory", "sell.inventory", inventory_calls.locations
    ),
    _Call(
        "GET",
        "/sell/fulfillment/v1/order",
        "fulfillment",
        "sell.fulfillment",
        order_calls.orders,
        "orders",
    ),
)


def create_app(shops: Iterable[Shop], *, sleep: Sleep = asyncio.sleep) -> Starlette:
    """Serve sellers by path (`/ebay/NAME/...`, or an application's client id).

    People act on them under `/_sandbox/`.
    """
    known = {shop.name: shop for shop in shops}
    by_client = {shop.keys.client_id: shop for shop in known.values()}

    def nothing_here() -> Response:
        return web_page(404, "There is nothing here")

    def route(
        method: str, path: str, answer: _Answer, nobody: Callable[[], Response] = nothing_here
    ) -> Route:
        async def endpoint(request: Request) -> Response:
            name = request.path_params["shop"]
            shop = known.get(name) or by_client.get(name)
            if shop is None:
                return nobody()
            response = await answer(shop, request)
            response.headers["Date"] = format_datetime(shop.now(), usegmt=True)
            return response

        return Route(f"/ebay/{{shop}}{path}", endpoint, methods=[method])

    return Starlette(
        routes=[
            route("GET", "/oauth2/authorize", auth_calls.authorize),
            route("POST", "/identity/v1/oauth2/token", _token(sleep), auth_calls.unknown_client),
            route("POST", "/ws/api.dll", _trading(sleep)),
            *(route(each.method, each.path, _rest(each, sleep)) for each in _CALLS),
            *control_routes(known),
        ]
    )


def _rest(call: _Call, sleep: Sleep) -> _Answer:
    async def answer(shop: Shop, request: Request) -> Response:
        if refused := await _at_the_gate(shop, call.kind, sleep):
            return refused
        try:
            _check(shop, request, call)
            response = await call.answer(shop, request)
            if shop.faults.take("error_after", call.kind):
                raise system_error(call.api)
        except Refusal as refusal:
            return refusal.response()
        return _spoilt(shop, call.kind, response, JSONResponse({}))

    return answer


def _check(shop: Shop, request: Request, call: _Call) -> None:
    """Refuse what has no right to be answered, or comes too often."""
    take = shop.faults.take
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    access = shop.keys.known(token)
    if take("dead_token", call.kind) or access is None or kind != "Bearer":
        raise invalid_token()
    if access.is_users != bool(call.scope):
        raise missing_scope()
    granted = access.scopes & shop.keys.scopes
    wanted = "/" + call.scope
    only_reads = call.kind != "write"
    if call.scope and not any(
        each.removesuffix(".readonly" if only_reads else "").endswith(wanted) for each in granted
    ):
        raise missing_scope()
    if take("too_many_requests", call.kind) or not shop.quota.take(call.api):
        raise too_many()
    if take("error_before", call.kind):
        raise system_error(call.api)


def _trading(sleep: Sleep) -> _Answer:
    async def answer(shop: Shop, request: Request) -> Response:
        kind = trading.operation(request)
        if refused := await _at_the_gate(shop, kind, sleep):
            return refused
        if refused := trading.refused(shop, request):
            return refused
        response = await trading.answer(shop, request)
        if shop.faults.take("error_after", kind):
            return web_page(500, "Internal Server Error")
        return _spoilt(shop, kind, response, trading.emptied(shop, request))

    return answer


def _token(sleep: Sleep) -> _Answer:
    async def answer(shop: Shop, request: Request) -> Response:
        if refused := await _at_the_gate(shop, "token", sleep):
            return refused
        if shop.faults.take("too_many_requests", "token"):
            return too_many().response()
        if shop.faults.take("error_before", "token"):
            return web_page(500, "Internal Server Error")
        response = await auth_calls.token(shop, request)
        return _spoilt(shop, "token", response, JSONResponse({}))

    return answer


async def _at_the_gate(shop: Shop, kind: Operation, sleep: Sleep) -> Response | None:
    """Answer with a trouble that stands before all of eBay's APIs alike."""
    if slow := shop.faults.take("slow", kind):
        await sleep(slow.seconds)
    if shop.faults.take("firewall", kind):
        return web_page(403, "Access Denied")
    if shop.faults.take("maintenance", kind):
        return web_page(503, "Service Unavailable")
    return None


def _spoilt(shop: Shop, kind: Operation, response: Response, emptied: Response) -> Response:
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
        return emptied
    return response
