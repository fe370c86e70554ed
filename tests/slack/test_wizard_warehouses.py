"""The wizard of a store without locations, clicked through by a person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors.catalog import PLATFORMS
from sandbox.shopify import Shop
from storage import warehouses
from storage.database import Database
from tests.engine.plain import PLAIN, PlainWorld
from tests.engine.world import SimulatedClock
from tests.slack.office import Office, block_of, modal, open_office, see, shown, title


@pytest.fixture
async def plain(
    database: Database, shops: list[Shop], clock: SimulatedClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Office]:
    """The office with a store that knows no locations; its platform stands in the catalog."""
    monkeypatch.setitem(PLATFORMS, PLAIN.key, PLAIN)
    async with open_office(database, *shops, clock=clock, made=PlainWorld) as office:
        assert isinstance(office.world, PlainWorld)
        await office.world.connect_plain("alpha")
        yield office


async def make_houses(office: Office, *names: str) -> list[int]:
    async with office.world.database.transaction() as session:
        workspace, now = office.world.workspace_id, office.world.clock.now()
        return [await warehouses.add(session, workspace, name, now) for name in names]


async def to_warehouses(office: Office, mode: str) -> str:
    """Go from the review to the warehouses; all that was read on the way."""
    await office.slash(office.manager, "turn-on")
    told = shown(modal(office.manager))
    await office.submit(office.manager)
    await office.manager.choose("answer", mode, block_id=block_of(office.manager, "mode"))
    told += shown(modal(office.manager))
    await office.submit(office.manager)
    assert title(office.manager) == "Step 3 of 4"
    return told + shown(modal(office.manager))


def picked(office: Office, key: str) -> list[str]:
    state = modal(office.manager)["state"]["values"][block_of(office.manager, key)]
    [element] = state.values()
    return [option["value"] for option in element["selected_options"]]


async def test_two_warehouses_are_added_up_and_one_receives(plain: Office) -> None:
    shelf, attic = await make_houses(plain, "Shelf", "Attic")
    told = await to_warehouses(plain, "copy")
    assert picked(plain, "warehouses") == ["new"]
    await plain.manager.choose("answer", [], block_id=block_of(plain.manager, "warehouses"))
    await plain.submit(plain.manager)
    assert list(plain.manager.errors.values()) == ["Please complete this required field."]
    both = [f"link:{attic}", f"link:{shelf}"]
    await plain.manager.choose("answer", both, block_id=block_of(plain.manager, "warehouses"))
    await plain.click(plain.manager, "wizard_back")
    await plain.submit(plain.manager)
    assert picked(plain, "warehouses") == both
    await plain.submit(plain.manager)
    told += await see(plain, "Which warehouse receives the store's stock?")
    await plain.manager.choose(
        "answer", f"link:{shelf}", block_id=block_of(plain.manager, "receives")
    )
    await plain.submit(plain.manager)
    told += await see(plain, "The plan")
    assert "Alpha shows the sum of Attic and Shelf." in told
    assert "Its stock is copied to Shelf" in told
    await plain.click(plain.manager, "wizard_file")
    await plain.submit(plain.manager)
    told += await see(plain, "Sync is being turned on")
    assert "location" not in told.casefold()
    store = (await plain.rows("select id from store"))[0].id
    await plain.world.until_on(store)
    told = await plain.slash(plain.manager, "show MUG") + await plain.slash(plain.manager, "status")
    assert "Alpha: shows 10 of 10 wanted" in told
    assert "location" not in told.casefold()
    links = await plain.rows("select warehouse_id, receives from location_warehouse order by 1")
    assert [tuple(row) for row in links] == [(shelf, True), (attic, False)]


async def test_an_answer_that_came_too_late_is_told_under_its_field(plain: Office) -> None:
    await make_houses(plain, "Shelf")
    [attic] = await make_houses(plain, "Attic")
    await to_warehouses(plain, "keep")
    block = block_of(plain.manager, "warehouses")
    await plain.manager.choose("answer", [f"link:{attic}"], block_id=block)
    await plain.rows("delete from warehouse where name = 'Attic'")
    await plain.submit(plain.manager)
    assert list(plain.manager.errors.values()) == ["Choose at least one warehouse."]
    await plain.manager.choose("answer", ["new"], block_id=block)
    await plain.submit(plain.manager)
    await see(plain, "The plan")


async def test_turning_on_again_begins_with_what_was_chosen(plain: Office) -> None:
    shelf, attic = await make_houses(plain, "Shelf", "Attic")
    await to_warehouses(plain, "copy")
    both = [f"link:{attic}", f"link:{shelf}"]
    await plain.manager.choose("answer", both, block_id=block_of(plain.manager, "warehouses"))
    await plain.submit(plain.manager)
    await plain.manager.choose(
        "answer", f"link:{attic}", block_id=block_of(plain.manager, "receives")
    )
    await plain.submit(plain.manager)
    await see(plain, "The plan")
    await plain.submit(plain.manager)
    await see(plain, "Sync is being turned on")
    store = (await plain.rows("select id from store"))[0].id
    await plain.world.until_on(store)
    await plain.slash(plain.manager, "turn-off")
    told = shown(modal(plain.manager))
    await plain.click(plain.manager, "store_act")
    told += shown(modal(plain.manager))
    await plain.manager.close()
    told += await to_warehouses(plain, "keep")
    assert picked(plain, "warehouses") == both
    assert "location" not in told.casefold()
    await plain.submit(plain.manager)
    await see(plain, "Which warehouse are orders taken from?")
    await plain.submit(plain.manager)
    await see(plain, "while sync was off")


async def test_more_warehouses_than_a_menu_holds_are_searched(plain: Office) -> None:
    made = await make_houses(plain, *(f"House {number}" for number in range(130)))
    await to_warehouses(plain, "keep")
    block = block_of(plain.manager, "warehouses")
    [element] = [b["element"] for b in modal(plain.manager)["blocks"] if b["block_id"] == block]
    assert element["type"] == "multi_external_select"
    found = await plain.manager.suggest("answer_search", "house 12", block_id=block)
    values = [option["value"] for option in found if option["text"]["text"] == "House 129"]
    assert values == [f"link:{made[129]}"]
    await plain.manager.choose("answer_search", values, block_id=block)
    await plain.submit(plain.manager)
    assert "House 129" in await see(plain, "The plan")


async def test_a_menu_of_many_warehouses_is_grouped(plain: Office) -> None:
    await make_houses(plain, *(f"House {number}" for number in range(20)))
    await to_warehouses(plain, "copy")
    block = block_of(plain.manager, "warehouses")
    element: dict[str, Any] = next(
        b["element"] for b in modal(plain.manager)["blocks"] if b["block_id"] == block
    )
    assert element["type"] == "multi_static_select"
    assert [len(group["options"]) for group in element["option_groups"]] == [20, 1]
