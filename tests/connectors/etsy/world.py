"""A local shop, a connector to it, a clock that only sleeping moves, and the line between."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx

from connectors.etsy.platform import open_store
from connectors.protocol import (
    Connector,
    LevelWrite,
    OrderPage,
    RemoteListing,
    RemoteOrder,
    WriteOutcome,
)
from connectors.services import MemoryCredentials, MemoryMarks, Services
from sandbox.etsy import Shop, create_app
from sandbox.etsy.model import Product
from tests.connectors.line import START, BreakableLine, Clock

YESTERDAY = START - timedelta(days=1)
ADDRESS = "http://shops.test/etsy/alpha"
AGREED = {"base_prices": True}


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as they went over the wire."""

    method: str
    path: str  # below the shop's address, or below /v3/application
    query: dict[str, str]
    target: str
    headers: dict[str, str]
    sent: bytes
    status: int
    kind: str
    content: bytes

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def body(self) -> Any:
        """What was sent as JSON, prices to the last digit; None where it was something else."""
        is_json = self.headers.get("content-type") == "application/json"
        return json.loads(self.sent, parse_float=Decimal) if is_json else None

    @property
    def answer(self) -> Any:
        """The answer as JSON, None where it is none."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None


@dataclass
class Line(BreakableLine[Exchange]):
    """The line to the local Etsy."""

    # What happens at Etsy right after each of the next calls
    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def keep(self, request: httpx.Request, response: httpx.Response, content: bytes) -> None:
        path = "/" + request.url.path.split("/", 3)[3]
        self.exchanges.append(
            Exchange(
                method=request.method,
                path=path.removeprefix("/v3/application"),
                query=dict(request.url.params),
                target=request.url.raw_path.decode(),
                headers=dict(request.headers),
                sent=request.content,
                status=response.status_code,
                kind=response.headers.get("content-type", ""),
                content=content,
            )
        )
        if self.meanwhile:
            self.meanwhile.pop(0)()


class World:
    """One shop, and what it takes to speak for its seller.

    Marks and renewed tokens are kept from one connection to the next.
    """

    def __init__(self, **options: Any) -> None:
        self.clock = Clock()
        self.shop = Shop("alpha", now=self.clock.now, **options)
        self.line = Line(httpx.ASGITransport(create_app([self.shop], sleep=self.clock.sleep)))
        self.kept = MemoryCredentials(self.credentials)
        self.marks = MemoryMarks()
        self.services = Services(self.kept, marks=self.marks)

    @property
    def credentials(self) -> dict[str, str]:
        keys = self.shop.keys
        return {
            "keystring": keys.keystring,
            "shared_secret": keys.shared_secret,
            "shop_id": str(self.shop.id),
            "refresh_token": keys.refresh_token,
        }

    @asynccontextmanager
    async def connected(
        self,
        credentials: Mapping[str, str] | None = None,
        settings: Mapping[str, Any] | None = None,
        services: Services | None = None,
        base_url: str = ADDRESS,
    ) -> AsyncIterator[Connector]:
        own = Services(MemoryCredentials(credentials), marks=self.marks) if credentials else None
        async with open_store(
            credentials or self.credentials,
            AGREED if settings is None else settings,
            base_url,
            self.line,
            services or own or self.services,
            clock=self.clock.now,
            sleep=self.clock.sleep,
        ) as connector:
            yield connector

    @property
    def calls(self) -> list[str]:
        return [each.name for each in self.line.exchanges]

    def calls_of(self, *starts: str) -> list[Exchange]:
        """The exchanges whose names begin in one of these ways."""
        return [each for each in self.line.exchanges if each.name.startswith(starts)]

    @property
    def changes(self) -> list[Exchange]:
        """The exchanges that changed listings."""
        return self.calls_of("PUT", "PATCH")

    def pass_time(self, **length: float) -> None:
        self.clock.time += timedelta(**length)

    def stock(self, count: int, available: int = 5) -> list[str]:
        """Add listings with one product each, named S0, S1, ...; answer their SKUs."""
        skus = [f"S{number}" for number in range(count)]
        for sku in skus:
            self.shop.add_listing(sku, available)
        return skus

    def variations(self, numbers: Mapping[str, int], title: str = "Mug") -> list[Product]:
        """Add a listing whose variations have these SKUs and numbers."""
        parent = self.shop.add_parent(title)
        return [self.shop.add_listing(sku, n, parent=parent) for sku, n in numbers.items()]

    def ref(self, sku: str) -> str:
        """How a connector names what has a SKU."""
        return f"{self.shop.product(sku).listing.id}:{sku.replace('%', '%25').replace(':', '%3A')}"

    def write(self, sku: str, value: int, *, expected: int | None = None) -> LevelWrite:
        return LevelWrite(self.ref(sku), None, value, expected, f"k-{sku}")

    async def set(self, numbers: Mapping[str, int], **settings: Any) -> list[WriteOutcome]:
        """Write some numbers over a connection of their own."""
        async with self.connected(settings={**AGREED, **settings}) as connector:
            return await connector.set_levels([self.write(*each) for each in numbers.items()])

    async def shown(self, *skus: str) -> list[int]:
        """Read what some SKUs show over a connection of their own."""
        async with self.connected() as connector:
            return [each.available for each in await connector.levels(list(map(self.ref, skus)))]


def kinds(outcomes: Sequence[WriteOutcome]) -> list[str]:
    return [each.kind for each in outcomes]


async def all_listings(connector: Connector, since: datetime | None = None) -> list[RemoteListing]:
    return [each async for page in connector.listings(since) for each in page]


async def all_pages(connector: Connector, since: datetime | str) -> list[OrderPage]:
    return [page async for page in connector.orders(since)]


async def all_orders(connector: Connector, since: datetime | str) -> list[RemoteOrder]:
    return [each for page in await all_pages(connector, since) for each in page.orders]
