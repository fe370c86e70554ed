"""Feeds: files of many numbers, that take effect when they are worked through."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

FeedStatus = Literal["IN_QUEUE", "IN_PROGRESS", "DONE", "CANCELLED", "FATAL"]
# Small feeds take some minutes; they wait a while in line before.
TAKES, WAITS = timedelta(minutes=10), timedelta(minutes=1)


@dataclass
class Feed:
    """One feed.

    ends_at  when it takes effect, None for one that hangs
    ends_as  how it ends
    report   what its report says, None for one without a report
    """

    id: str
    kind: str
    marketplaces: list[str]
    messages: Sequence[dict[str, Any]]
    created_at: datetime
    ends_at: datetime | None
    queued: bool = False  # it never begins
    ends_as: FeedStatus = "DONE"
    spoilt: bool = False  # every other message is invalid
    unreadable: bool = False
    with_report: bool = True
    done_at: datetime | None = None
    report: dict[str, Any] | None = None
    issues: list[dict[str, Any]] = field(default_factory=list)

    def status(self, now: datetime) -> FeedStatus:
        if self.done_at is not None:
            return self.ends_as
        waits = self.queued or now < self.created_at + min(WAITS, self._length())
        return "IN_QUEUE" if waits else "IN_PROGRESS"

    def _length(self) -> timedelta:
        return WAITS if self.ends_at is None else (self.ends_at - self.created_at) / 2


class Feeds:
    """All feeds of one account; `takes` is how long each of the next ones is on its way."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._numbers = itertools.count(50_001)
        self.takes = TAKES
        self.sent: list[Feed] = []

    def send(
        self, kind: str, marketplaces: list[str], messages: Sequence[dict[str, Any]], *, hangs: bool
    ) -> Feed:
        now = self._now()
        ends_at = None if hangs else now + self.takes
        feed = Feed(str(next(self._numbers)), kind, marketplaces, messages, now, ends_at)
        self.sent.append(feed)
        return feed

    def find(self, feed_id: str) -> Feed | None:
        return next((feed for feed in self.sent if feed.id == feed_id), None)

    def due(self) -> list[Feed]:
        """List the feeds whose time has come, in the order of their ends."""
        now = self._now()
        return sorted(
            (
                each
                for each in self.sent
                if not each.done_at and each.ends_at and each.ends_at <= now
            ),
            key=lambda feed: feed.ends_at or now,
        )
