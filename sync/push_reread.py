"""Pushing to a store that compares nothing: read, then write, then doubt (ENGINE.md B1, B2).

Every write is built on a reading taken right before it. That costs a call per batch
even for drops that could go out blind, and saves the call that would be needed
afterwards to learn what the store shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from storage import rereads, stores
from storage.targets import Reread, WantsReading
from storage.wants import Wanted
from sync.lowering import lower, may_raise, whole_products
from sync.order_reading import read_changes
from sync.pusher import Overwrites, Pusher, Reading


class RereadingPusher(Pusher):
    """Lowers by what is missing, and raises only from a number that is as we believe."""

    async def _drop(self) -> bool:
        """Look at what stands too high, and at what may: lower it where it does."""
        async with self._deps.database.transaction() as session:
            wanting = await rereads.too_high(
                session,
                self._store.id,
                now=self._deps.clock.now(),
                store_now=self._now(),
                passed=self._passed,
                limit=self._traits.write_batch + 1,
            )
        if not wanting:
            return False
        await self._use(await self._read(self._batch(wanting)))
        return True

    async def _raise(self) -> bool:
        """Read the numbers, then the orders once more; raise where neither brought news."""
        wanting = await self._may_rise()
        if not wanting:
            return False
        reading = await self._read(self._batch(wanting))
        await read_changes(self._deps, self._store, self._connector)
        async with self._deps.database.transaction() as session:
            store = await stores.load(session, self._store.id)
        settled = None if store is None else self._orders_settled(store)
        await self._use(reading, raised_before=settled)
        return True

    def _batch(self, wanting: Sequence[WantsReading]) -> Sequence[WantsReading]:
        """Choose what goes together of one more than a batch holds."""
        limit = self._traits.write_batch
        return whole_products(wanting, limit) if self._traits.by_product else wanting[:limit]

    async def _may_rise(self) -> list[WantsReading]:
        async with self._deps.database.transaction() as session:
            store = await stores.load(session, self._store.id)
            settled = None if store is None else self._orders_settled(store)
            if settled is None:
                return []
            return await rereads.too_low(
                session,
                self._store.id,
                now=self._deps.clock.now(),
                raised_before=settled,
                touched_before=self._now() - self._quiet,
                passed=self._passed,
                limit=self._traits.write_batch + 1,
            )

    def _overwrites(
        self, locked: Sequence[Reread], reading: Reading, raised_before: datetime | None
    ) -> Overwrites:
        writes: list[Wanted] = []
        unsure: list[int] = []
        for row in locked[: self._traits.write_batch]:
            number = reading.numbers[row.id]
            chosen = lower(row, number, read_from=reading.lo, now=self._now())
            if chosen is not None:
                writes.append(Wanted(row.id, number, chosen.value, row.version))
                if not chosen.sure:
                    unsure.append(row.id)
            elif raised_before is not None and may_raise(
                row, number, read_from=reading.lo, raised_before=raised_before
            ):
                writes.append(Wanted(row.id, number, row.goal or 0, row.version))
        again = {write.id for write in writes} - set(unsure)
        return Overwrites(writes, unsure, frozenset(again))

    async def _look_ahead(self) -> None:
        """Come back when a number that was too near to a write or a sale can be read."""
        await super()._look_ahead()
        quiet = self._quiet + self._traits.clock_margin
        async with self._deps.database.transaction() as session:
            touched = await rereads.next_quiet(session, self._store.id, after=self._now() - quiet)
            if touched is not None:
                at = touched + quiet - self._connector.skew
                await stores.bring_forward(session, self._store.id, "push", at)
