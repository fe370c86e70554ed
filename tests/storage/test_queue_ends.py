"""How a job ends: done, tried again, cut short, or dead with its worker; never lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa
from procrastinate.manager import JobManager
from sqlalchemy.ext.asyncio import AsyncSession

from storage import embedded, schema
from storage.database import Database, DatabaseUnreachable
from storage.queue import Queue
from storage.worker import Timing
from tests import databases
from tests.storage.jobs import (
    FAST,
    PATIENCE,
    SLOW_RETRY,
    Body,
    idle,
    in_,
    unfinished,
    until,
    waiting,
    wake,
    working,
)


async def test_a_failed_job_is_tried_again_until_it_succeeds(queue: Queue, body: Body) -> None:
    body.fails = 3
    async with working(queue):
        await wake(queue)
        await idle(queue)
    assert body.calls == [7, 7, 7, 7]


async def test_a_wake_up_does_not_cut_a_back_off_short_unless_it_hurries(
    database: Database,
) -> None:
    queue, body = Queue(database, SLOW_RETRY), Body()
    queue.register("push", body)
    body.fails = 1

    async def backed_off() -> bool:
        return [at is not None for at in await waiting(queue)] == [True]

    async with working(queue):
        await wake(queue)
        await until(backed_off)
        [retry_at] = await waiting(queue)
        assert retry_at is not None
        assert in_(300) - timedelta(seconds=PATIENCE) < retry_at <= in_(600)
        await wake(queue)
        assert await waiting(queue) == [retry_at]
        await wake(queue, hurry=True)
        await idle(queue)
    assert body.calls == [7, 7]


async def test_the_job_that_waited_behind_a_failing_one_becomes_its_next_try(
    database: Database,
) -> None:
    queue, body = Queue(database, SLOW_RETRY), Body()
    queue.register("push", body)
    body.fails = 1
    body.go_on.clear()
    async with working(queue):
        await wake(queue)
        await asyncio.wait_for(body.started.wait(), PATIENCE)
        await wake(queue)
        body.go_on.set()

        async def pushed_back() -> bool:
            return [at is not None for at in await waiting(queue)] == [True]

        await until(pushed_back)
    assert body.calls == [7]  # a failing store is not asked again at every wake-up


def test_the_wait_doubles_up_to_its_limit() -> None:
    timing = Timing(first_retry=2, longest_retry=60)
    for tried, longest in [(1, 2), (2, 4), (3, 8), (6, 60), (5000, 60)]:
        waits = {timing.retry_in(tried).total_seconds() for _ in range(50)}
        assert longest / 2 <= min(waits) < max(waits) <= longest


async def die_running(queue: Queue) -> None:
    """Leave behind what a worker leaves that was killed in the middle of a job."""
    async with queue.database.transaction() as session:
        dead = await session.scalar(
            sa.text(
                "insert into procrastinate_workers (last_heartbeat)"
                " values (now() - interval '1 minute') returning id"
            )
        )
        await session.execute(
            sa.text("select procrastinate_fetch_job_v2(null, :dead)"), {"dead": dead}
        )


async def test_the_job_of_a_dead_worker_is_queued_anew_once(queue: Queue, body: Body) -> None:
    await wake(queue)
    await die_running(queue)
    rescued = await asyncio.gather(*(queue.rescue() for _ in range(4)))
    assert sum(rescued) == 1
    async with working(queue):
        await idle(queue)
    assert body.calls == [7]
    assert await queue.rescue() == 0


async def test_rescue_joins_the_job_that_waits_behind_the_dead_one(
    queue: Queue, body: Body
) -> None:
    await wake(queue)
    await die_running(queue)
    await wake(queue, at=in_(3600))
    assert await queue.rescue() == 1
    async with working(queue):
        await idle(queue)
    assert body.calls == [7]


async def test_rescue_leaves_the_jobs_of_the_living_alone(queue: Queue, body: Body) -> None:
    body.go_on.clear()
    async with working(queue):
        await wake(queue)
        await asyncio.wait_for(body.started.wait(), PATIENCE)
        await asyncio.sleep(FAST.stalled_after * 1.2)  # longer than a heartbeat may be missing
        assert await queue.rescue() == 0
        body.go_on.set()
        await idle(queue)
    assert body.calls == [7]


async def test_a_job_that_was_taken_for_dead_ends_quietly(
    queue: Queue, body: Body, caplog: pytest.LogCaptureFixture
) -> None:
    body.go_on.clear()
    body.fails = 1
    async with working(queue):
        await wake(queue)
        await asyncio.wait_for(body.started.wait(), PATIENCE)
        async with queue.database.transaction() as session:
            late = "update procrastinate_workers set last_heartbeat = now() - interval '1 minute'"
            await session.execute(sa.text(late))
            await session.execute(sa.text("update procrastinate_jobs set worker_id = null"))
        assert await queue.rescue() == 1

        async def taken_over() -> bool:
            return len(body.calls) == 2

        await until(taken_over)
        body.go_on.set()
        await idle(queue)
    assert body.calls == [7, 7]  # its failure is no third wake-up
    assert "cannot end" not in caplog.text


async def test_a_job_ends_however_often_that_fails(database_url: str) -> None:
    class Shaky(Database):
        outages = 0

        @asynccontextmanager
        async def transaction(self) -> AsyncIterator[AsyncSession]:
            if self.outages:
                self.outages -= 1
                raise DatabaseUnreachable("a short outage, which the worker itself does not notice")
            async with super().transaction() as session:
                yield session

    database = Shaky(database_url)
    queue = Queue(database, FAST)

    async def push(store_id: int) -> None:
        database.outages = 3

    queue.register("push", push)
    await wake(queue)
    async with working(queue):
        await idle(queue)
    assert database.outages == 0
    await database.close()


async def test_a_stop_lets_a_job_finish(queue: Queue, body: Body) -> None:
    body.go_on.clear()
    async with working(queue):
        await wake(queue)
        await asyncio.wait_for(body.started.wait(), PATIENCE)
        asyncio.get_running_loop().call_later(FAST.grace / 3, body.go_on.set)
    assert await unfinished(queue) == 0


async def test_a_job_that_a_stop_cuts_short_is_queued_anew(queue: Queue, body: Body) -> None:
    body.go_on.clear()
    async with working(queue):
        await wake(queue)
        await asyncio.wait_for(body.started.wait(), PATIENCE)
    assert await waiting(queue) == [None]
    body.go_on.set()
    async with working(queue):
        await idle(queue)
    assert body.calls == [7, 7]


async def test_cancelling_the_worker_leaves_nothing_running(queue: Queue, body: Body) -> None:
    worker = asyncio.create_task(queue.run_worker(asyncio.Event()))
    await wake(queue)
    await asyncio.wait_for(body.started.wait(), PATIENCE)
    before = asyncio.all_tasks() - {worker}
    worker.cancel()
    with pytest.raises(asyncio.CancelledError):
        await worker
    await asyncio.sleep(0)
    assert asyncio.all_tasks() <= before


async def test_a_cancellation_that_is_swallowed_at_the_start_still_ends_the_worker(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `asyncio.wait_for` of Python 3.11 does, where its wait ends at the same moment."""
    starting = asyncio.Event()

    async def swallows(_: JobManager, __: float) -> list[int]:
        starting.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return []

    monkeypatch.setattr(JobManager, "prune_stalled_workers", swallows)
    worker = asyncio.create_task(queue.run_worker(asyncio.Event()))
    await asyncio.wait_for(starting.wait(), PATIENCE)
    worker.cancel()
    done, _ = await asyncio.wait({worker}, timeout=PATIENCE)
    assert done == {worker}
    async with queue.database.session() as session:
        assert await session.scalar(sa.text("select count(*) from procrastinate_workers")) == 0


