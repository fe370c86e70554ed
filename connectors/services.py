"""The small services that a connector is handed, so that it needs no storage.

The defaults keep everything in memory; the application hands in ones that are
shared by all of its processes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

# Under this key of its credentials a connector keeps the moment, in ISO 8601, from which only a
# person can renew its access. It is no secret, and people are told in time.
ACCESS_ENDS_AT = "refresh_token_expires_at"


class CredentialLease(Protocol):
    """The credentials as last stored, held so that nobody else renews them meanwhile."""

    @property
    def values(self) -> Mapping[str, str]: ...

    async def save(self, values: Mapping[str, str]) -> None:
        """Store renewed credentials; returns once they are safe to use."""
        ...


class CredentialService(Protocol):
    """One renewal at a time over all processes; a rotated token is stored before use."""

    def lease(self) -> AbstractAsyncContextManager[CredentialLease]: ...


class BudgetService(Protocol):
    """Calls per period that all stores of one application key share."""

    async def take(
        self, name: str, calls: int, *, ceiling: int, period: timedelta
    ) -> datetime | None:
        """Take calls from a budget; None when granted, else when to ask again."""
        ...


class MarkService(Protocol):
    """What a connector has to remember about single listings of its store, by kind and key."""

    async def all(self, kind: str) -> Mapping[str, datetime]:
        """Read what is marked, and since when."""
        ...

    async def put(self, kind: str, key: str, at: datetime) -> None:
        """Mark; returns once that is safe. What is marked already keeps its time."""
        ...

    async def remove(self, kind: str, key: str) -> None: ...


class ListingService(Protocol):
    """What is known about the listings of a store, by ref."""

    async def ours(self, refs: Collection[str]) -> frozenset[str]:
        """Say which of these are ours to write: linked, counted and for sale, in sync."""
        ...

    async def resting(self) -> list[str]:
        """Name the linked ones that took no number of ours when they were last read.

        They were not for sale, or the platform ships them.
        """
        ...


@dataclass
class _MemoryLease:
    values: Mapping[str, str]

    async def save(self, values: Mapping[str, str]) -> None:
        self.values = dict(values)


class MemoryCredentials:
    """Credentials of one process."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._held = _MemoryLease(dict(values))
        self._lock = asyncio.Lock()

    @property
    def values(self) -> Mapping[str, str]:
        """The credentials as last renewed."""
        return self._held.values

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[CredentialLease]:
        async with self._lock:
            yield self._held


class UnlimitedBudget:
    """Grants everything: one process, one store, the store's own limits decide."""

    async def take(
        self, name: str, calls: int, *, ceiling: int, period: timedelta
    ) -> datetime | None:
        return None


class MemoryMarks:
    """Marks of one process."""

    def __init__(self) -> None:
        self._marks: dict[str, dict[str, datetime]] = {}

    async def all(self, kind: str) -> Mapping[str, datetime]:
        return dict(self._marks.get(kind, {}))

    async def put(self, kind: str, key: str, at: datetime) -> None:
        self._marks.setdefault(kind, {}).setdefault(key, at)

    async def remove(self, kind: str, key: str) -> None:
        self._marks.get(kind, {}).pop(key, None)


class AllOurs:
    """Whatever a store has is ours to write, and nothing is remembered of it."""

    async def ours(self, refs: Collection[str]) -> frozenset[str]:
        return frozenset(refs)

    async def resting(self) -> list[str]:
        return []


@dataclass(frozen=True)
class Services:
    """What `open_connector` hands to a connector."""

    credentials: CredentialService
    budget: BudgetService = field(default_factory=UnlimitedBudget)
    marks: MarkService = field(default_factory=MemoryMarks)
    listings: ListingService = field(default_factory=AllOurs)

    @classmethod
    def in_memory(cls, credentials: Mapping[str, str]) -> Services:
        return cls(credentials=MemoryCredentials(credentials))
