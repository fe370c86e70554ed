"""How fast Walmart lets us ask: the numbers that it sends along, kept for each call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx

from connectors.http import retry_after_seconds

# Walmart's pages write the names in several ways; header names know no case.
_LEFT = ("x-current-token-count",)
_NEXT = ("x-next-replenish-time", "x-next-replenishment-time")
# The unit is not documented; epoch milliseconds were seen. A number this large can be
# nothing else, and one this small no time of day at all.
_MILLISECONDS_FROM = 10**11
_SECONDS_FROM = 10**9
# Walmart's clock is known to us to half a second. Tokens come back all the while (200 a
# minute: one in 0.3 s), so that a wait that is too long costs nothing over several calls.
_MARGIN = timedelta(milliseconds=500)
# Used where a 429 names no time
_DEFAULT_WAIT_SECONDS = 5.0


class Quota:
    """When each call may be made again, as its latest answer tells."""

    def __init__(self) -> None:
        self._ready_at: dict[str, datetime] = {}

    def note(
        self, name: str, response: httpx.Response, *, now: datetime, store_now: datetime
    ) -> None:
        """Remember when the next call of this name should leave; odd numbers say nothing.

        `now` is the time on our own clock, `store_now` the same on Walmart's.
        """
        self._ready_at.pop(name, None)
        left, wait = _number(response, _LEFT), replenished(response, store_now)
        if left is not None and left <= 0 and wait is not None:
            self._ready_at[name] = now + wait

    def wait(self, name: str, now: datetime) -> timedelta:
        """Say how long the next call of this name should wait."""
        ready_at = self._ready_at.get(name)
        return timedelta() if ready_at is None else max(timedelta(), ready_at - now)


def replenished(response: httpx.Response, now: datetime) -> timedelta | None:
    """Read how long it is until there is another token; None where it is not told.

    `now` is the time on Walmart's clock.
    """
    told = _number(response, _NEXT)
    if told is None:
        return None
    if told < _SECONDS_FROM:
        return timedelta(seconds=max(0.0, told)) + _MARGIN
    seconds = told / 1000 if told >= _MILLISECONDS_FROM else told
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return max(timedelta(), moment - now) + _MARGIN


def refused_for(response: httpx.Response, now: datetime) -> timedelta:
    """Read how long a 429 asks us to wait."""
    wait = replenished(response, now)
    if wait is not None:
        return wait
    return timedelta(seconds=retry_after_seconds(response, _DEFAULT_WAIT_SECONDS))


def _number(response: httpx.Response, names: tuple[str, ...]) -> float | None:
    for name in names:
        try:
            return float(response.headers[name])
        except (KeyError, ValueError):
            continue
    return None
