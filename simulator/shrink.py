"""Shrinking: the fewest acts that still go wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence


def shrink(acts: Sequence[int], fails: Callable[[Collection[int]], bool]) -> list[int]:
    """Leave out ever smaller parts of what happened while the run still fails."""
    kept = list(acts)
    part = len(kept) // 2
    while part >= 1:
        at = 0
        while at < len(kept):
            fewer = kept[:at] + kept[at + part :]
            if fewer and fails(set(fewer)):
                kept = fewer
            else:
                at += part
        part //= 2
    return kept
