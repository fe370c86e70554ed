"""`/stock settings`: a store's buffer and maximum, looked at before they are saved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.slack import limits_words as words
from bot.slack.limits import read
from sandbox.shopify import Shop
from storage.database import Database
from sync.limits import Limits
from tests.engine.world import SimulatedClock
from tests.slack.office import Office, modal, open_office, see, shown


@pytest.fixture
async def on(office: Office) -> Office:
    """The office with alpha on: MUG 10, CUP 5."""
    store = await office.world.connect("alpha")
    await office.world.turn_on(store, "copy")
    return office


async def fill(office: Office, buffer: str, maximum: str = "") -> None:
    await office.manager.type("value", buffer, block_id="buffer")
    await office.manager.type("value", maximum, block_id="maximum")
    await office.submit(office.manager)


async def test_what_changes_is_shown_before_it_is_saved(on: Office) -> None:
    await on.slash(on.manager, "settings")
    await fill(on, "2", "6")
    plan = await see(on, "2 of the 2 listings in sync change their number")
    assert "2 units kept back of each number, and it shows at most 6." in plan
    assert "MUG at Alpha main: 10 → 6" in plan
    assert "CUP at Alpha main: 5 → 3" in plan
    assert await on.rows("select 1 from store where buffer <> 0") == []
    await on.click(on.manager, "limits_back")
    state = modal(on.manager)["state"]["values"]
    assert state["buffer"]["value"]["value"] == "2"
    assert state["maximum"]["value"]["value"] == "6"
    await on.submit(on.manager)
    await see(on, "change their number")
    await on.submit(on.manager)
    await see(on, "are saved")
    await on.world.rest(timedelta(minutes=2))
    assert (on.world.shown("alpha", "MUG"), on.world.shown("alpha", "CUP")) == (6, 3)
    noted = await on.rows("select actor, detail from audit where act = 'store.limits'")
    assert [(row.actor, row.detail["buffer"], row.detail["maximum"]) for row in noted] == [
        (on.manager.id, [0, 2], [None, 6])
    ]
    await on.manager.close()
    await on.slash(on.manager, "settings alpha")
    await fill(on, "0")
    assert "Go up: *2*" in await see(on, "and it shows all there is.")
    await on.submit(on.manager)
    await see(on, "are saved")
    await on.world.rest()
    assert (on.world.shown("alpha", "MUG"), on.world.shown("alpha", "CUP")) == (10, 5)


@pytest.mark.parametrize(
    ("buffer", "maximum", "errors"),
    [
        ("-1", "", {"buffer": words.BAD_BUFFER}),
        ("some", "0", {"buffer": words.BAD_BUFFER, "maximum": words.BAD_MAXIMUM}),
        ("1", "1.5", {"maximum": words.BAD_MAXIMUM}),
        ("1000000000", "1000000000", dict.fromkeys(("buffer", "maximum"), words.TOO_LARGE)),
        ("0", "", {"buffer": words.SAME}),
    ],
)
async def test_what_is_wrong_is_told_under_its_field_and_can_be_corrected(
    on: Office, buffer: str, maximum: str, errors: dict[str, str]
) -> None:
    await on.slash(on.manager, "settings")
    await fill(on, buffer, maximum)
    assert on.manager.errors == errors
    await fill(on, "1")
    await see(on, "change their number")


def test_spaces_and_an_empty_maximum_are_fine() -> None:
    def state(buffer: str, maximum: str | None) -> dict[str, dict[str, dict[str, str | None]]]:
        return {"buffer": {"value": {"value": buffer}}, "maximum": {"value": {"value": maximum}}}

    assert read(state(" 3 ", None)) == (Limits(3, None), {})
    assert read(state("0", "1 000")) == (Limits(0, 1000), {})


async def test_settings_that_somebody_else_changed_are_shown_anew(on: Office) -> None:
    await on.slash(on.manager, "settings")
    await fill(on, "2")
    await see(on, "change their number")
    await on.rows("update store set buffer = 1")
    await on.submit(on.manager)
    await see(on, words.CHANGED)
    assert modal(on.manager)["state"]["values"]["buffer"]["value"]["value"] == "1"
    await fill(on, "2")
    await see(on, "change their number")
    await on.submit(on.manager)
    await see(on, "are saved")


async def test_sync_that_is_off_takes_them_without_a_word_about_numbers(office: Office) -> None:
    await office.world.connect("alpha")
    await office.slash(office.manager, "settings alpha")
    await fill(office, "2")
    told = await see(office, "no number changes")
    assert words.OFF in told
    await office.submit(office.manager)
    await see(office, "are saved")
    await office.rows("update store set disconnected_at = now()")
    await office.manager.close()
    assert "No store is connected" in await office.slash(office.manager, "settings")


async def test_only_managers_and_only_one_store_at_a_time(office: Office) -> None:
    await office.world.connect("alpha")
    await office.world.connect("beta")
    assert "This is for managers" in await office.slash(office.operator, "settings alpha")
    await office.slash(office.manager, "settings")
    assert "Which store?" in shown(office.manager.modal)
    assert "No connected store" in await office.slash(office.manager, "settings gamma")


async def test_r14_a_buffer_that_empties_much_of_a_store_is_kept_back(
    database: Database, clock: SimulatedClock
) -> None:
    shop = Shop("many", now=clock.now)
    shop.add_location("Main")
    for number in range(60):
        shop.add_listing(f"S{number:02}", 5)
    async with open_office(database, shop, clock=clock) as office:
        store = await office.world.connect("many")
        await office.world.turn_on(store, "copy")
        await office.slash(office.manager, "settings")
        await fill(office, "5")
        told = await see(office, "Go to zero: *60*")
        assert words.ALERT in told
        await office.submit(office.manager)
        await see(office, "are saved")
        await office.world.rest(timedelta(minutes=3))
        assert {office.world.shown("many", f"S{n:02}") for n in range(60)} == {5}
        kinds = [kind for kind, _, open_ in await office.world.incidents() if open_]
        assert kinds == ["breaker"]
        assert await office.world.imbalances() == []
