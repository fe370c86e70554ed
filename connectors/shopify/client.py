"""One GraphQL call to one shop, at the speed that its cost bucket allows."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from connectors.errors import NeedsReconnect, RateLimited, Refused, Unavailable
from connectors.http import Row, read_json, send, server_time, stream_lines
from connectors.shopify.document import Document
from connectors.shopify.errors import check_errors, check_status
from connectors.shopify.tokens import TokenSource

logger = logging.getLogger(__name__)

# Quarterly; everything we send is also valid in 2026-07.  # Shopify: API versioning
API_VERSION = "2026-10"
# Longer waits are handed to the caller, who has better things to do meanwhile.
PATIENCE = timedelta(seconds=10)
# A read that broke off is tried again this often, for a long pass is dear to begin anew.
_READ_AGAIN_AFTER = (timedelta(seconds=0.2), timedelta(seconds=1))

# The header tells whole seconds, cut off: on average it is half a second behind.
_HALF_A_SECOND = timedelta(seconds=0.5)

Sleep = Callable[[float], Awaitable[object]]
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Answer:
    """The data of an answer, and when the shop gave it on its own clock.

    asked     no later than the shop looked, on its own clock
    asked_us  the same by the clock of this machine
    """

    data: Row
    at: datetime
    asked: datetime
    asked_us: datetime


class GraphClient:
    """Sends documents to one shop; every error is already classified."""

    def __init__(
        self, http: httpx.AsyncClient, tokens: TokenSource, *, clock: Clock, sleep: Sleep
    ) -> None:
        self._http = http
        self._tokens = tokens
        self._clock = clock
        self.sleep = sleep
        self.skew = timedelta()
        self._told_version = API_VERSION

    async def run(self, document: Document, variables: Mapping[str, Any]) -> Answer:
        """Send once, waiting out short throttling; nothing else is repeated."""
        patience = PATIENCE
        while True:
            try:
                return await self._authorised(document, variables)
            except RateLimited as limited:
                # An empty wait would spin: the bucket's own numbers are whole points.
                wait = max(limited.retry_after, timedelta(milliseconds=50))
                if wait > patience:
                    raise
                patience -= wait
                await self.sleep(wait.total_seconds())

    async def read(self, document: Document, variables: Mapping[str, Any]) -> Answer:
        """Send a query, and send it again where the answer got lost on the way."""
        for wait in _READ_AGAIN_AFTER:
            try:
                return await self.run(document, variables)
            except Unavailable as lost:
                logger.info("%s: %s Reading again.", document.name, lost)
                await self.sleep(wait.total_seconds())
        return await self.run(document, variables)

    async def pages(
        self, document: Document, variables: Mapping[str, Any], *path: str
    ) -> AsyncGenerator[Row]:
        """Read every page of the connection at `path`."""
        after: str | None = None
        while True:
            answer = await self.read(document, {**variables, "after": after})
            page = answer.data
            for key in path:
                found = page.maybe_row(key)
                if found is None:  # deleted meanwhile
                    return
                page = found
            yield page
            after = next_cursor(page)
            if after is None:
                return

    def file(self, url: str) -> AsyncGenerator[bytes]:
        """Download a file that an answer points to, line by line; its address is its key."""
        request = self._http.build_request("GET", url, headers={"Accept": "*/*"})
        return stream_lines(self._http, request)

    async def _authorised(self, document: Document, variables: Mapping[str, Any]) -> Answer:
        token = await self._tokens.token()
        try:
            return await self._call(document, variables, token)
        except NeedsReconnect as refused:
            # A missing permission does not come with a new token.
            fresh = None if refused.missing_scopes else await self._tokens.renewed(token)
            if fresh is None:
                raise
            return await self._call(document, variables, fresh)

    async def _call(self, document: Document, variables: Mapping[str, Any], token: str) -> Answer:
        request = self._http.build_request(
            "POST",
            f"/admin/api/{API_VERSION}/graphql.json",
            json={
                "query": document.text,
                "operationName": document.name,
                "variables": dict(variables),
            },
            headers={"X-Shopify-Access-Token": token},
        )
        sent_at = self._clock()
        response = await send(self._http, request)
        at, took = self._note_time(response, sent_at), self._clock() - sent_at
        check_status(response)
        self._note_version(response)
        body = read_json(response)
        check_errors(body)
        _check_search(body)
        return Answer(body.row("data"), at, at - max(took, timedelta()), sent_at)

    def _note_time(self, response: httpx.Response, sent_at: datetime) -> datetime:
        now = self._clock()
        told = server_time(response)
        if told is None:
            return now + self.skew
        self.skew = told + _HALF_A_SECOND - (sent_at + (now - sent_at) / 2)
        return told

    def _note_version(self, response: httpx.Response) -> None:
        """Tell once when Shopify serves another version: ours has been retired.

        Not refused, since the documents may well still be valid; where one is
        not, Shopify refuses it by itself.
        """
        served = response.headers.get("x-shopify-api-version", self._told_version)
        if served != self._told_version:
            logger.warning("Shopify serves API version %s where we ask %s.", served, API_VERSION)
            self._told_version = served


def next_cursor(page: Row) -> str | None:
    """Say where the next page of a connection begins, None after the last."""
    info = page.row("pageInfo")
    return info.text("endCursor") if info.flag("hasNextPage") else None


def _check_search(body: Row) -> None:
    """Refuse an answer whose filter was not understood: it would hold everything."""
    extensions = body.raw("extensions")
    searches = extensions.get("search") if isinstance(extensions, dict) else None
    for search in searches or []:
        if warnings := search.get("warnings"):
            raise Refused("Shopify did not understand our search.", said=str(warnings))
