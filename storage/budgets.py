"""What platforms allow in a period, counted over all processes that share it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import text

from storage.database import Database

# Periods that are over are cleared away with every call that begins a new one, some at a time.
_CLEARED = 100


class StoredBudget:
    """Counts calls by name in one period after another; a period begins with its first call.

    Its own transaction: what was taken stays taken, whatever becomes of the work it was for.
    """

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def take(
        self, name: str, calls: int, *, ceiling: int, period: timedelta
    ) -> datetime | None:
        """Take calls from a budget; None when granted, else when to ask again."""
        now = self._now()
        given = {
            "name": name,
            "calls": calls,
            "ceiling": ceiling,
            "now": now,
            "ends": now + period,
            "most": _CLEARED,
        }
        async with self._database.transaction() as session:
            # Of two at once the second waits for the row, and counts what the first took.
            taken = await session.execute(
                text("""
                    insert into budget as b (name, ends_at, used)
                    select :name, :ends, :calls where :calls <= :ceiling
                    on conflict (name) do update
                    set ends_at = case when b.ends_at <= :now then :ends else b.ends_at end,
                        used = case when b.ends_at <= :now then 0 else b.used end + :calls
                    where case when b.ends_at <= :now then 0 else b.used end + :calls <= :ceiling
                    returning b.ends_at = :ends as begun"""),
                given,
            )
            granted = taken.first()
            if granted is not None and granted.begun:
                await session.execute(
                    text("""
                        delete from budget where name in (
                            select name from budget where ends_at <= :now
                            order by ends_at limit :most for update skip locked)"""),
                    given,
                )
            if granted is not None:
                return None
            ends = await session.scalar(
                text("select ends_at from budget where name = :name and ends_at > :now"), given
            )
            # More at once than is ever allowed: there is no better time for it.
            return ends if isinstance(ends, datetime) else now + period
