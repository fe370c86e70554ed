"""The wizard for a store whose sync was on before: what was sold meanwhile is asked about."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.slack.office import Office, block_of, modal, see, shown, title


@pytest.fixture
async def off(office: Office) -> Office:
    """Alpha was on with MUG 10, was turned off, and sold 3 since, of which 1 was sent."""
    world = office.world
    store = await world.connect("alpha", order_lag_seconds=30, reading_age_seconds=1)
    await world.turn_on(store, "copy")
    await office.slash(office.manager, "turn-off")
    await office.click(office.manager, "store_act")
    await office.manager.close()
    world.clock.time += timedelta(days=2)
    alpha = world.shops["alpha"]
    alpha.sell("MUG", 2)
    alpha.fulfil(alpha.sell("MUG", 1))
    world.clock.time += timedelta(days=5)
    return office


async def to_the_question(office: Office) -> None:
    await office.slash(office.manager, "turn-on")
    assert title(office.manager) == "Step 1 of 4"
    for _ in range(3):
        await office.submit(office.manager)
    await see(office, "what Alpha sold while sync was off")


@pytest.mark.parametrize(
    ("answer", "level"),
    [("counted", (9, 2, 7)), ("extra", (12, 2, 10)), ("in_numbers", (10, 2, 8))],
)
async def test_the_answer_decides_what_is_taken_off(
    off: Office, answer: str, level: tuple[int, int, int]
) -> None:
    await to_the_question(off)
    assert "1 order with 2 units still to be sent" in shown(off.manager.modal)
    await off.submit(off.manager)
    assert list(off.manager.errors.values()) == ["Please complete this required field."]
    await off.manager.choose("answer", answer, block_id=block_of(off.manager, "open_units"))
    await off.submit(off.manager)
    said = await see(off, "The plan")
    assert ("is taken off in addition" in said) is (answer == "counted")
    assert "the orders of the last 60 days" in said
    await off.click(off.manager, "wizard_back")
    await see(off, "what Alpha sold while sync was off")
    picked = modal(off.manager)["state"]["values"][block_of(off.manager, "open_units")]
    assert picked["answer"]["selected_option"]["value"] == answer
    await off.submit(off.manager)
    await see(off, "The plan")
    await off.submit(off.manager)
    await see(off, "Sync is being turned on")
    store = (await off.rows("select id from store"))[0].id
    await off.world.until_on(store)
    await off.world.rest(timedelta(minutes=3))
    assert await off.world.level("MUG") == level
    assert off.world.shown("alpha", "MUG") == level[2]


async def test_a_copy_is_not_asked(off: Office) -> None:
    await off.slash(off.manager, "turn-on")
    await off.submit(off.manager)
    await off.manager.choose("answer", "copy", block_id=block_of(off.manager, "mode"))
    for _ in range(2):
        await off.submit(off.manager)
    assert "in addition" not in await see(off, "The plan")


async def test_a_set_up_that_was_given_up_is_no_second_time(office: Office) -> None:
    store = await office.world.connect("alpha")
    await office.world.turn_on(store, "copy", wait=False)
    await office.slash(office.manager, "turn-off")
    await office.click(office.manager, "store_act")
    await office.manager.close()
    await office.slash(office.manager, "turn-on")
    await office.submit(office.manager)
    await office.manager.choose("answer", "keep", block_id=block_of(office.manager, "mode"))
    for _ in range(2):
        await office.submit(office.manager)
    assert "The plan" in await see(office, "The plan")
