"""How many calls a day an application may make, all its sellers together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

Api = Literal["tradingapi", "inventory", "fulfillment", "account", "identity", "analytics"]

# eBay: calls a day of an application without the growth check
LIMITS: dict[Api, int] = {
    "tradingapi": 5_000,
    "inventory": 2_000_000,
    "fulfillment": 100_000,
    "account": 25_000,
    "identity": 5_000,
    "analytics": 5_000,
}
DAY = timedelta(days=1)
# eBay: days end at midnight in San Jose
_ZONE = timezone(timedelta(hours=-8))


def day_of(moment: datetime) -> datetime:
    """Say when eBay's day of a moment began."""
    local = moment.astimezone(_ZONE)
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


class Quota:
    """The calls of one application."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._day = day_of(now())
        self.limits = dict(LIMITS)
        self.used: Counter[Api] = Counter()

    def take(self, api: Api) -> bool:
        """Use up one call; False where none is left today."""
        self._turn()
        if self.used[api] >= self.limits[api]:
            return False
        self.used[api] += 1
        return True

    def rate(self, api: Api) -> dict[str, object]:
        """What is left of an API today, as the analytics API tells it."""
        self._turn()
        return {
            "count": self.used[api],
            "limit": self.limits[api],
            "remaining": max(0, self.limits[api] - self.used[api]),
            "reset": f"{self._day + DAY:%Y-%m-%dT%H:%M:%S}.000Z",
            "timeWindow": int(DAY.total_seconds()),
        }

    def _turn(self) -> None:
        today = day_of(self._now())
        if today != self._day:
            self._day = today
            self.used.clear()
