"""A number as the sum that it is, in one line."""

from __future__ import annotations

from collections.abc import Sequence


def added(parts: Sequence[int]) -> str:
    """Write out a sum: 10 + 4 - 2."""
    first, *rest = parts
    return f"{first:,}" + "".join(f" {'-' if n < 0 else '+'} {abs(n):,}" for n in rest)
