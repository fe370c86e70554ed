"""How many calls an account may make: a bucket per kind of call, filled up bit by bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MEGABYTE = 1_000_000

# Walmart, "Rate limiting": calls of a kind per time, for each seller
CALLS: dict[str, tuple[int, timedelta]] = {
    "GET /v3/inventory": (200, MINUTE),
    "PUT /v3/inventory": (200, MINUTE),
    "GET /v3/inventories": (200, MINUTE),
    "GET /v3/inventories/{sku}": (200, MINUTE),
    "PUT /v3/inventories/{sku}": (200, MINUTE),
    "GET /v3/wfs/inventory": (100, MINUTE),
    "GET /v3/items": (300, MINUTE),
    "GET /v3/items?": (60, MINUTE),  # with any parameter
    "GET /v3/orders": (5000, MINUTE),
    "GET /v3/orders/{order}": (5000, MINUTE),
    "GET /v3/feeds/{feed}": (5000, MINUTE),
    "GET /v3/settings/shipping/shipnodes": (50, MINUTE),
    "GET /v3/settings/partnerprofile": (50, MINUTE),
}


@dataclass
class FeedLimit:
    """What an account may send of one type of feed: so many files per time, so large each."""

    count: int
    window: timedelta
    size: int  # bytes
    items: int | None = None


def feed_limits() -> dict[str, FeedLimit]:
    """List what a new account may send; accounts have been seen with other numbers."""
    return {
        "inventory": FeedLimit(10, HOUR, 10 * MEGABYTE, 10_000),
        "MP_INVENTORY": FeedLimit(50, HOUR, MEGABYTE),
        "lagtime": FeedLimit(6, timedelta(days=1), 10 * MEGABYTE),
    }


class Bucket:
    """Calls of one kind; full at first, filled up at an even pace."""

    def __init__(self, count: int, window: timedelta, now: Callable[[], datetime]) -> None:
        self._count = count
        self._pace = window / count  # until the next call is back
        self._now = now
        self._left = float(count)
        self._at = now()

    def take(self) -> bool:
        """Use up one call; False where none is left."""
        self._fill()
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def drain(self) -> None:
        """Let other programs of the seller use up what is left."""
        self._fill()
        self._left = 0.0

    def headers(self) -> dict[str, str]:
        """What every answer tells about its bucket: calls left, and when there is one more."""
        self._fill()
        part = 1 - self._left % 1 if self._left < self._count else 0
        at = self._now() + part * self._pace
        return {
            "x-current-token-count": str(int(self._left)),
            "x-next-replenish-time": str(int(at.timestamp() * 1000)),
        }

    def _fill(self) -> None:
        now = self._now()
        gained = (now - self._at) / self._pace
        self._left, self._at = min(float(self._count), self._left + gained), now


class Limits:
    """All buckets of one account."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._buckets: dict[str, Bucket] = {}
        self.metered = True
        self.feeds = feed_limits()

    def bucket(self, call: str) -> Bucket | None:
        """Find the bucket of a call or a type of feed, None where nothing is counted."""
        if not self.metered:
            return None
        if call not in self._buckets:
            limit = self.feeds.get(call)
            rule = (limit.count, limit.window) if limit else CALLS.get(call)
            if rule is None:
                return None
            self._buckets[call] = Bucket(*rule, self._now)
        return self._buckets[call]

    def drain(self, call: str) -> None:
        bucket = self.bucket(call)
        if bucket is not None:
            bucket.drain()
