"""States that tests begin in, each made once per run in simulated time and copied."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import text

from sandbox.shopify.shop import Shop
from storage.database import Database
from storage.secrets import Vault
from sync.stores import connect_store
from tests import databases
from tests.engine.world import SimulatedClock, World
from tests.runtime.command import KEY

State = Literal["connected", "imported", "one_on", "on"]

STOCK = {"MUG": 200, "CUP": 120, "TEA": 90, "JAR": 40, "PAN": 60, "RARE": 4}
SHOPS = ("alpha", "beta")
ORDER_LAG = 0.2  # seconds until an order of a local shop can be listed
QUICK = {
    "orders_every_seconds": 0.5,
    "push_every_seconds": 3600,  # what was begun must be ended without a sweep
    "order_lag_seconds": ORDER_LAG + 0.3,
    "reading_age_seconds": 0.1,
    "clock_margin_seconds": 1,  # the shops stamp whole seconds
    "abandoned_seconds": 3,
    "audit_every_hours": 0.0005,  # 1.8 s: a false drift would be seen
}


def make_shop(name: str, now: Callable[[], datetime]) -> Shop:
    """Make a shop; the same name gives the same ids every time."""
    shop = Shop(name, now=now, order_lag=timedelta(seconds=ORDER_LAG))
    shop.add_location("Main warehouse")
    for sku, units in STOCK.items():
        shop.add_listing(sku, units)
    return shop


class States:
    """The databases of one server that stand ready to be copied.

    connected  alpha's credentials are kept, nothing was read yet
    imported   alpha's listings are known, sync is off
    one_on     alpha's sync is on, beta's listings are known
    on         alpha and beta share one warehouse, sync is on and all numbers agree
    """

    def __init__(self, server_url: str, template: str, kept: ExitStack) -> None:
        self._server_url = server_url
        self._template = template
        self._kept = kept
        self._made: dict[State, str] = {}
        self._making = asyncio.Lock()

    async def name(self, state: State) -> str:
        """Name the database that holds a state, to copy from."""
        async with self._making:
            if state not in self._made:
                self._made[state] = await self._make(state)
        return self._made[state]

    async def _make(self, state: State) -> str:
        url = self._kept.enter_context(databases.fresh(self._server_url, self._template))
        database = Database(url)
        try:
            await _bring_to(state, database)
        finally:
            await database.close()  # what is copied must have no users
        return str(database.url.database)


async def _bring_to(state: State, database: Database) -> None:
    clock = SimulatedClock()
    clock.time = datetime.now(UTC) - timedelta(hours=2)
    shops = [make_shop(name, clock.now) for name in SHOPS]
    world = World(database, *shops, clock=clock)
    world.vault = Vault([KEY])
    await world.begin()
    match state:
        case "connected":
            await connect_store(
                world.deps(),
                workspace_id=world.workspace_id,
                actor="U1",
                platform="shopify",
                values={"shop": "alpha", "access_token": shops[0].token},
                base_url="http://shops.test/shopify/alpha",
                settings={},
            )
        case "imported":
            await world.connect("alpha")
        case "one_on" | "on":
            alpha = await world.connect("alpha")
            beta = await world.connect("beta")
            await world.turn_on(alpha, "copy")
            if state == "on":
                await world.turn_on(beta, "keep", warehouse_id=await world.warehouse())
            await world.run(timedelta(minutes=1))
    async with database.transaction() as session:
        await session.execute(text("delete from outbox"))  # told long ago
        await session.execute(
            text("update store set settings = cast(:quick as jsonb)"), {"quick": json.dumps(QUICK)}
        )
