"""A local store, a connector to it, a clock that only sleeping moves, and the line between."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from connectors.bigcommerce.platform import open_store
from connectors.protocol import (
    Connector,
    LevelWrite,
    OrderPage,
    RemoteListing,
    RemoteOrder,
    RemoteOrderLine,
)
from connectors.services import Services
from sandbox.bigcommerce import Shop, create_app
from tests.connectors.line import START, BreakableLine, Clock

YESTERDAY = START - timedelta(days=1)


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as they went over the wire."""

    method: str
    path: str  # below the store's address
    query: dict[str, str]
    target: str
    headers: dict[str, str]
    body: Any
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


@dataclass
class Line(BreakableLine[Exchange]):
    """The line to the local BigCommerce."""

    # What happens in the store right after each of the next calls
    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def keep(self, request: httpx.Request, response: httpx.Response, content: bytes) -> None:
        self.exchanges.append(
            Exchange(
                method=request.method,
                path="/" + request.url.path.split("/", 3)[3],
                query=dict(request.url.params),
                target=request.url.raw_path.decode(),
                headers=dict(request.headers),
                body=json.loads(request.content) if request.content else None,
                status=response.status_code,
                kind=response.headers.get("content-type", ""),
                content=content,
            )
        )
        if self.meanwhile:
            self.meanwhile.pop(0)()


class World:
    """One store with its default location, and what it takes to speak to it."""

    def __init__(self, **options: Any) -> None:
        self.clock = Clock()
        self.shop = Shop("alpha", now=self.clock.now, **options)
        self.place = self.shop.locations[0]
        self.line = Line(httpx.ASGITransport(create_app([self.shop], sleep=self.clock.sleep)))

    @asynccontextmanager
    async def connected(
        self,
        credentials: Mapping[str, str] | None = None,
        settings: Mapping[str, Any] | None = None,
        base_url: str = "http://shops.test/stores/alpha",
    ) -> AsyncIterator[Connector]:
        given = credentials or {"store_hash": "alpha", "access_token": self.shop.token}
        async with open_store(
            given,
            settings or {},
            base_url,
            self.line,
            Services.in_memory(given),
            clock=self.clock.now,
            sleep=self.clock.sleep,
        ) as connector:
            yield connector

    @property
    def calls(self) -> list[str]:
        return [each.name for each in self.line.exchanges]

    @property
    def adjustments(self) -> list[list[dict[str, Any]]]:
        """The items of every adjustment that was sent."""
        return [each.body["items"] for each in self.line.exchanges if each.method == "PUT"]

    def pass_time(self, **length: float) -> None:
        self.clock.time += timedelta(**length)

    def stock(self, count: int, available: int = 5) -> list[str]:
        """Add simple products named S0, S1, ...; answer their SKUs."""
        skus = [f"S{number}" for number in range(count)]
        for sku in skus:
            self.shop.add_listing(sku, available)
        return skus

    def ref(self, sku: str) -> str:
        return self.shop.variant(sku).ref

    def write(self, sku: str, value: int, *, location: str | None = "1") -> LevelWrite:
        return LevelWrite(self.ref(sku), location, value, None, f"k-{sku}")


async def all_listings(connector: Connector, since: datetime | None = None) -> list[RemoteListing]:
    return [each async for page in connector.listings(since) for each in page]


async def all_pages(connector: Connector, since: datetime | str) -> list[OrderPage]:
    return [page async for page in connector.orders(since)]


async def all_orders(connector: Connector, since: datetime | str) -> list[RemoteOrder]:
    return [each for page in await all_pages(connector, since) for each in page.orders]


async def only_line(connector: Connector) -> RemoteOrderLine:
    (order,) = await all_orders(connector, YESTERDAY)
    (line,) = order.lines
    return line
