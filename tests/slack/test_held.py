"""A change that the breaker keeps back: its list, a second person, taken back, limits (R14)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.slack import words
from sandbox.shopify import Shop
from storage.database import Database
from tests.engine.world import SimulatedClock
from tests.slack.office import Office, modal, open_office, shown
from tests.slack.test_alerts import ALERTS, alerts
from tests.slack.test_counting import book, plan

MANY = 60
HALF = "\n".join(f"S{number:02},0" for number in range(30))


@pytest.fixture
async def many(database: Database, clock: SimulatedClock) -> AsyncIterator[Office]:
    """A shop with 60 listings of 5 pieces in sync, and a channel that hears of failures."""
    shop = Shop("many", now=clock.now)
    shop.add_location("Main")
    for number in range(MANY):
        shop.add_listing(f"S{number:02}", 5)
    async with open_office(database, shop, clock=clock) as office:
        await office.world.turn_on(await office.world.connect("many"), "copy")
        await office.deliver()
        yield office


async def watch(office: Office, *, second: bool) -> None:
    await office.slash(office.manager, "alerts")
    await office.manager.choose("value", ALERTS, block_id="channel")
    await office.manager.choose("value", "two" if second else "one", block_id="second")
    await office.submit(office.manager)
    await office.settle()
    await office.manager.close()


async def empty_half(office: Office) -> str:
    """The operator counts 30 of 60 as gone; the alert's timestamp."""
    await plan(office, HALF)
    await book(office)
    await office.world.rest()
    await office.deliver()
    [alert] = [message for message in alerts(office) if "kept back" in message["text"]]
    return str(alert["ts"])


def shows(office: Office) -> list[int]:
    return [office.world.shown("many", f"S{number:02}") for number in range(MANY)]


async def test_r14_the_whole_list_comes_as_a_file(many: Office) -> None:
    await watch(many, second=False)
    alert = await empty_half(many)
    assert shows(many) == [5] * MANY
    assert "Undo it" in buttons(alerts(many)[-1])
    await many.click(many.operator, "held_list", on="message", ts=alert)
    await many.settle()
    file = [m for m in many.operator.messages("app") if m.get("files")][-1]["files"][0]
    lines = (many.slack.uploads.get(file["id"]).content or b"").decode().splitlines()
    assert lines[0] == "SKU,Title,Shows now,Would show"
    assert lines[1:] == [f"S{number:02},S{number:02},5,0" for number in range(30)]


async def test_r14_who_made_it_does_not_let_it_go_where_a_second_person_is_wanted(
    many: Office,
) -> None:
    await watch(many, second=True)
    await many.rows(
        "update person set role = 'manager' where slack_user = :id returning 1",
        id=many.operator.id,
    )
    alert = await empty_half(many)
    await many.click(many.operator, "release", on="message", ts=alert)
    assert words.SECOND_PERSON in many.operator.ephemerals()[-1]["text"]
    await many.world.rest()
    assert shows(many) == [5] * MANY
    await many.click(many.manager, "release", on="message", ts=alert)
    await many.world.rest()
    assert shows(many) == [0] * 30 + [5] * 30
    acts = await many.rows("select act, actor, subject from audit where act like 'breaker%'")
    assert [(row.act, row.actor) for row in acts] == [
        ("breaker.second", many.manager.id),
        ("breaker.release", many.manager.id),
    ]


async def test_r14_taking_it_back_ends_what_is_asked(many: Office) -> None:
    await watch(many, second=True)
    alert = await empty_half(many)
    many.world.shops["many"].sell("S00", 2)  # orders go on meanwhile
    await many.world.rest()
    assert shows(many)[0] == 3
    await many.click(many.manager, "undo_look", on="message", ts=alert)
    await many.settle()
    assert "S01 in Main: on hand 0 → 5" in shown(modal(many.manager))
    await many.submit(many.manager)
    await many.settle()
    await many.world.rest(timedelta(minutes=10))
    assert shows(many) == [3] + [5] * (MANY - 1)
    assert (await many.world.level("S00"), await many.world.level("S01")) == ((5, 2, 3), (5, 0, 5))
    assert [kind for kind, _, still in await many.world.incidents() if still] == []
    assert await many.world.imbalances() == []


def buttons(message: dict[str, Any]) -> list[str]:
    return [
        element["text"]["text"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]


async def test_r14_a_buffer_that_is_kept_back_is_changed_back_not_undone(many: Office) -> None:
    await watch(many, second=False)
    await many.slash(many.manager, "settings")
    await many.manager.type("value", "5", block_id="buffer")
    await many.submit(many.manager)
    await many.submit(many.manager)
    await many.manager.close()
    await many.world.rest()
    await many.deliver()
    [alert] = [message for message in alerts(many) if "kept back" in message["text"]]
    assert "Undo it" not in buttons(alert)
    assert "Let it go out" in buttons(alert)
    assert "changes the buffer and maximum back with /stock settings" in shown(alert)


async def test_r14_a_store_has_a_limit_of_its_own(many: Office) -> None:
    await watch(many, second=False)
    await many.slash(many.manager, "settings")
    await many.click(many.manager, "routine")
    await many.settle()
    await many.manager.choose("value", "50", block_id="breaker")
    await many.submit(many.manager)
    await many.manager.close()
    told = await plan(many, HALF)
    assert "kept back" not in told, "the plan knows the store's own limit"
    await book(many)
    await many.world.rest()
    assert shows(many) == [0] * 30 + [5] * 30
    assert [kind for kind, _, still in await many.world.incidents() if still] == []
