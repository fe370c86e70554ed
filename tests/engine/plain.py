"""A platform without locations of its own, made of local shops that keep theirs to themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx

from connectors import shopify
from connectors.platform import Platform, Settings
from connectors.protocol import (
    Account,
    Connector,
    LevelWrite,
    OrderPage,
    RemoteLevel,
    RemoteListing,
    RemoteLocation,
    RemoteOrder,
    StoreTraits,
    WriteOutcome,
)
from connectors.services import Services
from sandbox.shopify import Shop
from storage.database import Database
from sync.stores import connect_store
from tests.engine.conftest import TIMES
from tests.engine.world import SimulatedClock, World


class PlainConnector:
    """A connector that says nothing of places; `late` order numbers are not deducted yet."""

    def __init__(self, inner: Connector, late: set[str]) -> None:
        self._inner = inner
        self._late = late
        self._place = ""

    @property
    def traits(self) -> StoreTraits:
        return replace(self._inner.traits, locations=False)

    @property
    def skew(self) -> timedelta:
        return self._inner.skew

    async def check(self) -> Account:
        return await self._inner.check()

    async def locations(self) -> list[RemoteLocation]:
        return []

    async def listings(self, since: datetime | None = None) -> AsyncIterator[list[RemoteListing]]:
        async for page in self._inner.listings(since):
            yield [replace(item, levels=tuple(_bare(item.levels))) for item in page]

    async def levels(self, refs: Sequence[str]) -> list[RemoteLevel]:
        return _bare(await self._inner.levels(refs))

    async def set_levels(self, writes: Sequence[LevelWrite]) -> list[WriteOutcome]:
        if not self._place:
            self._place = (await self._inner.locations())[0].id
        assert all(write.location is None for write in writes)
        return await self._inner.set_levels(
            [replace(write, location=self._place) for write in writes]
        )

    async def settle(self, handles: Sequence[str]) -> list[WriteOutcome]:
        return await self._inner.settle(handles)

    async def orders_by_id(self, ids: Sequence[str]) -> list[RemoteOrder]:
        return [self._order(order) for order in await self._inner.orders_by_id(ids)]

    async def orders(self, since: datetime | str) -> AsyncIterator[OrderPage]:
        async for page in self._inner.orders(since):
            yield replace(page, orders=tuple(self._order(order) for order in page.orders))

    def _order(self, order: RemoteOrder) -> RemoteOrder:
        deducted = 0 if order.id in self._late else None
        lines = (replace(line, location=None, deducted=deducted) for line in order.lines)
        return replace(order, lines=tuple(lines))


def _bare(levels: Iterable[RemoteLevel]) -> list[RemoteLevel]:
    return [replace(level, location=None) for level in levels]


@asynccontextmanager
async def _open(
    credentials: Mapping[str, str],
    settings: Settings,
    base_url: str | None,
    transport: httpx.AsyncBaseTransport | None,
    services: Services,
) -> AsyncIterator[Connector]:
    opened = shopify.PLATFORM.open(credentials, settings, base_url, transport, services)
    async with opened as inner:
        yield PlainConnector(inner, set())


PLAIN = Platform(
    key="plain",
    title="Plainly",
    fields=shopify.PLATFORM.fields,
    traits=replace(shopify.PLATFORM.traits, locations=False),
    open=_open,
    store_name=shopify.PLATFORM.store_name,
)


class PlainWorld(World):
    """A world whose shops can be connected as shops that have no locations.

    `late`: ids of orders whose units their shop's own number still holds.
    """

    def __init__(self, database: Database, *shops: Shop, clock: SimulatedClock) -> None:
        super().__init__(database, *shops, clock=clock)
        self.late: set[str] = set()

    def _try(
        self,
        platform: str,
        values: Mapping[str, str],
        base_url: str | None,
        settings: Mapping[str, Any],
        services: Services,
    ) -> AbstractAsyncContextManager[Connector]:
        opened = super()._try("shopify", values, base_url, settings, services)
        return opened if platform == "shopify" else self._plain(opened)

    @asynccontextmanager
    async def _plain(
        self, opened: AbstractAsyncContextManager[Connector]
    ) -> AsyncIterator[Connector]:
        async with opened as inner:
            yield PlainConnector(inner, self.late)

    async def connect_plain(self, shop: str) -> int:
        """Connect a shop without locations and import its products; the store's id."""
        store = await connect_store(
            self.deps(),
            workspace_id=self.workspace_id,
            actor="U1",
            platform=PLAIN.key,
            values={"shop": shop, "access_token": self.shops[shop].token},
            base_url=self.base_urls["shopify"],
            settings=TIMES,
        )
        await self.work()
        return store.id