@pytest.mark.filterwarnings("default::ResourceWarning")  # psycopg's pool drops killed connections
async def test_a_worker_outlives_its_database(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "psycopg.pool")
    with databases.throw_away_home() as home, embedded.running(home) as url:
        await asyncio.to_thread(schema.migrate, url)
        database = Database(url)
        queue, body = Queue(database, FAST), Body()
        queue.register("push", body)
        body.fails = 1
        body.go_on.clear()
        async with working(queue):
            await wake(queue)
            await asyncio.wait_for(body.started.wait(), PATIENCE)
            databases.kill(home)
            body.go_on.set()  # it fails while the database is away

            async def tried_again() -> bool:
                await queue_is_back(database)
                try:
                    await queue.rescue()
                except DatabaseUnreachable:  # what answered was the dying server
                    return False
                return len(body.calls) >= 2 and await unfinished(queue) == 0

            await until(tried_again)
        await database.close()


async def queue_is_back(database: Database) -> None:
    while True:
        try:
            return await database.check()
        except Exception:  # noqa: BLE001 - whatever a dying server says
            await asyncio.sleep(0.05)


async def test_a_job_without_a_body_waits_for_a_worker_that_has_one(
    queue: Queue, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "procrastinate")
    await wake(queue)

    async def tried() -> bool:
        async with database.session() as session:
            failed = sa.text("select count(*) from procrastinate_jobs where status = 'failed'")
            return bool(await session.scalar(failed))

    async with working(queue):
        await until(tried)
    newer, body = Queue(database, FAST), Body()
    newer.register("push", body)
    async with working(newer):
        await idle(newer)
    assert body.calls == [7]


async def test_prune_forgets_what_ended_and_keeps_what_waits(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "procrastinate")
    queue, body = Queue(database, SLOW_RETRY), Body()
    queue.register("push", body)
    body.fails = 1

    async def backed_off() -> bool:
        return len(await waiting(queue)) == 1 and body.calls == [7]

    async with working(queue):
        await wake(queue)
        await until(backed_off)

    async def statuses() -> list[str]:
        async with database.session() as session:
            rows = sa.text("select status::text from procrastinate_jobs order by id")
            return list(await session.scalars(rows))

    await queue.prune()
    assert await statuses() == ["failed", "todo"]  # it failed just now
    await queue.prune(timedelta(0))
    assert await statuses() == ["todo"]
