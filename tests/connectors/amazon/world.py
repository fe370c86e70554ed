"""A local seller account, a connector to it, a clock that only sleeping moves, and the line."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import httpx

from connectors.amazon.connector import AmazonConnector
from connectors.amazon.platform import open_account
from connectors.protocol import (
    Connector,
    LevelWrite,
    OrderPage,
    RemoteListing,
    RemoteOrder,
    WriteOutcome,
)
from connectors.services import Services
from sandbox.amazon import Shop, create_app
from sandbox.amazon.app import CALLS
from tests.connectors.line import START, BreakableLine, Clock

YESTERDAY = START - timedelta(days=1)
ADDRESS = "http://shops.test/amazon/alpha"
_PATHS = sorted(
    ((call.method, call.path.split("/"), call.id) for call in CALLS),
    key=lambda each: sum(part.startswith("{") for part in each[1]),
)


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as they went over the wire."""

    method: str
    path: str  # below the account's address, still encoded
    query: dict[str, str]
    target: str
    headers: dict[str, str]
    sent: bytes
    body: Any  # None where it is not JSON
    status: int
    kind: str
    content: bytes
    answered: dict[str, str]

    @property
    def name(self) -> str:
        """Amazon's own name of the call; `token`, `upload` and `download` beside them."""
        if self.path.startswith("/_files"):
            return "upload" if self.method == "PUT" else "download"
        parts = self.path.split("/")
        for method, wanted, name in _PATHS:
            fits = len(wanted) == len(parts) and all(
                one.startswith("{") or one == other
                for one, other in zip(wanted, parts, strict=True)
            )
            if method == self.method and fits:
                return name
        return "token" if self.path == "/auth/o2/token" else self.path

    @property
    def answer(self) -> Any:
        """The answer as JSON, None where it is none."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None


def _below(target: str) -> str:
    """The part of a path that names the account, where it does."""
    parts = target.partition("?")[0].split("/", 3)
    return "/".join(parts[:3]) if len(parts) > 3 else ""


@dataclass
class Line(BreakableLine[Exchange]):
    """The line to the local Amazon."""

    # What happens in the account right after each of the next calls
    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def keep(self, request: httpx.Request, response: httpx.Response, content: bytes) -> None:
        target = request.url.raw_path.decode()
        is_json = request.headers.get("content-type", "").startswith("application/json")
        sent = request.content
        self.exchanges.append(
            Exchange(
                method=request.method,
                path=target.partition("?")[0].removeprefix(_below(target)),
                query=dict(request.url.params),
                target=target,
                headers=dict(request.headers),
                sent=sent,
                body=json.loads(sent) if sent and is_json else None,
                status=response.status_code,
                kind=response.headers.get("content-type", ""),
                content=content,
                answered=dict(response.headers),
            )
        )
        if self.meanwhile:
            self.meanwhile.pop(0)()


class World:
    """One account, and what it takes to speak to it."""

    def __init__(self, **options: Any) -> None:
        self.clock = Clock()
        self.shop = Shop("alpha", now=self.clock.now, **options)
        self.line = Line(httpx.ASGITransport(create_app([self.shop], sleep=self.clock.sleep)))

    @property
    def keys(self) -> dict[str, str]:
        return credentials(self.shop)

    @asynccontextmanager
    async def connected(
        self,
        given: Mapping[str, str] | None = None,
        settings: Mapping[str, Any] | None = None,
        services: Services | None = None,
    ) -> AsyncIterator[AmazonConnector]:
        values = given or self.keys
        async with open_account(
            values,
            settings or {},
            ADDRESS,
            self.line,
            services or Services.in_memory(values),
            clock=self.clock.now,
            sleep=self.clock.sleep,
        ) as connector:
            yield cast("AmazonConnector", connector)

    @property
    def calls(self) -> list[str]:
        return [each.name for each in self.line.exchanges]

    def calls_of(self, name: str) -> list[Exchange]:
        return [each for each in self.line.exchanges if each.name == name]

    def pass_time(self, **length: float) -> None:
        self.clock.time += timedelta(**length)

    def stock(self, count: int, available: int = 5) -> list[str]:
        """Add items named S0, S1, ...; answer their SKUs."""
        skus = [f"S{number}" for number in range(count)]
        for sku in skus:
            self.shop.add_listing(sku, available)
        return skus

    def write(self, sku: str, value: int, *, expected: int | None = None) -> LevelWrite:
        return LevelWrite(sku, None, value, expected, f"k-{sku}")

    def raises(self, skus: Sequence[str], value: int) -> list[LevelWrite]:
        """Writes that lift what is shown: none of them is urgent."""
        return [self.write(sku, value, expected=0) for sku in skus]


def credentials(shop: Shop) -> dict[str, str]:
    """What a person would enter for an account."""
    return {
        "seller_id": shop.seller_id,
        "marketplaces": ",".join(shop.sites),
        "client_id": shop.keys.client_id,
        "client_secret": shop.keys.client_secret,
        "refresh_token": shop.keys.refresh_token,
    }


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
