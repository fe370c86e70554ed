"""How every connector takes its time: short waits, second readings, the store's clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import httpx

from connectors.errors import RateLimited, Unavailable
from connectors.http import server_time

logger = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")
_Item = TypeVar("_Item")

Sleep = Callable[[float], Awaitable[object]]
Clock = Callable[[], datetime]

# Longer waits are handed to the caller, who has better things to do meanwhile.
PATIENCE = timedelta(seconds=10)
# A read that broke off is tried again this often, for a long pass is dear to begin anew.
_READ_AGAIN_AFTER = (timedelta(seconds=0.2), timedelta(seconds=1))
# A list of writes that takes several calls begins none after this long. Its caller hands the
# list to somebody else after a minute more than a request may live (max(60 s, trait
# `abandoned` + 60 s)), and nothing may leave after that; the last call needs its own time-out.
WRITING = timedelta(seconds=60)
# As many calls at once as our client has connections: each takes a store some tenths of a
# second, and the slowest of those that are called so allow three a second.
_ABREAST = 4
# The header tells whole seconds, cut off: on average it is half a second behind.
_HALF_A_SECOND = timedelta(seconds=0.5)


def utc_now() -> datetime:
    """Tell the time by the machine's own clock."""
    return datetime.now(UTC)


async def patiently(call: Callable[[], Awaitable[_Answer]], sleep: Sleep) -> _Answer:
    """Make a call, waiting out short throttling; nothing else is repeated."""
    patience = PATIENCE
    while True:
        try:
            return await call()
        except RateLimited as limited:
            # An empty wait would spin: a store's own numbers are whole.
            wait = max(limited.retry_after, timedelta(milliseconds=50))
            if wait > patience:
                raise
            patience -= wait
            await sleep(wait.total_seconds())


async def read_again(call: Callable[[], Awaitable[_Answer]], name: str, sleep: Sleep) -> _Answer:
    """Make a call that only reads, and make it again where the answer got lost on the way."""
    for wait in _READ_AGAIN_AFTER:
        try:
            return await call()
        except Unavailable as lost:
            logger.info("%s: %s Reading again.", name, lost)
            await sleep(wait.total_seconds())
    return await call()


async def abreast(items: Iterable[_Item], work: Callable[[_Item], Awaitable[None]]) -> None:
    """Work through a list, a few at a time; the first error ends it and is raised."""
    waiting = iter(items)

    async def worker() -> None:
        for item in waiting:
            await work(item)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(_ABREAST):
                group.create_task(worker())
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None


class OutOfTime(Unavailable):
    """The time for one list of writes is used up; what is left of it was not sent."""


class Budget:
    """How long the calls of one list of writes may go on, from now."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until = clock() + WRITING

    def check(self) -> None:
        """Raise OutOfTime where no other call may begin."""
        if self._clock() >= self._until:
            raise OutOfTime(
                "The store answers so slowly that the rest is sent another time.", sent=False
            )


class StoreClock:
    """A store's clock against ours, as its latest answer tells."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.skew = timedelta()

    def ours(self) -> datetime:
        """The time on our own clock."""
        return self._clock()

    def now(self) -> datetime:
        """The time on the store's clock, as far as we know."""
        return self._clock() + self.skew

    def note(self, response: httpx.Response, sent_at: datetime) -> datetime:
        """Learn from an answer, and say when it was given, on the store's clock."""
        now = self._clock()
        told = server_time(response)
        if told is None:
            return now + self.skew
        self.skew = told + _HALF_A_SECOND - (sent_at + (now - sent_at) / 2)
        return told
