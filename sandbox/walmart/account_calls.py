"""Tokens, and what the account says of itself: its rights, its limits, its ship nodes."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.walmart.answers import bad_request, unauthorized
from sandbox.walmart.model import Node
from sandbox.walmart.order_rows import epoch
from sandbox.walmart.shop import Shop
from sandbox.walmart.tokens import LIFE

_SECONDS = int(LIFE.total_seconds())


async def token(shop: Shop, request: Request) -> Response:
    """tokenAPI; in XML where nobody asks for JSON"""
    if shop.faults.take("dead_keys", "token") or not shop.keys.fit(*_basic(request)):
        return unauthorized("TOKEN")
    form = parse_qs((await request.body()).decode())
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind != "application/x-www-form-urlencoded" or form.get("grant_type") != [
        "client_credentials"
    ]:
        return bad_request("TOKEN", "grant_type")
    given = shop.keys.give()
    if "application/json" not in request.headers.get("accept", ""):
        text = (
            f"<OAuthTokenDTO><accessToken>{given}</accessToken><tokenType>Bearer</tokenType>"
            f"<expiresIn>{_SECONDS}</expiresIn></OAuthTokenDTO>"
        )
        return Response(text, media_type="application/xml")
    return JSONResponse({"access_token": given, "token_type": "Bearer", "expires_in": _SECONDS})


async def token_detail(shop: Shop, request: Request) -> Response:
    """getTokenDetail"""
    given_at = shop.keys.given_at(request.headers["WM_SEC.ACCESS_TOKEN"]) or shop.now()
    return JSONResponse(
        {
            "issued_at": str(epoch(given_at)),
            "expire_at": str(epoch(given_at + LIFE)),
            "is_valid": True,
            "is_channel_match": True,
            "scopes": dict(shop.scopes),
        }
    )


async def partner_profile(shop: Shop, _: Request) -> Response:
    """getPartnerConfigurations; by its contract it does not know the type MP_INVENTORY"""
    feeds = [
        {
            "feedType": kind,
            "throttleConfigurations": [
                {
                    "type": "SELLER",
                    "rate": {
                        "count": limit.count,
                        "replenishTimeWindow": {
                            "value": int(limit.window.total_seconds()),
                            "unitOfMeasurement": "SECOND",
                        },
                    },
                    "fileSize": {"value": limit.size, "unitOfMeasurement": "BYTES"},
                }
            ],
        }
        for kind, limit in shop.limits.feeds.items()
        if kind != "MP_INVENTORY"
    ]
    return JSONResponse(
        {
            "partner": {
                "partnerId": shop.partner_id,
                "partnerName": f"{shop.title} Inc.",
                "partnerDisplayName": shop.title,
                "partnerStoreId": shop.partner_id,
                "countryOfIncorporation": "US",
            },
            "configurations": [
                {"configurationName": "ACCOUNT", "configuration": {"status": shop.status}},
                {"configurationName": "FEED", "configuration": {"values": feeds}},
            ],
        }
    )


async def ship_nodes(shop: Shop, _: Request) -> Response:
    """getAllFulfillmentCenters"""
    return JSONResponse([_node(node) for node in shop.nodes])


def _node(node: Node) -> dict[str, Any]:
    return {
        "shipNode": node.id,
        "nodeType": node.kind,
        "shipNodeName": node.name,
        "status": "ACTIVE" if node.active else "INACTIVE",
        "timeZone": "CST",
        "postalAddress": {
            "addressLine1": "1 Main Street",
            "city": "Austin",
            "state": "TX",
            "country": "USA",
            "postalCode": "78751",
        },
    }


def _basic(request: Request) -> tuple[str, str]:
    """Read the keys of a Basic header, empty ones where there are none."""
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    try:
        name, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return (name, secret) if kind == "Basic" else ("", "")
