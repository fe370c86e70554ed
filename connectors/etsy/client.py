"""One call to one shop, with a token that is good, at the speed that Etsy allows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from connectors.errors import Unavailable
from connectors.etsy.allowance import Allowance, Use
from connectors.etsy.errors import Invalid, TokenRefused, check_status
from connectors.etsy.keys import Application, Hosts
from connectors.etsy.scopes import Scope
from connectors.http import Row, read_json, send
from connectors.pace import Clock, Sleep, StoreClock, patiently, read_again
from connectors.renewal import RenewedToken, unsent

Query = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, and when it was given on Etsy's own clock."""

    response: httpx.Response
    at: datetime

    def row(self) -> Row:
        """Read a JSON object."""
        return read_json(self.response)

    def scopes(self) -> frozenset[str]:
        """Read a list of scopes, which comes as a bare list or as the values of an object."""
        try:
            found = json.loads(self.response.content)
        except ValueError:
            found = None
        if isinstance(found, dict):
            found = next((each for each in found.values() if isinstance(each, list)), None)
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise Unavailable("The store's answer is not in the form we know.")
        return frozenset(found)


class EtsyClient:
    """Calls on behalf of one shop; every error is already classified."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        host: Hosts,
        keys: Application,
        tokens: RenewedToken,
        allowance: Allowance,
        *,
        clock: Clock,
        sleep: Sleep,
    ) -> None:
        self._http = http
        self._host = host
        self._keys = keys
        self._tokens = tokens
        self._allowance = allowance
        self.time = StoreClock(clock)
        self._sleep = sleep

    async def run(
        self,
        method: str,
        path: str,
        scope: Scope | None,
        use: Use,
        *,
        query: Query | None = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Answer:
        """Make one call, waiting out short throttling; nothing else is repeated.

        scope    what its token needs; None: it needs no token, and gets none
        form     fields of a form, which most changes are sent as
        content  JSON, which an inventory is sent as
        """

        async def once() -> Answer:
            await self._allowance.take(use)
            if scope is None:
                return await self._send(method, path, scope, None, query, form, content)
            token = await unsent(self._tokens.token())
            try:
                return await self._send(method, path, scope, token, query, form, content)
            except TokenRefused:
                fresh = await unsent(self._tokens.renewed(token))
            await self._allowance.take(use)
            return await self._send(method, path, scope, fresh, query, form, content)

        return await patiently(once, self._sleep)

    async def read(
        self, path: str, scope: Scope | None, use: Use, query: Query | None = None
    ) -> Answer:
        """Send a GET, and send it again where the answer got lost on the way."""
        return await read_again(
            lambda: self.run("GET", path, scope, use, query=query), path, self._sleep
        )

    async def wait(self, time: timedelta) -> None:
        """Let some time pass."""
        await self._sleep(time.total_seconds())

    async def scopes(self) -> frozenset[str]:
        """Read what the seller agreed to."""
        token = await self._tokens.token()
        try:
            return await self._scopes_of(token)
        except Invalid:
            # A token that no longer holds is refused like any other wrong text.
            return await self._scopes_of(await self._tokens.renewed(token))

    async def _scopes_of(self, token: str) -> frozenset[str]:
        form = {"token": token}
        return (await self.run("POST", "/scopes", None, Use.REST, form=form)).scopes()

    async def _send(
        self,
        method: str,
        path: str,
        scope: Scope | None,
        token: str | None,
        query: Query | None,
        form: Mapping[str, str] | None,
        content: bytes | None,
    ) -> Answer:
        headers = {"x-api-key": self._keys.header}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if content is not None:
            headers["Content-Type"] = "application/json"
        request = self._http.build_request(
            method,
            f"{self._host.api}/v3/application{path}",
            params=query,
            data=form,
            content=content,
            headers=headers,
        )
        sent_at = self.time.ours()
        response = await send(self._http, request)
        at = self.time.note(response, sent_at)
        self._allowance.note(response)
        check_status(response, scope)
        return Answer(response, at)
