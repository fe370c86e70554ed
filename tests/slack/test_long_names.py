"""Names longer than Slack takes: they are cut, and hold nothing else up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.slack.office import Office, modal, shown
from tests.slack.test_alerts import alerts, choose_channel

LONG = "word " * 620  # 3,100 characters: a section takes 3,000
SOON = timedelta(minutes=2)


@pytest.fixture
async def long(office: Office) -> Office:
    """Alpha is on, its channel hears of failures, and MUG and the store have endless names."""
    await office.world.turn_on(await office.world.connect("alpha"), "copy")
    await choose_channel(office)
    await office.manager.close()
    await office.rows("update product set title = :title where sku = 'MUG'", title=LONG)
    await office.rows("update store set name = :name", name=LONG)
    await office.rows("update warehouse set name = :name", name=LONG)
    return office


async def test_one_endless_title_does_not_hide_the_home_tab(long: Office) -> None:
    await long.slash(long.operator, "low MUG")
    await long.operator.type("value", "50", block_id="number")
    await long.submit(long.operator)
    assert "MUG (word word" in await long.home(long.viewer)
    assert "Store List" in await long.home(long.manager)
    await long.deliver()
    assert any("MUG (word word" in shown(message) for message in alerts(long))
    assert await long.rows("select 1 from outbox where sent_at is null") == []


@pytest.mark.parametrize("word", ["show", "why", "history", "status"])
async def test_an_answer_about_it_comes(long: Office, word: str) -> None:
    said = await long.slash(long.operator, f"{word} MUG" if word != "status" else word)
    assert "word word" in said
    assert "Something broke" not in said


@pytest.mark.parametrize("word", ["adjust", "low"])
async def test_a_window_about_it_opens(long: Office, word: str) -> None:
    await long.slash(long.operator, f"{word} MUG")
    assert "word word" in shown(modal(long.operator))


async def test_a_list_with_nothing_in_it_names_the_store(long: Office) -> None:
    assert "word word" in await long.slash(long.operator, "unlinked word")


async def test_what_was_done_in_it_is_told(long: Office) -> None:
    await long.slash(long.operator, "adjust MUG")
    await long.operator.type("value", "3", block_id="number")
    await long.operator.type("value", "Found", block_id="reason")
    await long.submit(long.operator)
    assert "10 → 13" in shown(modal(long.operator))
