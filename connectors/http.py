"""How every connector speaks HTTP: one client, one reading of what can go wrong.

A store's answer is used only when it is whole. Web pages, cut-off JSON and
missing fields are `Unavailable`, exactly like no answer at all.
"""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from math import isfinite
from typing import Any, TypeVar

import httpx

from connectors.errors import Unavailable

logger = logging.getLogger(__name__)
_Kind = TypeVar("_Kind")
_ODD_FORM = "The store's answer is not in the form we know."

# A store that needs longer than this to answer is treated as not answering.
TIMEOUT = httpx.Timeout(30.0, connect=10.0, pool=10.0)
# Our own ceiling per store: more in flight only moves the queue to the store's side.
LIMITS = httpx.Limits(max_connections=4, max_keepalive_connections=4, keepalive_expiry=30.0)
# Seconds: firewalls answer with whole days, or with a moment where seconds are meant. Whoever
# wants us to wait for longer is asked once an hour whether that still holds.
LONGEST_WAIT = 3600.0


@cache
def _trusted() -> ssl.SSLContext:
    """Read the machine's certificates once: 22 ms that would hold up every job."""
    return httpx.create_ssl_context()


def network() -> httpx.AsyncBaseTransport:
    """Make the line to the network that a connector may put something of its own before."""
    return httpx.AsyncHTTPTransport(verify=_trusted(), limits=LIMITS)


