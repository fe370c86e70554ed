"""The local Shopify as an ASGI application."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox import faults
from sandbox.shopify.call import Call
from sandbox.shopify.control import control_routes
from sandbox.shopify.faults import Kind, Operation
from sandbox.shopify.graph import Graph, Prepared, Refusal
from sandbox.shopify.shop import Shop

# Versions that are served; a retired one is answered in the oldest of these.
VERSIONS = ("2026-04", "2026-07", "2026-10")
_BAD_TOKEN = "[API] Invalid API key or access token (unrecognized login or wrong password)"
_WEB_PAGE = "<!DOCTYPE html><html><body><h1>Something went wrong</h1></body></html>"
# An app's token from the client credentials grant  # Shopify: 24 hours less a second
_TOKEN_LIFE_SECONDS = 86399

Sleep = Callable[[float], Awaitable[object]]


def create_app(shops: Iterable[Shop], *, sleep: Sleep = asyncio.sleep) -> Starlette:
    """Serve shops by path (`/shopify/NAME/admin/...`) and by host (`NAME.myshopify.com`).

    People act on them by plain HTTP under `/_sandbox/`.
    """
    api = _Api({shop.name: shop for shop in shops}, sleep)
    routes = [
        Route(prefix + path, endpoint, methods=["POST"])
        for prefix in ("/shopify/{shop}", "")
        for path, endpoint in (
            ("/admin/api/{version}/graphql.json", api.graphql),
            ("/admin/oauth/access_token", api.grant),
        )
    ]
    files = Route("/_bulk/{shop}/{number:int}.jsonl", api.download)
    return Starlette(routes=[*routes, files, *control_routes(api.shops)])


class _Api:
    """The Admin API of some shops."""

    def __init__(self, shops: Mapping[str, Shop], sleep: Sleep) -> None:
        self.shops = shops
        self._sleep = sleep
        self._graph = Graph()

    async def graphql(self, request: Request) -> Response:
        shop = self._shop(request)
        if shop is None:
            return HTMLResponse(_WEB_PAGE, status_code=404)
        version = _served(request.path_params["version"])
        response = await self._answer(shop, version, request)
        response.headers["X-Shopify-API-Version"] = version
        response.headers["Date"] = format_datetime(shop.now(), usegmt=True)
        return response

    async def grant(self, request: Request) -> Response:
        """Hand out a token for a client id and secret."""
        shop = self._shop(request)
        if shop is None:
            return HTMLResponse(_WEB_PAGE, status_code=404)
        form = {key: each[0] for key, each in parse_qs((await request.body()).decode()).items()}
        wanted = {
            "grant_type": "client_credentials",
            "client_id": shop.client_id,
            "client_secret": shop.client_secret,
        }
        if form != wanted:
            words = "The client credentials are not valid."
            body = {"error": "invalid_grant", "error_description": words}
            return JSONResponse(body, status_code=400)
        return JSONResponse(
            {
                "access_token": shop.rotate_token(),
                "scope": ",".join(sorted(shop.scopes)),
                "expires_in": _TOKEN_LIFE_SECONDS,
            }
        )

    async def download(self, request: Request) -> Response:
        """Hand out the file of a bulk query; its address is all that is asked for."""
        shop = self.shops.get(request.path_params["shop"])
        number = request.path_params["number"]
        found = shop and shop.bulk.find(f"gid://shopify/BulkOperation/{number}")
        if shop is None or not found or not found.file:
            return _no_file(404)
        if request.query_params.get("signature") != found.signature:
            return _no_file(403)
        if shop.bulk.is_expired(found) or shop.faults.take("gone", "download"):
            return _no_file(403)
        content, headers = found.file, {}
        if shop.faults.take("cut_off", "download"):  # clean, between two lines
            content = content[: content.index(b"\n", len(content) // 2) + 1]
        if "gzip" in request.headers.get("accept-encoding", ""):
            content, headers = gzip.compress(content), {"Content-Encoding": "gzip"}
        if shop.faults.take("lost", "download"):
            headers["Content-Length"] = str(len(content) + 1)
        return Response(content, headers=headers, media_type="application/jsonl")

    def _shop(self, request: Request) -> Shop | None:
        by_host = (request.url.hostname or "").removesuffix(".myshopify.com")
        return self.shops.get(request.path_params.get("shop", by_host))

    async def _answer(self, shop: Shop, version: str, request: Request) -> Response:
        try:
            body = json.loads(await request.body())
            kind: Operation = "mutation" if _is_mutation(body) else "query"
        except (ValueError, AttributeError):
            return JSONResponse({"errors": "Bad Request"}, status_code=400)
        if refused := await self._refused_at_the_door(shop, kind):
            return refused
        if request.headers.get("X-Shopify-Access-Token") != shop.token:
            return JSONResponse({"errors": _BAD_TOKEN}, status_code=401)
        try:
            prepared = self._graph.prepare(body)
            files = f"{request.base_url}_bulk"
            answer = self._graph.run(Call(shop, version, files), prepared)
        except Refusal as refusal:
            return JSONResponse(refusal.body)
        return _spoilt(shop, kind, prepared, answer) or JSONResponse(answer)

    async def _refused_at_the_door(self, shop: Shop, kind: Operation) -> Response | None:
        """Answer with a trouble that keeps the request from doing anything."""
        take = shop.faults.take
        if slow := take("slow", kind):
            await self._sleep(slow.seconds)
        if take("dead_token", kind):
            return JSONResponse({"errors": _BAD_TOKEN}, status_code=401)
        if limited := take("too_many_requests", kind):
            return _too_many(limited)
        if take("frozen", kind):
            return JSONResponse({"errors": "Unavailable Shop"}, status_code=402)
        if take("forbidden", kind):
            return JSONResponse({"errors": "Forbidden"}, status_code=403)
        if take("gone", kind):
            return JSONResponse({"errors": "Not Found"}, status_code=404)
        if take("locked", kind):
            return JSONResponse({"errors": "This shop is locked"}, status_code=423)
        if take("error_before", kind):
            return HTMLResponse(_WEB_PAGE, status_code=500)
        if take("internal", kind):
            words = "Internal error. Looks like something went wrong on our end."
            extensions = {"code": "INTERNAL_SERVER_ERROR", "requestId": "local"}
            return JSONResponse({"errors": [{"message": words, "extensions": extensions}]})
        return None


def _spoilt(
    shop: Shop, kind: Operation, request: Prepared, answer: Mapping[str, Any]
) -> Response | None:
    """Answer with a trouble that comes after the request took effect."""
    take = shop.faults.take
    if take("error_after", kind):
        return HTMLResponse(_WEB_PAGE, status_code=500)
    if take("lost", kind):
        # More is promised than comes: the server ends the connection
        return Response(b"", headers={"Content-Length": "512"}, media_type="application/json")
    if take("html", kind):
        return HTMLResponse(_WEB_PAGE)
    if take("cut_off", kind):
        text = json.dumps(answer)
        return Response(text[: len(text) // 2], media_type="application/json")
    if take("missing_fields", kind):
        return JSONResponse({**answer, "data": {key: {} for key in answer["data"] or {}}})
    return None


def _no_file(status: int) -> Response:
    words = "<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>"
    return Response(words, status_code=status, media_type="application/xml")


def _too_many(fault: faults.Fault[Kind, Operation]) -> Response:
    headers = {"Retry-After": f"{fault.seconds:.1f}"}
    return JSONResponse({"errors": "Too Many Requests"}, status_code=429, headers=headers)


def _served(version: str) -> str:
    return version if version in VERSIONS else VERSIONS[0]


def _is_mutation(body: Mapping[str, Any]) -> bool:
    return str(body.get("query", "")).lstrip().startswith("mutation")
