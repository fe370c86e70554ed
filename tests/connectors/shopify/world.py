"""A local shop, a connector to it, a clock that only sleeping moves, and the line between."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import httpx

from connectors.protocol import Connector, LevelWrite, OrderPage, RemoteListing, RemoteOrder
from connectors.services import Services
from connectors.shopify.platform import open_shop
from sandbox.shopify import Shop, create_app

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Clock:
    """Time as the test tells it."""

    def __init__(self) -> None:
        self.time = START
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as they went over the wire."""

    name: str
    query: str
    variables: dict[str, Any]
    version: str
    status: int
    content: bytes

    @property
    def answer(self) -> Any:
        """The answer as JSON, None where it is none."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None


@dataclass
class Line(httpx.AsyncBaseTransport):
    """The line to the local Shopify: keeps every exchange, loses what it is told to."""

    inner: httpx.AsyncBaseTransport
    exchanges: list[Exchange] = field(default_factory=list)
    downloads: list[httpx.Request] = field(default_factory=list)
    refuse: list[Exception] = field(default_factory=list)
    lose: list[tuple[int, Exception]] = field(default_factory=list)

    def break_off(
        self, error: Exception, *, when: Literal["before", "after"], skip: int = 0
    ) -> None:
        """Break the next call (or a later one) before it arrives, or after it took effect."""
        if when == "before":
            self.refuse.append(error)
        else:
            self.lose.append((len(self.exchanges) + skip, error))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.refuse:
            raise self.refuse.pop(0)
        response = await self.inner.handle_async_request(request)
        if request.method == "GET":  # a file: as it is, compressed and all
            self.downloads.append(request)
            return response
        content = await response.aread()
        if request.url.path.endswith("graphql.json"):
            body = json.loads(request.content)
            self.exchanges.append(
                Exchange(
                    name=body["operationName"],
                    query=body["query"],
                    variables=body["variables"],
                    version=request.url.path.split("/")[-2],
                    status=response.status_code,
                    content=content,
                )
            )
        place = len(self.exchanges) - 1
        for lost in [each for each in self.lose if each[0] == place]:
            self.lose.remove(lost)
            raise lost[1]
        headers = {key: value for key, value in response.headers.items() if key != "content-length"}
        return httpx.Response(response.status_code, headers=headers, content=content)


class World:
    """One shop with one location, and what it takes to speak to it."""

    def __init__(self, **options: Any) -> None:
        self.clock = Clock()
        self.shop = Shop("alpha", now=self.clock.now, **options)
        self.place = self.shop.add_location("Main warehouse")
        self.line = Line(httpx.ASGITransport(create_app([self.shop], sleep=self.clock.sleep)))

    @asynccontextmanager
    async def connected(
        self,
        credentials: Mapping[str, str] | None = None,
        settings: Mapping[str, Any] | None = None,
        services: Services | None = None,
    ) -> AsyncIterator[Connector]:
        given = credentials or {"shop": "alpha", "access_token": self.shop.token}
        async with open_shop(
            given,
            settings or {},
            "http://shops.test/shopify/alpha",
            self.line,
            services or Services.in_memory(given),
            clock=self.clock.now,
            sleep=self.clock.sleep,
        ) as connector:
            yield connector

    @property
    def calls(self) -> list[str]:
        return [each.name for each in self.line.exchanges]

    def stock(self, count: int, available: int = 5) -> list[str]:
        """Add listings named S0, S1, ...; answer their SKUs."""
        skus = [f"S{number}" for number in range(count)]
        for sku in skus:
            self.shop.add_listing(sku, available)
        return skus

    def write(
        self, sku: str, value: int, expected: int | None = 5, *, key: str = "k"
    ) -> LevelWrite:
        """Write to a SKU at the shop's one location."""
        return LevelWrite(self.shop.item(sku).id, self.place.id, value, expected, f"{key}-{sku}")

    def shown(self) -> dict[str | None, int]:
        """What the shop really shows."""
        return {level.item.sku: level.available for level in self.shop.levels()}


async def all_listings(connector: Connector, since: datetime | None = None) -> list[RemoteListing]:
    return [each async for page in connector.listings(since) for each in page]


async def all_pages(connector: Connector, since: datetime | str) -> list[OrderPage]:
    return [page async for page in connector.orders(since)]


async def all_orders(connector: Connector, since: datetime | str) -> list[RemoteOrder]:
    return [each for page in await all_pages(connector, since) for each in page.orders]
