"""One call to one seller account, with a token that is good, at the speed that Amazon allows."""

from __future__ import annotations

import gzip
import logging
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx

from connectors.amazon.buckets import Buckets
from connectors.amazon.calls import Call
from connectors.amazon.errors import Throttled, TokenRefused, check_status
from connectors.amazon.keys import Hosts
from connectors.errors import RateLimited, Unavailable
from connectors.http import Row, read_json, send
from connectors.pace import Budget, Clock, Sleep, StoreClock, patiently, read_again
from connectors.renewal import RenewedToken, unsent

logger = logging.getLogger(__name__)

# Lists are joined by commas; a text that holds one is encoded.
Query = Mapping[str, str | int | list[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, and when Amazon gave it on its own clock."""

    response: httpx.Response
    at: datetime

    def row(self) -> Row:
        """Read a JSON object."""
        return read_json(self.response)


class SellerClient:
    """Calls on behalf of one seller; every error is already classified."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        host: Hosts,
        tokens: RenewedToken,
        *,
        clock: Clock,
        sleep: Sleep,
    ) -> None:
        self._http = http
        self._host = host
        self._tokens = tokens
        self._buckets = Buckets()
        self.time = StoreClock(clock)
        self.sleep = sleep

    async def run(
        self,
        call: Call,
        query: Query | None = None,
        *,
        path: str | None = None,
        body: Any = None,
        budget: Budget | None = None,
    ) -> Answer:
        """Send once, waiting out a short lack of tokens; only an ended access token is replaced.

        Raises RateLimited, with nothing done, where the wait would be longer, and OutOfTime
        where `budget` ended before it could be sent.
        """
        url = f"{self._host.api}{path or call.path()}{_written(query or {})}"

        async def once() -> Answer:
            if wait := self._buckets.take(call, self.time.ours()):
                raise RateLimited("Amazon asks us to slow down.", retry_after=wait)
            token = await unsent(self._tokens.token())
            if budget is not None:
                budget.check()
            try:
                return await self._call(call, url, token, body)
            except TokenRefused:
                fresh = await unsent(self._tokens.renewed(token))
            if budget is not None:
                budget.check()
            return await self._call(call, url, fresh, body)

        return await patiently(once, self.sleep)

    async def read(
        self, call: Call, query: Query | None = None, *, path: str | None = None
    ) -> Answer:
        """Send a GET, and send it again where the answer got lost on the way."""
        return await read_again(lambda: self.run(call, query, path=path), call.name, self.sleep)

    async def upload(self, address: str, content: bytes, kind: str) -> None:
        """Put a file where Amazon said; without our token, which is not for that host."""
        self._check_address(address)
        request = self._http.build_request(
            "PUT", address, content=content, headers={"Content-Type": kind}
        )
        response = await send(self._http, request)
        if response.status_code not in (200, 201, 204):
            raise Unavailable(f"Amazon did not take a file (HTTP {response.status_code}).")

    async def download(self, call: Call, file: str) -> tuple[bytes, str | None]:
        """Ask where a file is and fetch it, unpacked, with the charset that it is told in."""
        told = (await self.read(call, path=call.path(file=file))).row()
        address = told.text("url")
        compression = told.text("compressionAlgorithm") if "compressionAlgorithm" in told else None
        self._check_address(address)
        response = await send(self._http, self._http.build_request("GET", address))
        if response.status_code != 200:
            words = f"A file of Amazon's cannot be read (HTTP {response.status_code})."
            raise Unavailable(words)
        content = response.content
        if compression == "GZIP":
            try:
                content = gzip.decompress(content)
            except (OSError, EOFError, zlib.error):
                raise Unavailable("A file of Amazon's came damaged.") from None
        elif compression is not None:
            raise Unavailable(
                f"A file of Amazon's is packed in a way we do not know: {compression}"
            )
        return content, response.charset_encoding

    async def _call(self, call: Call, url: str, token: str, body: Any) -> Answer:
        request = self._http.build_request(
            call.method, url, json=body, headers={"x-amz-access-token": token}
        )
        sent_at = self.time.ours()
        response = await send(self._http, request)
        at = self.time.note(response, sent_at)
        logger.debug("%s: request %s", call.name, response.headers.get("x-amzn-requestid"))
        self._buckets.note(call, response, self.time.ours())
        try:
            check_status(response, call.role)
        except Throttled as throttled:
            wait = self._buckets.emptied(call, self.time.ours())
            words = "Amazon asks us to slow down."
            raise RateLimited(words, retry_after=wait, said=throttled.said) from None
        return Answer(response, at)

    def _check_address(self, address: str) -> None:
        if not self._host.holds(address):
            raise Unavailable("Amazon's answer names an address that nothing is fetched from.")


def next_token(body: Row) -> str | None:
    """Read how to ask for the next page, None after the last one."""
    pagination = body.row("pagination") if "pagination" in body else Row({})
    return (pagination.text("nextToken") or None) if "nextToken" in pagination else None


def _written(query: Query) -> str:
    """Write a query: everything encoded but the commas between the entries of a list."""
    parts: list[str] = []
    for key, value in query.items():
        entries = value if isinstance(value, list) else [str(value)]
        parts.append(f"{key}={','.join(quote(each, safe='') for each in entries)}")
    return f"?{'&'.join(parts)}" if parts else ""
