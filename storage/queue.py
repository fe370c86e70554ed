"""The queue: jobs in procrastinate's tables, beside our own.

A job is a wake-up: "look at this, something may be to do". It carries ids and nothing
else, and its key says what it looks at. Of one key one job runs at a time and at most
one waits, so a second wake-up joins the waiting one. What holds for whoever queues in a
READ COMMITTED transaction:

- the wake-up commits or vanishes with the caller's own writes;
- a job that was queued, or joined, starts only after that commit, and so sees them;
- a job that fails, is cut short or dies with its worker is followed by another;
- wake-ups are queued as the last thing before the commit, sorted: no transaction waits
  for another's key while it still has rows to lock.

The queueing is our own statements on procrastinate's table: its own way raises on a
duplicate, which costs a savepoint each time, and lets a joined job start too early.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from procrastinate.jobs import Job, Status
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from storage import worker
from storage.database import Database
from storage.worker import TRIED, Body, Timing

Scalar = str | int | bool | None

_TURNS = 10  # each lost turn means that a worker took the waiting job just then
_WANTED = "wake-ups to queue"  # in a session's own notes

# A waiting job that we hold cannot be taken before our transaction ends: the workers'
# fetch skips locked rows. Holders do not wait for each other. The workers that skipped it
# are told at our commit; by itself procrastinate tells them of new jobs only.
_HOLD = sa.text("""
    with held as (
        select id, queueing_lock, scheduled_at from procrastinate_jobs
        where queueing_lock = any(:keys) and status = 'todo'
        order by queueing_lock for key share
    )
    select queueing_lock as key, scheduled_at is not null as delayed,
        pg_notify('procrastinate_any_queue_v1', json_build_object(
            'type', 'job_inserted', 'job_id', id)::text) as told
    from held
""")

# A wake-up brings a later job forward, but cuts no back-off short unless it hurries. The
# next try of a failed job (its arguments say so) takes the waiting job's place.
_MOVE = sa.text(f"""
    update procrastinate_jobs as job set scheduled_at = wish.at,
        args = case when wish.retry then job.args || wish.args else job.args end
    from (select key, at, hurry, cast(args as jsonb) as args,
            jsonb_exists(cast(args as jsonb), '{TRIED}') as retry
        from unnest(cast(:keys as text[]), cast(:ats as timestamptz[]),
            cast(:hurries as bool[]), cast(:args as text[])) as wish (key, at, hurry, args)
    ) as wish
    where job.queueing_lock = wish.key and job.status = 'todo' and (wish.retry
        or job.scheduled_at > coalesce(wish.at, '-infinity')
            and (wish.hurry or not jsonb_exists(job.args, '{TRIED}')))
""")

_INSERT = sa.text("""
    insert into procrastinate_jobs
        (queue_name, task_name, lock, queueing_lock, args, scheduled_at)
    select 'default', wish.task, wish.key, wish.key, cast(wish.args as jsonb), wish.at
    from unnest(cast(:tasks as text[]), cast(:keys as text[]), cast(:args as text[]),
        cast(:ats as timestamptz[])) as wish (task, key, args, at)
    order by wish.key
    on conflict (queueing_lock) where status = 'todo' do nothing
    returning queueing_lock
""")

_STILL_OURS = sa.text(
    "select id from procrastinate_jobs where id = :id and status = 'doing' for update"
)

_FINISH = sa.text("""
    select procrastinate_finish_job_v1(
        id, cast(:status as procrastinate_job_status), :status = 'succeeded')
    from unnest(cast(:ids as bigint[])) as id
""")

_STALLED = sa.text("""
    select job.id, job.task_name, job.queueing_lock, job.args from procrastinate_jobs as job
    left join procrastinate_workers as worker on worker.id = job.worker_id
    where job.status = 'doing' and (
        worker.id is null or worker.last_heartbeat < now() - cast(:stalled_after as interval))
    order by job.queueing_lock for update of job skip locked
""")

_PRUNE = sa.text("""
    delete from procrastinate_jobs as job
    where status in ('succeeded', 'failed', 'cancelled', 'aborted') and not exists (
        select from procrastinate_events as event
        where event.job_id = job.id and event.at >= now() - cast(:older_than as interval))
