"""The wizard, clicked through by a person: forward, back, away, again, and twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.shopify import Shop
from storage import people, warehouses
from storage.database import Database
from tests.engine.world import SimulatedClock
from tests.slack.office import Office, block_of, modal, open_office, see, shown, title


async def start(office: Office, typed: str = "turn-on") -> None:
    await office.slash(office.manager, typed)
    assert office.manager.modal is not None


async def to_map(office: Office, mode: str | None = None) -> None:
    """Go from the review to the locations."""
    await office.submit(office.manager)
    if mode:
        await office.manager.choose("answer", mode, block_id=block_of(office.manager, "mode"))
    await office.submit(office.manager)


async def to_plan(office: Office) -> None:
    """Go from the beginning to the plan, with what is preselected."""
    await start(office)
    await to_map(office)
    await office.submit(office.manager)
    await see(office, "The plan")


async def test_copy_from_first_to_last(office: Office) -> None:
    store = await office.world.connect("alpha")
    await start(office)
    assert title(office.manager) == "Step 1 of 4"
    assert "Linked to a product by SKU: *2*" in shown(office.manager.modal)
    await office.submit(office.manager)
    assert title(office.manager) == "Step 2 of 4"
    assert office.manager.modal is not None
    state = modal(office.manager)["state"]["values"][block_of(office.manager, "mode")]
    assert state["answer"]["selected_option"]["value"] == "copy"
    await office.submit(office.manager)
    assert title(office.manager) == "Step 3 of 4"
    await office.submit(office.manager)
    plan = await see(office, "The plan")
    assert title(office.manager) == "Step 4 of 4"
    assert modal(office.manager)["submit"]["text"] == "Turn on sync"
    assert "Alpha main" in plan
    assert "change stock only in Stockroom" in plan
    assert await office.rows("select 1 from turn_on") == []
    await office.submit(office.manager)
    await see(office, "Sync is being turned on")
    assert "change stock only in Stockroom" in shown(office.manager.modal)
    await office.world.until_on(store)
    assert await office.world.level("MUG") == (10, 0, 10)
    acts = await office.rows("select actor, act, subject from audit where act = 'store.turn_on'")
    assert [tuple(row) for row in acts] == [(office.manager.id, "store.turn_on", "Alpha")]


async def test_the_home_tab_shows_the_end_to_whoever_turned_sync_on(office: Office) -> None:
    store = await office.world.connect("alpha")
    await to_plan(office)
    await office.submit(office.manager)
    assert "*Sync On*" not in await office.home(office.manager)
    await office.world.until_on(store)
    await office.deliver()
    assert "*Sync On*" in shown(office.manager.home)
    assert office.operator.home is None  # nobody else's tab is drawn unasked


async def test_a_home_tab_that_slack_does_not_take_is_no_loss(office: Office) -> None:
    store = await office.world.connect("alpha")
    await office.world.turn_on(store, "copy")
    office.slack.faults.refuse("views.publish", "internal_error")
    await office.deliver()
    assert await office.rows("select 1 from outbox where sent_at is null") == []
    office.slack.faults.clear()


async def test_keep_asks_about_open_orders(office: Office) -> None:
    alpha = await office.world.connect("alpha")
    await office.world.turn_on(alpha, "copy")
    office.world.shops["beta"].sell("MUG", 2)
    await office.world.connect("beta")
    await start(office)
    assert "Beta" in shown(office.manager.modal)
    await to_map(office)
    await office.submit(office.manager)
    asked = await see(office, "Are these 2 units still in your numbers?")
    assert "1 open order" in asked
    await office.submit(office.manager)
    assert list(office.manager.errors.values()) == ["Please complete this required field."]
    await office.manager.choose(
        "answer", "in_numbers", block_id=block_of(office.manager, "open_units")
    )
    await office.submit(office.manager)
    assert "MUG" in await see(office, "The plan")
    await office.click(office.manager, "wizard_back")
    await see(office, "still in your numbers?")
    picked = modal(office.manager)["state"]["values"][block_of(office.manager, "open_units")]
    assert picked["answer"]["selected_option"]["value"] == "in_numbers"


async def test_back_keeps_what_was_picked(office: Office) -> None:
    await office.world.connect("alpha")
    await start(office)
    await to_map(office)
    await office.manager.choose("answer", "none", block_id=block_of(office.manager, "location"))
    await office.click(office.manager, "wizard_back")
    assert title(office.manager) == "Step 2 of 4"
    await office.submit(office.manager)
    picked = modal(office.manager)["state"]["values"][block_of(office.manager, "location")]
    assert picked["answer"]["selected_option"]["value"] == "none"
    await office.submit(office.manager)
    assert "there would be nothing to sync" in shown(office.manager.modal)
    await office.manager.choose("answer", "new", block_id=block_of(office.manager, "location"))
    await office.submit(office.manager)
    await see(office, "The plan")


async def test_closing_loses_nothing_and_home_resumes_after_a_restart(
    database: Database, shops: list[Shop], clock: SimulatedClock
) -> None:
    async with open_office(database, *shops, clock=clock) as office:
        await office.world.connect("alpha")
        await start(office)
        await to_map(office, "keep")
        await office.manager.close()
        world = office.world
    async with open_office(database, *shops, clock=clock, staff=False) as office:
        office.world.vault = world.vault
        home = await office.home(office.manager)
        assert "Resume" in home
        await office.click(office.manager, "turn_on")
        assert title(office.manager) == "Step 3 of 4"
        await office.click(office.manager, "wizard_back")
        state = modal(office.manager)["state"]["values"][block_of(office.manager, "mode")]
        assert state["answer"]["selected_option"]["value"] == "keep"


async def test_closing_while_it_works_is_no_error_and_resumes_at_the_result(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await office.world.connect("alpha")
    await start(office)
    await to_map(office)
    await office.manager.submit()
    await office.manager.close()
    await office.settle()
    assert office.manager.modal is None
    await office.slash(office.manager, "turn-on")
    await see(office, "The plan")
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_work_that_was_cut_off_is_done_when_it_is_resumed(office: Office) -> None:
    await office.world.connect("alpha")
    await to_plan(office)
    await office.manager.close()
    for step in ("orders", "planning", "confirm"):
        await office.rows("update draft set step = :step", step=step)
        await office.slash(office.manager, "turn-on")
        await see(office, "The plan")
        await office.manager.close()
    assert await office.rows("select 1 from turn_on") == []


async def test_many_warehouses_that_locations_share_are_asked_about_in_pages(
    database: Database, clock: SimulatedClock
) -> None:
    shop = Shop("many", now=clock.now)
    for number in range(110):
        shop.add_location(f"Counter {number:03}")
    shop.add_listing("MUG", 7)
    async with open_office(database, shop, clock=clock) as office:
        await office.world.connect("many")
        async with database.transaction() as session:
            for number in range(55):
                workspace = office.world.workspace_id
                await warehouses.add(session, workspace, f"House {number}", clock.now())
        houses = [row.id for row in await office.rows("select id from warehouse order by id")]
        places = [row.id for row in await office.rows("select id from location order by id")]
        pairs = {f"location-{place}": f"link:{houses[n // 2]}" for n, place in enumerate(places)}
        await start(office)
        await office.rows(
            "update draft set step = 'map.5', revision = revision + 1, answers = :answers",
            answers=json.dumps({"mode": "copy", **pairs}),
        )
        await start(office)
        await office.submit(office.manager)
        for page in ("(1 to 20 of 55)", "(21 to 40 of 55)", "(41 to 55 of 55)"):
            assert page in shown(modal(office.manager))
            for block in modal(office.manager)["blocks"]:
                if block["type"] == "input":
                    first = block["element"]["options"][0]["value"]
                    await office.manager.choose("answer", first, block_id=block["block_id"])
            await office.submit(office.manager)
        assert "The plan" in await see(office, "The plan")


async def test_several_stores_are_told_apart_by_name(office: Office) -> None:
    await office.world.connect("alpha")
    await office.world.connect("beta")
    await start(office)
    assert "Which store?" in shown(office.manager.modal)
    await office.manager.close()
    assert "No connected store" in await office.slash(office.manager, "turn-on gamma")
    await start(office, "turn-on bet")
    assert "Beta" in shown(office.manager.modal)


async def test_a_second_window_shows_the_current_step(office: Office) -> None:
    await office.world.connect("alpha")
    await start(office)
    old = dict(office.manager.modal or {})
    await office.submit(office.manager)
    current = dict(office.manager.modal or {})
    view = office.slack.views.find(current["id"], None)
    view.body["private_metadata"] = old["private_metadata"]
    await office.submit(office.manager)
    assert title(office.manager) == "Step 2 of 4"


async def test_pressing_confirm_twice_turns_on_once(office: Office) -> None:
    store = await office.world.connect("alpha")
    await to_plan(office)
    held = dict(office.manager.modal or {})
    await office.submit(office.manager)
    await see(office, "Sync is being turned on")
    office.slack.views.find(held["id"], None).body.update(
        {k: held[k] for k in ("private_metadata", "callback_id", "submit", "blocks")}
    )
    await office.submit(office.manager)
    await see(office, "Sync is being turned on")
    assert len(await office.rows("select 1 from turn_on")) == 1
    await office.world.until_on(store)
    await office.slash(office.manager, "turn-on alpha")
    assert "Sync is already on" in shown(office.manager.modal)


async def test_a_store_that_fails_is_told_and_tried_again(office: Office) -> None:
    await office.world.connect("alpha")
    await start(office)
    await to_map(office)
    office.world.wire.faults["Orders"] = ["lost"] * 20
    names = set(office.world.wire.calls)
    await office.submit(office.manager)
    text = await see(office, "did not answer as it should")
    assert "Your answers are kept" in text, names
    office.world.wire.faults.clear()
    await office.submit(office.manager)
    await see(office, "The plan")


async def test_a_dead_token_leads_to_reconnecting(office: Office) -> None:
    await office.world.connect("alpha")
    await start(office)
    await to_map(office)
    shop = office.world.shops["alpha"]
    good = shop.token
    shop.token = "shpat_other"
    await office.submit(office.manager)
    await see(office, "has to be connected again")
    await office.click(office.manager, "wizard_reconnect")
    assert "https://stock.example.com/connect/" in str(office.manager.modals[-1])
    await office.manager.close()
    shop.token = good
    await office.submit(office.manager)
    await see(office, "The plan")


async def test_only_managers_turn_on_and_only_in_their_own_draft(office: Office) -> None:
    await office.world.connect("alpha")
    await start(office)
    mine = dict(office.manager.modal or {})
    await office.submit(office.manager)
    async with office.world.database.transaction() as session:
        await people.set_role(
            session,
            office.world.workspace_id,
            office.operator.id,
            "manager",
            office.world.clock.now(),
        )
    await office.slash(office.operator, "turn-on")
    assert title(office.operator) == "Step 1 of 4"
    theirs = dict(office.operator.modal or {})
    office.slack.views.find(theirs["id"], None).body["private_metadata"] = mine["private_metadata"]
    await office.submit(office.operator)
    assert "Somebody else opened this window" in shown(office.operator.modal)
    assert len(await office.rows("select 1 from draft where step = 'copy'")) == 1


async def test_a_manager_who_is_none_any_more_is_stopped(office: Office) -> None:
    await office.world.connect("alpha")
    await start(office)
    await office.rows("update person set role = 'viewer'")
    await office.submit(office.manager)
    assert "for managers" in shown(office.manager.modal)
    assert [row.step for row in await office.rows("select step from draft")] == ["review"]


async def test_the_plan_is_sent_as_a_file(office: Office) -> None:
    await office.world.connect("alpha")
    await to_plan(office)
    await office.click(office.manager, "wizard_file")
    said = str(office.manager.messages("app"))
    assert "The whole plan for Alpha" in said
    assert ".csv" in said


async def test_many_locations_and_warehouses_fit_by_paging_and_searching(
    database: Database, clock: SimulatedClock
) -> None:
    places = 45
    shop = Shop("many", now=clock.now)
    for number in range(places):
        shop.add_location(f"Place {number:03}")
    shop.add_listing("MUG", 1)
    async with open_office(database, shop, clock=clock) as office:
        await office.world.connect("many")
        async with database.transaction() as session:
            for number in range(places):
                await warehouses.add(
                    session, office.world.workspace_id, f"House {number}", clock.now()
                )
        await start(office)
        await to_map(office, "keep")
        pages = 0
        while "Which warehouse stands" in shown(office.manager.modal):
            pages += 1
            for block in _inputs(office.manager.modal):
                await _pick(office, block, f"House {places - 1}")
            await office.submit(office.manager)
        assert pages == -(-places // 20)
        plan = await see(office, "The plan")
        assert "counts its stock more than once" in plan


async def test_one_warehouse_for_two_locations_asks_whose_number_is_taken(
    database: Database, clock: SimulatedClock
) -> None:
    shop = Shop("twin", now=clock.now)
    shop.add_location("Front")
    shop.add_location("Back")
    shop.add_listing("MUG", 7)
    async with open_office(database, shop, clock=clock) as office:
        await office.world.connect("twin")
        async with database.transaction() as session:
            house = await warehouses.add(session, office.world.workspace_id, "Shelf", clock.now())
        await start(office)
        await to_map(office, "copy")
        for block in _inputs(office.manager.modal):
            await office.manager.choose("answer", f"link:{house}", block_id=block)
        await office.submit(office.manager)
        assert "Back and Front all show Shelf" in shown(office.manager.modal)
        block = _inputs(office.manager.modal)[0]
        options = await office.rows("select id from location where name = 'Front'")
        await office.manager.choose("answer", str(options[0].id), block_id=block)
        await office.submit(office.manager)
        await see(office, "The plan")
        plans = await office.rows("select choices from plan")
        assert plans[0].choices["copy_from"] == [options[0].id]


def _inputs(view: dict[str, Any] | None) -> list[str]:
    assert view is not None
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


async def _pick(office: Office, block_id: str, name: str) -> None:
    """Pick a warehouse by its name: from the list, or by searching where there is no list."""
    view = office.manager.modal
    assert view is not None
    element = next(b["element"] for b in view["blocks"] if b["block_id"] == block_id)
    if element["type"] == "external_select":
        found = await office.manager.suggest("answer_search", name, block_id=block_id)
    else:
        found = [o for group in element["option_groups"] for o in group["options"]]
    value = next(o["value"] for o in found if o["text"]["text"].endswith(name))
    await office.manager.choose(element["action_id"], value, block_id=block_id)
