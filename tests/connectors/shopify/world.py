"""A local shop, a connector to it, a clock that only sleeping moves, and the line between."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from connectors.protocol import Connector, LevelWrite, OrderPage, RemoteListing, RemoteOrder
from connectors.services import Services
from connectors.shopify.platform import open_shop
from sandbox.shopify import Shop, create_app
from tests.connectors.line import BreakableLine, Clock


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
class Line(BreakableLine[Exchange]):
    """The line to the local Shopify."""

    downloads: list[httpx.Request] = field(default_factory=list)

    def passes(self, request: httpx.Request) -> bool:
        if request.method != "GET":
            return False
        self.downloads.append(request)  # a file: as it is, compressed and all
        return True

    def keep(self, request: httpx.Request, response: httpx.Response, content: bytes) -> None:
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
