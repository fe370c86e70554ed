"""Writers write, workers push, a marketplace fails, and workers are killed all the while.

At rest every store shows the newest number and nothing is left in the queue. A longer
run: `STOCKROOM_CHAOS_SECONDS=40 pytest -n 0 -s tests/storage/test_chaos_queue.py`.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import sqlalchemy as sa

from storage.database import Database
from storage.queue import Queue
from tests.storage import chaos

ROOT = Path(__file__).parent.parent.parent
SECONDS = float(os.environ.get("STOCKROOM_CHAOS_SECONDS", "14"))
BURST = 2.0  # seconds of writing; each burst's end is a new chance to lose the last wake-up
SETTLING = 30  # seconds; a killed worker's jobs are taken over after 3
WRITERS, WORKERS = 3, 2


class Workers:
    """Worker processes, replaced as they are killed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._running = [self._start() for _ in range(WORKERS)]
        self.kills = 0

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "tests.storage.chaos", self._url],
            cwd=ROOT,
            stderr=subprocess.DEVNULL,  # procrastinate logs every failure of the marketplace
        )

    def kill(self, place: int) -> None:
        assert self._running[place].poll() is None, "a worker ended by itself"
        self._running[place].kill()
        self._running[place].wait()
        self._running[place] = self._start()
        self.kills += 1

    def stop(self) -> None:
        for worker in self._running:
            worker.kill()
            worker.wait()


async def write(database: Database, until: float) -> int:
    """Change numbers, most of them of a few busy SKUs; returns how many."""
    queue, count = Queue(database), 0
    while time.monotonic() < until:
        busy = random.random() < 0.7
        sku = random.randint(1, 10 if busy else chaos.SKUS)
        async with database.transaction() as session:
            await chaos.change(queue, session, sku, random.randint(0, 999))
        count += 1
        await asyncio.sleep(random.uniform(0, 0.15))
    return count


async def harm(workers: Workers) -> None:
    """Kill a worker somewhere in the burst."""
    await asyncio.sleep(random.uniform(0, BURST))
    await asyncio.to_thread(workers.kill, random.randrange(WORKERS))


async def number(database: Database, question: str | sa.TextClause) -> int:
    async with database.session() as session:
        asked = sa.text(question) if isinstance(question, str) else question
        return int(await session.scalar(asked) or 0)


async def settle(database: Database) -> float:
    """Wait until nothing waits and nothing runs; returns the seconds it took."""
    began = time.monotonic()
    left = "select count(*) from procrastinate_jobs where status in ('todo', 'doing')"
    while await number(database, left):
        assert time.monotonic() < began + SETTLING, "jobs are stuck in the queue"
        await asyncio.sleep(0.05)
    return time.monotonic() - began


async def test_kills_and_failures_lose_no_wake_up(database: Database, database_url: str) -> None:
    await chaos.make_tables(database)
    workers = Workers(database_url)
    began, rounds, writes, settled, stale = time.monotonic(), 0, 0, 0.0, 0
    try:
        while time.monotonic() < began + SECONDS:
            rounds += 1
            harmed = asyncio.create_task(harm(workers))
            until = time.monotonic() + BURST
            counts = await asyncio.gather(*(write(database, until) for _ in range(WRITERS)))
            writes += sum(counts)
            await harmed
            for place in range(WORKERS):  # all of them, while they work on the last wake-ups
                await asyncio.sleep(random.uniform(0, 0.1))
                await asyncio.to_thread(workers.kill, place)
            settled = max(settled, await settle(database))
            stale += await number(database, chaos.STALE)
    finally:
        workers.stop()
    calls = await number(database, "select count(*) from chaos_call")
    failed = await number(database, "select count(*) from chaos_call where failed")
    print(  # noqa: T201 - the figures of a run by hand
        f"{rounds} rounds, {workers.kills} kills, {writes} writes, {calls} calls of which {failed}"
        f" failed, settled after {settled:.1f} s at most, {stale} stale of {chaos.PAIRS} a round"
    )
    assert min(writes, calls, failed) > 10 * rounds  # they were rough ones
    assert stale == 0
