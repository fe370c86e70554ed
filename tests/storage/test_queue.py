"""Queueing: what commits with the caller, joins what waits, and stands at which time."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
import sqlalchemy as sa

from storage import tables
from storage.queue import Queue, Wake, work_key
from tests.storage.jobs import KEY, PATIENCE, Body, idle, in_, team, until, waiting, wake, working


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
