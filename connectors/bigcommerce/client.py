"""One call to one store, at the speed that its quota allows."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx

from connectors.bigcommerce.errors import Busy, check_status
from connectors.bigcommerce.quota import Quota
from connectors.bigcommerce.scopes import Scope
from connectors.errors import RateLimited, Unavailable
from connectors.http import Row, read_json, read_rows, send, server_time

logger = logging.getLogger(__name__)

# Longer waits are handed to the caller, who has better things to do meanwhile.
PATIENCE = timedelta(seconds=10)
# A read that broke off is tried again this often, for a long pass is dear to begin anew.
_READ_AGAIN_AFTER = (timedelta(seconds=0.2), timedelta(seconds=1))
# The header tells whole seconds, cut off: on average it is half a second behind.
_HALF_A_SECOND = timedelta(seconds=0.5)
# An empty wait would spin.
_SHORTEST_WAIT = timedelta(milliseconds=50)

Sleep = Callable[[float], Awaitable[object]]
Clock = Callable[[], datetime]
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
        self._clock = clock
        self._quota = Quota()
        self._sleep = sleep
        self.skew = timedelta()

    async def run(
        self, method: str, path: str, scope: Scope, query: Query | None = None, body: Any = None
    ) -> Answer:
        """Send once, waiting out a short lack of quota; nothing else is repeated.

        Raises RateLimited, with nothing done, where the wait would be longer.
        """
        patience, busy = PATIENCE, 0
        while True:
            patience = await self._wait(self._quota.wait(self._clock()), patience)
            try:
                return await self._call(method, path, scope, query or {}, body)
            except Busy as limited:
                patience = await self._wait(limited.retry_after * 2**busy, patience, limited)
                busy += 1
            except RateLimited as limited:
                patience = await self._wait(limited.retry_after, patience, limited)

    async def read(self, path: str, scope: Scope, query: Query | None = None) -> Answer:
        """Send a GET, and send it again where the answer got lost on the way."""
        for wait in _READ_AGAIN_AFTER:
            try:
                return await self.run("GET", path, scope, query)
            except Unavailable as lost:
                logger.info("%s: %s Reading again.", path, lost)
                await self._sleep(wait.total_seconds())
        return await self.run("GET", path, scope, query)

    async def pages(self, path: str, scope: Scope, query: Query) -> AsyncGenerator[Answer]:
        """Read every page of a V3 list; pages may shift while things come and go."""
        page = 1
        while True:
            answer = await self.read(path, scope, {**query, "page": page})
            yield answer
            if page >= pages_of(answer.row()):
                return
            page += 1

    async def _wait(
        self, wait: timedelta, patience: timedelta, limited: RateLimited | None = None
    ) -> timedelta:
        """Sleep as long as is asked and answer the patience that is left."""
        if limited is None and not wait:
            return patience
        wait = max(wait, _SHORTEST_WAIT)
        if wait > patience:
            words = "BigCommerce asks us to slow down."
            said = limited.said if limited else None
            raise RateLimited(words, retry_after=wait, said=said) from None
        await self._sleep(wait.total_seconds())
        return patience - wait

    async def _call(self, method: str, path: str, scope: Scope, query: Query, body: Any) -> Answer:
        request = self._http.build_request(
            method,
            _url(path, query),
            json=body,
            headers={"X-Auth-Token": self._token},
        )
        sent_at = self._clock()
        response = await send(self._http, request)
        at = self._note_time(response, sent_at)
        self._quota.note(response, self._clock())
        check_status(response, scope)
        return Answer(response, at)

    def _note_time(self, response: httpx.Response, sent_at: datetime) -> datetime:
        now = self._clock()
        told = server_time(response)
        if told is None:
            return now + self.skew
        self.skew = told + _HALF_A_SECOND - (sent_at + (now - sent_at) / 2)
        return told


def pages_of(body: Row) -> int:
    """Say how many pages a V3 list has."""
    return body.row("meta").row("pagination").whole("total_pages")


def _url(path: str, query: Query) -> str:
    """Write a query as BigCommerce shows it: colons in names, commas in lists."""
    if not query:
        return path
    parts = (f"{quote(key, safe=':')}={quote(str(each), safe=':,')}" for key, each in query.items())
    return f"{path}?{'&'.join(parts)}"
