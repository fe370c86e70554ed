"""The access token: two hours long, asked for with the refresh token that a seller gave.

The refresh token lives 18 months and does not change. Renewal is one at a time over
all processes, and what is renewed is stored before it is used.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta

import httpx

from connectors.ebay.errors import check_token
from connectors.ebay.keys import REFRESH_TOKEN, Hosts
from connectors.http import Row, read_json, send
from connectors.pace import Clock
from connectors.services import CredentialService

# A token this close to its end is replaced before it is used.
_MARGIN = timedelta(minutes=5)
_PATH = "/identity/v1/oauth2/token"
_TOKEN, _UNTIL = "access_token", "access_token_expires_at"


class Tokens:
    """Hands out the access token to use now."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        host: Hosts,
        application: tuple[str, str],
        credentials: CredentialService,
        clock: Clock,
    ) -> None:
        self._http = http
        self._host = host
        self._application = application
        self._credentials = credentials
        self._clock = clock
        self._held: tuple[str, datetime] | None = None

    async def token(self) -> str:
        """Answer a token that is good for some minutes at least."""
        if self._held is None or self._clock() >= self._held[1] - _MARGIN:
            self._held = await self._fetch(dead=None)
        return self._held[0]

    async def renewed(self, dead: str) -> str:
        """Replace a token that eBay refused. NeedsReconnect where only the seller can."""
        self._held = await self._fetch(dead=dead)
        return self._held[0]

    async def _fetch(self, dead: str | None) -> tuple[str, datetime]:
        async with self._credentials.lease() as lease:
            stored = _stored(lease.values)
            # Somebody else may have renewed it while we waited for the lease.
            if stored and stored[0] != dead and self._clock() < stored[1] - _MARGIN:
                return stored
            asked_at = self._clock()
            answer = await ask_token(
                self._http,
                self._host,
                self._application,
                {
                    "grant_type": "refresh_token",
                    # No scopes: the new token has those that the seller agreed to.
                    "refresh_token": lease.values[REFRESH_TOKEN].strip(),
                },
            )
            token = answer.text("access_token")
            until = asked_at + timedelta(seconds=answer.whole("expires_in"))
            await lease.save({**lease.values, _TOKEN: token, _UNTIL: until.isoformat()})
            return token, until


def _stored(values: Mapping[str, str]) -> tuple[str, datetime] | None:
    if _TOKEN not in values or _UNTIL not in values:
        return None
    return values[_TOKEN], datetime.fromisoformat(values[_UNTIL])


async def ask_token(
    http: httpx.AsyncClient, host: Hosts, application: tuple[str, str], form: Mapping[str, str]
) -> Row:
    """Ask the token endpoint as an application; every error is already classified."""
    basic = b64encode(":".join(application).encode()).decode()
    request = http.build_request(
        "POST",
        f"{host.api}{_PATH}",
        data=dict(form),
        headers={"Authorization": f"Basic {basic}"},
    )
    response = await send(http, request)
    check_token(response)
    return read_json(response)
