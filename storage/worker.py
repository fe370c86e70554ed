"""The worker: procrastinate's, kept alive, with our own end of a job.

procrastinate's own retry is never used: it puts the failed job back to waiting, which
its unique index refuses while a newer job waits under the same key, and so leaves the
failed one "doing" for good. How a job ends is decided by the queue instead.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import procrastinate
import psycopg
from procrastinate.connector import BaseConnector
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job, JobInserted, Notification, Status
from procrastinate.manager import JobManager, NotificationCallback
from sqlalchemy.exc import SQLAlchemyError

from storage.database import Database, DatabaseUnreachable, connect_args

Body = Callable[..., Awaitable[None]]
End = Callable[[Job, Status], Awaitable[None]]

TRIED = "tried"  # in a job's arguments: how often its work has failed in a row
POOL = 4  # connections of one worker: fetching a job or a heartbeat takes about 1 ms
POOL_WAIT = 5.0  # seconds

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Timing:
    """The periods of queue and worker, in seconds."""

    heartbeat: float = 10  # procrastinate's default
    stalled_after: float = 30  # procrastinate's default: three heartbeats missed
    polling: float = 1  # how late a delayed job, or one behind a pgbouncer, may start
    first_retry: float = 1
    longest_retry: float = 300  # a store that is down is asked every 5 minutes at least
    grace: float = 8  # for running jobs at a stop; Docker kills after 10
    pause: float = 1  # before the next try to reach a database that is away

    def retry_in(self, tried: int) -> timedelta:
        """Say how long to wait after so many failures in a row; spread, so that jobs part."""
        longest = min(self.first_retry * 2 ** min(tried - 1, 30), self.longest_retry)
        return timedelta(seconds=longest * random.uniform(0.5, 1))  # noqa: S311 - not a secret


async def run(
    database: Database,
    timing: Timing,
    bodies: Mapping[str, Body],
    end: End,
    stopping: asyncio.Event,
    concurrency: int,
) -> None:
    """Run jobs until `stopping` is set, through any outage of the database."""
    app = _app(database, timing, bodies, end, stopping)
    stopped = asyncio.create_task(stopping.wait())
    try:
        while not stopping.is_set():
            worker = asyncio.create_task(_work(app, database, timing, concurrency))
            try:
                await asyncio.wait({worker, stopped}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                worker.cancel()  # it still ends its running jobs
                [ended] = await asyncio.gather(worker, return_exceptions=True)
            if not stopping.is_set():  # procrastinate's worker returns when the database goes away
                logger.warning("the worker lost its database and starts again: %r", ended)
                await asyncio.wait({stopped}, timeout=timing.pause)
    finally:
        stopped.cancel()


async def _work(
    app: procrastinate.App, database: Database, timing: Timing, concurrency: int
) -> None:
    async with app.open_async():
        await app.run_worker_async(
            concurrency=concurrency,
            delete_jobs="successful",
            fetch_job_polling_interval=timing.polling,
            install_signal_handlers=False,  # the process decides when to stop
            listen_notify=not database.pooler,  # behind a pgbouncer it would hear nothing
            shutdown_graceful_timeout=timing.grace,
            stalled_worker_timeout=timing.stalled_after,
            update_heartbeat_interval=timing.heartbeat,
        )


def _app(
    database: Database,
    timing: Timing,
    bodies: Mapping[str, Body],
    end: End,
    stopping: asyncio.Event,
) -> procrastinate.App:
    async def configure(connection: psycopg.AsyncConnection) -> None:
        if database.limit is not None:
            await connection.execute(database.limit)
            await connection.commit()

    connector = procrastinate.PsycopgConnector(
        conninfo=database.url.set(drivername="postgresql").render_as_string(hide_password=False),
        kwargs=connect_args(pooler=database.pooler),
        min_size=1,
        max_size=POOL,
        timeout=POOL_WAIT,
        configure=configure,
    )
    app = procrastinate.App(connector=connector)
    app.job_manager = _Manager(connector, timing, end, stopping)
    for name, body in bodies.items():
        app.task(name=name, pass_context=True)(_job(body))
    return app


def _job(body: Body) -> Callable[..., Awaitable[None]]:
    async def job(_: JobContext, /, **args: Any) -> None:
        args.pop(TRIED, None)
        await body(**args)

    return job


class _Manager(JobManager):
    """Ends jobs in our way, however long the database is away meanwhile.

    And lets no waiting job wait for the next poll: procrastinate tells workers of new jobs
    only, not of the one that waited behind a running one, and forgets what it is told while
    it is just looking.
    """

    def __init__(
        self, connector: BaseConnector, timing: Timing, end: End, stopping: asyncio.Event
    ) -> None:
        super().__init__(connector)
        self._timing = timing
        self._end = end
        self._stopping = stopping
        self._news = 0
        self._tell: NotificationCallback | None = None

    async def register_worker(self) -> int:
        worker_id = await super().register_worker()
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            # Until Python 3.12 `wait_for`, with which the pool waits, may swallow a
            # cancellation. This is the last step at which the worker would notice.
            await self.unregister_worker(worker_id)
            raise asyncio.CancelledError
        return worker_id

    async def listen_for_jobs(
        self, *, on_notification: NotificationCallback, queues: Iterable[str] | None = None
    ) -> None:
        async def told(*, channel: str, notification: Notification) -> None:
            self._news += 1
            await on_notification(channel=channel, notification=notification)

        self._tell = told
        await super().listen_for_jobs(on_notification=told, queues=queues)

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        while True:
            known = self._news
            job = await super().fetch_job(queues, worker_id)
            if job is not None or known == self._news:
                return job

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        await self._finish(job, status)
        if self._tell is not None:  # its key is free: look what waited behind it
            ended = JobInserted(type="job_inserted", job_id=int(job.id or 0))
            await self._tell(channel="", notification=ended)

    async def _finish(self, job: Job, status: Status) -> None:
        while True:
            try:
                return await self._end(job, status)
            except (DatabaseUnreachable, SQLAlchemyError) as error:
                logger.warning("job %s of %s cannot end: %s", job.id, job.task_name, error)
                if self._stopping.is_set():
                    raise  # it stays "doing" without a worker: a rescue queues it anew
            await asyncio.sleep(self._timing.pause)
