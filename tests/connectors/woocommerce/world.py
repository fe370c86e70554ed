"""A local store, a connector to it, a clock that only sleeping moves, and the wire between."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from connectors.protocol import (
    Connector,
    LevelWrite,
    OrderPage,
    RemoteListing,
    RemoteOrder,
    RemoteOrderLine,
)
from connectors.services import Services
from connectors.woocommerce.platform import open_store
from sandbox.woocommerce import Shop, create_app
from sandbox.woocommerce.model import Item
from tests.connectors.line import BreakableLine, Clock

BASE = "https://stores.test/woocommerce/alpha"


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as they went over the wire."""

    method: str
    url: httpx.URL
    headers: httpx.Headers
    sent: bytes
    status: int
    content: bytes
    timeout: float | None

    @property
    def path(self) -> str:
        """The path below /wp-json/wc/v3, or the whole one of another address."""
        return self.url.path.partition("/wp-json/wc/v3")[2] or self.url.path

    @property
    def call(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def body(self) -> Any:
        return json.loads(self.sent) if self.sent else None

    @property
    def answer(self) -> Any:
        """The answer as JSON, None where it is none."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None


@dataclass
class Wire(BreakableLine[Exchange]):
    """The wire to the local store."""

    between: Callable[[Exchange], None] | None = None

    def keep(self, request: httpx.Request, response: httpx.Response, content: bytes) -> None:
        exchange = Exchange(
            method=request.method,
            url=request.url,
            headers=request.headers,
            sent=request.content,
            status=response.status_code,
            content=content,
            timeout=request.extensions.get("timeout", {}).get("read"),
        )
        self.exchanges.append(exchange)
        if self.between is not None:
            self.between(exchange)


class World:
    """One store, and what it takes to speak to it."""

    def __init__(self, **options: Any) -> None:
        self.clock = Clock()
        self.shop = Shop("alpha", now=self.clock.now, **options)
        self.wire = Wire(httpx.ASGITransport(create_app([self.shop], sleep=self.clock.sleep)))

    @property
    def credentials(self) -> dict[str, str]:
        return {
            "url": self.shop.home,
            "consumer_key": self.shop.consumer_key,
            "consumer_secret": self.shop.consumer_secret,
        }

    @asynccontextmanager
    async def connected(
        self,
        credentials: Mapping[str, str] | None = None,
        settings: Mapping[str, Any] | None = None,
        *,
        base_url: str | None = BASE,
    ) -> AsyncIterator[Connector]:
        given = {**self.credentials, **(credentials or {})}
        async with open_store(
            given,
            settings or {},
            base_url,
            self.wire,
            Services.in_memory(given),
            clock=self.clock.now,
            sleep=self.clock.sleep,
        ) as connector:
            yield connector

    @property
    def calls(self) -> list[str]:
        return [each.call for each in self.wire.exchanges]

    def forget_calls(self) -> None:
        self.wire.exchanges.clear()

    def wait(self, **duration: float) -> None:
        self.clock.time += timedelta(**duration)

    def stock(self, count: int, available: int = 5) -> list[str]:
        """Add products named S0, S1, ...; answer their SKUs."""
        skus = [f"S{number}" for number in range(count)]
        for sku in skus:
            self.shop.add_listing(sku, available)
        return skus

    def write(self, sku: str, value: int, expected: int | None = 5) -> LevelWrite:
        return LevelWrite(ref(self.shop.item(sku)), None, value, expected, f"k-{sku}")

    def shown(self) -> dict[str, int]:
        """What the store really shows."""
        return {item.sku: item.stock for item in self.shop.counted()}


def ref(item: Item) -> str:
    return f"{item.parent.id}:{item.id}" if item.parent else str(item.id)


def only_line(orders: Sequence[RemoteOrder]) -> RemoteOrderLine:
    (order,) = orders
    (line,) = order.lines
    return line


async def all_listings(connector: Connector, since: datetime | None = None) -> list[RemoteListing]:
    return [each async for page in connector.listings(since) for each in page]


async def all_pages(connector: Connector, since: datetime | str) -> list[OrderPage]:
    return [page async for page in connector.orders(since)]


async def all_orders(connector: Connector, since: datetime | str) -> list[RemoteOrder]:
    return [each for page in await all_pages(connector, since) for each in page.orders]
