"""`/stock people`: roles given and taken, by managers, to members, and never the last one away."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.slack import people_words as words
from sandbox.slack.people import Person
from storage.database import Database
from sync import people
from sync.people import LastManager
from tests.slack.office import Office, modal, shown


async def give(office: Office, person: Person, who: str, role: str) -> str:
    """Give somebody a role; what the window says then."""
    await office.slash(person, "people")
    await person.choose("value", who, block_id="person")
    await person.choose("value", role, block_id="role")
    await office.submit(person)
    said = shown(modal(person))
    await person.close()
    return said


async def roles(office: Office) -> dict[str, str]:
    rows = await office.rows("select slack_user, role from person")
    return {row.slack_user: row.role for row in rows}


async def test_a_role_is_given_taken_and_logged(office: Office) -> None:
    assert "operators and managers" in await office.slash(office.viewer, "sync now")
    said = await give(office, office.manager, "viewer", "operator")
    assert "<@U0VIEWER001> is an operator now" in said
    assert "<@U0OPERATOR1>, <@U0VIEWER001>" in said
    assert "No store is connected" in await office.slash(office.viewer, "sync now")
    said = await give(office, office.manager, "viewer", "viewer")
    assert "is a viewer now" in said
    assert "operators and managers" in await office.slash(office.viewer, "sync now")
    acts = await office.rows("select actor, subject from audit where act = 'people.role'")
    assert [tuple(row) for row in acts] == [
        ("U0MANAGER01", "U0VIEWER001: viewer to operator"),
        ("U0MANAGER01", "U0VIEWER001: operator to viewer"),
    ]


async def test_the_last_manager_cannot_leave_until_there_is_another(office: Office) -> None:
    assert words.LAST_MANAGER in await give(office, office.manager, "manager", "viewer")
    assert (await roles(office))["U0MANAGER01"] == "manager"
    await give(office, office.manager, "operator", "manager")
    await give(office, office.manager, "manager", "viewer")
    assert await roles(office) == {"U0OPERATOR1": "manager"}
    assert "This is for managers" in await office.slash(office.manager, "people")


async def test_of_two_managers_who_step_down_at_once_one_stays(
    office: Office, database: Database
) -> None:
    await give(office, office.manager, "operator", "manager")

    async def step_down(user: str) -> Any:
        async with database.transaction() as session:
            return await people.give_role(
                session,
                office.world.workspace_id,
                user,
                "viewer",
                actor=user,
                now=office.world.clock.now(),
            )

    done = await asyncio.gather(
        step_down("U0MANAGER01"), step_down("U0OPERATOR1"), return_exceptions=True
    )
    assert [type(one) for one in done if one is not None] == [LastManager]
    assert list((await roles(office)).values()) == ["manager"]


async def test_only_members_get_a_role_and_only_managers_give_one(office: Office) -> None:
    for nobody in ("guest", "foreign", "stockroom"):
        assert words.NO_MEMBER in await give(office, office.manager, nobody, "operator")
    assert set(await roles(office)) == {"U0MANAGER01", "U0OPERATOR1"}
    # The window of a manager who is none any more does nothing: a payload is no proof.
    await give(office, office.manager, "operator", "manager")
    await office.slash(office.manager, "people")
    await office.manager.choose("value", "viewer", block_id="person")
    await office.manager.choose("value", "manager", block_id="role")
    await office.rows("update person set role = 'viewer' where slack_user = 'U0MANAGER01'")
    await office.submit(office.manager)
    assert "This is for managers" in shown(modal(office.manager))
    assert "U0VIEWER001" not in await roles(office)


async def test_somebody_deactivated_is_refused_and_can_lose_the_role(office: Office) -> None:
    user = office.slack.directory.user("operator")
    user.deleted = True
    assert "full members" in await office.slash(office.operator, "sync now")
    assert words.NO_MEMBER in await give(office, office.manager, "operator", "manager")
    assert "is a viewer now" in await give(office, office.manager, "operator", "viewer")
    assert await roles(office) == {"U0MANAGER01": "manager"}


async def test_an_empty_form_says_under_each_field_what_is_missing(office: Office) -> None:
    await office.slash(office.manager, "people")
    await office.manager.submit()
    # Slack asks for a required field itself; a payload without one is answered by us.
    assert office.manager.errors
