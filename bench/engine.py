"""The real engine on a database of its own, with stores in sync and simulated time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from bench.catalogue import make_shop, stock_up
from bench.ground import Ground
from sandbox.shopify import create_app
from storage.database import Database
from tests.engine.world import SimulatedClock, Wire, World

PRODUCTS = frozenset({"Locations", "Listings", "RunBulk", "Bulk", "File"})
FILE = "File"  # what a bulk query left: the one call that is no operation


class FileWire(Wire):
    """The line to the shops that files come over, too."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET":
            return await super().handle_async_request(request)
        self.calls.append(FILE)
        return await self._inner.handle_async_request(request)


@dataclass(frozen=True)
class Engine:
    """A world of stores in sync; `url` is its database."""

    world: World
    stores: list[int]
    url: str


@asynccontextmanager
async def in_sync(ground: Ground, listings: int, *names: str) -> AsyncIterator[Engine]:
    """Yield the engine with a shop of each name, each selling the same so many things."""
    clock = SimulatedClock()
    shops = [make_shop(name, listings, clock.now) for name in names]
    with ground.database() as url:
        database = Database(url)
        try:
            world = World(database, *shops, clock=clock)
            app = create_app(shops, sleep=clock.sleep)
            world.wire = FileWire(httpx.ASGITransport(app), clock)
            stores = await stock_up(
                database, world.vault, shops, address="http://shops.test", now=clock.now()
            )
            world.workspace_id = 1  # of a fresh database, the only one
            yield Engine(world, stores, url)
        finally:
            await database.close()
