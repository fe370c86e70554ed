"""The access token: 15 minutes long, asked for anew with the seller's own keys.

There is no refresh token for these: one asks again, one process at a time.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import uuid4

import httpx

from connectors.errors import NeedsReconnect
from connectors.http import read_json, send
from connectors.pace import StoreClock
from connectors.services import CredentialService
from connectors.walmart.errors import FIELD, Invalid, TokenRefused, check_status
from connectors.walmart.scopes import ACCOUNT

SERVICE = "Walmart Marketplace"
# Walmart: a token lives 15 minutes. One this close to its end is replaced before it is used.
_MARGIN = timedelta(minutes=3)


class TokenSource:
    """Hands out the token to use now; one renewal at a time over all processes."""

    def __init__(
        self, http: httpx.AsyncClient, credentials: CredentialService, time: StoreClock
    ) -> None:
        self._http = http
        self._credentials = credentials
        self._time = time
        self._held: tuple[str, datetime] | None = None

    async def token(self) -> str:
        """Hand out a token that lives long enough for a call."""
        if self._held is None or self._time.ours() >= self._held[1] - _MARGIN:
            self._held = await self._fetch(dead=None)
        return self._held[0]

    async def renewed(self, dead: str) -> str:
        """Replace a token that Walmart refused."""
        if self._held is None or self._held[0] == dead:
            self._held = await self._fetch(dead=dead)
        return self._held[0]

    async def _fetch(self, dead: str | None) -> tuple[str, datetime]:
        async with self._credentials.lease() as lease:
            stored = _stored(lease.values)
            # Somebody else may have renewed it while we waited for the lease.
            if stored and stored[0] != dead and self._time.ours() < stored[1] - _MARGIN:
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
        keys = f"{values['client_id'].strip()}:{values['client_secret'].strip()}".encode()
        request = self._http.build_request(
            "POST",
            "/v3/token",
            data={"grant_type": "client_credentials"},
            headers={
                "Authorization": f"Basic {b64encode(keys).decode()}",
                "WM_SVC.NAME": SERVICE,
                "WM_QOS.CORRELATION_ID": str(uuid4()),
            },
        )
        asked_at = self._time.ours()
        response = await send(self._http, request)
        self._time.note(response, asked_at)
        try:
            check_status(response, ACCOUNT, self._time.now())
        except (Invalid, TokenRefused) as refused:
            raise NeedsReconnect(
                "Walmart does not accept the client id and secret (any more). They may have been "
                "reset, or be keys of the sandbox: enter the production keys of Developer Portal.",
                said=refused.said,
                field=FIELD,
            ) from None
        answer = read_json(response)
        life = timedelta(seconds=answer.whole("expires_in"))
        # From the moment of asking: the answer may have been long on its way.
        return answer.text("access_token"), asked_at + life


def _stored(values: Mapping[str, str]) -> tuple[str, datetime] | None:
    if "access_token" not in values or "access_token_expires_at" not in values:
        return None
    return values["access_token"], datetime.fromisoformat(values["access_token_expires_at"])
