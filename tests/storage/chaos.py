"""A small shop system for the chaos run: numbers, a marketplace that fails, and its worker.

`python -m tests.storage.chaos URL` is one worker process, there to be killed.
"""

from __future__ import annotations

import asyncio
import random
import sys

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.queue import Queue, Wake, work_key
from storage.worker import Timing

STORES, SKUS, BATCH = 7, 40, 10
PAIRS = STORES * SKUS
FAILURES = 0.2  # of the marketplace's answers
TIMING = Timing(
    heartbeat=1, stalled_after=3, polling=0.5, first_retry=0.1, longest_retry=2, grace=2, pause=0.2
)

# Nothing but wake-ups makes a push happen: a lost one leaves its numbers stale for good.
TABLES = """
    create table chaos_stock (sku int primary key, number int not null, version int not null);
    insert into chaos_stock select sku, 0, 0 from generate_series(1, :skus) as sku;
    create table chaos_market (store int, sku int, number int not null, version int not null,
        primary key (store, sku));
    insert into chaos_market select store, sku, 0, 0
        from generate_series(1, :stores) as store, generate_series(1, :skus) as sku;
    create table chaos_call (store int, failed bool)
"""

OUTDATED = sa.text("""
    select sku, stock.number, stock.version
    from chaos_stock as stock join chaos_market as market using (sku)
    where store = :store and market.version < stock.version order by sku limit :batch
""")

SHOW = sa.text("""
    update chaos_market as market set number = seen.number, version = seen.version
    from unnest(cast(:skus as int[]), cast(:numbers as int[]), cast(:versions as int[]))
        as seen (sku, number, version)
    where market.store = :store and market.sku = seen.sku and market.version < seen.version
""")

CALLED = sa.text("insert into chaos_call values (:store, :failed)")

STALE = sa.text("""
    select count(*) from chaos_stock as stock join chaos_market as market using (sku)
    where market.number <> stock.number
""")


class MarketplaceDown(Exception):
    """The marketplace failed, as it does."""


async def make_tables(database: Database) -> None:
    async with database.transaction() as session:
        for statement in TABLES.split(";"):
            await session.execute(
                sa.text(statement).bindparams(
                    **{
                        name: value
                        for name, value in {"skus": SKUS, "stores": STORES}.items()
                        if f":{name}" in statement
                    }
                )
            )


async def change(queue: Queue, session: AsyncSession, sku: int, number: int) -> None:
    """Change a number, and wake the push of every store."""
    await queue.enqueue_many(
        session,
        [Wake("push", work_key("push", n), {"store_id": n}) for n in range(1, STORES + 1)],
    )
    written = sa.text(
        "update chaos_stock set number = :number, version = version + 1 where sku = :sku"
    )
    await session.execute(written, {"number": number, "sku": sku})


async def push(database: Database, store_id: int) -> None:
    """Make one store show the newest numbers, batch by batch, as the real pusher does."""
    while True:
        async with database.session() as session:
            rows = (await session.execute(OUTDATED, {"store": store_id, "batch": BATCH})).all()
        if not rows:
            return
        await asyncio.sleep(random.uniform(0.001, 0.03))
        failed = random.random() < FAILURES
        async with database.transaction() as session:
            await session.execute(CALLED, {"store": store_id, "failed": failed})
            if not failed:
                seen = [list(column) for column in zip(*rows, strict=True)]
                columns = dict(zip(("skus", "numbers", "versions"), seen, strict=True))
                await session.execute(SHOW, {"store": store_id, **columns})
        if failed:
            raise MarketplaceDown


async def work(url: str) -> None:
    """Run jobs, and look after those of dead workers, as every process of ours does."""
    database = Database(url)
    queue = Queue(database, TIMING)
    queue.register("push", lambda store_id: push(database, store_id))
    worker = asyncio.create_task(queue.run_worker(asyncio.Event(), concurrency=4))
    while not worker.done():
        await queue.rescue()
        await asyncio.sleep(1)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
