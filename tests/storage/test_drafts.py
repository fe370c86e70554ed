"""Drafts: found again, owned by one person, changed by one hand at a time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage import drafts, people, stores
from storage.database import Database
from storage.drafts import DraftRow

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
async def place(database: Database) -> tuple[int, int]:
    """A workspace and a store in it."""
    async with database.transaction() as session:
        workspace = (await people.ensure_workspace(session, "T1", "One", NOW)).id
        store = await stores.add(
            session,
            workspace_id=workspace,
            platform="shopify",
            account_id="1",
            name="Alpha",
            currency="EUR",
            base_url=None,
            settings={},
            actor="U1",
            now=NOW,
        )
    return workspace, store


async def begin(session: AsyncSession, place: tuple[int, int], who: str = "U1") -> DraftRow:
    workspace, store = place
    return await drafts.begin(
        session,
        workspace_id=workspace,
        slack_user=who,
        store_id=store,
        flow="turn_on",
        step="review",
        now=NOW,
    )


async def test_one_open_draft_a_person_store_and_flow(
    database: Database, place: tuple[int, int]
) -> None:
    async with database.transaction() as session:
        first = await begin(session, place)
        saved = await drafts.save(
            session, first.id, revision=0, step="copy", answers={"mode": "keep"}, now=NOW
        )
        again = await begin(session, place)
        other = await begin(session, place, "U2")
        mine = await drafts.open_of(session, place[0], "U1", "turn_on")
    assert saved is not None
    assert (again.id, again.step, again.revision) == (first.id, "copy", 1)
    assert again.answers == {"mode": "keep"}
    assert other.id != first.id
    assert [row.id for row in mine] == [first.id]


async def test_of_two_changes_to_one_revision_one_wins(
    database: Database, place: tuple[int, int]
) -> None:
    async with database.transaction() as session:
        draft = await begin(session, place)

    async def change(step: str) -> DraftRow | None:
        async with database.transaction() as session:
            return await drafts.save(session, draft.id, revision=0, step=step, answers={}, now=NOW)

    won = [row for row in await asyncio.gather(change("a"), change("b")) if row]
    assert len(won) == 1
    assert won[0].revision == 1


async def test_nobody_reads_the_draft_of_another(
    database: Database, place: tuple[int, int]
) -> None:
    async with database.transaction() as session:
        draft = await begin(session, place)
        other = await people.ensure_workspace(session, "T2", "Two", NOW)
        assert await drafts.load(session, place[0], "U2", draft.id) is None
        assert await drafts.load(session, other.id, "U1", draft.id) is None
        assert await drafts.load(session, place[0], "U1", draft.id) == draft


async def test_a_closed_draft_is_over_and_a_new_one_can_begin(
    database: Database, place: tuple[int, int]
) -> None:
    async with database.transaction() as session:
        draft = await begin(session, place)
        await drafts.close(session, draft.id, NOW)
        held = await drafts.load(session, place[0], "U1", draft.id)
        late = await drafts.save(session, draft.id, revision=0, step="x", answers={}, now=NOW)
        new = await begin(session, place)
        await begin(session, place, "U2")
        await drafts.close_of_store(session, place[1], "turn_on", NOW)
        left = await session.execute(text("select count(*) from draft where closed_at is null"))
    assert held is not None
    assert held.closed_at == NOW
    assert late is None
    assert new.id != draft.id
    assert left.scalar_one() == 0
