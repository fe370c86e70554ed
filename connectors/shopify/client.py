"""One GraphQL call to one shop, at the speed that its cost bucket allows."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from connectors.errors import NeedsReconnect, Refused
from connectors.http import Row, read_json, send, stream_lines
from connectors.pace import Clock, Sleep, StoreClock, patiently, read_again
from connectors.renewal import unsent
from connectors.shopify.document import Document
from connectors.shopify.errors import check_errors, check_status
from connectors.shopify.tokens import TokenSource

logger = logging.getLogger(__name__)

# Quarterly; everything we send is also valid in 2026-07.  # Shopify: API versioning
API_VERSION = "2026-10"


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
        self._clock = StoreClock(clock)
        self.sleep = sleep
        self._told_version = API_VERSION

    @property
    def skew(self) -> timedelta:
        return self._clock.skew

    def now(self) -> datetime:
        """The time on our own clock."""
        return self._clock.ours()

    async def run(self, document: Document, variables: Mapping[str, Any]) -> Answer:
        """Send once, waiting out short throttling; nothing else is repeated."""
        return await patiently(lambda: self._authorised(document, variables), self.sleep)

    async def read(self, document: Document, variables: Mapping[str, Any]) -> Answer:
        """Send a query, and send it again where the answer got lost on the way."""
        return await read_again(lambda: self.run(document, variables), document.name, self.sleep)

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
        token = await unsent(self._tokens.token())
        try:
            return await self._call(document, variables, token)
        except NeedsReconnect as refused:
            # A missing permission does not come with a new token.
            if refused.missing_scopes:
                raise
            fresh = await unsent(self._tokens.renewed(token))
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
        sent_at = self._clock.ours()
        response = await send(self._http, request)
        at, took = self._clock.note(response, sent_at), self._clock.ours() - sent_at
        check_status(response)
        self._note_version(response)
        body = read_json(response)
        check_errors(body)
        _check_search(body)
        return Answer(body.row("data"), at, at - max(took, timedelta()), sent_at)

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
