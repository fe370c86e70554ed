"""Login with Amazon."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.amazon.keys import ACCESS_LIFE
from sandbox.amazon.refusal import login
from sandbox.amazon.shop import Shop


async def token(shop: Shop, request: Request) -> Response:
    """Hand out an access token for a refresh token, which stays as it is."""
    given = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
    keys = shop.keys
    if (given.get("client_id"), given.get("client_secret")) != (keys.client_id, keys.client_secret):
        return login(401, "invalid_client", "Client authentication failed")
    if given.get("grant_type") != "refresh_token":
        return login(400, "unsupported_grant_type", "The grant type is not supported")
    if given.get("refresh_token") != keys.refresh_token:
        words = "The request has an invalid grant parameter : refresh_token"
        return login(400, "invalid_grant", words)
    return JSONResponse(
        {
            "access_token": keys.issue(),
            "token_type": "bearer",
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "refresh_token": keys.refresh_token,
        }
    )
