"""Orders that could be listed later than their store promises: once a day some days are read again.

Every poll overlaps the one before by what the store promises (ENGINE.md A2). What comes
later still is met by no poll, until somebody touches the order: it would never be booked (R3).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from storage import stores
from storage.rows import StoreRow
from sync.deps import Deps

EVERY = timedelta(hours=24)
BACK = 2 * EVERY  # what can be listed within a day of its stamp is met by the next look


async def reading_from(deps: Deps, store: StoreRow, cursor: str, begun: datetime) -> str | datetime:
    """Say where a reading begins: at the cursor, and once a day two days back.

    After a longer silence the cursor is further back still: from there is read first.
    That a look back begins is noted before anything is read, and with its first page the
    cursor moves back: one that breaks off goes on from there, and none begins twice a day.
    """
    if store.orders_from is not None:
        return store.orders_from
    if store.looked_back_at is not None and begun - store.looked_back_at < EVERY:
        return cursor
    if store.orders_read_at is None or begun - store.orders_read_at > BACK:
        return cursor
    async with deps.database.transaction() as session:
        await stores.look_back(session, store.id, now=begun, since=begun - BACK)
    return begun - BACK
