"""When a job starts: not before the commit that woke it, and no later than it has to."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import psycopg
import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database
from storage.queue import Queue, work_key
from storage.worker import Timing
from tests.storage.jobs import KEY, PATIENCE, Body, idle, in_, team, until, wake, working


async def test_one_runs_and_one_waits(queue: Queue, body: Body) -> None:
    body.go_on.clear()
    async with working(queue):
        await wake(queue)
        await asyncio.wait_for(body.started.wait(), PATIENCE)
        await wake(queue)  # the running one may have looked already
        await wake(queue)
        async with queue.database.transaction() as session:
            await queue.enqueue(session, "push", key=work_key("push", 8), store_id=8)

        async def other_store_runs() -> bool:
            return body.running == 2

        await until(other_store_runs)
        body.go_on.set()
        await idle(queue)
    assert sorted(body.calls) == [7, 7, 8]
    assert body.at_once == 2  # never twice for the same store


async def test_a_joined_job_cannot_start_before_the_commit(queue: Queue, database_url: str) -> None:
    taken: list[object] = []

    def look(_: Session) -> None:
        """Look for work as another worker would, after the joining and before the commit."""
        with psycopg.connect(database_url) as other:
            worker = "insert into procrastinate_workers default values returning id"
            row = other.execute(
                "select id from procrastinate_fetch_job_v2(null, %s)",
                other.execute(worker).fetchone(),
            ).fetchone()
            taken.append(row and row[0])

    await wake(queue)
    async with queue.database.transaction() as session:
        await queue.enqueue(session, "push", key=KEY, store_id=7)
        sa.event.listen(session.sync_session, "before_commit", look)
    assert taken == [None]
    async with queue.database.session() as session:
        await session.run_sync(look)
    assert taken[1] is not None


async def test_a_wake_up_during_a_run_is_seen_by_the_next_one(queue: Queue) -> None:
    seen: list[int] = []
    read, written = asyncio.Event(), asyncio.Event()

    async def push(store_id: int) -> None:
        async with queue.database.session() as session:
            seen.append(int(await session.scalar(sa.select(tables.workspace.c.name)) or 0))
        read.set()
        await written.wait()

    queue.register("push", push)
    async with queue.database.transaction() as session:
        await session.execute(team("stock", "1"))
    await wake(queue)
    async with working(queue):
        async with queue.database.transaction() as session:
            await queue.enqueue(session, "push", key=KEY, store_id=7)
            await asyncio.wait_for(read.wait(), PATIENCE)
            await session.execute(sa.update(tables.workspace).values(name="5"))
        written.set()
        await idle(queue)
    assert seen == [1, 5]


async def test_a_job_that_is_brought_forward_starts_at_once(database: Database) -> None:
    queue, body = Queue(database, Timing(polling=PATIENCE * 10, heartbeat=0.2)), Body()
    queue.register("push", body)
    await wake(queue, at=in_(3600))
    async with working(queue):
        await until(lambda: listening(database))
        await wake(queue)
        await asyncio.wait_for(body.started.wait(), PATIENCE)


async def test_a_job_that_waits_behind_another_starts_at_its_end(database: Database) -> None:
    queue, body = Queue(database, Timing(polling=PATIENCE * 10, heartbeat=0.2)), Body()
    queue.register("push", body)
    body.go_on.clear()
    async with working(queue):
        await until(lambda: listening(database))
        await wake(queue)
        await asyncio.wait_for(body.started.wait(), PATIENCE)
        body.started.clear()
        await wake(queue)
        body.go_on.set()
        await asyncio.wait_for(body.started.wait(), PATIENCE)
        await idle(queue)
    assert body.calls == [7, 7]


async def test_what_is_told_while_a_worker_looks_is_not_forgotten(database: Database) -> None:
    queue, body = Queue(database, Timing(polling=PATIENCE * 10, heartbeat=0.2)), Body()
    queue.register("push", body)

    async def run(statement: str) -> None:
        async with database.at_once() as session:
            await session.execute(sa.text(statement))

    async def looking() -> bool:
        waits = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
        async with database.session() as session:
            return bool(await session.scalar(sa.text(waits)))

    fetch = "procrastinate_fetch_job_v2"
    await run(f"alter function {fetch} rename to look")
    await run(f"""
        create function {fetch}(queues varchar[], worker bigint) returns procrastinate_jobs
        language plpgsql as $$
        declare found procrastinate_jobs;
        begin
            found := look(queues, worker);
            perform pg_advisory_xact_lock_shared(1);  -- its answer is a while on the way
            return found;
        end; $$""")
    async with working(queue):
        await until(lambda: listening(database))
        async with database.transaction() as door:
            await door.execute(sa.text("select pg_advisory_xact_lock(1)"))
            news = json.dumps({"type": "job_inserted", "job_id": 0})
            await run(f"notify procrastinate_any_queue_v1, '{news}'")
            await until(looking)
            await wake(queue)
            for _ in range(20):  # by then the worker was told, too
                await run("select")
        await asyncio.wait_for(body.started.wait(), PATIENCE)


async def listening(database: Database) -> bool:
    """Say whether a worker has looked for work and now waits to be told of more."""
    beats_after_listening = sa.text(
        "select count(*) from procrastinate_workers where last_heartbeat > ("
        "    select min(query_start) from pg_stat_activity"
        "    where query ilike 'listen%' and datname = current_database())"
    )
    async with database.session() as session:
        return bool(await session.scalar(beats_after_listening))


async def test_an_immediate_wake_up_brings_a_later_one_forward(queue: Queue, body: Body) -> None:
    await wake(queue, at=in_(3600))
    async with working(queue):
        await wake(queue)
        await idle(queue)
    assert body.calls == [7]


async def test_a_delayed_job_runs_when_its_time_has_come(queue: Queue, body: Body) -> None:
    due = in_(0.2)
    async with working(queue):
        await wake(queue, at=due)
        await asyncio.wait_for(body.started.wait(), PATIENCE)
    assert datetime.now(UTC) >= due
    assert body.calls == [7]
