"""A local seller, a connector to it, a clock that only sleeping moves, and the line between."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import httpx

from connectors.ebay.platform import open_account
from connectors.protocol import Connector, LevelWrite, OrderPage, RemoteListing, RemoteOrder
from connectors.services import Services
from sandbox.ebay import Shop, create_app
from tests.connectors.line import START, BreakableLine, Clock

YESTERDAY = START - timedelta(days=1)


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as they went over the wire."""

    method: str
    path: str  # below the seller's address
    query: dict[str, str]
    target: str
    headers: dict[str, str]
    body: Any  # None where no JSON was sent
    sent: bytes
    status: int
    kind: str
    content: bytes

    @property
    def name(self) -> str:
        """The Trading call, or method and path."""
        return self.headers.get("x-ebay-api-call-name") or f"{self.method} {self.path}"

    @property
    def entries(self) -> list[tuple[str, str, int]]:
        """The entries of a ReviseInventoryStatus: ItemID, SKU, Quantity."""
        root = ET.fromstring(self.sent)  # noqa: S314  our own request
        return [
            (
                each.findtext("{*}ItemID") or "",
                each.findtext("{*}SKU") or "",
                int(each.findtext("{*}Quantity") or 0),
            )
            for each in root.iterfind("{*}InventoryStatus")
        ]

    @property
    def answer(self) -> Any:
        """The answer as JSON, None where it is none."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None


@dataclass
class Line(BreakableLine[Exchange]):
    """The line to the local eBay."""

    # What happens at eBay right after each of the next calls
    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def keep(self, request: httpx.Request, response: httpx.Response, content: bytes) -> None:
        is_json = request.headers.get("content-type", "").startswith("application/json")
        self.exchanges.append(
            Exchange(
                method=request.method,
                path="/" + request.url.path.split("/", 3)[3],
                query=dict(request.url.params),
                target=request.url.raw_path.decode(),
                headers=dict(request.headers),
                body=json.loads(request.content) if is_json else None,
                sent=request.content,
                status=response.status_code,
                kind=response.headers.get("content-type", ""),
                content=content,
            )
        )
        if self.meanwhile:
            self.meanwhile.pop(0)()


class World:
    """One seller, and what it takes to speak for him."""

    def __init__(self, **options: Any) -> None:
        self.clock = Clock()
        self.shop = Shop("alpha", now=self.clock.now, **options)
        self.line = Line(httpx.ASGITransport(create_app([self.shop], sleep=self.clock.sleep)))

    @property
    def credentials(self) -> dict[str, str]:
        keys = self.shop.keys
        return {
            "client_id": keys.client_id,
            "client_secret": keys.client_secret,
            "refresh_token": keys.refresh_token,
            "marketplace": self.shop.marketplace,
        }

    @asynccontextmanager
    async def connected(
        self,
        credentials: Mapping[str, str] | None = None,
        settings: Mapping[str, Any] | None = None,
        base_url: str = "http://shops.test/ebay/alpha",
    ) -> AsyncIterator[Connector]:
        given = credentials or self.credentials
        async with open_account(
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

    def pass_time(self, **length: float) -> None:
        self.clock.time += timedelta(**length)

    def stock(self, count: int, available: int = 5, **options: Any) -> list[str]:
        """Add simple listings named S0, S1, ...; answer their SKUs."""
        skus = [f"S{number}" for number in range(count)]
        for sku in skus:
            self.shop.add_listing(sku, available, **options)
        return skus

    def ref(self, sku: str) -> str:
        """How a connector names what has a SKU."""
        return f"{self.shop.variation(sku).listing.id}:{sku}"

    def write(self, sku: str, value: int) -> LevelWrite:
        return LevelWrite(self.ref(sku), None, value, None, f"k-{sku}")


async def all_listings(connector: Connector, since: datetime | None = None) -> list[RemoteListing]:
    return [each async for page in connector.listings(since) for each in page]


async def all_pages(connector: Connector, since: datetime | str) -> list[OrderPage]:
    return [page async for page in connector.orders(since)]


async def all_orders(connector: Connector, since: datetime | str) -> list[RemoteOrder]:
    return [each for page in await all_pages(connector, since) for each in page.orders]
