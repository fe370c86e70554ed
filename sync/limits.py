"""What a store shows of a number of ours: less its buffer, no more than its maximum, never below 0."""

from __future__ import annotations

from dataclasses import dataclass

LIMIT = 1_000_000_000  # Shopify's bound for a quantity; far beyond any shelf


@dataclass(frozen=True, slots=True)
class Limits:
    """What a store keeps back of each number, and the most it shows; None: no such bound."""

    buffer: int
    maximum: int | None

    def shown(self, available: int) -> int:
        """Say what the store shows of an available number."""
        kept = available - self.buffer
        return max(0, kept if self.maximum is None else min(kept, self.maximum))

    def hides(self, shown: int, ours: int, beside: int) -> bool:
        """Say whether a copy of `shown` would lower a number of ours that is only hidden by them.

        `ours` is known in the receiving warehouse, `beside` is what the store adds to it. A
        number that the bounds cut off says nothing against the higher one behind it (ENGINE A3).
        """
        if (not self.buffer and self.maximum is None) or ours <= shown:
            return False
        return shown in (self.maximum, self.shown(ours), self.shown(ours + beside))
