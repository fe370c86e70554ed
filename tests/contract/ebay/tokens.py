"""The token endpoint, which no contract describes: what eBay's page on refresh tokens says."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs

from tests.connectors.ebay.world import Exchange

# The fields of a request for each grant; those of an answer, with and without a new consent
_ASKED = {
    "refresh_token": ({"grant_type", "refresh_token"}, {"scope"}),
    "authorization_code": ({"grant_type", "code", "redirect_uri"}, set[str]()),
}
_TOLD = {"access_token", "expires_in", "token_type"}
_CONSENT = {"refresh_token", "refresh_token_expires_in"}
_REFUSALS = {400: {"invalid_grant", "invalid_scope", "unsupported_grant_type"}}
_REFUSALS[401] = {"invalid_client"}


def request_problems(exchange: Exchange) -> Iterator[str]:
    """Say what of a request for a token is wrong."""
    if exchange.headers.get("content-type") != "application/x-www-form-urlencoded":
        yield "token: is no form"
    if exchange.headers.get("authorization", "").partition(" ")[0] != "Basic":
        yield "token: lacks the application's keys"
    given = parse_qs(exchange.sent.decode())
    needed, more = _ASKED.get(given.get("grant_type", [""])[0], (set[str](), set[str]()))
    if not needed or not needed <= given.keys() <= needed | more:
        yield f"token: has the fields {sorted(given)}"
    if any(len(values) != 1 for values in given.values()):
        yield "token: a field stands there twice"


def answer_problems(exchange: Exchange) -> Iterator[str]:
    """Say what of an answer of the token endpoint is wrong."""
    body = exchange.answer
    if exchange.kind.startswith("text/html"):
        if exchange.status not in (403, 500, 503):
            yield "token: a web page"
        return
    if not isinstance(body, dict):
        yield "token: no object"
    elif exchange.status == 200:
        if body.keys() not in (_TOLD, _TOLD | _CONSENT):
            yield f"token: tells {sorted(body)}"
        elif type(body["expires_in"]) is not int or "Access Token" not in body["token_type"]:
            yield "token: tells no life of the token, or no kind"
    elif exchange.status != 429 and body.get("error") not in _REFUSALS.get(exchange.status, ()):
        yield f"token: {exchange.status} with {body}"
