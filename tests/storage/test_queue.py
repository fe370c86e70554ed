"""The queue, seen from those who queue and from the bodies that run."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from storage import embedded, schema, tables
from storage.database import Database, DatabaseUnreachable
from storage.queue import Queue, Wake, work_key
from storage.worker import Timing
from tests import databases

FAST = Timing(heartbeat=0.2, stalled_after=1, polling=0.05, first_retry=0.05, grace=0.3, pause=0.05)
SLOW_RETRY = Timing(polling=0.05, first_retry=600, longest_retry=600, pause=0.05)
KEY = work_key("push", 7)
PATIENCE = 10  # seconds; far beyond what any of these takes


def team(team_id: str, name: str = "") -> sa.Insert:
    """Write a row of ours, to be seen by the body of a job."""
    return sa.insert(tables.workspace).values(team_id=team_id, name=name, created_at=sa.func.now())


@pytest.fixture
def queue(database: Database) -> Queue:
    return Queue(database, FAST)


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


@pytest.fixture
def body(queue: Queue) -> Body:
    body = Body()
    queue.register("push", body)
    return body


async def test_a_wake_up_commits_with_the_callers_writes(queue: Queue, body: Body) -> None:
    async def change_my_mind() -> None:
        async with queue.database.transaction() as session:
            await queue.enqueue(session, "push", key=KEY, store_id=1)
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        await change_my_mind()
    assert await waiting(queue) == []
    async with queue.database.transaction() as session:
        await queue.enqueue(session, "push", key=KEY, store_id=2)
        assert await waiting(queue) == []
    async with working(queue):
        await idle(queue)
    assert body.calls == [2]


async def test_wake_ups_coalesce_and_leave_the_callers_transaction_usable(
    queue: Queue, body: Body
) -> None:
    await wake(queue)
    async with queue.database.transaction() as session:
        await queue.enqueue(session, "push", key=KEY, store_id=7)
        await session.execute(team("written"))
    async with queue.database.session() as session:
        assert await session.scalar(sa.select(tables.workspace.c.team_id)) == "written"
    async with working(queue):
        await idle(queue)
    assert body.calls == [7]


async def test_racing_wake_ups_coalesce(queue: Queue) -> None:
    await asyncio.gather(*(wake(queue) for _ in range(8)))
    assert await waiting(queue) == [None]


async def test_a_savepoint_that_ends_queues_nothing_yet(queue: Queue) -> None:
    async with queue.database.session() as session:
        async with session.begin_nested():
            await queue.enqueue(session, "push", key=KEY, store_id=7)
        await asyncio.wait_for(wake(queue), PATIENCE)  # else it would wait for our key
        await session.rollback()
        await session.commit()
    assert await waiting(queue) == [None]


async def test_a_session_may_commit_more_than_once(queue: Queue) -> None:
    async with queue.database.session() as session:
        for store_id in (7, 8):
            await queue.enqueue(session, "push", key=work_key("push", store_id), store_id=store_id)
            await session.commit()
    assert await waiting(queue) == [None, None]


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


@pytest.mark.parametrize(("first", "second", "stands"), [(3600, 60, 60), (60, 3600, 60)])
async def test_of_two_delayed_wake_ups_the_earlier_stands(
    queue: Queue, first: int, second: int, stands: int
) -> None:
    times = {first: in_(first), second: in_(second)}
    await wake(queue, at=times[first])
    await wake(queue, at=times[second])
    assert await waiting(queue) == [times[stands]]


async def test_a_delayed_wake_up_does_not_hold_up_an_immediate_one(queue: Queue) -> None:
    await wake(queue)
    await wake(queue, at=in_(60))
    assert await waiting(queue) == [None]


async def test_bringing_forward_is_undone_with_its_transaction(queue: Queue) -> None:
    late = in_(3600)
    await wake(queue, at=late)
    async with queue.database.session() as session:
        await queue.enqueue(session, "push", key=KEY, store_id=7)
        await session.rollback()
    assert await waiting(queue) == [late]


async def test_a_delayed_job_runs_when_its_time_has_come(queue: Queue, body: Body) -> None:
    due = in_(0.2)
    async with working(queue):
        await wake(queue, at=due)
        await asyncio.wait_for(body.started.wait(), PATIENCE)
    assert datetime.now(UTC) >= due
    assert body.calls == [7]


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
                await queue.rescue()
                return len(body.calls) >= 2 and await unfinished(queue) == 0

            await until(tried_again)
        await database.close()


async def queue_is_back(database: Database) -> None:
    while True:
        try:
            return await database.check()
        except Exception:  # noqa: BLE001 - whatever a dying server says
            await asyncio.sleep(0.05)


async def test_many_keys_in_any_order_do_not_block_each_other(queue: Queue) -> None:
    stores = list(range(12))

    async def transaction(order: list[int]) -> None:
        async with queue.database.transaction() as session:
            for n in order:
                await queue.enqueue(session, "push", key=work_key("push", n), store_id=n)
                await session.execute(sa.text("select 1"))  # gives the others their turn

    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(transaction(stores[:: (-1) ** n]) for n in range(6)))
    assert len(await waiting(queue)) == len(stores)


async def test_a_transaction_takes_its_keys_in_order(queue: Queue, database_url: str) -> None:
    """While it waits for the first one it has not taken the second: so no two can cross."""
    take = (
        "insert into procrastinate_jobs (queue_name, task_name, lock, queueing_lock)"
        " values ('default', 'push', %(key)s, %(key)s)"
    )
    with psycopg.connect(database_url) as other, psycopg.connect(database_url) as third:
        other.execute(take, {"key": "a"})

        async def both() -> None:
            async with queue.database.transaction() as session:
                await queue.enqueue(session, "push", key="b")
                await queue.enqueue(session, "push", key="a")

        waits = asyncio.create_task(both())

        async def waits_for_other() -> bool:
            blocked = "select cardinality(pg_blocking_pids(pid)) from pg_stat_activity"
            async with queue.database.session() as session:
                return any(await session.scalars(sa.text(blocked)))

        await until(waits_for_other)
        third.execute("set lock_timeout = '100ms'")
        third.execute(take, {"key": "b"})  # raises if it is taken
        third.rollback()
        other.rollback()
    await asyncio.wait_for(waits, PATIENCE)
    assert await waiting(queue) == [None, None]


async def test_no_key_is_waited_for_while_rows_are_still_to_be_locked(queue: Queue) -> None:
    async with queue.database.transaction() as session:
        await session.execute(team("row"))
    first_has_row, second_has_key = asyncio.Event(), asyncio.Event()
    lock = sa.select(tables.workspace).with_for_update()

    async def first() -> None:
        async with queue.database.transaction() as session:
            await session.execute(lock)
            first_has_row.set()
            await second_has_key.wait()
            await queue.enqueue(session, "push", key=KEY, store_id=7)

    async def second() -> None:
        async with queue.database.transaction() as session:
            await first_has_row.wait()
            await queue.enqueue(session, "push", key=KEY, store_id=7)
            second_has_key.set()
            await session.execute(lock)

    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(first(), second())
    assert await waiting(queue) == [None]


async def test_the_same_key_twice_is_one_job_at_the_earliest_time(queue: Queue) -> None:
    soon, late = in_(60), in_(3600)
    wakes = [Wake("push", KEY, {"store_id": 7}, at) for at in (late, soon, late)]
    async with queue.database.transaction() as session:
        await queue.enqueue_many(session, wakes)
    assert await waiting(queue) == [soon]
    async with queue.database.transaction() as session:
        await queue.enqueue_many(session, [*wakes, Wake("push", KEY, {"store_id": 7}), *wakes])
    assert await waiting(queue) == [None]


def test_a_task_has_one_body(queue: Queue, body: Body) -> None:
    with pytest.raises(ValueError, match="push has a body already"):
        queue.register("push", body)


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
