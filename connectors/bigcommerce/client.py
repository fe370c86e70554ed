"""One call to one store, at the speed that its quota allows."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx

from connectors.bigcommerce.errors import Busy, check_status
from connectors.bigcommerce.quota import Quota
from connectors.bigcommerce.scopes import Scope
from connectors.errors import RateLimited
from connectors.http import Row, read_json, read_rows, send
from connectors.pace import Clock, Sleep, StoreClock, patiently, read_again

Query = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, and when the store gave it on its own clock."""

    response: httpx.Response
    at: datetime

    def row(self) -> Row:
        """Read a JSON object."""
        return read_json(self.response)

    def rows(self) -> list[Row]:
        """Read a list of the V2 API, which answers 204 and nothing where it is empty."""
        return [] if self.response.status_code == 204 else read_rows(self.response)


class RestClient:
    """Calls one store; every error is already classified."""

    def __init__(self, http: httpx.AsyncClient, token: str, *, clock: Clock, sleep: Sleep) -> None:
        self._http = http
        self._token = token
        self.time = StoreClock(clock)
        self._quota = Quota()
        self._sleep = sleep

    async def run(
        self, method: str, path: str, scope: Scope, query: Query | None = None, body: Any = None
    ) -> Answer:
        """Send once, waiting out a short lack of quota; nothing else is repeated.

        Raises RateLimited, with nothing done, where the wait would be longer.
        """
        waits = 0

        async def once() -> Answer:
            nonlocal waits
            if wait := self._quota.wait(self.time.ours()):
                # Nothing is sent: the quota is as good as used up.
                raise RateLimited("BigCommerce asks us to slow down.", retry_after=wait)
            try:
                return await self._call(method, path, scope, query or {}, body)
            except Busy as busy:
                waits += 1
                longer = busy.retry_after * 2 ** (waits - 1)
                raise Busy(str(busy), retry_after=longer, said=busy.said) from None

        return await patiently(once, self._sleep)

    async def read(self, path: str, scope: Scope, query: Query | None = None) -> Answer:
        """Send a GET, and send it again where the answer got lost on the way."""
        return await read_again(lambda: self.run("GET", path, scope, query), path, self._sleep)

    async def pages(self, path: str, scope: Scope, query: Query) -> AsyncGenerator[Answer]:
        """Read every page of a V3 list; pages may shift while things come and go."""
        page = 1
        while True:
            answer = await self.read(path, scope, {**query, "page": page})
            yield answer
            if page >= pages_of(answer.row()):
                return
            page += 1

    async def _call(self, method: str, path: str, scope: Scope, query: Query, body: Any) -> Answer:
        request = self._http.build_request(
            method,
            _url(path, query),
            json=body,
            headers={"X-Auth-Token": self._token},
        )
        sent_at = self.time.ours()
        response = await send(self._http, request)
        at = self.time.note(response, sent_at)
        self._quota.note(response, self.time.ours())
        check_status(response, scope)
        return Answer(response, at)


def pages_of(body: Row) -> int:
    """Say how many pages a V3 list has."""
    return body.row("meta").row("pagination").whole("total_pages")


def _url(path: str, query: Query) -> str:
    """Write a query as BigCommerce shows it: colons in names, commas in lists."""
    if not query:
        return path
    parts = (f"{quote(key, safe=':')}={quote(str(each), safe=':,')}" for key, each in query.items())
    return f"{path}?{'&'.join(parts)}"
