"""Changing locations and warehouses from Slack while sync stays on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from connectors.catalog import PLATFORMS
from flows import relocate_words as said
from sandbox.shopify import Shop
from sandbox.shopify.model import Location
from storage import warehouses
from storage.database import Database
from tests.engine.conftest import TIMES
from tests.engine.plain import PLAIN, PlainWorld
from tests.engine.test_locations import link
from tests.engine.world import SimulatedClock
from tests.slack.office import Office, block_of, modal, open_office, see, shown, title

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def cellar(office: Office) -> Location:
    """Alpha on at its main location; its cellar, with 4 POT, is left out."""
    alpha = office.world.shops["alpha"]
    place = alpha.add_location("Cellar")
    alpha.add_listing("POT", 7, at=[alpha.locations[0], place])
    alpha.set_by_hand("POT", 4, place)
    store = await office.world.connect("alpha", **TIMES)
    await link(office.world, store, Alpha_main="new", Cellar="none")
    await office.world.rest(4 * MINUTE)
    return place


async def start(office: Office) -> None:
    """Come in by `/stock settings`."""
    await office.slash(office.manager, "settings alpha")
    await office.click(office.manager, "change_places")
    assert title(office.manager) == "Step 1 of 3"


async def choose(office: Office, key: str, value: str) -> None:
    await office.manager.choose("answer", value, block_id=block_of(office.manager, key))


async def location(office: Office, name: str) -> str:
    found = await office.rows("select id from location where name = :name", name=name)
    return f"location-{found[0].id}"


async def to_plan(office: Office, warehouse: str, mode: str | None = None) -> str:
    """Give the cellar a warehouse and go on to the plan."""
    await start(office)
    await choose(office, await location(office, "Cellar"), warehouse)
    await office.submit(office.manager)
    if mode:
        await choose(office, "mode", mode)
    await office.submit(office.manager)
    return await see(office, "The plan")


def picked(office: Office, key: str) -> str:
    state = modal(office.manager)["state"]["values"][block_of(office.manager, key)]
    [element] = state.values()
    return str(element["selected_option"]["value"])


async def test_a_location_gets_a_new_warehouse_from_first_to_last(
    office: Office, cellar: Location
) -> None:
    await start(office)
    # What is decided now is chosen already, and there is nothing to go back to.
    main, below = await location(office, "Alpha main"), await location(office, "Cellar")
    assert picked(office, main).startswith("link:")
    assert picked(office, below) == "none"
    assert "wizard_back" not in str(modal(office.manager)["blocks"])
    await office.submit(office.manager)
    assert said.NOTHING_CHANGES in shown(modal(office.manager))
    await choose(office, below, "new")
    await office.submit(office.manager)
    asked = shown(modal(office.manager))
    assert "Whose numbers count at Cellar from now on?" in asked
    assert said.NOT_COUNTED in asked
    assert picked(office, "mode") == "copy"
    await office.click(office.manager, "wizard_back")
    assert picked(office, below) == "new"
    await office.submit(office.manager)
    await office.submit(office.manager)
    plan = await see(office, "The plan")
    assert title(office.manager) == "Step 3 of 3"
    assert modal(office.manager)["submit"]["text"] == "Change locations"
    assert "Cellar: gets the warehouse Cellar" in plan
    assert "POT at Cellar: 4 → 4" in plan
    assert "Alpha main" not in plan
    assert await office.rows("select 1 from audit where act = 'store.relocate'") == []
    await office.click(office.manager, "wizard_file")
    assert "The whole plan for Alpha" in str(office.manager.messages("app"))
    await office.submit(office.manager)
    await see(office, "The change is made")
    await office.world.rest(5 * MINUTE)
    assert "Cellar" in await office.slash(office.manager, "show POT")
    noted = await office.rows("select actor, subject from audit where act = 'store.relocate'")
    assert [tuple(row) for row in noted] == [(office.manager.id, "Alpha")]
    assert office.world.shops["alpha"].available("POT", cellar) == 4
    assert await office.world.imbalances() == []


async def test_a_counted_warehouse_preselects_dont_copy_and_asks_about_open_orders(
    office: Office, cellar: Location
) -> None:
    alpha = office.world.shops["alpha"]
    alpha.sell("POT", 2, location=cellar)
    [main] = await office.rows("select id from warehouse")
    await start(office)
    await choose(office, await location(office, "Cellar"), f"link:{main.id}")
    await office.submit(office.manager)
    assert picked(office, "mode") == "keep"
    assert said.COUNTED in shown(modal(office.manager))
    await office.submit(office.manager)
    asked = await see(office, "Are these 2 units still in your numbers?")
    assert "1 open order still waits to be sent, 2 units in all" in asked
    await office.submit(office.manager)
    assert list(office.manager.errors.values()) == ["Please complete this required field."]
    await choose(office, "open_units", "in_numbers")
    await office.click(office.manager, "wizard_back")
    assert picked(office, "mode") == "keep"
    await office.submit(office.manager)
    await see(office, "Are these 2 units still in your numbers?")
    assert picked(office, "open_units") == "in_numbers"
    await office.submit(office.manager)
    plan = await see(office, "The plan")
    assert "POT at Cellar: 4 → 5" in plan
    assert "POT at Alpha main: 7 → 5" in plan
    assert "1 open order with 2 units begins to be followed" in plan
    await office.submit(office.manager)
    await see(office, "The change is made")
    await office.world.rest(5 * MINUTE)
    assert (alpha.available("POT"), alpha.available("POT", cellar)) == (5, 5)


async def test_a_second_press_and_a_stale_window_change_once(
    office: Office, cellar: Location
) -> None:
    await to_plan(office, "new", "copy")
    held = dict(modal(office.manager))
    view = office.slack.views.find(held["id"], None)
    values = dict(view.values)
    await office.submit(office.manager)
    await see(office, "The change is made")
    view.body.update({k: held[k] for k in ("private_metadata", "callback_id", "submit", "blocks")})
    view.values.update(values)
    await office.submit(office.manager)
    await see(office, "The change is made")
    assert len(await office.rows("select 1 from audit where act = 'store.relocate'")) == 1
    await office.manager.close()
    await start(office)
    old = dict(modal(office.manager))
    await choose(office, await location(office, "Cellar"), "none")
    await office.submit(office.manager)
    await see(office, "Cellar: left out, until now Cellar")
    view = office.slack.views.find(modal(office.manager)["id"], None)
    view.body["private_metadata"] = old["private_metadata"]
    await office.submit(office.manager)
    assert "Cellar: left out, until now Cellar" in await see(office, "The plan")
    assert len(await office.rows("select 1 from audit where act = 'store.relocate'")) == 1


async def test_sync_turned_off_in_between_is_told(office: Office, cellar: Location) -> None:
    await to_plan(office, "new", "copy")
    await office.rows("update store set sync_status = 'off'")
    await office.submit(office.manager)
    told = await see(office, "Sync is off for Alpha")
    assert "when you turn sync on" in told
    assert await office.rows("select 1 from draft where closed_at is null") == []
    await office.manager.close()
    await office.slash(office.manager, "settings alpha")
    assert "change_places" not in str(modal(office.manager)["blocks"])


async def test_a_plan_that_no_longer_holds_is_shown_again(office: Office, cellar: Location) -> None:
    await to_plan(office, "new", "copy")
    await office.rows("update location set decision = 'open' where name = 'Cellar'")
    await office.submit(office.manager)
    await see(office, "The store changed while you were looking")
    await office.submit(office.manager)
    await see(office, "The change is made")


async def test_a_store_that_fails_is_told_and_tried_again(office: Office, cellar: Location) -> None:
    await start(office)
    await choose(office, await location(office, "Cellar"), "new")
    await office.submit(office.manager)
    office.world.wire.faults["Orders"] = ["lost"] * 20
    await office.submit(office.manager)
    assert "Your answers are kept" in await see(office, "did not answer as it should")
    office.world.wire.faults.clear()
    await office.submit(office.manager)
    await see(office, "The plan")


async def test_the_home_tab_offers_it_and_takes_it_up_again(
    office: Office, cellar: Location
) -> None:
    assert "Change locations" in await office.home(office.manager)
    assert "Change locations" not in await office.home(office.operator)
    [store] = await office.rows("select id from store")
    await office.home(office.manager)
    await pick(office, f"places:{store.id}")
    await choose(office, await location(office, "Cellar"), "new")
    await office.submit(office.manager)
    assert title(office.manager) == "Step 2 of 3"
    await office.manager.close()
    assert "Go on changing locations" in await office.home(office.manager)
    await pick(office, f"places:{store.id}")
    assert title(office.manager) == "Step 2 of 3"


async def pick(office: Office, value: str) -> None:
    """Pick something in a store's menu on the Home tab."""
    await office.manager.choose("store_menu", value, on="home")
    await office.settle()


