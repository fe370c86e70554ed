"""The cost bucket of one app in one shop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

# Shopify: bucket and refill per second of the Standard plan
MAXIMUM = 2000
RESTORE_RATE = 100
# Shopify: the most that one query may ask for
QUERY_LIMIT = 1000


class Bucket:
    """Points that refill with time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.maximum = MAXIMUM
        self.restore_rate = RESTORE_RATE
        self._points = float(MAXIMUM)
        self._at = now()

    def available(self) -> int:
        now = self._now()
        gained = max(0.0, (now - self._at).total_seconds()) * self.restore_rate
        self._points = min(float(self.maximum), self._points + gained)
        self._at = now
        return int(self._points)

    def take(self, points: int) -> None:
        self.available()
        self._points -= points

    def drain(self, left: int = 0) -> None:
        """Leave only so many points, as another part of the app would."""
        self.available()
        self._points = float(left)

    def status(self) -> dict[str, float]:
        return {
            "maximumAvailable": float(self.maximum),
            "currentlyAvailable": self.available(),
            "restoreRate": float(self.restore_rate),
        }
