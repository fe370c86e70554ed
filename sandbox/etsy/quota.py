"""How many calls an application may make: in a second, and in the 24 hours of a moving window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

# Etsy: limits of an application that was granted no more
PER_DAY, PER_SECOND = 10_000, 10
# Etsy: the window of a day moves on in twelve blocks.
_BLOCK = timedelta(hours=2)
_BLOCKS = 12
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Quota:
    """The calls of one application; shops of one application share it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.per_day, self.per_second = PER_DAY, PER_SECOND
        self._blocks: Counter[int] = Counter()
        self._second, self._in_second = 0, 0

    @property
    def today(self) -> int:
        """How many calls were made within the window."""
        block = self._block()
        for old in [each for each in self._blocks if each <= block - _BLOCKS]:
            del self._blocks[old]
        return self._blocks.total()

    def take(self) -> float | None:
        """Use up one call; None, or the seconds to wait where none is left."""
        now = self._now()
        if self.today >= self.per_day:
            oldest = min(self._blocks)
            frees_at = _EPOCH + (oldest + _BLOCKS) * _BLOCK
            return (frees_at - now).total_seconds()
        second = int(now.timestamp())
        if second != self._second:
            self._second, self._in_second = second, 0
        if self._in_second >= self.per_second:
            return 1.0
        self._in_second += 1
        self._blocks[self._block()] += 1
        return None

    def headers(self) -> dict[str, str]:
        """What an answer tells of it."""
        return {
            "x-limit-per-second": str(self.per_second),
            "x-remaining-this-second": str(max(0, self.per_second - self._in_second)),
            "x-limit-per-day": str(self.per_day),
            "x-remaining-today": str(max(0, self.per_day - self.today)),
        }

    def _block(self) -> int:
        return int((self._now() - _EPOCH) / _BLOCK)
