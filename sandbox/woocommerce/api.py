"""The REST API v3 of one store: which path does what."""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.woocommerce import orders, products, site
from sandbox.woocommerce.auth import authenticate
from sandbox.woocommerce.lists import Query, only
from sandbox.woocommerce.refusal import Refusal, no_route
from sandbox.woocommerce.shop import Shop

_BATCH = re.compile(r"/products(?:/(\d+)/variations)?/batch")
_VARIATIONS = re.compile(r"/products/(\d+)/variations")
_PRODUCT = re.compile(r"/products/(\d+)")
_REFUNDS = re.compile(r"/orders/(\d+)/refunds")
_SETTING = re.compile(r"/settings/([\w-]+)/([\w-]+)")


async def answer(shop: Shop, path: str, request: Request) -> Response:
    """Answer one request under /wp-json/wc/v3."""
    fields = request.query_params.get("_fields")
    if not shop.woocommerce_active:
        raise no_route()
    if path == "" and request.method == "GET":
        return index(shop, fields)
    if path == "/variations" and not site.has_variations(shop):
        raise no_route()
    authenticate(shop, request)
    if request.method == "GET":
        return _read(shop, path, request, fields)
    if request.method == "POST" and (found := _BATCH.fullmatch(path)):
        parent = int(found[1]) if found[1] else None
        return products.batch(shop, await _body(request), parent, fields)
    raise no_route()


def index(shop: Shop, fields: str | None) -> Response:
    """Answer the index; PHP writes an empty object as a list."""
    found = only(site.index(shop), fields)
    return JSONResponse({key: value or [] for key, value in found.items()})


def _read(shop: Shop, path: str, request: Request, fields: str | None) -> Response:
    query = Query(dict(request.query_params), shop.utc_offset)
    if path == "/system_status":
        return JSONResponse(only(site.system_status(shop), fields))
    if path == "/products":
        return products.list_products(shop, query)
    if path == "/variations":
        return products.list_variations(shop, query, None)
    if path == "/orders":
        return orders.list_orders(shop, query)
    if found := _VARIATIONS.fullmatch(path):
        return products.list_variations(shop, query, int(found[1]))
    if found := _PRODUCT.fullmatch(path):
        return products.get_product(shop, int(found[1]), query)
    if found := _REFUNDS.fullmatch(path):
        return orders.list_refunds(shop, query, int(found[1]))
    if found := _SETTING.fullmatch(path):
        return JSONResponse(only(site.setting(shop, found[1], found[2]), fields))
    raise no_route()


async def _body(request: Request) -> Any:
    """Read a body; one that does not call itself JSON is not read at all."""
    if "json" not in request.headers.get("content-type", ""):
        return {}
    try:
        return json.loads(await request.body() or b"{}")
    except ValueError:
        words = "Invalid JSON body passed."
        raise Refusal(400, "rest_invalid_json", words, json_error_code=4) from None
