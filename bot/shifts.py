"""What changes of stock do to the stores' numbers, in words; for Slack and the terminal."""

from __future__ import annotations

from flows import count_words as words
from storage.prospects import Shift


def shows(shift: Shift) -> str:
    """Say what one listing shows and will show."""
    return words.shows(shift.sku, shift.store, shift.location, shift.now, shift.becomes)
