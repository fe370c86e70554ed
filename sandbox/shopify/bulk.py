"""Bulk queries of one shop: they run by themselves and leave a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

# Shopify: bulk queries of one app that may run in one shop at the same time, since 2026-01
AT_A_TIME = 5
# Shopify: life of a result
_LIFE = timedelta(days=7)
# How fast this shop works through objects; real ones take as long as they like
_START = timedelta(seconds=1)
_OBJECTS_PER_SECOND = 4000


@dataclass
class BulkOperation:
    """One bulk query; `file` is there once somebody looked after its end."""

    id: str
    query: str
    grouped: bool
    created_at: datetime
    done_at: datetime
    signature: str
    error_code: str | None = None
    file: bytes | None = None
    objects: int = 0
    roots: int = 0


class BulkOperations:
    """The bulk queries of one shop, in simulated time."""

    def __init__(self, now: Callable[[], datetime], gid: Callable[[str], str]) -> None:
        self._now = now
        self._gid = gid
        self._all: list[BulkOperation] = []
        self.start_lag = _START

    def start(
        self, query: str, *, grouped: bool, objects: int, error_code: str | None = None
    ) -> BulkOperation:
        """Let a query run over so many objects; with `error_code` it will fail."""
        now = self._now()
        made = BulkOperation(
            id=self._gid("BulkOperation"),
            query=query,
            grouped=grouped,
            created_at=now,
            done_at=now + self.start_lag + timedelta(seconds=objects / _OBJECTS_PER_SECOND),
            signature=f"signed-{len(self._all) + 1}",
            error_code=error_code,
        )
        self._all.append(made)
        return made

    def find(self, gid: str) -> BulkOperation | None:
        return next((each for each in self._all if each.id == gid), None)

    def running(self) -> list[BulkOperation]:
        return [each for each in self._all if self._now() < each.done_at]

    def is_done(self, operation: BulkOperation) -> bool:
        return self._now() >= operation.done_at

    def status(self, operation: BulkOperation) -> str:
        now = self._now()
        if now < operation.done_at:
            return "CREATED" if now - operation.created_at < _START else "RUNNING"
        if operation.error_code:
            return "FAILED"
        return "EXPIRED" if self.is_expired(operation) else "COMPLETED"

    def is_expired(self, operation: BulkOperation) -> bool:
        return self._now() > operation.done_at + _LIFE
