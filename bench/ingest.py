"""How many orders a second are taken in, against the same SQL without us."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import psycopg
import sqlalchemy as sa

from bench.catalogue import sku
from bench.engine import in_sync
from bench.figure import Figure, Ratio
from bench.ground import Ground
from connectors.protocol import RemoteOrder, RemoteOrderLine
from connectors.shopify.platform import TRAITS
from sandbox.shopify import Shop
from storage import stores
from storage.database import Database
from storage.queue import Queue
from sync.order_page import take_in

PAGE = 250  # orders in one transaction  # Shopify: rows of a page

Statement = tuple[str, Any]


@dataclass(frozen=True)
class Size:
    """Listings of each of two stores that share their stock; orders of one to three lines.

    Every round begins at the same state; the middle one counts.
    """

    listings: int
    pages: int
    rounds: int = 3


@dataclass
class Recording:
    """The statements of each transaction, as they went to the driver."""

    transactions: list[list[Statement]] = field(default_factory=list)
    open: list[Statement] = field(default_factory=list)

    def statement(
        self, _: Any, __: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        self.open.append((statement, parameters))

    def commit(self, _: Any) -> None:
        self.transactions.append(self.open)
        self.open = []


async def measure(ground: Ground, size: Size) -> list[Ratio]:
    async with in_sync(ground, size.listings, "alpha", "beta") as engine:
        now = engine.world.clock.now()
        pages = _pages(engine.world.shops["alpha"], size, now)
        await engine.world.database.close()  # so that copies can be made of it
        with _recording() as recording:
            await _ours(ground, engine.url, engine.stores[0], pages, now)
        ours, floor = [], []
        for _ in range(size.rounds):
            ours.append(await _ours(ground, engine.url, engine.stores[0], pages, now))
            floor.append(await _replayed(ground, engine.url, recording.transactions))
    count = size.pages * PAGE
    statements = sum(len(each) for each in recording.transactions) / size.pages
    return [
        Ratio(
            f"orders taken in, pages of {PAGE}",
            count / median(ours),
            count / median(floor),
            "orders/s",
            least=0.5,
            note=f"{statements:.0f} statements a page, two targets a product",
        )
    ]


def _pages(shop: Shop, size: Size, now: datetime) -> list[list[RemoteOrder]]:
    """Make new orders whose lines walk through the catalogue."""
    refs = [variant.item.id for variant in shop.variants]
    location = shop.locations[0].id
    orders, place = [], 0
    for number in range(size.pages * PAGE):
        lines = []
        for position in range(1 + number % 3):
            place = (place + 7) % len(refs)  # 7: no neighbours, as shoppers choose
            lines.append(
                RemoteOrderLine(
                    id=f"line-{number}-{position}",
                    ref=refs[place],
                    sku=sku(place),
                    ordered=1,
                    taken=1,
                    committed=1,
                    location=location,
                )
            )
        at = now + timedelta(minutes=1, seconds=number)
        orders.append(RemoteOrder(f"order-{number}", f"#{number}", at, at, "open", tuple(lines)))
    return [orders[start : start + PAGE] for start in range(0, len(orders), PAGE)]


async def _ours(
    ground: Ground, like: str, store_id: int, pages: list[list[RemoteOrder]], now: datetime
) -> float:
    """Take the pages in as `sync.orders_in` does, one transaction each; seconds."""
    with ground.database(like) as url:
        database = Database(url)
        queue = Queue(database)
        await database.check()
        begun = time.perf_counter()
        for number, page in enumerate(pages):
            async with database.transaction() as session:
                store = await stores.load(session, store_id, lock=True)
                if store is None:
                    raise LookupError(store_id)
                await take_in(
                    session, queue, store=store, traits=TRAITS, page=page, booking=True, now=now
                )
                await stores.save_cursor(session, store_id, f"page-{number}")
        taken = time.perf_counter() - begun
        await database.close()
    return taken


async def _replayed(ground: Ground, like: str, transactions: list[list[Statement]]) -> float:
    """Send the recorded statements with their parameters and fetch what they give; seconds."""
    with ground.database(like) as url:
        async with await psycopg.AsyncConnection.connect(url) as connection:
            await connection.execute("set time zone 'UTC'")
            await connection.commit()
            begun = time.perf_counter()
            for statements in transactions:
                async with connection.cursor() as cursor:
                    for statement, parameters in statements:
                        await cursor.execute(statement, parameters)
                        if cursor.description:
                            await cursor.fetchall()
                await connection.commit()
            taken = time.perf_counter() - begun
            count = await (
                await connection.execute("select count(*) from customer_order")
            ).fetchone()
            if count != (len(transactions) * PAGE,):
                raise AssertionError(f"the replay left {count} orders")
    return taken


@contextmanager
def _recording() -> Iterator[Recording]:
    recording = Recording()
    listeners = (
        ("before_cursor_execute", recording.statement),
        ("commit", recording.commit),
    )
    for event, listener in listeners:
        sa.event.listen(sa.Engine, event, listener)
    try:
        yield recording
    finally:
        for event, listener in listeners:
            sa.event.remove(sa.Engine, event, listener)
    # A check before the work is a transaction without a commit of its own.
    recording.transactions = [each for each in recording.transactions if len(each) > 1]


FIGURE = Figure("ingest", measure, full=Size(10_000, 40), tiny=Size(50, 1, rounds=1))
