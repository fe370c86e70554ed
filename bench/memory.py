"""How much memory `stockroom run` holds with a large catalogue, at its fullest."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from bench.acts import change_counts
from bench.catalogue import make_shop, sku
from bench.figure import Figure, Ratio
from bench.ground import Ground
from bench.stockroom import Site, site
from storage.database import Database
from storage.queue import Queue

PATIENCE = 900.0  # seconds for everything that is due

# A store's waits, all but left out: they take time, not memory.
QUICK = {
    "orders_every_seconds": 1,
    "push_every_seconds": 1,
    "order_lag_seconds": 0.1,
    "reading_age_seconds": 0.1,
    "clock_margin_seconds": 0.1,
}

# Nothing is left of what was made due: the full pass, the changed counts, the orders, the audit.
_LEFT = """
    select (select count(*) from store where products_full_at < :begun)
         + (select count(*) from target where greatest(shown, 0) <> greatest(desired, 0))
         + (select count(*) from target where audited_at is null)
         + cast(:orders as bigint) - (select count(*) from customer_order)"""


@dataclass(frozen=True)
class Size:
    """Listings of one store, SKUs changed and orders placed before the process starts."""

    listings: int
    changed: int
    orders: int


async def measure(ground: Ground, size: Size) -> list[Ratio]:
    (empty, _), (full, calls) = await asyncio.gather(
        _most(ground, Size(0, 0, 0)), _most(ground, size)
    )
    return [
        Ratio(
            f"memory of `stockroom run`, {size.listings:,} listings against none",
            full,
            empty,
            "MB",
            below=400,
            note=f"at its fullest: full pass, audit, {size.changed:,} changed SKUs and"
            f" {size.orders:,} orders, {calls} calls",
        )
    ]


async def _most(ground: Ground, size: Size) -> tuple[float, int]:
    shop = make_shop("alpha", size.listings)
    async with site(ground, [shop], QUICK) as here:
        await _make_due(here, size)
        for number in range(size.orders):
            shop.sell(sku(number % size.listings))
        async with here.start() as process:
            await _until_done(here.database, here.now, size.orders)
            return process.most_memory(), len(here.street.calls)


async def _make_due(here: Site, size: Size) -> None:
    """Make a full pass, an audit of everything and many writes wait for the process."""
    database = here.database
    if size.changed:
        await change_counts(database, Queue(database), size.changed, lambda _: -1, here.now)
    async with database.transaction() as session:
        await session.execute(text("update target set audited_at = null"))
        await session.execute(
            text("""
                update store set products_due_at = products_full_at,
                                 products_full_at = products_full_at - interval '2 days'""")
        )


async def _until_done(database: Database, begun: datetime, orders: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        async with database.session() as session:
            found = await session.execute(
                text(_LEFT),
                {"begun": begun, "orders": orders},
            )
            if int(found.scalar_one()) == 0:
                return
        await asyncio.sleep(0.2)
    raise TimeoutError(f"not done within {PATIENCE:.0f} s")


FIGURE = Figure("memory", measure, full=Size(100_000, 10_000, 1_000), tiny=Size(10, 5, 2))
