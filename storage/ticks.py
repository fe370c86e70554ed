"""The clock's memory: which tick of a schedule was the last one taken."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import tick


async def claim(session: AsyncSession, name: str, at: int) -> bool:
    """Take the tick `at` (seconds since 1970) of a schedule; False when it or a later one was taken.

    The first of several clocks wins, for good once its transaction commits: what the tick
    sets off belongs in the same transaction.
    """
    claimed = insert(tick).values(name=name, at=at)
    claimed = claimed.on_conflict_do_update(
        index_elements=[tick.c.name], set_={"at": claimed.excluded.at}, where=tick.c.at < at
    )
    return await session.scalar(claimed.returning(sa.true())) is not None
