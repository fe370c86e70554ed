"""One call to one seller account, at the speed that Walmart allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx

from connectors.errors import RateLimited
from connectors.http import Row, read_json, read_rows, send
from connectors.pace import Budget, Clock, Sleep, StoreClock, patiently, read_again
from connectors.renewal import unsent
from connectors.services import CredentialService
from connectors.walmart.calls import Call
from connectors.walmart.errors import TokenRefused, check_status
from connectors.walmart.quota import Quota
from connectors.walmart.tokens import SERVICE, access_token

Query = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, and when Walmart gave it on its own clock."""

    response: httpx.Response
    at: datetime

    def row(self) -> Row:
        """Read a JSON object."""
        return read_json(self.response)

    def rows(self) -> list[Row]:
        """Read a JSON list of objects."""
        return read_rows(self.response)


class MarketClient:
    """Calls one seller account; every error is already classified."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        credentials: CredentialService,
        *,
        clock: Clock,
        sleep: Sleep,
    ) -> None:
        self._http = http
        self.time = StoreClock(clock)
        self._tokens = access_token(http, credentials, self.time)
        self._quota = Quota()
        self._sleep = sleep

    async def run(
        self,
        call: Call,
        query: Query | None = None,
        *,
        path: str | None = None,
        tail: str | None = None,
        body: Any = None,
        file: bytes | None = None,
        budget: Budget | None = None,
    ) -> Answer:
        """Send once, waiting out a short lack of tokens; only a refused token is replaced.

        `tail` is a whole query as Walmart wrote it. Raises RateLimited, with nothing done,
        where the wait would be longer, and OutOfTime where `budget` ended before it could
        be sent, however long a token took.
        """
        url = (path or call.path()) + (tail or _query(query or {}))

        async def once() -> Answer:
            if wait := self._quota.wait(call.name, self.time.ours()):
                # Nothing is sent: the tokens of this call are used up.
                raise RateLimited("Walmart asks us to slow down.", retry_after=wait)
            token = await unsent(self._tokens.token())
            if budget is not None:
                budget.check()
            try:
                return await self._call(call, url, token, body, file)
            except TokenRefused:
                renewed = await unsent(self._tokens.renewed(token))
            if budget is not None:
                budget.check()
            return await self._call(call, url, renewed, body, file)

        return await patiently(once, self._sleep)

    async def read(
        self,
        call: Call,
        query: Query | None = None,
        *,
        path: str | None = None,
        tail: str | None = None,
    ) -> Answer:
        """Send a GET, and send it again where the answer got lost on the way."""

        async def once() -> Answer:
            return await self.run(call, query, path=path, tail=tail)

        return await read_again(once, call.name, self._sleep)

    async def _call(
        self, call: Call, url: str, token: str, body: Any, file: bytes | None
    ) -> Answer:
        files = None if file is None else {"file": ("feed.json", file, "application/json")}
        kind = {} if file is not None else {"Content-Type": "application/json"}
        request = self._http.build_request(
            call.method,
            url,
            json=body,
            files=files,
            headers={
                "WM_SEC.ACCESS_TOKEN": token,
                "WM_SVC.NAME": SERVICE,
                "WM_QOS.CORRELATION_ID": str(uuid4()),
                **kind,
            },
        )
        sent_at = self.time.ours()
        response = await send(self._http, request)
        at = self.time.note(response, sent_at)
        now = self.time.now()
        self._quota.note(call.name, response, now=self.time.ours(), store_now=now)
        check_status(response, call.scope, now)
        return Answer(response, at)


def _query(query: Query) -> str:
    """Write a query with everything encoded that Walmart wants encoded, spaces as %20."""
    if not query:
        return ""
    parts = (f"{quote(key)}={quote(str(each), safe='')}" for key, each in query.items())
    return f"?{'&'.join(parts)}"
