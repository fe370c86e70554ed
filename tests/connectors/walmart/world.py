"""A local seller account, a connector to it, a clock that only sleeping moves, and the line."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from connectors.protocol import (
    Connector,
    LevelWrite,
    OrderPage,
    RemoteListing,
    RemoteOrder,
    WriteOutcome,
)
from connectors.services import Services
from connectors.walmart.platform import open_store
from sandbox.walmart import Shop, create_app
from tests.connectors.line import START, BreakableLine, Clock

YESTERDAY = START - timedelta(days=1)
ADDRESS = "http://shops.test/walmart/alpha"


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as they went over the wire."""

    method: str
    path: str  # below the account's address
    query: dict[str, str]
    target: str
    headers: dict[str, str]
    sent: bytes
    body: Any  # None where it is not JSON
    status: int
    kind: str
    content: bytes

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def answer(self) -> Any:
        """The answer as JSON, None where it is none."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The items of a feed's file."""
        start, end = self.sent.index(b"{"), self.sent.rindex(b"}") + 1
        document = json.loads(self.sent[start:end])
        (items,) = (each for each in document.values() if isinstance(each, list))
        return list(items)


@dataclass
class Line(BreakableLine[Exchange]):
    """The line to the local Walmart."""

    # What happens in the account right after each of the next calls
    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def keep(self, request: httpx.Request, response: httpx.Response, content: bytes) -> None:
        sent = request.read()  # a file is a stream until it is read
        is_json = request.headers.get("content-type") == "application/json"
        self.exchanges.append(
            Exchange(
                method=request.method,
                path="/" + request.url.path.split("/", 3)[3],
                query=dict(request.url.params),
                target=request.url.raw_path.decode(),
                headers=dict(request.headers),
                sent=sent,
                body=json.loads(sent) if sent and is_json else None,
                status=response.status_code,
                kind=response.headers.get("content-type", ""),
                content=content,
            )
        )
        if self.meanwhile:
            self.meanwhile.pop(0)()


class World:
    """One account with its virtual node, and what it takes to speak to it."""

    def __init__(self, **options: Any) -> None:
        self.clock = Clock()
        self.shop = Shop("alpha", now=self.clock.now, **options)
        self.line = Line(httpx.ASGITransport(create_app([self.shop], sleep=self.clock.sleep)))

    @property
    def keys(self) -> dict[str, str]:
        return {"client_id": self.shop.client_id, "client_secret": self.shop.client_secret}

    @asynccontextmanager
    async def connected(
        self,
        credentials: Mapping[str, str] | None = None,
        settings: Mapping[str, Any] | None = None,
        services: Services | None = None,
    ) -> AsyncIterator[Connector]:
        given = credentials or self.keys
        async with open_store(
            given,
            settings or {},
            ADDRESS,
            self.line,
            services or Services.in_memory(given),
            clock=self.clock.now,
            sleep=self.clock.sleep,
        ) as connector:
            yield connector

    @property
    def calls(self) -> list[str]:
        return [each.name for each in self.line.exchanges]

    def calls_of(self, connector_call: str) -> list[Exchange]:
        """The exchanges of one call, by method and path."""
        return [each for each in self.line.exchanges if each.name == connector_call]

    def pass_time(self, **length: float) -> None:
        self.clock.time += timedelta(**length)

    def stock(self, count: int, available: int = 5) -> list[str]:
        """Add items named S0, S1, ...; answer their SKUs."""
        skus = [f"S{number}" for number in range(count)]
        for sku in skus:
            self.shop.add_listing(sku, available)
        return skus

    def write(self, sku: str, value: int, *, expected: int | None = None) -> LevelWrite:
        return LevelWrite(sku, self.shop.nodes[0].id, value, expected, f"k-{sku}")

    def raises(self, skus: Sequence[str], value: int) -> list[LevelWrite]:
        """Writes that lift what is shown: none of them is urgent."""
        return [self.write(sku, value, expected=0) for sku in skus]


def kinds(outcomes: Sequence[WriteOutcome]) -> list[str]:
    return [each.kind for each in outcomes]


def handles(outcomes: Sequence[WriteOutcome]) -> list[str]:
    return [each.handle for each in outcomes if each.handle is not None]


async def all_listings(connector: Connector, since: datetime | None = None) -> list[RemoteListing]:
    return [each async for page in connector.listings(since) for each in page]


async def all_pages(connector: Connector, since: datetime | str) -> list[OrderPage]:
    return [page async for page in connector.orders(since)]


async def all_orders(connector: Connector, since: datetime | str) -> list[RemoteOrder]:
    return [each for page in await all_pages(connector, since) for each in page.orders]
