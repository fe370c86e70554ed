"""The access token: an hour long, renewed with a refresh token that is replaced each time.

A refresh token lives 90 days. As long as anything is read, access tokens are renewed by the
hour, and the refresh token with them: far more often than the once a week that is advised.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import httpx

from connectors.errors import Unavailable
from connectors.etsy.errors import check_token
from connectors.etsy.keys import REFRESH_TOKEN, Hosts
from connectors.http import Row, read_json, send
from connectors.pace import Clock, Sleep, read_again
from connectors.renewal import Granted, RenewedToken
from connectors.services import ACCESS_ENDS_AT, CredentialService

# A token this close to its end is replaced before it is used.
_MARGIN = timedelta(minutes=5)
# Etsy: how long a refresh token lives. The answer does not say.
_REFRESH_LIFE = timedelta(days=90)
_PATH = "/v3/public/oauth/token"


def access_token(
    http: httpx.AsyncClient,
    host: Hosts,
    keystring: str,
    credentials: CredentialService,
    *,
    clock: Clock,
    sleep: Sleep,
) -> RenewedToken:
    """Hand out access tokens. NeedsReconnect where only the seller can give a new one."""

    async def grant(values: Mapping[str, str]) -> Granted:
        form = {"grant_type": "refresh_token", "refresh_token": values[REFRESH_TOKEN].strip()}
        # The endpoint fails now and then, and takes the same request a moment later.
        return await read_again(
            lambda: ask_token(http, host, keystring, form, clock()), "token", sleep
        )

    return RenewedToken(credentials, clock, grant, _MARGIN)


async def ask_token(
    http: httpx.AsyncClient, host: Hosts, keystring: str, form: Mapping[str, str], now: datetime
) -> Granted:
    """Ask the token endpoint as an application; every error is already classified."""
    request = http.build_request(
        "POST", f"{host.api}{_PATH}", data={**form, "client_id": keystring}
    )
    response = await send(http, request)
    check_token(response)
    return _read(read_json(response), now)


def _read(answer: Row, now: datetime) -> Granted:
    if not answer.text("refresh_token"):
        raise Unavailable("The store's answer lacks a usable “refresh_token”.")
    return Granted(
        answer.text("access_token"),
        now + timedelta(seconds=answer.whole("expires_in")),
        {
            REFRESH_TOKEN: answer.text("refresh_token"),
            ACCESS_ENDS_AT: (now + _REFRESH_LIFE).isoformat(),
        },
    )
