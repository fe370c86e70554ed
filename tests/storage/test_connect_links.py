"""One-time links: looked at freely, used once, over in time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from storage import connect_links, people
from storage.connect_links import LinkRow
from storage.database import Database

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TTL = timedelta(minutes=15)


async def make(database: Database, now: datetime = NOW) -> str:
    async with database.transaction() as session:
        workspace = await people.ensure_workspace(session, "T1", "One", NOW)
        return await connect_links.create(session, workspace.id, "U1", "shopify", None, now, TTL)


async def test_looking_uses_nothing_up_and_taking_does(database: Database) -> None:
    token = await make(database)
    async with database.transaction() as session:
        for _ in range(3):
            seen = await connect_links.peek(session, token, NOW)
            assert seen is not None
        taken = await connect_links.consume(session, token, NOW)
        assert taken == seen
        assert taken is not None
        assert (taken.slack_user, taken.platform, taken.store_id) == ("U1", "shopify", None)
        assert await connect_links.peek(session, token, NOW) is None
        assert await connect_links.consume(session, token, NOW) is None
        await connect_links.give_back(session, token)
        assert await connect_links.consume(session, token, NOW) == taken


async def test_wrong_values_give_it_back_until_the_tries_are_spent(database: Database) -> None:
    token = await make(database)
    async with database.transaction() as session:
        for left in (True, True, False):
            assert await connect_links.consume(session, token, NOW) is not None
            assert await connect_links.refuse(session, token, 3) is left
        assert await connect_links.consume(session, token, NOW) is None
        assert not await connect_links.refuse(session, "guessed", 3)


async def test_of_two_at_once_one_takes_it(database: Database) -> None:
    token = await make(database)

    async def take() -> LinkRow | None:
        async with database.transaction() as session:
            return await connect_links.consume(session, token, NOW)

    assert len([row for row in await asyncio.gather(take(), take(), take()) if row]) == 1


async def test_time_ends_it_and_old_ones_go_away(database: Database) -> None:
    token = await make(database)
    async with database.transaction() as session:
        assert await connect_links.peek(session, token, NOW + TTL) is None
        assert await connect_links.consume(session, token, NOW + TTL) is None
        assert await connect_links.peek(session, "guessed", NOW) is None
    await make(database, NOW + 3 * TTL)
    async with database.transaction() as session:
        rows = (await session.execute(text("select token_hash from connect_link"))).all()
    assert len(rows) == 1
    assert token.encode() not in rows[0][0]
