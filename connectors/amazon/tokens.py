"""The access token: an hour long, asked for with a refresh token that stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import httpx

from connectors.amazon.errors import check_token
from connectors.amazon.keys import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, Hosts, secret_ends_at
from connectors.http import read_json, send
from connectors.pace import Clock, Sleep, read_again
from connectors.renewal import Granted, RenewedToken
from connectors.services import ACCESS_ENDS_AT, CredentialService

# A token this close to its end is replaced before it is used.
_MARGIN = timedelta(minutes=5)


def access_token(
    http: httpx.AsyncClient,
    host: Hosts,
    credentials: CredentialService,
    *,
    clock: Clock,
    sleep: Sleep,
) -> RenewedToken:
    """Hand out access tokens. NeedsReconnect where only a person can give a new key."""

    async def grant(values: Mapping[str, str]) -> Granted:
        return await read_again(lambda: _ask(http, host, values, clock()), "token", sleep)

    return RenewedToken(credentials, clock, grant, _MARGIN)


async def _ask(
    http: httpx.AsyncClient, host: Hosts, values: Mapping[str, str], now: datetime
) -> Granted:
    request = http.build_request(
        "POST",
        f"{host.login}/auth/o2/token",
        data={
            "grant_type": "refresh_token",
            "refresh_token": values[REFRESH_TOKEN].strip(),
            "client_id": values[CLIENT_ID].strip(),
            "client_secret": values[CLIENT_SECRET].strip(),
        },
    )
    response = await send(http, request)
    check_token(response)
    answer = read_json(response)
    life = timedelta(seconds=answer.whole("expires_in"))
    ends_at = secret_ends_at(values)
    # Empty where nobody told when the secret was made: an earlier one's end is not this one's.
    told = {ACCESS_ENDS_AT: ends_at.isoformat()} if ends_at else {}
    return Granted(answer.text("access_token"), now + life, told)
