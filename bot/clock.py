"""The clock: in memory, in every process that has one; it only queues.

What is due stands in the database and is claimed there, so any number of clocks
may tick at once, and a tick that fell into an outage is made up by the next.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from apscheduler.schedulers.asyncio import (  # type: ignore[import-untyped]  # 3.x has no types
    AsyncIOScheduler,
)

from storage.database import DatabaseUnreachable
from sync.deps import Deps
from sync.due import wake_due
from sync.watch import watch

WAKE_EVERY = 1  # seconds; a store may ask for its orders each second
WATCH_EVERY = 60  # seconds; who is told of silence or of their day can wait so long
RESCUE_EVERY = 10  # seconds; as often as a living worker reports
PRUNE_EVERY = 3600  # seconds

log = logging.getLogger(__name__)


async def run_clock(deps: Deps, stopping: asyncio.Event) -> None:
    """Tick until asked to stop; what is running then finishes."""

    ticks = [
        _Tick("wake", WAKE_EVERY, partial(wake_due, deps)),
        _Tick("watch", WATCH_EVERY, partial(watch, deps)),
        _Tick("rescue", RESCUE_EVERY, deps.queue.rescue),
        _Tick("prune", PRUNE_EVERY, deps.queue.prune),
    ]
    scheduler = AsyncIOScheduler(timezone="UTC")
    for tick in ticks:
        scheduler.add_job(tick.fire)  # at once, in case every clock was down at the last one
        scheduler.add_job(
            tick.fire,
            "interval",
            seconds=tick.seconds,
            id=tick.name,
            coalesce=True,
            max_instances=1,
        )
    scheduler.start()
    try:
        await stopping.wait()
    finally:
        scheduler.remove_all_jobs()
        await asyncio.gather(*(tick.idle() for tick in ticks))
        scheduler.shutdown(wait=False)  # last: it cancels what still runs


class _Tick:
    """One thing to do again and again; tells of a failure once, and once when it is over."""

    def __init__(self, name: str, seconds: int, act: Callable[[], Awaitable[object]]) -> None:
        self.name = name
        self.seconds = seconds
        self._act = act
        self._failing = False
        self._busy = asyncio.Lock()

    async def fire(self) -> None:
        async with self._busy:
            try:
                await self._act()
            except DatabaseUnreachable as error:
                self._tell("the clock waits for the database: %s", error)
            except Exception:
                log.exception("the clock stumbled", extra={"action": self.name})
                self._failing = True
            else:
                if self._failing:
                    log.info("the clock goes on", extra={"action": self.name})
                self._failing = False

    async def idle(self) -> None:
        """Return once nothing of this tick is running."""
        async with self._busy:
            return

    def _tell(self, words: str, error: Exception) -> None:
        if not self._failing:
            log.warning(words, error, extra={"action": self.name})
        self._failing = True
