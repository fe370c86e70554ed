"""What to write over a number that was just read: pure rules (ENGINE.md part B).

All times are on the store's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.targets import Reread, WantsReading


def write_after_reading(*, reading: int, goal: int, shown: int | None) -> int | None:
    """Choose what to write over a number just read, or None to leave it standing.

    Only ever downwards: with `shown` unknown the number must not stand above the
    goal; after a refusal the drop that was refused is made again as a difference,
    so that a sale that we have not read yet stays subtracted.
    """
    value = goal if shown is None else max(0, reading + goal - shown)
    return value if value < reading else None


@dataclass(frozen=True, slots=True)
class Overwrite:
    """A number to write; `sure` says whether its answer tells what is shown then."""

    value: int
    sure: bool


def lower(row: Reread, reading: int, *, read_from: datetime, now: datetime) -> Overwrite | None:
    """Choose what to write to a store that compares nothing; None leaves its number standing.

    Only ever downwards. A known number is lowered by what is missing, so that a sale
    that we have not read yet stays subtracted; while nothing is known, or an earlier
    write or sale is too near to the reading, it is only forced under the goal. A lower
    number that is still on its way is not sent again while it is waited for; a higher one
    that may not be in the reading yet is forced out.
    """
    if not row.writable or row.goal is None:
        return None
    if _is_awaited(row, row.goal, now):
        return None
    if row.shown is not None:
        if max(row.shown, 0) <= row.goal:
            return None
        if is_usable(row, read_from):
            unexplained = min(reading - row.shown, 0)
            value = max(0, min(reading, row.goal + unexplained))
            return Overwrite(value, sure=True) if value < reading else None
    value = max(0, min(reading, row.goal))
    return Overwrite(value, sure=False) if value < reading or _looms(row, read_from) else None


def _is_awaited(row: Reread, goal: int, now: datetime) -> bool:
    """Say whether a number that is low enough is still on its way, and waited for."""
    if row.pending is None or row.pending_until is None or row.unsettled_until is None:
        return False
    return row.pending <= goal and min(row.pending_until, row.unsettled_until) > now


def _looms(row: Reread, read_from: datetime) -> bool:
    """Say whether a number that is too high may have landed after a reading, or may yet."""
    if row.pending is None or row.unsettled_until is None or row.goal is None:
        return False
    return row.pending > row.goal and row.unsettled_until >= read_from


def may_raise(row: Reread, reading: int, *, read_from: datetime, raised_before: datetime) -> bool:
    """Say whether a store that compares nothing may be shown more now.

    Only from a number that is exactly what we believe, with nothing near it that could
    have moved it, and with the store's orders read past the newest increase (R5).
    """
    return (
        row.writable
        and row.goal is not None
        and row.shown == reading
        and row.goal > max(reading, 0)
        and is_usable(row, read_from)
        and (row.raised_at is None or row.raised_at <= raised_before)
    )


def is_usable(row: Reread, read_from: datetime) -> bool:
    """Say whether a reading lies wholly after every write and own effect that we know of."""
    return row.touched_at is None or row.touched_at < read_from


def whole_products(wanting: Sequence[WantsReading], limit: int) -> Sequence[WantsReading]:
    """Cut to a limit, and leave a product that it would cut in two for the next batch.

    It would take a call in each. A product that alone is over the limit is cut.
    """
    batch = wanting[:limit]
    if len(wanting) <= limit:
        return batch
    product = _product(wanting[limit])
    rest = [item for item in batch if product is None or _product(item) != product]
    return rest or batch


def _product(item: WantsReading) -> str | None:
    product, colon, _ = item.ref.rpartition(":")
    return product if colon else None