async def test_the_alert_about_a_new_location_has_the_button(
    office: Office, cellar: Location
) -> None:
    await office.rows("update workspace set alert_channel = 'C0ALERTS001'")
    office.world.shops["alpha"].add_location("Barn")
    await office.world.rest(20 * MINUTE)
    await office.deliver()
    [incident] = await office.rows("select * from incident where kind = 'new_location'")
    assert incident.message_ts is not None
    await office.click(office.manager, "change_places")
    assert title(office.manager) == "Step 1 of 3"
    await choose(office, await location(office, "Barn"), "none")
    await office.submit(office.manager)
    assert "Barn: left out, as before" in await see(office, "The plan")
    await office.submit(office.manager)
    await see(office, "The change is made")
    await office.deliver()
    told = [message["text"] for message in office.manager.messages("stock-alerts")]
    assert sum("changed which warehouses stand for the places of Alpha" in t for t in told) == 1
    closed = await office.rows("select closed_at from incident where kind = 'new_location'")
    assert closed[0].closed_at is not None


async def test_only_managers_change_locations(office: Office, cellar: Location) -> None:
    assert "This is for managers" in await office.slash(office.operator, "settings alpha")
    await start(office)
    await office.rows("update person set role = 'viewer'")
    await office.submit(office.manager)
    assert "for managers" in shown(modal(office.manager))


