"""Each tick of a schedule is taken once, however many clocks run."""

from __future__ import annotations

import asyncio

from storage import ticks
from storage.database import Database


async def take(database: Database, at: int, name: str = "orders") -> bool:
    async with database.transaction() as session:
        return await ticks.claim(session, name, at)


async def test_a_tick_is_taken_once_and_never_after_a_later_one(database: Database) -> None:
    assert [await take(database, at) for at in (300, 300, 600, 300, 600, 900)] == [
        True, False, True, False, False, True,
    ]  # fmt: skip


async def test_schedules_have_ticks_of_their_own(database: Database) -> None:
    assert await take(database, 300, "orders")
    assert await take(database, 300, "products")


async def test_of_racing_clocks_one_wins(database: Database) -> None:
    for at in (300, 600):
        assert sum(await asyncio.gather(*(take(database, at) for _ in range(8)))) == 1


async def test_a_tick_is_free_again_when_its_transaction_fails(database: Database) -> None:
    async with database.session() as session:
        assert await ticks.claim(session, "orders", 300)
        await session.rollback()
    assert await take(database, 300)