@asynccontextmanager
async def open_client(
    base_url: str,
    *,
    headers: Mapping[str, str] | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client for one store; redirects are answers, never followed."""
    async with httpx.AsyncClient(
        base_url=base_url,
        headers={"User-Agent": "Stockroom", "Accept": "application/json", **(headers or {})},
        timeout=TIMEOUT,
        limits=LIMITS,
        transport=transport,
        verify=_trusted(),
        follow_redirects=False,
    ) as client:
        yield client


async def send(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """Send a request and read its answer whole, or raise Unavailable.

    Only method, host, path and status are ever logged: headers, queries and
    bodies may hold credentials.
    """
    where = _where(request)
    try:
        response = await client.send(request)
    except httpx.HTTPError as error:
        raise _no_answer(where, error) from None
    logger.debug("%s: %d", where, response.status_code)
    return response


async def stream_lines(client: httpx.AsyncClient, request: httpx.Request) -> AsyncGenerator[bytes]:
    """Read a file line by line as it comes, or raise Unavailable where it breaks off.

    Only line feeds end a line: JSON may hold every other character that Unicode
    counts as a line break.
    """
    where, rest = _where(request), b""
    try:
        async with aclosing(await client.send(request, stream=True)) as response:
            if response.status_code != 200:
                words = f"The store's file cannot be read (HTTP {response.status_code})."
                raise Unavailable(words)
            async for chunk in response.aiter_bytes():
                *whole, rest = (rest + chunk).split(b"\n")
                for line in whole:
                    yield line
    except httpx.HTTPError as error:
        raise _no_answer(where, error) from None
    if rest:
        yield rest


def _where(request: httpx.Request) -> str:
    return f"{request.method} {request.url.host}{request.url.path}"


def _no_answer(where: str, error: httpx.HTTPError) -> Unavailable:
    logger.info("%s: no answer (%s)", where, type(error).__name__)
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return Unavailable("The store could not be reached.", sent=False)
    if isinstance(error, httpx.TimeoutException):
        return Unavailable("The store did not answer in time.")
    return Unavailable("The connection to the store was lost.")


def read_json(response: httpx.Response) -> Row:
    """Read a JSON object, or raise Unavailable for a web page or a cut-off answer."""
    return parse_json(response.content)


def read_rows(response: httpx.Response) -> list[Row]:
    """Read a JSON list of objects, or raise Unavailable as `read_json` does."""
    return parse_rows(response.content)


def parse_rows(content: bytes) -> list[Row]:
    """Read a JSON list of objects out of an answer, or raise Unavailable."""
    body = _parsed(content)
    if not isinstance(body, list) or not all(isinstance(each, dict) for each in body):
        raise Unavailable(_ODD_FORM)
    return [Row(each) for each in body]


def parse_json(content: bytes) -> Row:
    """Read one JSON object of an answer, or raise Unavailable."""
    body = _parsed(content)
    if not isinstance(body, dict):
        raise Unavailable(_ODD_FORM)
    return Row(body)


def maybe_object(response: httpx.Response) -> dict[str, Any] | None:
    """Read a JSON object, None where the answer is none."""
    try:
        body = json.loads(response.content)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        raise Unavailable(_not_json(content)) from None


def _not_json(content: bytes) -> str:
    if content.lstrip()[:1] == b"<":
        return "The store answered with a web page instead of data."
    return "The store's answer was cut off."


def server_time(response: httpx.Response) -> datetime | None:
    """Say when the store answered, on its own clock, to the second; None if it does not."""
    return _moment(response.headers.get("date", ""))


def retry_after_seconds(response: httpx.Response, default: float) -> float:
    """Read a Retry-After header, seconds or a date; `default` where it is missing or odd."""
    given = response.headers.get("retry-after", "")
    until, now = _moment(given), server_time(response)
    try:
        seconds = float(given) if until is None or now is None else (until - now).total_seconds()
    except ValueError:
        return default
    return min(max(0.0, seconds), LONGEST_WAIT) if isfinite(seconds) else default


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


class Row:
    """A JSON object whose fields must be there and of the right kind.

    Anything else raises Unavailable: half an answer is no answer.
    """

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def __contains__(self, key: str) -> bool:
        return self._fields.get(key) is not None

    def text(self, key: str) -> str:
        return self._take(key, str)

    def flag(self, key: str) -> bool:
        return self._take(key, bool)

    def whole(self, key: str) -> int:
        value = self._take(key, int)
        if isinstance(value, bool):
            raise _incomplete(key)
        return value

    def number(self, key: str) -> float:
        value = self._fields.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _incomplete(key)
        return float(value)

    def moment(self, key: str) -> datetime:
        """Read an ISO 8601 time with its offset, as UTC."""
        try:
            moment = datetime.fromisoformat(self.text(key))
        except ValueError:
            raise _incomplete(key) from None
        if moment.tzinfo is None:
            raise _incomplete(key)
        return moment.astimezone(UTC)

    def row(self, key: str) -> Row:
        return Row(self._take(key, dict))

    def rows(self, key: str) -> list[Row]:
        return [Row(each) for each in self._list(key, dict)]

    def texts(self, key: str) -> list[str]:
        return list(self._list(key, str))

    def maybe_text(self, key: str) -> str | None:
        return self.text(key) if self._given(key) else None

    def maybe_row(self, key: str) -> Row | None:
        return self.row(key) if self._given(key) else None

    def maybe_rows(self, key: str) -> list[Row | None]:
        """Read a list whose entries may be null."""
        values = self._take(key, list)
        if not all(each is None or isinstance(each, dict) for each in values):
            raise _incomplete(key)
        return [None if each is None else Row(each) for each in values]

    def raw(self, key: str) -> Any:
        """Hand out a field as it came, None where it is missing."""
        return self._fields.get(key)

    def _given(self, key: str) -> bool:
        if key not in self._fields:
            raise _incomplete(key)
        return self._fields[key] is not None

    def _take(self, key: str, kind: type[_Kind]) -> _Kind:
        value = self._fields.get(key)
        if not isinstance(value, kind):
            raise _incomplete(key)
        return value

    def _list(self, key: str, kind: type) -> list[Any]:
        values = self._take(key, list)
        if not all(isinstance(each, kind) for each in values):
            raise _incomplete(key)
        return values


def _incomplete(key: str) -> Unavailable:
    return Unavailable(f"The store's answer lacks a usable “{key}”.")
