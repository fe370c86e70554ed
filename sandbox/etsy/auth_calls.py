"""The consent page and the token endpoint."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from sandbox.etsy.keys import ACCESS_LIFE, ALL_SCOPES
from sandbox.etsy.refusal import Refusal, web_page
from sandbox.etsy.shop import Shop


async def authorize(shop: Shop, request: Request) -> Response:
    """Show the consent page; the seller here answers at once."""
    query, keys = request.query_params, shop.keys
    known = (query.get("client_id"), query.get("redirect_uri")) == (
        keys.keystring,
        shop.redirect_uri,
    )
    scopes = frozenset(query.get("scope", "").split())
    if not known or query.get("response_type") != "code" or not scopes <= ALL_SCOPES:
        return web_page(400, "The application that is requesting authorization is not recognized.")
    if query.get("code_challenge_method") != "S256" or not query.get("code_challenge"):
        return web_page(400, "A PKCE code challenge is required.")
    back = {"state": query["state"]} if "state" in query else {}
    if shop.declines:
        back |= {"error": "access_denied", "error_description": "The user denied access"}
    else:
        back["code"] = keys.agree(scopes, query["redirect_uri"], query["code_challenge"])
    return RedirectResponse(f"{shop.redirect_uri}?{urlencode(back)}", status_code=302)


async def token(shop: Shop, request: Request) -> Response:
    """Hand out tokens, for a refresh token that is replaced by it, or for a consent's code."""
    given = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
    keys = shop.keys
    if given.get("client_id") != keys.keystring:
        raise Refusal(401, "invalid_client", "client_id is not recognized")
    match given.get("grant_type"):
        case "refresh_token":
            if not keys.refreshes(given.get("refresh_token")):
                raise Refusal(400, "invalid_grant", "refresh_token is revoked")
        case "authorization_code":
            uri, verifier = given.get("redirect_uri", ""), given.get("code_verifier", "")
            if not keys.fetch(given.get("code", ""), uri, verifier):
                raise Refusal(400, "invalid_grant", "code is invalid or has expired")
        case _:
            raise Refusal(400, "unsupported_grant_type", "grant_type is not supported")
    return JSONResponse(
        {
            "access_token": keys.issue(),
            "token_type": "Bearer",
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "refresh_token": keys.refresh_token,
        }
    )
