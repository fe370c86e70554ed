"""The line to a local server, and a clock that only sleeping moves: the same for every platform."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Generic, Literal, TypeVar

import httpx

from connectors.services import AllOurs

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
Exchange = TypeVar("Exchange")


class Clock:
    """Time as the test tells it."""

    def __init__(self) -> None:
        self.time = START
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


@dataclass
class BreakableLine(httpx.AsyncBaseTransport, ABC, Generic[Exchange]):
    """Keeps every exchange as its platform reads it, and loses what it is told to."""

    inner: httpx.AsyncBaseTransport
    exchanges: list[Exchange] = field(default_factory=list)
    refuse: list[Exception] = field(default_factory=list)
    lose: list[tuple[int, Exception]] = field(default_factory=list)

    def break_off(
        self, error: Exception, *, when: Literal["before", "after"], skip: int = 0
    ) -> None:
        """Break the next call (or a later one) before it arrives, or after it took effect."""
        if when == "before":
            self.refuse.append(error)
        else:
            self.lose.append((len(self.exchanges) + skip, error))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.refuse:
            raise self.refuse.pop(0)
        response = await self.inner.handle_async_request(request)
        if self.passes(request):
            return response
        content = await response.aread()
        self.keep(request, response, content)
        place = len(self.exchanges) - 1
        for lost in [each for each in self.lose if each[0] == place]:
            self.lose.remove(lost)
            raise lost[1]
        headers = {key: value for key, value in response.headers.items() if key != "content-length"}
        return httpx.Response(response.status_code, headers=headers, content=content)

    def passes(self, request: httpx.Request) -> bool:
        """Say whether an answer is handed on as it is, unread."""
        return False

    @abstractmethod
    def keep(self, request: httpx.Request, response: httpx.Response, content: bytes) -> None:
        """Read an exchange and keep it."""


class Resting(AllOurs):
    """Knows which listings took no number of ours when they were last read."""

    def __init__(self, refs: Sequence[str]) -> None:
        self.refs = list(refs)

    async def resting(self) -> list[str]:
        return self.refs
