"""What a connector is told of the listings of its store that show numbers of ours."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import text

from storage.database import Database
from storage.targets import WRITABLE


class StoredListings:
    """The listings of one store, as they are known right now."""

    def __init__(self, database: Database, store_id: int) -> None:
        self._database = database
        self._store_id = store_id

    async def ours(self, refs: Collection[str]) -> frozenset[str]:
        """Say which of these are ours to write: linked, counted and for sale, in sync."""
        async with self._database.session() as session:
            found = await session.execute(
                text(f"""
                    select distinct l.ref from target t join listing l on l.id = t.listing_id
                    join location lo on lo.id = t.location_id join store st on st.id = t.store_id
                    where t.store_id = :store and l.ref = any(cast(:refs as text[]))
                      and coalesce({WRITABLE}, false) and st.sync_status = 'on'"""),
                {"store": self._store_id, "refs": list(refs)},
            )
            return frozenset(row.ref for row in found)

    async def resting(self) -> list[str]:
        """Name the linked ones that took no number of ours when they were last read."""
        async with self._database.session() as session:
            found = await session.execute(
                text("""
                    select ref from listing
                    where store_id = :store and (state <> 'active' or channel <> 'merchant')
                      and gone_at is null and product_id is not null
                    order by id"""),
                {"store": self._store_id},
            )
            return [row.ref for row in found]
