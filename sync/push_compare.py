"""Pushing to a store that compares before it sets: a write from another number is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from storage import stores, wants
from storage.targets import Reread
from storage.wants import Wanted
from sync.lowering import write_after_reading
from sync.pusher import Overwrites, Pusher, Reading


class ComparingPusher(Pusher):
    """Writes differences from what we believe; the store itself says when that is wrong."""

    async def _drop(self) -> bool:
        async with self._deps.database.transaction() as session:
            wanted = await wants.drops(
                session,
                self._store.id,
                now=self._deps.clock.now(),
                limit=self._traits.write_batch,
            )
            attempt = await self._flight.take_off(session, wanted)
        return attempt is not None and await self._flight.send(attempt)

    async def _raise(self) -> bool:
        async with self._deps.database.transaction() as session:
            store = await stores.load(session, self._store.id)
            settled = None if store is None else self._orders_settled(store)
            if settled is None:
                return False
            wanted = await wants.raises(
                session,
                self._store.id,
                now=self._deps.clock.now(),
                raised_before=settled,
                limit=self._traits.write_batch,
            )
            attempt = await self._flight.take_off(session, wanted)
        return attempt is not None and await self._flight.send(attempt)

    def _overwrites(
        self, locked: Sequence[Reread], reading: Reading, raised_before: datetime | None
    ) -> Overwrites:
        writes = [_write(row, reading.numbers[row.id], raised_before) for row in locked]
        return Overwrites([write for write in writes if write is not None])


def _write(row: Reread, reading: int, raised_before: datetime | None) -> Wanted | None:
    """Choose the write that a reading calls for at once: a drop.

    Or the difference to a higher number where what is believed is the highest that may be
    shown: it may be refused for ever, and more than that is never too much (ENGINE B5).
    """
    if not row.writable or row.goal is None:
        return None
    if _is_refused_for_ever(row) and _is_due(row, raised_before):
        return Wanted(row.id, reading, reading + row.goal - (row.shown or 0), row.version)
    if row.shown is not None and not (row.stale and row.goal < row.shown):
        return None
    value = write_after_reading(reading=reading, goal=row.goal, shown=row.shown)
    return None if value is None else Wanted(row.id, reading, value, row.version)


def _is_refused_for_ever(row: Reread) -> bool:
    return row.unsure and row.stale and row.shown is not None and (row.goal or 0) > row.shown


def _is_due(row: Reread, raised_before: datetime | None) -> bool:
    """Say whether the orders are read past the newest increase (R5)."""
    return raised_before is not None and (row.raised_at is None or row.raised_at <= raised_before)
