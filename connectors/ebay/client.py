"""One call to one account, with a token that is good, at the speed that eBay allows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import randbelow
from typing import Any, TypeVar

import httpx

from connectors.ebay.allowance import Allowance
from connectors.ebay.errors import Busy, TokenRefused, check_status
from connectors.ebay.keys import Hosts
from connectors.ebay.scopes import Scope
from connectors.ebay.trading_errors import check_ack, check_http
from connectors.ebay.xml import Node, Part, read_answer, write_request
from connectors.http import Row, read_json, send
from connectors.pace import Clock, Sleep, StoreClock, patiently, read_again
from connectors.renewal import RenewedToken, unsent

Query = Mapping[str, str | int]
_Got = TypeVar("_Got")
# The newest schema that what we send and read was checked against.
_LEVEL = "1451"
_ENGLISH: Part = ("ErrorLanguage", "en_US")


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer of a REST call, and when it was given on eBay's own clock."""

    response: httpx.Response
    at: datetime

    def row(self) -> Row:
        """Read a JSON object."""
        return read_json(self.response)


@dataclass(frozen=True, slots=True)
class TradingAnswer:
    """The same of a Trading call."""

    node: Node
    at: datetime


class EbayClient:
    """Calls on behalf of one account; every error is already classified."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        host: Hosts,
        tokens: RenewedToken,
        allowance: Allowance,
        *,
        site: int,
        clock: Clock,
        sleep: Sleep,
    ) -> None:
        self._http = http
        self.host = host
        self._tokens = tokens
        self.allowance = allowance
        self._site = site
        self.time = StoreClock(clock)
        self._sleep = sleep

    async def run(
        self, method: str, address: str, scope: Scope, query: Query | None = None, body: Any = None
    ) -> Answer:
        """Make one REST call, waiting out short throttling; nothing else is repeated.

        address  a path of the main host, or a whole address
        """
        where = address if "://" in address else f"{self.host.api}{address}"

        async def call(token: str) -> Answer:
            request = self._http.build_request(
                method,
                where,
                params=query,
                json=body,
                headers={"Authorization": f"Bearer {token}"},
            )
            response, at = await self._sent(request)
            check_status(response, scope)
            return Answer(response, at)

        return await self._patiently(lambda: self._authorised(call))

    async def read(self, address: str, scope: Scope, query: Query | None = None) -> Answer:
        """Send a GET, and send it again where the answer got lost on the way."""
        return await read_again(
            lambda: self.run("GET", address, scope, query), address, self._sleep
        )

    async def ask(self, address: str, scope: Scope, body: Any) -> Answer:
        """Send a POST that only reads, and again where the answer got lost on the way."""
        return await read_again(
            lambda: self.run("POST", address, scope, body=body), address, self._sleep
        )

    async def trade(self, call: str, parts: Sequence[Part], *, urgent: bool) -> TradingAnswer:
        """Make one Trading call out of the day's allowance; nothing of it is repeated.

        urgent  whether it may use the calls that are kept for what cannot wait
        """
        content = write_request(call, [_ENGLISH, *parts])

        async def once(token: str) -> TradingAnswer:
            await self.allowance.call(urgent=urgent)
            request = self._http.build_request(
                "POST",
                f"{self.host.api}/ws/api.dll",
                content=content,
                headers={
                    "Accept": "text/xml",
                    "Content-Type": "text/xml; charset=utf-8",
                    "X-EBAY-API-IAF-TOKEN": token,
                    "X-EBAY-API-CALL-NAME": call,
                    "X-EBAY-API-SITEID": str(self._site),
                    "X-EBAY-API-COMPATIBILITY-LEVEL": _LEVEL,
                },
            )
            response, at = await self._sent(request)
            check_http(response)
            node = read_answer(response.content, call)
            check_ack(node)
            return TradingAnswer(node, at)

        return await self._patiently(lambda: self._authorised(once))

    async def trade_read(self, call: str, parts: Sequence[Part], *, urgent: bool) -> TradingAnswer:
        """Make a Trading call that only reads, and again where the answer got lost."""
        return await read_again(lambda: self.trade(call, parts, urgent=urgent), call, self._sleep)

    async def _sent(self, request: httpx.Request) -> tuple[httpx.Response, datetime]:
        sent_at = self.time.ours()
        response = await send(self._http, request)
        return response, self.time.note(response, sent_at)

    async def _authorised(self, call: Callable[[str], Awaitable[_Got]]) -> _Got:
        """Call once more with a new token where the old one is refused."""
        token = await unsent(self._tokens.token())
        try:
            return await call(token)
        except TokenRefused:
            fresh = await unsent(self._tokens.renewed(token))
            return await call(fresh)

    async def _patiently(self, call: Callable[[], Awaitable[_Got]]) -> _Got:
        """Wait out short throttling, longer each time, no two of us in step."""
        waits = 0

        async def once() -> _Got:
            nonlocal waits
            try:
                return await call()
            except Busy as busy:
                longer = busy.retry_after * 2**waits * (1 + randbelow(251) / 1000)
                waits += 1
                raise Busy(str(busy), retry_after=longer, said=busy.said) from None

        return await patiently(once, self._sleep)
