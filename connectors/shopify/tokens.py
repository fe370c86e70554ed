"""Where the access token comes from, and how a spent one is replaced.

A token made in the Shopify admin never expires. An app of the merchant's own
organization asks for one with its id and secret, valid for 24 hours; there is
no refresh token, one asks again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

import httpx

from connectors.errors import BadCredentials, NeedsReconnect
from connectors.http import read_json, send
from connectors.pace import Clock
from connectors.renewal import Grant, Granted, RenewedToken
from connectors.services import CredentialService
from connectors.shopify.errors import check_status

# A token this close to its end is replaced before it is used.
_MARGIN = timedelta(minutes=5)


class TokenSource(Protocol):
    """Hands out the token to use now."""

    async def token(self) -> str: ...

    async def renewed(self, dead: str) -> str | None:
        """Replace a token that Shopify refused; None where only a person can."""
        ...


class FixedToken:
    """The token that a person entered."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def token(self) -> str:
        return self._token

    async def renewed(self, dead: str) -> str | None:
        return None


def _asked_for(http: httpx.AsyncClient, clock: Clock) -> Grant:
    """The client credentials grant."""

    async def grant(values: Mapping[str, str]) -> Granted:
        request = http.build_request(
            "POST",
            "/admin/oauth/access_token",
            data={
                "grant_type": "client_credentials",
                "client_id": values["client_id"],
                "client_secret": values["client_secret"],
            },
        )
        response = await send(http, request)
        if response.status_code == 400:
            said = read_json(response).raw("error_description")
            raise NeedsReconnect(
                "Shopify no longer accepts the app's client id and secret.",
                said=said if isinstance(said, str) else None,
            )
        check_status(response)
        answer = read_json(response)
        life = timedelta(seconds=answer.whole("expires_in"))
        return Granted(answer.text("access_token"), clock() + life)

    return grant


def token_source(
    credentials: Mapping[str, str],
    http: httpx.AsyncClient,
    service: CredentialService,
    clock: Clock,
) -> TokenSource:
    """Choose by what was entered: an access token, or a client id and secret."""
    if credentials.get("client_id", "").strip():
        if not credentials.get("client_secret", "").strip():
            raise BadCredentials(
                "Enter the client secret that belongs to the client id.", field="client_secret"
            )
        return RenewedToken(service, clock, _asked_for(http, clock), _MARGIN)
    token = credentials.get("access_token", "").strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise BadCredentials(
            "Enter the Admin API access token as Shopify showed it, starting with shpat_.",
            field="access_token",
        )
    return FixedToken(token)
