"""Jobs to be queued and run in tests, and ways to wait for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from storage import tables
from storage.queue import Queue, work_key
from storage.worker import Timing

FAST = Timing(heartbeat=0.2, stalled_after=1, polling=0.05, first_retry=0.05, grace=0.3, pause=0.05)
SLOW_RETRY = Timing(polling=0.05, first_retry=600, longest_retry=600, pause=0.05)
KEY = work_key("push", 7)
PATIENCE = 10  # seconds; far beyond what any of these takes


def team(team_id: str, name: str = "") -> sa.Insert:
    """Write a row of ours, to be seen by the body of a job."""
    return sa.insert(tables.workspace).values(team_id=team_id, name=name, created_at=sa.func.now())


@asynccontextmanager
async def working(queue: Queue) -> AsyncIterator[None]:
    stopping = asyncio.Event()
    worker = asyncio.create_task(queue.run_worker(stopping, concurrency=4))
    try:
        yield
    finally:
        stopping.set()
        await worker


async def until(happened: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await happened():  # noqa: ASYNC110 - it happens in the database
            await asyncio.sleep(0.01)


async def wake(queue: Queue, *, at: datetime | None = None, hurry: bool = False) -> None:
    async with queue.database.transaction() as session:
        await queue.enqueue(session, "push", key=KEY, at=at, hurry=hurry, store_id=7)


async def waiting(queue: Queue) -> list[datetime | None]:
    async with queue.database.session() as session:
        rows = await session.scalars(
            sa.text("select scheduled_at from procrastinate_jobs where status = 'todo' order by id")
        )
        return list(rows)


async def unfinished(queue: Queue) -> int:
    async with queue.database.session() as session:
        found = "select count(*) from procrastinate_jobs where status in ('todo', 'doing')"
        return int(await session.scalar(sa.text(found)) or 0)


async def idle(queue: Queue) -> None:
    async def nothing_left() -> bool:
        return await unfinished(queue) == 0

    await until(nothing_left)


def in_(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


class Body:
    """A body that notes its calls and does next what it is told."""

    def __init__(self) -> None:
        self.calls: list[int] = []
        self.fails = 0
        self.running = 0
        self.at_once = 0
        self.started = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def __call__(self, store_id: int) -> None:
        self.calls.append(store_id)
        self.running += 1
        self.at_once = max(self.at_once, self.running)
        self.started.set()
        try:
            await self.go_on.wait()
        finally:
            self.running -= 1
        if self.fails:
            self.fails -= 1
            raise RuntimeError("the store is down")