@pytest.fixture
async def plain(
    database: Database, shops: list[Shop], clock: SimulatedClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Office]:
    """The office with alpha on, as a store that knows no locations."""
    monkeypatch.setitem(PLATFORMS, PLAIN.key, PLAIN)
    async with open_office(database, *shops, clock=clock, made=PlainWorld) as office:
        assert isinstance(office.world, PlainWorld)
        store = await office.world.connect_plain("alpha")
        await office.world.turn_on(store, "copy")
        await office.world.rest(4 * MINUTE)
        yield office


async def test_warehouses_of_a_store_without_locations(plain: Office) -> None:
    office = plain
    async with office.world.database.transaction() as session:
        now, workspace = office.world.clock.now(), office.world.workspace_id
        attic = await warehouses.add(session, workspace, "Attic", now)
    await office.rows("update warehouse set name = 'Shelf' where name = 'Alpha'")
    [shelf] = await office.rows("select id from warehouse where name = 'Shelf'")
    [mug] = await office.rows("select id from product where sku = 'MUG'")
    await office.world.change(mug.id, attic, 5)
    told = await office.slash(office.manager, "settings alpha")
    assert "Change warehouses" in shown(modal(office.manager))
    await office.click(office.manager, "change_places")
    block = block_of(office.manager, "warehouses")
    both = [f"link:{shelf.id}", f"link:{attic}"]
    await office.manager.choose("answer", both, block_id=block)
    await office.submit(office.manager)
    told += await see(office, "Which warehouse are orders taken from?")
    await office.submit(office.manager)
    told += await see(office, "The plan")
    assert "Alpha shows Shelf + Attic, until now Shelf" in told
    assert "MUG: shows 10, will show 15 (10 + 5)" in told
    assert modal(office.manager)["submit"]["text"] == "Change warehouses"
    await office.submit(office.manager)
    told += await see(office, "The change is made")
    await office.world.rest(5 * MINUTE)
    assert office.world.shown("alpha", "MUG") == 15
    await office.manager.close()
    # Another one receives: its numbers may be copied.
    await office.slash(office.manager, "settings alpha")
    await office.click(office.manager, "change_places")
    block = block_of(office.manager, "warehouses")
    await office.manager.choose("answer", [f"link:{attic}"], block_id=block)
    await office.submit(office.manager)
    told += await see(office, "Whose numbers count from now on?")
    await choose(office, "mode", "copy")
    await office.submit(office.manager)
    told += await see(office, "The plan")
    await office.submit(office.manager)
    await see(office, "The change is made")
    await office.world.rest(5 * MINUTE)
    assert office.world.shown("alpha", "MUG") == 15
    levels = await office.rows(
        "select available from stock where warehouse_id = :house and product_id = :mug",
        house=attic,
        mug=mug.id,
    )
    assert levels[0].available == 15
    assert "location" not in told.casefold()
    assert await office.world.imbalances() == []
