"""Our numbers, as anyone can read them: by `stockroom export --listings`."""

from __future__ import annotations

import asyncio
import csv
import io
import time
from collections.abc import Awaitable, Callable
from typing import Self

from sandbox.story.member import StuckError
from sandbox.story.shopkeeper import folded
from sandbox.story.trades import Json

FRESH = 1.5  # seconds; starting the command takes about as long


class Ours:
    """What each store should show. Read anew while somebody looks, one reading at a time."""

    def __init__(self, export: Callable[[], Awaitable[str]]) -> None:
        self._export = export
        self._numbers: dict[tuple[str, str], dict[str, int]] = {}  # by place
        self._reading: asyncio.Task[None] | None = None
        self.read_at = 0.0  # epoch seconds
        self.problem: str | None = None

    async def look(self) -> Self:
        """Return at once with what was read last; waits only for the very first reading."""
        if self._reading is None or (self._reading.done() and time.time() - self.read_at > FRESH):
            self._reading = asyncio.create_task(self._read())
        if not self.read_at:
            await self._reading
        return self

    def of(self, store: str, sku: str, place: str) -> int | None:
        """Say what a store should show of a SKU at a place; None where it is not in sync."""
        by_place = self._numbers.get((store, folded(sku)), {})
        if len(by_place) == 1 and not place:  # a store of one place, or of none
            return next(iter(by_place.values()))
        return by_place.get(place)

    def as_json(self) -> Json:
        return {"read_at": self.read_at, "problem": self.problem}

    async def close(self) -> None:
        """End a reading that is under way."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        try:
            table = await self._export()
        except StuckError as stuck:
            self.problem = str(stuck)
            return
        numbers: dict[tuple[str, str], dict[str, int]] = {}
        for row in csv.DictReader(io.StringIO(table)):
            if row["Should show"] and row["State"] != "left alone":
                key = _plain(row["Store"]), folded(_plain(row["SKU"]))
                numbers.setdefault(key, {})[_plain(row["Location"])] = int(row["Should show"])
        self._numbers = numbers
        self.read_at, self.problem = time.time(), None


def _plain(cell: str) -> str:
    """Undo what keeps a spreadsheet from reading a cell as a formula."""
    return cell.removeprefix("'")
