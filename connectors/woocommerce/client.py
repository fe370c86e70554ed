"""One REST call to one store, its answer read whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import time_ns
from typing import Any

import httpx

from connectors.http import TIMEOUT, Row, parse_json, parse_rows, send
from connectors.pace import Sleep, StoreClock, patiently, read_again
from connectors.woocommerce.answers import whole_json
from connectors.woocommerce.errors import check_answer, is_key_unknown
from connectors.woocommerce.line import KEYLESS, Line

API = "/wp-json/wc/v3"
# WooCommerce: the most rows on a page, and the most changes in one batch
PAGE = 100
# A batch of 100 takes 3 to 5 s on a small machine, and ten times that on a busy shared host.
BATCH_SECONDS = 60.0
_BATCH_TIMEOUT = httpx.Timeout(BATCH_SECONDS, connect=TIMEOUT.connect, pool=TIMEOUT.pool)
# Caches before a WordPress keep answers by their address, whatever the headers say. One that
# no reading has twice is answered by the store itself, which overlooks what it does not know.
FRESH = "fresh"

Parameters = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Answer:
    """The content of an answer, and when the store gave it on its own clock."""

    content: bytes
    at: datetime

    def row(self) -> Row:
        return parse_json(self.content)


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of rows; `total` counts those of all pages, None where the host hides it."""

    rows: list[Row]
    total: int | None
    at: datetime


class StoreClient:
    """Calls one store; every error is already classified."""

    def __init__(
        self, http: httpx.AsyncClient, line: Line, *, clock: StoreClock, sleep: Sleep
    ) -> None:
        self._http = http
        self._line = line
        self._sleep = sleep
        self._known = False  # whether the store has accepted the keys as they are shown
        self.clock = clock

    @property
    def skew(self) -> timedelta:
        return self.clock.skew

    async def get(self, path: str, parameters: Parameters) -> Answer:
        """Read one object, patiently, and again where the answer got lost."""
        response, at = await self._read(path, parameters)
        return Answer(whole_json(response.content), at)

    async def get_rows(self, path: str, parameters: Parameters) -> Rows:
        """Read one page of a list."""
        response, at = await self._read(path, parameters)
        total = response.headers.get("x-wp-total", "")
        return Rows(
            rows=parse_rows(whole_json(response.content)),
            total=int(total) if total.isdecimal() else None,
            at=at,
        )

    async def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Send once, waiting out short throttling; nothing else is repeated."""

        async def call() -> tuple[httpx.Response, datetime]:
            return await self._authorised("POST", path, {}, body)

        response, at = await patiently(call, self._sleep)
        return Answer(whole_json(response.content), at)

    async def look(self, path: str, parameters: Parameters) -> httpx.Response:
        """Read something that is open to everybody, from the site's root, without the keys."""
        request = self._http.build_request(
            "GET", path, params=dict(parameters), extensions={KEYLESS: True}
        )
        return await send(self._http, request)

    async def _read(self, path: str, parameters: Parameters) -> tuple[httpx.Response, datetime]:
        async def call() -> tuple[httpx.Response, datetime]:
            return await self._authorised("GET", path, parameters, None)

        return await read_again(lambda: patiently(call, self._sleep), f"GET {path}", self._sleep)

    async def _authorised(
        self, method: str, path: str, parameters: Parameters, body: Mapping[str, Any] | None
    ) -> tuple[httpx.Response, datetime]:
        """Send with the keys; where they seem not to arrive, once more in the query.

        Some hosts take the header away. The answer is that of an unknown key, so the
        second way is tried only until the store has accepted either.
        """
        response, at = await self._send(method, path, parameters, body)
        if is_key_unknown(response) and self._line.mode == "basic" and not self._known:
            self._line.mode = "query"
            response, at = await self._send(method, path, parameters, body)
            if is_key_unknown(response):
                self._line.mode = "basic"
        check_answer(response)
        self._known = True
        return response, at

    async def _send(
        self, method: str, path: str, parameters: Parameters, body: Mapping[str, Any] | None
    ) -> tuple[httpx.Response, datetime]:
        fresh = {FRESH: str(time_ns())} if body is None else {}
        request = self._http.build_request(
            method,
            API + path,
            params={**parameters, **fresh},
            json=body,
            timeout=TIMEOUT if body is None else _BATCH_TIMEOUT,
        )
        sent_at = self.clock.ours()
        response = await send(self._http, request)
        return response, self.clock.note(response, sent_at)
