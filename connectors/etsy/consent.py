"""Asking a seller to let us in: the page at Etsy, with PKCE, and what comes back from it."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from secrets import token_urlsafe
from urllib.parse import urlencode, urlsplit

import httpx

from connectors.errors import BadCredentials, NeedsReconnect
from connectors.etsy.account import own_shop
from connectors.etsy.allowance import CALLS_A_DAY, Allowance
from connectors.etsy.client import EtsyClient
from connectors.etsy.keys import (
    KEYSTRING,
    REFRESH_TOKEN,
    SHARED_SECRET,
    SHOP_ID,
    application,
    hosts,
)
from connectors.etsy.scopes import SCOPES
from connectors.etsy.tokens import access_token, ask_token
from connectors.http import open_client
from connectors.pace import Clock, utc_now
from connectors.platform import Begun, CredentialField
from connectors.renewal import ENDS_AT, TOKEN
from connectors.services import MemoryCredentials, UnlimitedBudget

REDIRECT, _VERIFIER = "redirect_uri", "code_verifier"
# RFC 7636: 43 to 128 characters; these are 86.
_VERIFIER_BYTES = 64
# What is asked for besides, where the seller agrees at Etsy instead of typing a token
FIELDS = (
    CredentialField(
        key=REDIRECT,
        label="Callback URL",
        help=(
            "Stockroom's public address with /oauth/etsy/callback after it, letter for letter as "
            "it is registered at etsy.com/developers/your-apps, Edit callback URLs."
        ),
        secret=False,
    ),
)


def begin(typed: Mapping[str, str], state: str, base_url: str | None = None) -> Begun:
    """Say which page of Etsy's the seller agrees on; BadCredentials(field=...) for bad keys.

    typed  `keystring`, `shared_secret`, and `redirect_uri`: the address that Etsy sends the
           seller back to
    """
    keys, verifier = application(typed), token_urlsafe(_VERIFIER_BYTES)
    query = {
        "response_type": "code",
        "client_id": keys.keystring,
        "redirect_uri": _redirect(typed),
        "scope": " ".join(scope.key for scope in SCOPES),
        "state": state,
        "code_challenge": _challenge(verifier),
        "code_challenge_method": "S256",
    }
    address = f"{hosts(base_url).consent}/oauth/connect?{urlencode(query)}"
    return Begun(address, {_VERIFIER: verifier})


async def finish(
    typed: Mapping[str, str],
    came_back: Mapping[str, str],
    base_url: str | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Clock = utc_now,
) -> dict[str, str]:
    """Turn what Etsy sent the seller back with into the credentials of a shop.

    typed      what was typed and what `begin` remembered
    came_back  the query of the address; whether its `state` is ours is for the caller to judge
    Raises NeedsReconnect where the seller declined, the code is too old, or there is no shop.
    """
    if came_back.get("error") or not came_back.get("code"):
        declined = came_back.get("error", "access_denied") == "access_denied"
        text = "The seller did not agree" if declined else "Etsy could not ask the seller"
        raise NeedsReconnect(
            f"{text}, so nothing was connected. Begin once more.",
            said=came_back.get("error_description"),
            field=REFRESH_TOKEN,
        )
    host, keys = hosts(base_url), application(typed)
    form = {
        "grant_type": "authorization_code",
        "redirect_uri": _redirect(typed),
        "code": came_back["code"],
        "code_verifier": typed.get(_VERIFIER, ""),
    }
    async with open_client(host.api, transport=transport) as http:
        granted = await ask_token(http, host, keys.keystring, form, clock())
        credentials = {
            KEYSTRING: keys.keystring,
            SHARED_SECRET: keys.shared_secret,
            **granted.besides,
            TOKEN: granted.token,
            ENDS_AT: granted.ends_at.isoformat(),
        }
        tokens = access_token(
            http,
            host,
            keys.keystring,
            MemoryCredentials(credentials),
            clock=clock,
            sleep=asyncio.sleep,
        )
        allowance = Allowance(UnlimitedBudget(), keys.keystring, CALLS_A_DAY, clock)
        client = EtsyClient(http, host, keys, tokens, allowance, clock=clock, sleep=asyncio.sleep)
        return {**credentials, SHOP_ID: str(await own_shop(client))}


def _challenge(verifier: str) -> str:
    digest = sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def _redirect(typed: Mapping[str, str]) -> str:
    address = typed.get(REDIRECT, "").strip()
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.netloc or not address.isascii() or " " in address:
        raise BadCredentials(
            "Enter the whole address that Etsy sends the seller back to. It begins with https:// "
            "and is registered with the app at Etsy.",
            field=REDIRECT,
        )
    return address
