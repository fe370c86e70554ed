"""Troubles that can be switched on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

# Slack: about one message per second and channel, with short bursts.
POSTS_PER_SECOND: Final = 1.0
BURST: Final = 4


@dataclass
class RateLimit:
    """Answer the next `times` calls with 429 and this Retry-After."""

    times: int
    retry_after: int


@dataclass
class ServerError:
    """Answer the next `times` calls with this HTTP status and a page of HTML."""

    times: int
    status: int


@dataclass
class Faults:
    """What goes wrong on purpose, by Web API method (`*` for every method).

    An error of `response_url` is the answer to what is posted to one.
    """

    rate_limits: dict[str, RateLimit] = field(default_factory=dict)
    server_errors: dict[str, ServerError] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)
    token_revoked: bool = False
    app_removed: bool = False

    def rate_limit(self, method: str, *, times: int = 1, retry_after: int = 1) -> None:
        """Limit the next calls of a method."""
        self.rate_limits[method] = RateLimit(times, retry_after)

    def server_error(self, method: str, *, times: int = 1, status: int = 500) -> None:
        """Fail the next calls of a method."""
        self.server_errors[method] = ServerError(times, status)

    def refuse(self, method: str, error: str, *, times: int = 1) -> None:
        """Answer the next calls of a method with this error name."""
        self.errors.setdefault(method, []).extend([error] * times)

    def slow(self, method: str, seconds: float) -> None:
        """Answer a method's calls only after some seconds; 0 ends it."""
        self.delays[method] = seconds

    def clear(self) -> None:
        """Switch every trouble off."""
        self.rate_limits.clear()
        self.server_errors.clear()
        self.errors.clear()
        self.delays.clear()
        self.token_revoked = False
        self.app_removed = False

    def due_rate_limit(self, method: str) -> int | None:
        """Return the Retry-After of this call, if it is limited."""
        for name in (method, "*"):
            fault = self.rate_limits.get(name)
            if fault and fault.times > 0:
                fault.times -= 1
                return fault.retry_after
        return None

    def due_server_error(self, method: str) -> int | None:
        """Return the HTTP status with which this call fails, if it does."""
        for name in (method, "*"):
            fault = self.server_errors.get(name)
            if fault and fault.times > 0:
                fault.times -= 1
                return fault.status
        return None

    def due_error(self, method: str) -> str | None:
        """Return the error name with which this call is refused, if it is."""
        for name in (method, "*"):
            waiting = self.errors.get(name)
            if waiting:
                return waiting.pop(0)
        return None

    def delay(self, method: str) -> float:
        """Return for how many seconds this call waits."""
        return self.delays.get(method, self.delays.get("*", 0.0))


class Pacing:
    """Lets a burst of posts through per channel, then about one per second."""

    def __init__(self, now: Callable[[], float], *, active: bool) -> None:
        self.active = active
        self._now = now
        self._budgets: dict[str, tuple[float, float]] = {}

    def take(self, channel: str) -> bool:
        """Return whether one more post fits."""
        if not self.active:
            return True
        now = self._now()
        left, since = self._budgets.get(channel, (float(BURST), now))
        left = min(float(BURST), left + (now - since) * POSTS_PER_SECOND)
        fits = left >= 1
        self._budgets[channel] = (left - 1 if fits else left, now)
        return fits
