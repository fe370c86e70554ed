"""Feeds: files of many numbers, that take effect some time after they were sent."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

ItemStatus = Literal["INPROGRESS", "SUCCESS", "DATA_ERROR", "SYSTEM_ERROR", "TIMEOUT_ERROR"]
# A SKU and what is put at its nodes; the node is None for the default one.
Entry = tuple[str, Sequence[tuple[str | None, int]]]

_PAGE = 50  # Walmart: most details of one answer
# Walmart: stock shows 15 minutes after a feed at the earliest; it waits a while in line before.
TAKES, WAITS = timedelta(minutes=15), timedelta(minutes=1)


@dataclass(frozen=True)
class Result:
    """What became of one entry."""

    sku: str
    status: ItemStatus
    code: str = ""
    words: str = ""


@dataclass
class Feed:
    """One file.

    ends_at  when it takes effect, None for one that hangs
    error    why it is refused as a whole
    spoilt   how every other entry of it fails
    """

    id: str
    received_at: datetime
    entries: Sequence[Entry]
    ends_at: datetime | None
    error: str | None = None
    spoilt: ItemStatus | None = None
    results: list[Result] = field(default_factory=list)
    done: bool = False


class Feeds:
    """All feeds of one account; `takes` is how long each of the next ones is on its way."""

    def __init__(self, name: str, now: Callable[[], datetime]) -> None:
        self._name = name
        self._now = now
        self._numbers = itertools.count(1)
        self.takes = TAKES
        self.sent: list[Feed] = []

    def send(
        self,
        entries: Sequence[Entry],
        *,
        hangs: bool = False,
        error: str | None = None,
        spoilt: ItemStatus | None = None,
    ) -> Feed:
        name = uuid.uuid5(uuid.NAMESPACE_DNS, f"{self._name}.{next(self._numbers)}")
        now = self._now()
        feed = Feed(
            f"{name.hex.upper()}@AU8BAQA",
            now,
            () if error else entries,
            None if hangs else now + self.takes,
            error,
            spoilt,
        )
        self.sent.append(feed)
        return feed

    def find(self, feed_id: str) -> Feed | None:
        return next((feed for feed in self.sent if feed.id == feed_id), None)

    def take_due(self) -> list[Feed]:
        """Take the feeds whose time has come, each once, in the order of their ends."""
        now = self._now()
        due = [
            feed
            for feed in self.sent
            if not feed.done and feed.ends_at is not None and feed.ends_at <= now
        ]
        for feed in due:
            feed.done = True
        return sorted(due, key=lambda feed: feed.ends_at or now)


def told(feed: Feed, now: datetime, *, details: bool, offset: int, limit: int) -> dict[str, Any]:
    """Write the status of a feed."""
    if feed.done:
        status = "ERROR" if feed.error else "PROCESSED"
    else:
        status = "INPROGRESS" if now >= feed.received_at + WAITS else "RECEIVED"
    rows = feed.results if feed.done else [Result(sku, "INPROGRESS") for sku, _ in feed.entries]
    good = sum(row.status == "SUCCESS" for row in rows)
    going = sum(row.status == "INPROGRESS" for row in rows)
    here = rows[offset : offset + min(limit, _PAGE)] if details else []
    body: dict[str, Any] = {
        "feedId": feed.id,
        "feedStatus": status,
        "feedSubmissionDate": int(feed.received_at.timestamp() * 1000),
        "itemsReceived": len(rows),
        "itemsSucceeded": good,
        "itemsFailed": len(rows) - good - going,
        "itemsProcessing": going,
        "offset": offset,
        "limit": limit,
        "itemDetails": {
            "itemIngestionStatus": [_detail(row, offset + place) for place, row in enumerate(here)]
        },
    }
    if feed.error and feed.done:
        body["ingestionErrors"] = {
            "ingestionError": [
                {"type": "DATA_ERROR", "code": "ERR_INT_DATA_0001", "description": feed.error}
            ]
        }
    return body


def _detail(row: Result, index: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "martId": 0,
        "sku": row.sku,
        "index": index,
        "ingestionStatus": row.status,
    }
    if row.code:
        error = {"type": row.status, "code": row.code, "description": row.words}
        told["ingestionErrors"] = {"ingestionError": [error]}
    return told
