"""The local Etsy as an ASGI application.

Both of Etsy's hosts stand below one address for each shop: `/etsy/NAME/...`. People act on them under `/_sandbox/`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from email.utils import format_datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.etsy import account_calls, auth_calls, listing_calls, order_calls
from sandbox.etsy.control import control_routes
from sandbox.etsy.faults import Operation
from sandbox.etsy.refusal import (
    Refusal,
    bad_request,
    conflict,
    invalid_token,
    missing_scope,
    not_found,
    server_error,
    too_many,
    web_page,
)
from sandbox.etsy.shop import Shop

Sleep = Callable[[float], Awaitable[object]]
_Answer = Callable[[Shop, Request], Awaitable[Response]]
_API = "/v3/application"


@dataclass(frozen=True)
class Call:
    """One call; `scope` is what its token needs, None where it needs no token."""

    id: str  # Etsy's own name of it
    method: str
    path: str
    kind: Operation
    scope: str | None
    answer: _Answer


CALLS = (
    Call("ping", "GET", "/openapi-ping", "read", None, account_calls.ping),
    Call("getMe", "GET", "/users/me", "read", "shops_r", account_calls.me),
    Call("tokenScopes", "POST", "/scopes", "read", None, account_calls.scopes),
    Call("getShop", "GET", "/shops/{shop_id}", "read", None, account_calls.one_shop),
    Call(
        "getListingsByShop",
        "GET",
        "/shops/{shop_id}/listings",
        "read",
        "listings_r",
        listing_calls.by_shop,
    ),
    Call(
        "getListingsInventoryByListingIds",
        "GET",
        "/listings/batch/inventory",
        "read",
        "listings_r",
        listing_calls.batch,
    ),
    Call(
        "updateListingInventory",
        "PUT",
        "/listings/{listing_id:int}/inventory",
        "write",
        "listings_w",
        listing_calls.put,
    ),
    Call(
        "updateListing",
        "PATCH",
        "/shops/{shop_id}/listings/{listing_id:int}",
        "write",
        "listings_w",
        listing_calls.patch,
    ),
    Call(
        "getShopReceipts",
        "GET",
        "/shops/{shop_id}/receipts",
        "orders",
        "transactions_r",
        order_calls.receipts,
    ),
    Call(
        "getShopReceipt",
        "GET",
        "/shops/{shop_id}/receipts/{receipt_id}",
        "orders",
        "transactions_r",
        order_calls.receipt,
    ),
)


def create_app(shops: Iterable[Shop], *, sleep: Sleep = asyncio.sleep) -> Starlette:
    """Serve shops by path: by their names, their numbers, or the application's keystring."""
    named = {shop.name: shop for shop in shops}
    known = dict(named)
    for shop in named.values():
        known |= {str(shop.id): shop, shop.keys.keystring: shop}
    calls = [
        Route(
            f"/etsy/{{shop}}{_API}{call.path}",
            _endpoint(known, _api(call, sleep)),
            methods=[call.method],
        )
        for call in CALLS
    ]
    return Starlette(
        routes=[
            *calls,
            Route(
                "/etsy/{shop}/v3/public/oauth/token",
                _endpoint(known, _token(sleep)),
                methods=["POST"],
            ),
            Route("/etsy/{shop}/oauth/connect", _endpoint(known, auth_calls.authorize)),
            *control_routes(named),
        ]
    )


def _endpoint(
    shops: Mapping[str, Shop], answer: _Answer
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        shop = shops.get(request.path_params["shop"])
        if shop is None:
            return not_found("Could not find a shop with this name.").response()
        response = await answer(shop, request)
        response.headers["date"] = format_datetime(shop.now(), usegmt=True)
        return response

    return endpoint


def _api(call: Call, sleep: Sleep) -> _Answer:
    async def answer(shop: Shop, request: Request) -> Response:
        if refused := await _at_the_gate(shop, call.kind, sleep):
            return refused
        try:
            _check(shop, request, call)
            wait = 1.0 if shop.faults.take("too_many_requests", call.kind) else shop.quota.take()
            if wait is not None:
                raise too_many(wait)
            response = await _taken(shop, request, call)
        except Refusal as refusal:
            response = refusal.response()
            if refusal.status != 429:
                response.headers.update(shop.quota.headers())
            return response
        response.headers.update(shop.quota.headers())
        return _spoilt(shop, call.kind, response)

    return answer


async def _taken(shop: Shop, request: Request, call: Call) -> Response:
    if shop.faults.take("error_before", call.kind):
        raise server_error()
    if call.kind == "write" and shop.faults.take("conflict", call.kind):
        raise conflict()
    response = await call.answer(shop, request)
    if shop.faults.take("error_after", call.kind):
        raise server_error()
    return response


def _check(shop: Shop, request: Request, call: Call) -> None:
    """Refuse what has no right to be answered."""
    keys = shop.keys
    given = request.headers.get("x-api-key", "")
    if ":" not in given or shop.faults.take("bare_key", call.kind):
        raise Refusal(403, "Shared secret is required in x-api-key header.")
    if given != f"{keys.keystring}:{keys.shared_secret}":
        words = "Invalid API key: should be in the format 'keystring:shared_secret'."
        raise Refusal(403, words)
    if call.scope is None:
        return
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    dead = shop.faults.take("dead_token", call.kind)
    if dead or kind != "Bearer" or not keys.knows(token):
        raise invalid_token()
    if call.scope not in keys.scopes:
        raise missing_scope(call.scope)
    if request.path_params.get("shop_id", str(shop.id)) != str(shop.id):
        raise bad_request("The shop does not belong to the owner of the access token.")


def _token(sleep: Sleep) -> _Answer:
    async def answer(shop: Shop, request: Request) -> Response:
        if refused := await _at_the_gate(shop, "token", sleep):
            return refused
        try:
            if shop.faults.take("too_many_requests", "token"):
                raise too_many(1)
            if shop.faults.take("error_before", "token"):
                raise server_error()
            response = await auth_calls.token(shop, request)
        except Refusal as refusal:
            return refusal.response()
        return _spoilt(shop, "token", response)

    return answer


async def _at_the_gate(shop: Shop, kind: Operation, sleep: Sleep) -> Response | None:
    """Answer with a trouble that stands before all of Etsy."""
    if slow := shop.faults.take("slow", kind):
        await sleep(slow.seconds)
    if shop.faults.take("firewall", kind):
        return web_page(403, "Access Denied")
    if shop.faults.take("maintenance", kind):
        return web_page(503, "Service Unavailable")
    return None


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
