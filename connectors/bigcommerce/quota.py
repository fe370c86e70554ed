"""How fast the store lets us ask: its own numbers, kept after each answer.

Every app of a store shares one quota, so an own counter would be wrong.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx

_LEFT = "x-rate-limit-requests-left"
_QUOTA = "x-rate-limit-requests-quota"
_RESET = "x-rate-limit-time-reset-ms"
# From the last tenth of the quota on, what is left is spread over the rest of the window:
# another app's burst then meets a few of our calls, not none or all of them.
_SPREAD_FROM = 0.1


class Quota:
    """The quota of one store as its latest answer tells."""

    def __init__(self) -> None:
        self._ready_at: datetime | None = None

    def note(self, response: httpx.Response, now: datetime) -> None:
        """Remember when the next call should leave; odd or missing numbers say nothing."""
        self._ready_at = None
        try:
            left = int(response.headers[_LEFT])
            quota = int(response.headers[_QUOTA])
            reset = timedelta(milliseconds=max(0.0, float(response.headers[_RESET])))
        except (KeyError, ValueError):
            return
        if left <= quota * _SPREAD_FROM:
            self._ready_at = now + reset / (max(left, 0) + 1)

    def wait(self, now: datetime) -> timedelta:
        """Say how long the next call should wait."""
        if self._ready_at is None:
            return timedelta()
        return max(timedelta(), self._ready_at - now)
