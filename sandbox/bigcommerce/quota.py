"""How many calls a store takes: so many per window, shared by all its apps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

# BigCommerce, Standard and Plus plans
_CALLS = 150
_WINDOW = timedelta(seconds=30)


class Quota:
    """The quota of one store."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._begun = now()
        self._used = 0
        self.calls = _CALLS

    def drain(self, left: int = 0) -> None:
        """Let other apps use up the quota of the running window."""
        self._turn()
        self._used = self.calls - left

    def take(self) -> bool:
        """Use up one call; False where none is left in this window."""
        self._turn()
        if self._used >= self.calls:
            return False
        self._used += 1
        return True

    def headers(self) -> dict[str, str]:
        """What every answer tells about the quota."""
        self._turn()
        reset = self._begun + _WINDOW - self._now()
        return {
            "X-Rate-Limit-Requests-Quota": str(self.calls),
            "X-Rate-Limit-Requests-Left": str(self.calls - self._used),
            "X-Rate-Limit-Time-Window-Ms": str(int(_WINDOW / timedelta(milliseconds=1))),
            "X-Rate-Limit-Time-Reset-Ms": str(int(reset / timedelta(milliseconds=1))),
        }

    def _turn(self) -> None:
        if self._now() - self._begun >= _WINDOW:
            self._begun, self._used = self._now(), 0
