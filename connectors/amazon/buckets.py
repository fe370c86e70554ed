"""How fast Amazon lets us ask: a bucket of tokens for each operation, kept as it is told.

Amazon tells how fast a bucket refills, never how much is left in it: other programs of the
seller may draw from it, too. A 429 says that it is empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import randbelow

import httpx

from connectors.amazon.calls import Call

_RATE = "x-amzn-ratelimit-limit"
# No two of us in step after a 429: up to a tenth longer.
_JITTER = 100


@dataclass(slots=True)
class _Bucket:
    rate: float
    burst: int
    left: float
    at: datetime


class Buckets:
    """What is left of each operation, as far as this connection knows."""

    def __init__(self) -> None:
        self._buckets: dict[str, _Bucket] = {}

    def take(self, call: Call, now: datetime) -> timedelta:
        """Take a token; zero when there was one, else how long it is until there is."""
        bucket = self._filled(call, now)
        if bucket.left >= 1:
            bucket.left -= 1
            return timedelta()
        return timedelta(seconds=(1 - bucket.left) / bucket.rate)

    def note(self, call: Call, response: httpx.Response, now: datetime) -> None:
        """Adopt how fast an answer says that the bucket refills; odd numbers say nothing."""
        try:
            rate = float(response.headers[_RATE])
        except (KeyError, ValueError):
            return
        if 0 < rate < float("inf"):
            self._filled(call, now).rate = rate

    def emptied(self, call: Call, now: datetime) -> timedelta:
        """Learn from a 429 that nothing is left; say how long to wait."""
        bucket = self._filled(call, now)
        bucket.left = 0.0
        return timedelta(seconds=(1 + randbelow(_JITTER) / 1000) / bucket.rate)

    def _filled(self, call: Call, now: datetime) -> _Bucket:
        bucket = self._buckets.setdefault(
            call.name, _Bucket(call.rate, call.burst, float(call.burst), now)
        )
        passed = max(0.0, (now - bucket.at).total_seconds())
        bucket.left = min(float(bucket.burst), bucket.left + passed * bucket.rate)
        bucket.at = max(now, bucket.at)
        return bucket
