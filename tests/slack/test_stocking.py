"""Items that are not stocked at a location: asked about in the wizard, agreed to in the settings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows import stocking_words as words
from sandbox.shopify.model import Location
from storage import warehouses
from tests.engine.conftest import TIMES
from tests.engine.test_locations import link
from tests.slack.office import Office, block_of, modal, see, shown
from tests.slack.test_relocation import plain, start

__all__ = ["plain"]  # the office with a store that knows no locations

MINUTE = timedelta(minutes=1)


@pytest.fixture
def cellar(office: Office) -> Location:
    """A second location of alpha, where neither MUG nor CUP is stocked."""
    return office.world.shops["alpha"].add_location("Cellar")


async def connected(office: Office) -> tuple[int, int]:
    """Connect alpha, with a shelf that its locations can share; the store and the shelf."""
    store = await office.world.connect("alpha", **TIMES)
    async with office.world.database.transaction() as session:
        now, workspace = office.world.clock.now(), office.world.workspace_id
        return store, await warehouses.add(session, workspace, "Shelf", now)


async def to_plan(office: Office, shelf: int) -> str:
    """Go through the wizard: both locations show the shelf, which gets the main one's numbers."""
    await office.slash(office.manager, "turn-on")
    await office.submit(office.manager)
    await office.manager.choose("answer", "copy", block_id=block_of(office.manager, "mode"))
    await office.submit(office.manager)
    for block in modal(office.manager)["blocks"]:
        if block["type"] == "input":
            await office.manager.choose("answer", f"link:{shelf}", block_id=block["block_id"])
    await office.submit(office.manager)
    [main] = await office.rows("select id from location where name = 'Alpha main'")
    block = block_of(office.manager, "take")
    await office.manager.choose("answer", str(main.id), block_id=block)
    await office.submit(office.manager)
    return await see(office, "The plan")


def picked(office: Office) -> str:
    state = modal(office.manager)["state"]["values"][block_of(office.manager, "stocking")]
    return str(state["answer"]["selected_option"]["value"])


def at(office: Office, place: Location) -> dict[str, int]:
    levels = office.world.shops["alpha"].levels()
    return {level.item.sku or "": level.available for level in levels if level.location is place}


def calls(office: Office) -> int:
    return office.world.wire.calls.count("StockAt")


async def settings(office: Office) -> str:
    """Come into the window of what is not stocked by `/stock settings`."""
    await office.manager.close()
    await office.slash(office.manager, "settings alpha")
    await office.click(office.manager, "stocking")
    return shown(modal(office.manager))


async def test_r10_the_plan_names_what_is_not_stocked_and_stocks_it_if_that_is_chosen(
    office: Office, cellar: Location
) -> None:
    store, shelf = await connected(office)
    plan = await to_plan(office, shelf)
    assert "Cellar: 2 items (CUP and MUG)" in plan
    assert words.what("Alpha") in plan
    assert picked(office) == "leave"
    await office.manager.choose("answer", "stock", block_id=block_of(office.manager, "stocking"))
    await office.click(office.manager, "wizard_back")
    await office.submit(office.manager)
    await see(office, "The plan")
    assert picked(office) == "stock"
    assert calls(office) == 0
    assert await office.rows("select 1 from audit where act = 'store.stocking'") == []
    await office.submit(office.manager)
    await see(office, "Sync is being turned on")
    await office.world.until_on(store)
    await office.world.rest(4 * MINUTE)
    assert (calls(office), at(office, cellar)) == (2, {"MUG": 10, "CUP": 5})
    noted = await office.rows("select actor, subject from audit where act = 'store.stocking'")
    assert [tuple(row) for row in noted] == [(office.manager.id, "Alpha")]
    assert "not stocked" not in await office.slash(office.viewer, "status")
    # Once is enough: the next plan says so and asks no more.
    office.world.shops["alpha"].add_listing("POT", at=[])
    await office.rows("update store set sync_status = 'off', products_full_at = null")
    await office.manager.close()
    await office.world.rest(16 * MINUTE)
    told = await to_plan(office, shelf)
    assert "Cellar: 1 item (POT); 0 of them counted" in told
    assert "as was agreed on 23 November 2026" in told
    assert "stocking~" not in str(modal(office.manager)["blocks"])


