"""The local WooCommerce as an ASGI application."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox.woocommerce import api
from sandbox.woocommerce.control import control_routes
from sandbox.woocommerce.faults import Operation
from sandbox.woocommerce.refusal import Refusal, no_route
from sandbox.woocommerce.shop import Shop

_API = "/wp-json/wc/v3"
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_PAGE = "<!DOCTYPE html><html><body><h1>{}</h1><script>var x = {{}};</script></body></html>"
_NOTICE = (
    b'<br />\n<b>Warning</b>: Undefined array key "a[0]" in <b>/x.php</b> on line <b>3</b><br />\n'
)
_MAINTENANCE = "Briefly unavailable for scheduled maintenance. Check back in a minute."
Sleep = Callable[[float], Awaitable[object]]


def create_app(shops: Iterable[Shop], *, sleep: Sleep = asyncio.sleep) -> Starlette:
    """Serve stores by path (`/woocommerce/NAME/...` or `HOST`); the first also from the root.

    People act on them by plain HTTP under `/_sandbox/`.
    """
    sites = _Sites({shop.name: shop for shop in shops}, sleep)
    return Starlette(
        routes=[
            *control_routes(sites.shops),
            Route("/woocommerce/{shop}", sites.answer, methods=_METHODS),
            Route("/woocommerce/{shop}/{path:path}", sites.answer, methods=_METHODS),
            Route("/{path:path}", sites.answer, methods=_METHODS),
        ]
    )


class _Sites:
    """Some WordPress sites, each with a store."""

    def __init__(self, shops: Mapping[str, Shop], sleep: Sleep) -> None:
        self.shops = shops
        self._sleep = sleep

    async def answer(self, request: Request) -> Response:
        shop = self._named(request.path_params.get("shop"))
        if shop is None:
            return _page(404, "There is nothing here")
        response = await self._answer(shop, "/" + request.path_params.get("path", ""), request)
        response.headers["Date"] = format_datetime(shop.now(), usegmt=True)
        return response

    def _named(self, name: str | None) -> Shop | None:
        """Find a store by its name or its own host; without either, the first."""
        for shop in self.shops.values():
            if name in (None, shop.name, urlsplit(shop.home).netloc):
                return shop
        return None

    async def _answer(self, shop: Shop, path: str, request: Request) -> Response:
        kind: Operation = "batch" if request.method != "GET" else "read"
        if refused := await self._refused_at_the_door(shop, kind):
            return refused
        try:
            if not path.startswith("/wp-json"):
                return _outside(shop, request)
            if shop.plain_permalinks:
                return _page(404 if shop.plain_permalinks == "404" else 200, "Welcome")
            if not path.startswith(_API):
                raise no_route()
            answer = await api.answer(shop, path.removeprefix(_API), request)
        except Refusal as refusal:
            answer = refusal.response()
        if kind == "batch" and shop.batch_seconds_per_item:
            update = json.loads(await request.body() or b"{}").get("update", ())
            await self._sleep(shop.batch_seconds_per_item * len(update))
        return _spoilt(shop, kind, answer)

    async def _refused_at_the_door(self, shop: Shop, kind: Operation) -> Response | None:
        """Answer with a trouble that keeps the request from doing anything."""
        take = shop.faults.take
        if slow := take("slow", kind):
            await self._sleep(slow.seconds)
        if limited := take("too_many_requests", kind):
            wait = {"Retry-After": f"{limited.seconds:.0f}"}
            return _page(429, "429 Too Many Requests", wait)
        if take("too_many_silent", kind):
            return _page(429, "429 Too Many Requests")
        if take("resource_limit", kind):
            return _page(508, "Resource Limit Is Reached")
        if take("maintenance", kind):
            return _page(503, _MAINTENANCE, {"Retry-After": "600"})
        if take("maintenance_json", kind):
            body = {"code": "wp_die", "message": _MAINTENANCE, "data": {"status": 503}}
            return JSONResponse(body, status_code=503, headers={"Retry-After": "600"})
        if take("firewall", kind):
            return _page(403, "Access denied")
        if take("challenge", kind):
            return _page(200, "Checking your browser")
        if take("login", kind):
            return _page(401, "Authorization required", {"WWW-Authenticate": "Basic"})
        if take("redirect", kind):
            to = {"Location": f"https://www.{shop.name}.example/wp-json/wc/v3/x?consumer_key=ck_x"}
            return _page(301, "Moved", to)
        if take("error_before", kind):
            return _page(500, "Internal Server Error")
        if take("critical", kind):
            words = "<p>There has been a critical error on this website.</p>"
            return Refusal(500, "internal_server_error", words).response()
        return None


def _outside(shop: Shop, request: Request) -> Response:
    """Answer what is not under /wp-json: the shop's pages, and the other way to the API."""
    route = request.query_params.get("rest_route", "")
    if not route:
        return _page(200, shop.title)
    if route != "/wc/v3" or not shop.woocommerce_active:
        # Keys are looked at only under wp-json/wc/
        raise Refusal(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
    return api.index(shop, request.query_params.get("_fields"))


def _spoilt(shop: Shop, kind: Operation, answer: Response) -> Response:
    """Answer with a trouble that comes after the request took effect."""
    take = shop.faults.take
    content = bytes(answer.body)
    if take("error_after", kind):
        return _page(500, "Internal Server Error")
    if take("gateway", kind):
        return _page(504, "Gateway Time-out")
    if take("lost", kind):
        # More is promised than comes: the server ends the connection
        return Response(b"", headers={"Content-Length": "512"}, media_type="application/json")
    if take("html", kind):
        return _page(200, shop.title)
    if take("cut_off", kind):
        return Response(content[: len(content) // 2], media_type="application/json")
    if take("missing_fields", kind):
        return _json(answer, _emptied(json.loads(content)))
    if take("notices", kind):
        answer.headers["Content-Length"] = str(len(_NOTICE + content))
        answer.body = _NOTICE + content
    return answer


def _emptied(body: Any) -> Any:
    if isinstance(body, list):
        return [{"id": each.get("id")} for each in body]
    return {key: [{"id": 1}] if isinstance(value, list) else {} for key, value in body.items()}


def _json(answer: Response, body: Any) -> Response:
    totals = {key: value for key, value in answer.headers.items() if key.startswith("x-wp-")}
    return JSONResponse(body, status_code=answer.status_code, headers=totals)


def _page(status: int, words: str, headers: Mapping[str, str] | None = None) -> Response:
    return HTMLResponse(_PAGE.format(words), status_code=status, headers=headers)
