"""Who is asking: Basic or query keys over HTTPS, OAuth 1.0a over plain HTTP."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from urllib.parse import quote

from starlette.requests import Request

from sandbox.woocommerce.refusal import Refusal, bad_key, cannot
from sandbox.woocommerce.shop import Shop

# WooCommerce: how far a signature's time may be off, either way
_WINDOW_SECONDS = 15 * 60
_DIGESTS = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256}


def authenticate(shop: Shop, request: Request) -> None:
    """Let a request pass, or raise what WooCommerce answers."""
    writes = request.method != "GET"
    refused = cannot("batch" if writes else "view")
    if request.url.scheme == "https":
        _check_pair(shop, request, refused)
    elif "oauth_consumer_key" in request.query_params:
        _check_signature(shop, request)
    else:
        raise refused
    if writes and shop.permission == "read":
        raise bad_key("The API key provided does not have write permissions.")
    if not writes and shop.permission == "write":
        raise bad_key("The API key provided does not have read permissions.")
    if not shop.may_manage_shop:
        raise Refusal(403, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")


def _check_pair(shop: Shop, request: Request, refused: Refusal) -> None:
    key = request.query_params.get("consumer_key", "")
    secret = request.query_params.get("consumer_secret", "")
    given = request.headers.get("authorization", "")
    if not key and given.startswith("Basic ") and not shop.strips_authorization:
        try:
            key, _, secret = base64.b64decode(given[6:]).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise refused from None
    if key != shop.consumer_key:
        raise refused
    if not hmac.compare_digest(secret, shop.consumer_secret):
        raise bad_key("Consumer secret is invalid.")


def _check_signature(shop: Shop, request: Request) -> None:
    given = request.query_params
    if given["oauth_consumer_key"] != shop.consumer_key:
        raise bad_key("Consumer key is invalid.")
    digest = _DIGESTS.get(given.get("oauth_signature_method", ""))
    if digest is None:
        raise bad_key("Invalid signature - signature method is invalid.")
    address = str(request.url.replace(query="", fragment=""))
    pairs = sorted(
        (_written(key), _written(value))
        for key, value in given.multi_items()
        if key != "oauth_signature"
    )
    joined = "&".join(f"{key}={value}" for key, value in pairs)
    text = "&".join(_written(part) for part in (request.method, address, joined))
    made = hmac.new(f"{shop.consumer_secret}&".encode(), text.encode(), digest).digest()
    wanted = base64.b64encode(made).decode()
    if not hmac.compare_digest(wanted, given.get("oauth_signature", "")):
        raise bad_key("Invalid signature - provided signature does not match.")
    _check_freshness(shop, given.get("oauth_timestamp", ""), given.get("oauth_nonce", ""))


def _check_freshness(shop: Shop, timestamp: str, nonce: str) -> None:
    now = shop.now().timestamp()
    if not timestamp.isdecimal() or abs(now - int(timestamp)) > _WINDOW_SECONDS:
        raise bad_key("Invalid timestamp.")
    if not nonce or (timestamp, nonce) in shop.nonces:
        raise bad_key("Invalid nonce - nonce has already been used.")
    shop.nonces.add((timestamp, nonce))


def _written(text: str) -> str:
    return quote(text, safe="~")