""")

logger = logging.getLogger(__name__)


class QueueBusy(Exception):
    """A key could be neither queued nor joined, however often it was tried."""


class Wake(NamedTuple):
    """One wake-up: which task, under which key, with which ids."""

    task: str
    key: str
    args: Mapping[str, Scalar] = {}
    at: datetime | None = None  # not before; None: at once
    hurry: bool = False  # even if the last try failed and the next one waits for its time


def work_key(kind: str, store_id: int) -> str:
    """Name one kind of work for one store: of these one runs at a time."""
    return f"{kind}:{store_id}"


class Queue:
    """The jobs of one database: queues them, runs them, looks after those that died."""

    def __init__(self, database: Database, timing: Timing | None = None) -> None:
        self.database = database
        self._timing = timing or Timing()
        self._bodies: dict[str, Body] = {}

    def register(self, task: str, body: Body) -> None:
        """Say what a task does; the body is called with the arguments that were queued."""
        if task in self._bodies:
            raise ValueError(f"task {task} has a body already")
        self._bodies[task] = body

    async def enqueue(
        self,
        session: AsyncSession,
        task: str,
        *,
        key: str,
        at: datetime | None = None,
        hurry: bool = False,
        **args: Scalar,
    ) -> None:
        """Queue a wake-up with the session's transaction, as part of its commit.

        `at`: not before; the earlier of two wake-ups stands. `hurry`: do not wait for the
        next try after a failure either.
        """
        await self.enqueue_many(session, [Wake(task, key, args, at, hurry)])

    async def enqueue_many(self, session: AsyncSession, wakes: Iterable[Wake]) -> None:
        """Queue wake-ups with the session's transaction, as part of its commit."""
        wanted = _wanted(session.sync_session)
        for wake in wakes:
            wanted[wake.key] = min(wake, wanted.get(wake.key, wake), key=_urgency)

    async def rescue(self) -> int:
        """Queue anew the jobs whose worker died; returns how many.

        Any process may call it at any time. It is no job itself: one could die like them.
        """
        limit = timedelta(seconds=self._timing.stalled_after)
        async with self.database.transaction() as session:
            stalled = (await session.execute(_STALLED, {"stalled_after": limit})).all()
            wakes = [Wake(row.task_name, row.queueing_lock, row.args) for row in stalled]
            await self.enqueue_many(session, wakes)
            await _finish(session, [row.id for row in stalled], Status.FAILED)
        if stalled:
            logger.warning("queued %d jobs anew whose worker died", len(stalled))
        return len(stalled)

    async def prune(self, older_than: timedelta = timedelta(days=1)) -> None:
        """Forget the jobs that ended longer ago than that, with their events."""
        async with self.database.transaction() as session:
            await session.execute(_PRUNE, {"older_than": older_than})

    async def run_worker(self, stopping: asyncio.Event, *, concurrency: int = 10) -> None:
        """Run jobs until `stopping` is set, through any outage of the database."""
        await worker.run(
            self.database, self._timing, self._bodies, self._end, stopping, concurrency
        )

    async def _end(self, job: Job, status: Status) -> None:
        """End a job that ran, in one transaction with the successor that it leaves, if any."""
        async with self.database.transaction() as session:
            if await session.scalar(_STILL_OURS, {"id": job.id}) is None:
                return  # we seemed dead, and somebody queued it anew
            await _finish(session, [int(job.id or 0)], status)
            if status is not Status.SUCCEEDED:
                await self.enqueue_many(session, [self._successor(job, status)])

    def _successor(self, job: Job, status: Status) -> Wake:
        """Say what follows: the same at once after a stop, later each time after a failure."""
        args: dict[str, Any] = dict(job.task_kwargs)
        at = None
        if status is Status.FAILED:
            args[TRIED] = int(args.get(TRIED, 0)) + 1
            at = datetime.now(UTC) + self._timing.retry_in(args[TRIED])
        return Wake(job.task_name, str(job.queueing_lock), args, at)


def _wanted(session: Session) -> dict[str, Wake]:
    """Return the wake-ups that a session queues when it commits, by key."""
    wanted: dict[str, Wake] | None = session.info.get(_WANTED)
    if wanted is None:
        wanted = session.info[_WANTED] = {}
        sa.event.listen(session, "before_commit", _queue)
        sa.event.listen(session, "after_rollback", lambda _: wanted.clear())
    return wanted


def _queue(session: Session) -> None:
    """Queue what a session wants, or hold the jobs that wait there already."""
    if session.in_nested_transaction():  # only a savepoint ends
        return
    wanted = _wanted(session)
    missing = {key: wanted[key] for key in sorted(wanted)}
    wanted.clear()
    for _ in range(_TURNS):
        if not missing:
            return
        held = session.execute(_HOLD, {"keys": list(missing)}).all()
        joined = [missing.pop(row.key) for row in held]
        if any(row.delayed for row in held) or any(TRIED in wake.args for wake in joined):
            session.execute(_MOVE, _columns(joined))
        for key in session.scalars(_INSERT, _columns(missing.values())).all():
            del missing[key]
    raise QueueBusy(f"could neither queue nor join {', '.join(missing)}")


async def _finish(session: AsyncSession, ids: list[int], status: Status) -> None:
    await session.execute(_FINISH, {"ids": ids, "status": status.value})


def _urgency(wake: Wake) -> tuple[bool, datetime]:
    """Order the wake-ups of one key, the one that stands for all first."""
    return (not wake.hurry, wake.at or datetime.min.replace(tzinfo=UTC))


def _columns(wakes: Iterable[Wake]) -> dict[str, list[Any]]:
    """Turn wake-ups into the arrays that the statements unnest."""
    rows = list(wakes)
    return {
        "tasks": [wake.task for wake in rows],
        "keys": [wake.key for wake in rows],
        "args": [json.dumps(dict(wake.args)) for wake in rows],
        "ats": [wake.at for wake in rows],
        "hurries": [wake.hurry for wake in rows],
    }
