"""Workspaces, roles, the first manager's code, and the log of acts."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from storage import audit, people
from storage.database import Database
from sync import people as rules

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def workspace(database: Database, team: str = "T1") -> int:
    async with database.transaction() as session:
        return (await people.ensure_workspace(session, team, "One", NOW)).id


async def test_a_workspace_is_made_once_and_keeps_its_name_fresh(database: Database) -> None:
    first = await workspace(database)
    async with database.transaction() as session:
        again = await people.ensure_workspace(session, "T1", "Renamed", NOW)
        unnamed = await people.ensure_workspace(session, "T1", "", NOW)
    assert (again.id, again.name, unnamed.name) == (first, "Renamed", "Renamed")
    async with database.transaction() as session:
        assert await rules.find_workspace(session, "T2") is None
        assert await rules.load_workspace(session, first) == unnamed
        assert await rules.only_workspace(session) == unnamed
    await workspace(database, "T2")
    async with database.transaction() as session:
        assert await rules.only_workspace(session) is None


async def test_everybody_starts_as_viewer(database: Database) -> None:
    one, two = await workspace(database), await workspace(database, "T2")
    async with database.transaction() as session:
        assert await rules.role_of(session, one, "U1") == "viewer"
        await people.set_role(session, one, "U1", "operator", NOW)
        assert await rules.require(session, one, "U1", "viewer") == "operator"
        with pytest.raises(rules.NotAllowed):
            await rules.require(session, one, "U1", "manager")
        assert await rules.role_of(session, two, "U1") == "viewer"
        await people.set_role(session, one, "U1", "manager", NOW)
        await people.set_role(session, one, "U0", "manager", NOW - timedelta(days=1))
        assert await rules.managers(session, one) == ["U0", "U1"]
        assert await rules.managers(session, two) == []


async def test_only_the_newest_code_makes_one_manager(database: Database) -> None:
    one = await workspace(database)
    async with database.transaction() as session:
        old = await rules.new_claim_code(session, one, NOW)
        new = await rules.new_claim_code(session, one, NOW)
    assert old != new

    async def claim(user: str, code: str) -> bool:
        async with database.transaction() as session:
            return await rules.claim(session, one, user, code, NOW)

    assert not await claim("U1", old)
    assert not await claim("U1", "")
    typed = new.lower().replace("-", " ")
    assert sorted(await asyncio.gather(claim("U1", typed), claim("U2", typed))) == [False, True]
    async with database.transaction() as session:
        assert len(await rules.managers(session, one)) == 1
        assert await rules.first_claim_code(session, one, NOW) is None
        assert [row.act for row in (await audit.page(session, one, 0)).rows] == ["people.claim"]


async def test_r13_each_workspace_has_a_code_of_its_own(database: Database) -> None:
    one, two = await workspace(database), await workspace(database, "T2")
    async with database.transaction() as session:
        ours = await rules.first_claim_code(session, one, NOW)
        theirs = await rules.first_claim_code(session, two, NOW)
        assert ours is not None
        assert theirs is not None
        assert not await rules.claim(session, two, "U2", ours, NOW)
        assert await rules.claim(session, one, "U1", ours, NOW)
        again = await rules.first_claim_code(session, two, NOW)
        assert again is not None
        assert not await rules.claim(session, two, "U2", theirs, NOW)
        assert await rules.claim(session, two, "U2", again, NOW)


async def test_a_code_makes_a_manager_where_the_only_one_has_left(database: Database) -> None:
    one = await workspace(database)
    async with database.transaction() as session:
        await people.set_role(session, one, "U1", "manager", NOW)
        code = await rules.new_claim_code(session, one, NOW, actor="command line")
        assert await rules.claim(session, one, "U2", code, NOW)
        assert await rules.managers(session, one) == ["U1", "U2"]
        acts = [(row.actor, row.act) for row in (await audit.page(session, one, 0)).rows]
    assert sorted(acts) == [("U2", "people.claim"), ("command line", "people.code")]


async def test_the_code_itself_is_not_kept(database: Database) -> None:
    one = await workspace(database)
    async with database.transaction() as session:
        code = await rules.new_claim_code(session, one, NOW)
        kept = await session.connection()
        rows = (await kept.exec_driver_sql("select code_hash from claim_code")).all()
    assert code.replace("-", "").encode() not in rows[0][0]


async def test_acts_are_logged_per_workspace_and_once_per_key(database: Database) -> None:
    one, two = await workspace(database), await workspace(database, "T2")
    async with database.transaction() as session:
        for _ in range(2):
            await audit.record(session, one, "U1", "adjust", NOW, detail={"why": "x"}, key="v1")
            await audit.record(session, one, "U1", "snooze", NOW, link="https://a.example/p1")
        await audit.record(session, two, "U1", "adjust", NOW, key="v1")
        await rules.set_alert_channel(session, one, "C1", actor="U1", now=NOW)
        rows = (await audit.page(session, one, 0)).rows
        found = await rules.load_workspace(session, one)
    assert sorted(row.act for row in rows) == ["adjust", "alerts.channel", "snooze", "snooze"]
    assert next(row for row in rows if row.act == "adjust").detail == {"why": "x", "key": "v1"}
    assert found is not None
    assert found.alert_channel == "C1"
