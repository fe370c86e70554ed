"""Where the access token comes from, and how a spent one is replaced.

A token made in the Shopify admin never expires. An app of the merchant's own
organization asks for one with its id and secret, valid for 24 hours; there is
no refresh token, one asks again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import httpx

from connectors.errors import BadCredentials, NeedsReconnect
from connectors.http import read_json, send
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


class GrantedToken:
    """The client credentials grant, one renewal at a time over all processes."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        credentials: CredentialService,
        clock: Callable[[], datetime],
    ) -> None:
        self._http = http
        self._credentials = credentials
        self._clock = clock
        self._held: tuple[str, datetime] | None = None

    async def token(self) -> str:
        if self._held is None or self._clock() >= self._held[1] - _MARGIN:
            self._held = await self._fetch(dead=None)
        return self._held[0]

    async def renewed(self, dead: str) -> str | None:
        self._held = await self._fetch(dead=dead)
        return self._held[0]

    async def _fetch(self, dead: str | None) -> tuple[str, datetime]:
        async with self._credentials.lease() as lease:
            stored = _stored(lease.values)
            # Somebody else may have renewed it while we waited for the lease.
            if stored and stored[0] != dead and self._clock() < stored[1] - _MARGIN:
                return stored
            token, expires_at = await self._grant(lease.values)
            await lease.save(
                {
                    **lease.values,
                    "access_token": token,
                    "access_token_expires_at": expires_at.isoformat(),
                }
            )
            return token, expires_at

    async def _grant(self, values: Mapping[str, str]) -> tuple[str, datetime]:
        request = self._http.build_request(
            "POST",
            "/admin/oauth/access_token",
            data={
                "grant_type": "client_credentials",
                "client_id": values["client_id"],
                "client_secret": values["client_secret"],
            },
        )
        response = await send(self._http, request)
        if response.status_code == 400:
            said = read_json(response).raw("error_description")
            raise NeedsReconnect(
                "Shopify no longer accepts the app's client id and secret.",
                said=said if isinstance(said, str) else None,
            )
        check_status(response)
        answer = read_json(response)
        life = timedelta(seconds=answer.whole("expires_in"))
        return answer.text("access_token"), self._clock() + life


def _stored(values: Mapping[str, str]) -> tuple[str, datetime] | None:
    if "access_token" not in values or "access_token_expires_at" not in values:
        return None
    return values["access_token"], datetime.fromisoformat(values["access_token_expires_at"])


def token_source(
    credentials: Mapping[str, str],
    http: httpx.AsyncClient,
    service: CredentialService,
    clock: Callable[[], datetime],
) -> TokenSource:
    """Choose by what was entered: an access token, or a client id and secret."""
    if credentials.get("client_id", "").strip():
        if not credentials.get("client_secret", "").strip():
            raise BadCredentials(
                "Enter the client secret that belongs to the client id.", field="client_secret"
            )
        return GrantedToken(http, service, clock)
    token = credentials.get("access_token", "").strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise BadCredentials(
            "Enter the Admin API access token as Shopify showed it, starting with shpat_.",
            field="access_token",
        )
    return FixedToken(token)