async def test_r9_left_alone_it_stands_in_status_and_is_agreed_to_and_taken_back_in_the_settings(
    office: Office, cellar: Location
) -> None:
    store, shelf = await connected(office)
    await to_plan(office, shelf)
    await office.submit(office.manager)
    await see(office, "Sync is being turned on")
    await office.world.until_on(store)
    await office.world.rest(4 * MINUTE)
    assert (calls(office), at(office, cellar)) == (0, {})
    told = await office.slash(office.viewer, "status")
    assert words.left_alone(2, "Alpha") in told
    assert words.left_alone(2, "Alpha") in await office.home(office.manager)
    told = await settings(office)
    assert "Cellar: 2 items (CUP and MUG)" in told
    assert modal(office.manager)["submit"]["text"] == words.ALLOW
    assert calls(office) == 0
    # More than was seen is looked at first.
    office.world.shops["alpha"].add_listing("POT", at=[])
    await office.world.rest(16 * MINUTE)
    await office.submit(office.manager)
    told = await see(office, words.CHANGED)
    assert "Cellar: 3 items (CUP, MUG and POT); 2 of them counted in its warehouse" in told
    assert await office.rows("select 1 from store where settings ? 'stocking'") == []
    await office.submit(office.manager)
    await see(office, words.allowed("Alpha", paused=False))
    await office.world.rest(4 * MINUTE)
    assert (calls(office), at(office, cellar)) == (2, {"MUG": 10, "CUP": 5})
    assert words.uncounted(2) in await office.slash(office.viewer, "status")  # POT, at both
    told = await settings(office)
    assert f"Agreed by <@{office.manager.id}> on 23 November 2026" in told
    assert modal(office.manager)["submit"]["text"] == words.STOP
    await office.submit(office.manager)
    assert words.stopped("Alpha") in shown(modal(office.manager))
    noted = await office.rows("select detail from audit where act = 'store.stocking' order by id")
    assert [row.detail["allowed"] for row in noted] == [True, False]
    assert words.left_alone(2, "Alpha") in await office.slash(office.viewer, "status")


async def test_what_cannot_be_agreed_to_says_why(office: Office, cellar: Location) -> None:
    store, shelf = await connected(office)
    await office.slash(office.manager, "settings alpha")
    assert "stocking" not in str(modal(office.manager)["blocks"])  # sync is off: asked later
    await office.manager.close()
    await to_plan(office, shelf)
    await office.submit(office.manager)
    await see(office, "Sync is being turned on")
    await office.world.until_on(store)
    await settings(office)
    for change, back, told in (
        (
            "update store set sync_status = 'off'",
            "update store set sync_status = 'on'",
            words.OFF,
        ),
        (
            "update store set disconnected_at = now()",
            "update store set disconnected_at = null",
            words.GONE,
        ),
    ):
        await office.rows(change)
        await office.submit(office.manager)
        await see(office, told)
        await office.rows(back)
        await settings(office)
    await office.rows("update person set role = 'operator'")
    await office.submit(office.manager)
    assert "for managers" in shown(modal(office.manager))
    assert calls(office) == 0


async def test_changing_locations_asks_about_the_new_one(office: Office, cellar: Location) -> None:
    store = await office.world.connect("alpha", **TIMES)
    await link(office.world, store, Alpha_main="new", Cellar="none")
    [house] = await office.rows("select id from warehouse")
    await start(office)
    [place] = await office.rows("select id from location where name = 'Cellar'")
    block = block_of(office.manager, f"location-{place.id}")
    await office.manager.choose("answer", f"link:{house.id}", block_id=block)
    await office.submit(office.manager)
    await office.manager.choose("answer", "keep", block_id=block_of(office.manager, "mode"))
    await office.submit(office.manager)
    plan = await see(office, "The plan")
    assert "Cellar: 2 items (CUP and MUG)\n" in f"{plan}\n"
    assert picked(office) == "leave"
    await office.manager.choose("answer", "stock", block_id=block_of(office.manager, "stocking"))
    await office.submit(office.manager)
    await see(office, "The change is made")
    await office.world.rest(4 * MINUTE)
    assert (calls(office), at(office, cellar)) == (2, {"MUG": 10, "CUP": 5})


async def test_a_store_without_locations_hears_nothing_of_it(plain: Office) -> None:
    plain.world.shops["alpha"].add_listing("POT", at=[])
    await plain.rows("update store set products_full_at = null")
    await plain.world.rest(16 * MINUTE)
    assert "not stocked" not in await plain.slash(plain.viewer, "status")
    await plain.slash(plain.manager, "settings alpha")
    assert words.OPEN not in shown(modal(plain.manager))
    assert calls(plain) == 0
