"""What connectors remember about single listings of a store, by kind and key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database


class StoredMarks:
    """The marks of one store.

    Each in its own transaction: what is marked stays marked, whatever becomes of the work.
    """

    def __init__(self, database: Database, store_id: int) -> None:
        self._database = database
        self._store_id = store_id

    async def all(self, kind: str) -> Mapping[str, datetime]:
        """Read what is marked, and since when."""
        async with self._database.session() as session:
            found = await session.execute(
                text("select key, at from mark where store_id = :store and kind = :kind"),
                {"store": self._store_id, "kind": kind},
            )
            return {row.key: row.at for row in found}

    async def put(self, kind: str, key: str, at: datetime) -> None:
        """Mark; what is marked already keeps its time."""
        async with self._database.transaction() as session:
            await session.execute(
                text("""
                    insert into mark (store_id, kind, key, at) values (:store, :kind, :key, :at)
                    on conflict (store_id, kind, key) do nothing"""),
                {"store": self._store_id, "kind": kind, "key": key, "at": at},
            )

    async def remove(self, kind: str, key: str) -> None:
        """Unmark."""
        async with self._database.transaction() as session:
            await session.execute(
                text("delete from mark where store_id = :store and kind = :kind and key = :key"),
                {"store": self._store_id, "kind": kind, "key": key},
            )


async def counted(
    session: AsyncSession, workspace_id: int, kind: str, *, since: datetime
) -> dict[int, int]:
    """Count the marks of a kind that were set since, by store."""
    found = await session.execute(
        text("""
            select m.store_id, count(*) as marks from mark m join store s on s.id = m.store_id
            where s.workspace_id = :workspace and m.kind = :kind and m.at >= :since
            group by m.store_id"""),
        {"workspace": workspace_id, "kind": kind, "since": since},
    )
    return {row.store_id: row.marks for row in found}
