"""Answers that Slack does not take are told in a few words, never lost; long ones come in pages."""

from __future__ import annotations

import pytest

from bot.slack import words
from sandbox.shopify import Shop
from storage.database import Database
from tests.engine.world import SimulatedClock
from tests.slack.office import Office, open_office, shown

PLACES = 300


@pytest.fixture
async def on(office: Office) -> Office:
    """Alpha (MUG 10, CUP 5) is on."""
    await office.world.turn_on(await office.world.connect("alpha"), "copy")
    return office


async def test_a_refused_answer_comes_in_a_few_words(on: Office) -> None:
    on.slack.faults.refuse("response_url", "msg_blocks_too_long")
    said = await on.slash(on.viewer, "show MUG")
    assert words.CUT_ANSWER in said
    assert "MUG: Alpha main 10 available" in said


async def test_an_answer_that_cannot_be_given_there_comes_directly(on: Office) -> None:
    on.slack.faults.refuse("response_url", "expired_url", times=2)
    assert await on.slash(on.viewer, "show MUG") == ""
    assert "MUG: Alpha main 10 available" in shown(on.viewer.messages("app")[-1])


async def test_a_page_stays_where_the_next_one_is_refused(on: Office) -> None:
    await on.slash(on.operator, "stop-sell MUG")
    on.slack.faults.refuse("response_url", "invalid_blocks")
    await on.click(on.operator, "stop_look", on="message")
    answers = [shown(message) for message in on.operator.ephemerals()]
    assert "MUG is stopped" in answers[-2]
    assert words.CUT_ANSWER in answers[-1]


async def test_a_product_in_many_places_is_shown_in_pages(
    database: Database, clock: SimulatedClock
) -> None:
    shop = Shop("many", now=clock.now)
    for number in range(PLACES):
        shop.add_location(f"Counter of the town hall {number:03}")
    shop.add_listing("MUG", 7, at=shop.locations)
    async with open_office(database, shop, clock=clock) as office:
        await office.world.turn_on(await office.world.connect("many"), "copy")
        said = await office.slash(office.viewer, "show MUG")
        seen = {line for line in said.split("\n") if "shows" in line}
        pages = 1
        while "More (page" in said:
            await office.click(office.viewer, "show_page", on="message")
            said = shown(office.viewer.ephemerals()[-1])
            seen |= {line for line in said.split("\n") if "shows" in line}
            pages += 1
        assert pages > 2
        assert len(seen) == PLACES
        await office.click(office.viewer, "show_page_back", on="message")
        assert f"More (page {pages} of {pages})" in shown(office.viewer.ephemerals()[-1])
