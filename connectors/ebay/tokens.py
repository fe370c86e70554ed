"""The access token: two hours long, asked for with the refresh token that a seller gave.

The refresh token lives 18 months and does not change.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta

import httpx

from connectors.ebay.errors import check_token
from connectors.ebay.keys import REFRESH_TOKEN, Hosts
from connectors.http import Row, read_json, send
from connectors.pace import Clock
from connectors.renewal import Granted, RenewedToken
from connectors.services import CredentialService

# A token this close to its end is replaced before it is used.
_MARGIN = timedelta(minutes=5)
_PATH = "/identity/v1/oauth2/token"


def access_token(
    http: httpx.AsyncClient,
    host: Hosts,
    application: tuple[str, str],
    credentials: CredentialService,
    clock: Clock,
) -> RenewedToken:
    """Hand out access tokens. NeedsReconnect where only the seller can give a new one."""

    async def grant(values: Mapping[str, str]) -> Granted:
        asked_at = clock()
        # No scopes: the new token has those that the seller agreed to.
        form = {"grant_type": "refresh_token", "refresh_token": values[REFRESH_TOKEN].strip()}
        answer = await ask_token(http, host, application, form)
        life = timedelta(seconds=answer.whole("expires_in"))
        return Granted(answer.text("access_token"), asked_at + life)

    return RenewedToken(credentials, clock, grant, _MARGIN)


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
