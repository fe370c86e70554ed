"""Whose turn it is: jobs run one at a time from one remote call to the next, in an order drawn.

That makes races of real code on a real database repeatable: between two calls nothing
else runs, and at each call anybody may go on, or stand still for long.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.engine.world import Crash

# A job that waits for a lock of one that stands still gives its turn away after this.
STUCK = 5.0  # real seconds

_me: ContextVar[_Job | None] = ContextVar("_me", default=None)


@dataclass(eq=False)
class _Job:
    """One job under way; `go` is set when it may go on."""

    name: str
    task: asyncio.Task[None] | None = None
    go: asyncio.Event = field(default_factory=asyncio.Event)
    waits: bool = False
    frozen_until: datetime | None = None


class Turns:
    """Runs jobs in turns."""

    def __init__(self, chances: random.Random) -> None:
        self._chances = chances
        self._jobs: list[_Job] = []
        self._changed = asyncio.Event()
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.freeze: Callable[[], timedelta | None] = lambda: None
        self.crashed = 0

    def busy(self, name: str) -> bool:
        """Say whether a job of that name stands still somewhere."""
        return any(job.name == name for job in self._jobs)

    async def pause(self, *, may_freeze: bool = True) -> None:
        """Give the turn away at a remote call; come back when it is ours again."""
        job = _me.get()
        if job is None:
            return
        rest = self.freeze() if may_freeze else None
        if rest is not None:
            job.frozen_until = self.now() + rest
        job.waits = True
        self._changed.set()
        await job.go.wait()
        job.go.clear()

    async def run(self, jobs: list[tuple[str, Callable[[], Awaitable[object]]]]) -> None:
        """Start jobs, and go on in turns until all have ended or stand still."""
        for name, work in jobs:
            job = _Job(name, waits=True)
            job.task = asyncio.create_task(self._guard(job, work))
            self._jobs.append(job)
        await self._go_on()

    async def thaw(self) -> None:
        """Go on with whatever stood still for long enough."""
        await self._go_on()

    async def finish(self) -> None:
        """End every job that still stands still, as a killed process would."""
        for job in list(self._jobs):
            if job.task is not None:
                job.task.cancel()
                await asyncio.gather(job.task, return_exceptions=True)
        self._jobs.clear()

    async def _go_on(self) -> None:
        while ready := [job for job in self._jobs if job.waits and self._thawed(job)]:
            job = self._chances.choice(ready)
            job.waits, job.frozen_until = False, None
            self._changed.clear()
            job.go.set()
            await self._until_it_rests(job)

    def _thawed(self, job: _Job) -> bool:
        return job.frozen_until is None or job.frozen_until <= self.now()

    async def _until_it_rests(self, job: _Job) -> None:
        while not job.waits and job in self._jobs:
            try:
                async with asyncio.timeout(STUCK):
                    await self._changed.wait()
            except TimeoutError:
                return
            self._changed.clear()

    async def _guard(self, job: _Job, work: Callable[[], Awaitable[object]]) -> None:
        _me.set(job)
        await job.go.wait()
        job.go.clear()
        try:
            await work()
        except Crash:
            self.crashed += 1
        finally:
            self._jobs.remove(job)
            self._changed.set()
