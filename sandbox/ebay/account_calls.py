"""What the seller may do, who he is, and how many calls are left."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.ebay.quota import Api
from sandbox.ebay.shop import Shop

# The names of APIs as the analytics API groups them
_CONTEXTS: dict[Api, str] = {
    "tradingapi": "tradingapi",
    "inventory": "sell",
    "fulfillment": "sell",
    "account": "sell",
    "identity": "commerce",
    "analytics": "developer",
}


async def privileges(shop: Shop, _: Request) -> Response:
    """getPrivileges"""
    return JSONResponse(
        {
            "sellerRegistrationCompleted": shop.registered,
            "sellingLimit": {
                "amount": {"value": "25000.0", "currency": shop.currency},
                "quantity": 10_000,
            },
        }
    )


async def user(shop: Shop, _: Request) -> Response:
    """getUser"""
    return JSONResponse(
        {
            "userId": shop.user_id,
            "username": shop.title,
            "accountType": "BUSINESS",
            "registrationMarketplaceId": shop.marketplace,
            "status": shop.status,
        }
    )


async def rate_limits(shop: Shop, request: Request) -> Response:
    """getRateLimits and getUserRateLimits"""
    query = request.query_params
    rows = [
        {
            "apiContext": context,
            "apiName": api,
            "apiVersion": "v1",
            "resources": [{"name": api, "rates": [shop.quota.rate(api)]}],
        }
        for api, context in _CONTEXTS.items()
        if query.get("api_context", context) == context and query.get("api_name", api) == api
    ]
    return JSONResponse({"rateLimits": rows}) if rows else Response(status_code=204)
