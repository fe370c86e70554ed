"""How many calls an account may make: a bucket per operation, filled up bit by bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

# Amazon, usage plans: calls a second that come back, and most that are held
RATES: dict[str, tuple[float, int]] = {
    "getMarketplaceParticipations": (0.016, 15),
    "searchListingsItems": (5, 5),
    "getListingsItem": (5, 10),
    "patchListingsItem": (5, 5),
    "createFeedDocument": (0.5, 15),
    "createFeed": (0.0083, 15),
    "getFeed": (2, 15),
    "cancelFeed": (2, 15),
    "getFeedDocument": (0.0222, 10),
    "createReport": (0.0167, 15),
    "getReport": (2, 15),
    "getReportDocument": (0.0167, 15),
    "searchOrders": (0.0056, 20),
    "getOrder": (0.5, 30),
    "getInventorySummaries": (2, 2),
}
# Amazon: feeds of listings in a moving window
_FEEDS, _FEEDS_IN = 5, timedelta(minutes=5)


@dataclass
class _Bucket:
    left: float
    at: datetime


class Limits:
    """All buckets of one account; `rates` may be raised, as Amazon does for some."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._buckets: dict[str, _Bucket] = {}
        self._feeds: list[datetime] = []
        self.rates = dict(RATES)
        self.metered = True

    def take(self, operation: str) -> bool:
        """Use up one call; False where none is left."""
        if not self.metered:
            return True
        rate, burst = self.rates[operation]
        now = self._now()
        bucket = self._buckets.setdefault(operation, _Bucket(float(burst), now))
        gained = (now - bucket.at).total_seconds() * rate
        bucket.left, bucket.at = min(float(burst), bucket.left + gained), now
        if bucket.left < 1:
            return False
        bucket.left -= 1
        return True

    def take_feed(self) -> bool:
        """Use up one feed of the moving window."""
        now = self._now()
        self._feeds = [at for at in self._feeds if now - at < _FEEDS_IN]
        if self.metered and len(self._feeds) >= _FEEDS:
            return False
        self._feeds.append(now)
        return True

    def drain(self, operation: str) -> None:
        """Let other programs of the seller use up what is left."""
        self._buckets[operation] = _Bucket(0.0, self._now())

    def header(self, operation: str) -> dict[str, str]:
        """What an answer tells: the rate, not what is left."""
        return {"x-amzn-RateLimit-Limit": f"{self.rates[operation][0]:g}"}
