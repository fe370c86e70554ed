"""The access token: 15 minutes long, asked for anew with the seller's own keys.

There is no refresh token for these: one asks again.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from uuid import uuid4

import httpx

from connectors.errors import NeedsReconnect
from connectors.http import read_json, send
from connectors.pace import StoreClock
from connectors.renewal import Granted, RenewedToken
from connectors.services import CredentialService
from connectors.walmart.errors import FIELD, Invalid, TokenRefused, check_status
from connectors.walmart.scopes import ACCOUNT

SERVICE = "Walmart Marketplace"
# Walmart: a token lives 15 minutes. One this close to its end is replaced before it is used.
_MARGIN = timedelta(minutes=3)


def access_token(
    http: httpx.AsyncClient, credentials: CredentialService, time: StoreClock
) -> RenewedToken:
    """Hand out access tokens. NeedsReconnect where the keys are no longer accepted."""

    async def grant(values: Mapping[str, str]) -> Granted:
        keys = f"{values['client_id'].strip()}:{values['client_secret'].strip()}".encode()
        request = http.build_request(
            "POST",
            "/v3/token",
            data={"grant_type": "client_credentials"},
            headers={
                "Authorization": f"Basic {b64encode(keys).decode()}",
                "WM_SVC.NAME": SERVICE,
                "WM_QOS.CORRELATION_ID": str(uuid4()),
            },
        )
        asked_at = time.ours()
        response = await send(http, request)
        time.note(response, asked_at)
        try:
            check_status(response, ACCOUNT, time.now())
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
        return Granted(answer.text("access_token"), asked_at + life)

    return RenewedToken(credentials, time.ours, grant, _MARGIN)
