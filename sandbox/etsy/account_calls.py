"""Calls about the application, its token, and the shop."""

from __future__ import annotations

import zlib
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.etsy.fields import epoch
from sandbox.etsy.refusal import bad_request, not_found
from sandbox.etsy.shop import Shop


async def ping(shop: Shop, request: Request) -> Response:
    return JSONResponse({"application_id": zlib.crc32(shop.keys.keystring.encode()) + 1})


async def me(shop: Shop, request: Request) -> Response:
    """getMe: whose token it is"""
    if not shop.has_shop:
        return JSONResponse({"user_id": shop.user_id})
    return JSONResponse({"user_id": shop.user_id, "shop_id": shop.id})


async def scopes(shop: Shop, request: Request) -> Response:
    """tokenScopes: what a token may do"""
    token = parse_qs((await request.body()).decode()).get("token", [""])[0]
    if not shop.keys.knows(token):
        raise bad_request("The token is not valid")
    return JSONResponse({"scopes": sorted(shop.keys.scopes)})


async def one_shop(shop: Shop, request: Request) -> Response:
    """getShop"""
    if request.path_params["shop_id"] != str(shop.id):
        raise not_found("Could not find a shop with this shop_id.")
    opened = epoch(shop.stamp()) - 86_400
    return JSONResponse(
        {
            "shop_id": shop.id,
            "user_id": shop.user_id,
            "shop_name": shop.title,
            "create_date": opened,
            "created_timestamp": opened,
            "title": None,
            "announcement": None,
            "currency_code": shop.currency,
            "is_vacation": shop.on_vacation,
            "vacation_message": "Back in May." if shop.on_vacation else None,
            "listing_active_count": sum(each.state == "active" for each in shop.listings),
            "login_name": shop.name,
            "url": f"https://www.etsy.com/shop/{shop.title}",
            "languages": ["en-US"],
        }
    )
