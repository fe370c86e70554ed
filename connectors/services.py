"""The small services that a connector is handed, so that it needs no storage.

The defaults keep everything in memory; the application hands in ones that are
shared by all of its processes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
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


@dataclass(frozen=True)
class Services:
    """What `open_connector` hands to a connector."""

    credentials: CredentialService
    budget: BudgetService = field(default_factory=UnlimitedBudget)

    @classmethod
    def in_memory(cls, credentials: Mapping[str, str]) -> Services:
        return cls(credentials=MemoryCredentials(credentials))
