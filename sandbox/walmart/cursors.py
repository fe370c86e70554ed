"""The two kinds of cursors: one of items, which lives two minutes, one of stock, strictly in order."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

_Row = TypeVar("_Row")

ITEMS_LIFE = timedelta(minutes=2)  # Walmart: an older one is answered with 400 Invalid Cursor


@dataclass
class _Scroll(Generic[_Row]):
    rows: Sequence[_Row]
    begun: datetime
    at: int = 0
    step: int = 0


class Cursors(Generic[_Row]):
    """Runs through lists that stand still once they are begun.

    The cursor of items stays the same for a run, every call goes one page on; that of stock
    changes with every page and is taken once.
    """

    def __init__(self, now: Callable[[], datetime], *, changes: bool) -> None:
        self._now = now
        self._changes = changes
        self._runs: dict[str, _Scroll[_Row]] = {}
        self._numbers = itertools.count(1)

    def begin(self, rows: Sequence[_Row]) -> str:
        cursor = self._name(next(self._numbers), 0)
        self._runs[cursor] = _Scroll(rows, self._now())
        return cursor

    def page(self, cursor: str, limit: int) -> tuple[Sequence[_Row], int, str | None] | None:
        """Take the next page: its rows, how many there are in all, and the cursor to go on.

        None where the cursor is unknown, used up or too old.
        """
        run = self._runs.get(cursor)
        if run is None:
            return None
        if not self._changes and self._now() - run.begun > ITEMS_LIFE:
            del self._runs[cursor]
            return None
        rows = run.rows[run.at : run.at + limit]
        run.at += limit
        if run.at >= len(run.rows):
            del self._runs[cursor]
            return rows, len(run.rows), None
        if self._changes:
            del self._runs[cursor]
            run.step += 1
            cursor = self._name(next(self._numbers), run.step)
            self._runs[cursor] = run
        return rows, len(run.rows), cursor

    def _name(self, number: int, step: int) -> str:
        return base64.b64encode(f"run {number} page {step}".encode()).decode()
