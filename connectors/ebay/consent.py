"""Asking a seller to let us in: the page at eBay, and what comes back from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import unquote, urlencode

import httpx

from connectors.ebay.keys import REFRESH_TOKEN, application, hosts
from connectors.ebay.marketplaces import marketplace
from connectors.ebay.scopes import SCOPES
from connectors.ebay.tokens import ask_token
from connectors.errors import BadCredentials, NeedsReconnect
from connectors.http import open_client
from connectors.pace import Clock, utc_now
from connectors.platform import CredentialField
from connectors.renewal import ENDS_AT, TOKEN
from connectors.services import ACCESS_ENDS_AT

RU_NAME = "ru_name"
# What is asked for besides, where the seller agrees at eBay instead of typing a token
FIELDS = (
    CredentialField(
        key=RU_NAME,
        label="RuName (eBay Redirect URL name)",
        help=(
            "At developer.ebay.com: User Tokens, Get a Token from eBay via Your Application. Its "
            "accepted URL has to be Stockroom's public address with /oauth/ebay/callback after it."
        ),
        secret=False,
    ),
)


def authorize_url(typed: Mapping[str, str], state: str, base_url: str | None = None) -> str:
    """Say which page of eBay's the seller agrees on; BadCredentials(field=...) for bad keys.

    typed  `client_id`, `client_secret`, `marketplace`, and `ru_name`: eBay's name for the
           address that it sends the seller back to
    """
    client_id, _ = application(typed, base_url)
    marketplace(typed.get("marketplace", ""))
    query = {
        "client_id": client_id,
        "redirect_uri": _ru_name(typed),
        "response_type": "code",
        "scope": " ".join(scope.key for scope in SCOPES),
        "state": state,
        # Whoever is signed in at eBay may not be the seller: eBay asks again.
        "prompt": "login",
    }
    return f"{hosts(base_url).consent}/oauth2/authorize?{urlencode(query)}"


async def exchange(
    typed: Mapping[str, str],
    came_back: Mapping[str, str],
    base_url: str | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Clock = utc_now,
) -> dict[str, str]:
    """Turn what eBay sent the seller back with into the credentials of an account.

    came_back  the query of the address, as it was parsed; whether its `state` is ours is
               for the caller to judge
    Raises NeedsReconnect where the seller declined, or the code is too old (5 minutes).
    """
    if came_back.get("error") or not came_back.get("code"):
        declined = came_back.get("error", "access_denied") == "access_denied"
        text = "The seller did not agree" if declined else "eBay could not ask the seller"
        raise NeedsReconnect(
            f"{text}, so nothing was connected. Begin once more.",
            said=came_back.get("error_description"),
            field=REFRESH_TOKEN,
        )
    host, keys, asked_at = hosts(base_url), application(typed, base_url), clock()
    form = {
        "grant_type": "authorization_code",
        "code": _code(came_back["code"]),
        "redirect_uri": _ru_name(typed),
    }
    async with open_client(host.api, transport=transport) as http:
        answer = await ask_token(http, host, keys, form)
    ends = asked_at + timedelta(seconds=answer.whole("refresh_token_expires_in"))
    until = asked_at + timedelta(seconds=answer.whole("expires_in"))
    return {
        "client_id": keys[0],
        "client_secret": keys[1],
        "marketplace": marketplace(typed.get("marketplace", "")).key,
        REFRESH_TOKEN: answer.text("refresh_token"),
        # 18 months on; eBay gives no other notice.
        ACCESS_ENDS_AT: ends.isoformat(),
        TOKEN: answer.text("access_token"),
        ENDS_AT: until.isoformat(),
    }


def _code(given: str) -> str:
    """Read the code, which holds `#` and `^`: once decoded it has no `%` any more."""
    return unquote(given) if "%" in given else given


def _ru_name(typed: Mapping[str, str]) -> str:
    name = typed.get(RU_NAME, "").strip()
    if not name or not name.isascii() or not name.isprintable() or " " in name or "/" in name:
        raise BadCredentials(
            "Enter the RuName, not an address: in eBay's developer account it stands under "
            "User Tokens, Get a Token from eBay via Your Application.",
            field=RU_NAME,
        )
    return name
