"""Answers that are dear to work out, shared when many ask for the same at once."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

OLDEST = 1.0  # seconds; nobody is shown what was true longer ago
RENEWED = OLDEST / 2  # seconds after which the next answer is begun, so that nobody waits for it
FEW = 3  # askers within that second who each get an answer of their own, of that very moment


@dataclass(frozen=True, slots=True)
class _Answer(Generic[T]):
    """An answer in the making or made; it holds what was true when it was begun, or later."""

    begun: float
    task: asyncio.Task[T]

    def serves(self, now: float) -> bool:
        """Say whether somebody who asks now may be given this."""
        failed = self.task.done() and (self.task.cancelled() or self.task.exception() is not None)
        return now - self.begun < OLDEST and not failed


class Shared(Generic[T]):
    """Answers by key; what is asked under one key is never given under another."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._asked: dict[int, deque[float]] = {}
        self._held: dict[int, _Answer[T]] = {}
        self._coming: dict[int, _Answer[T]] = {}

    async def get(self, key: int, work: Callable[[], Awaitable[T]]) -> T:
        """Return the answer of `work`, which others may have asked for within a second."""
        now = self._now()
        asked = self._asked.setdefault(key, deque(maxlen=FEW))
        busy = len(asked) == FEW and now - asked[0] < OLDEST
        asked.append(now)
        if not busy:
            return await work()
        return await asyncio.shield(self._answer(key, work, now).task)

    def _answer(self, key: int, work: Callable[[], Awaitable[T]], now: float) -> _Answer[T]:
        coming = self._coming.get(key)
        if coming is not None and coming.task.done():
            self._held[key] = self._coming.pop(key)
            coming = None
        held = self._held.get(key)
        if held is None or now - held.begun >= RENEWED or not held.serves(now):
            if coming is None or not coming.serves(now):
                coming = self._coming[key] = _Answer(now, asyncio.create_task(_told(work)))
                # Whoever waits is told of a failure; if nobody does, nobody needs to know.
                coming.task.add_done_callback(lambda done: done.cancelled() or done.exception())
            if held is None or not held.serves(now):
                return coming
        return held


async def _told(work: Callable[[], Awaitable[T]]) -> T:
    return await work()
