"""The consent page and the token endpoint."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from sandbox.ebay.keys import ACCESS_LIFE, ALL_SCOPES, CODE_LIFE, REFRESH_LIFE
from sandbox.ebay.refusal import web_page
from sandbox.ebay.shop import Shop


async def authorize(shop: Shop, request: Request) -> Response:
    """Show the consent page; the seller here answers at once."""
    query, keys = request.query_params, shop.keys
    known = (query.get("client_id"), query.get("redirect_uri")) == (keys.client_id, keys.ru_name)
    scopes = frozenset(query.get("scope", "").split())
    if not known or query.get("response_type") != "code" or not scopes <= ALL_SCOPES:
        return web_page(400, "unauthorized_client: the OAuth client was not found")
    back = {"state": query["state"]} if "state" in query else {}
    if shop.declines:
        back |= {"error": "access_denied", "error_description": "The user denied the request"}
    else:
        back |= {"code": keys.agree(scopes), "expires_in": f"{CODE_LIFE.total_seconds():.0f}"}
    return RedirectResponse(f"{shop.accepted_url}?{urlencode(back)}", status_code=302)


async def token(shop: Shop, request: Request) -> Response:
    """Hand out tokens: for a refresh token, for a consent's code, for the application itself"""
    if not _is_application(shop, request):
        return unknown_client()
    given = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
    keys = shop.keys
    match given.get("grant_type"):
        case "refresh_token":
            if given.get("refresh_token") != keys.refresh_token or keys.refresh_ends_at <= (
                shop.now()
            ):
                return _no_grant("refresh token")
            wanted = frozenset(given.get("scope", "").split()) or keys.scopes
            if not wanted <= keys.scopes:
                words = (
                    "The requested scope is invalid, unknown, malformed, or exceeds the scope "
                    "granted to the client"
                )
                return _refusal(400, "invalid_scope", words)
            return _tokens(keys.issue(wanted), "User Access Token")
        case "authorization_code":
            if given.get("redirect_uri") != keys.ru_name or not keys.fetch(given.get("code", "")):
                return _no_grant("grant code")
            return _tokens(keys.issue(keys.scopes), "User Access Token", keys.refresh_token)
        case "client_credentials":
            return _tokens(keys.issue(frozenset(), is_users=False), "Application Access Token")
    return _refusal(400, "unsupported_grant_type", "grant type in request is not supported")


def unknown_client() -> Response:
    return _refusal(401, "invalid_client", "client authentication failed")


def _is_application(shop: Shop, request: Request) -> bool:
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        words = base64.b64decode(given, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return kind == "Basic" and words == f"{shop.keys.client_id}:{shop.keys.client_secret}"


def _tokens(access: str, kind: str, refresh: str | None = None) -> Response:
    body: dict[str, object] = {
        "access_token": access,
        "expires_in": int(ACCESS_LIFE.total_seconds()),
        "token_type": kind,
    }
    if refresh is not None:
        body["refresh_token"] = refresh
        body["refresh_token_expires_in"] = int(REFRESH_LIFE.total_seconds())
    return JSONResponse(body)


def _no_grant(kind: str) -> Response:
    words = f"the provided authorization {kind} is invalid or was issued to another client"
    return _refusal(400, "invalid_grant", words)


def _refusal(status: int, kind: str, words: str) -> Response:
    return JSONResponse({"error": kind, "error_description": words}, status_code=status)
