"""Merchants with much of everything, clicked through: nothing is cut off, nothing is refused."""

from __future__ import annotations

import pytest

from sandbox.shopify import Shop
from storage.database import Database
from tests.engine.world import SimulatedClock
from tests.slack.office import Office, block_of, modal, open_office, see, shown
from tests.slack.test_wizard import start

LOCATIONS = 400
PRODUCTS = 50_000


async def test_four_hundred_locations_are_mapped_page_by_page(
    database: Database, clock: SimulatedClock
) -> None:
    shop = Shop("many", now=clock.now)
    for number in range(LOCATIONS):
        shop.add_location(f"Counter {number:03}")
    shop.add_listing("MUG", 7)
    async with open_office(database, shop, clock=clock) as office:
        store = await office.world.connect("many")
        await start(office)
        await office.submit(office.manager)
        await office.submit(office.manager)
        seen: set[str] = set()
        pages = 0
        while not office.manager.modal or "The plan" not in shown(modal(office.manager)):
            inputs = [b for b in modal(office.manager)["blocks"] if b["type"] == "input"]
            seen |= {block["label"]["text"] for block in inputs}
            if pages == 1:  # what was chosen stays when a page is left and come back to
                await office.manager.choose("answer", "none", block_id=inputs[0]["block_id"])
                await office.submit(office.manager)
                await office.click(office.manager, "wizard_back")
                first = inputs[0]["block_id"].partition("~")[0] + "~"
                kept = modal(office.manager)["state"]["values"][block_of(office.manager, first)]
                assert kept["answer"]["selected_option"]["value"] == "none"
            await office.submit(office.manager)
            await office.settle()
            pages += 1
            assert pages < LOCATIONS
        assert sum("Counter" in label for label in seen) == LOCATIONS
        await office.submit(office.manager)
        await see(office, "Sync is being turned on")
        await office.world.until_on(store)
        [row] = await office.rows(
            "select count(*) filter (where decision = 'linked') as linked, "
            "count(*) filter (where decision = 'unlinked') as left_out from location"
        )
        assert (row.linked, row.left_out) == (LOCATIONS - 1, 1)


# Slack's library hands a whole file over at once; two megabytes are no matter.
@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_fifty_thousand_products_are_found_listed_and_exported(office: Office) -> None:
    store = await office.world.connect("alpha")
    await office.world.turn_on(store, "copy")
    await office.rows(
        "with made as (insert into product (workspace_id, sku, sku_key, title, created_at) "
        "select :workspace, 'SKU-' || n, 'sku-' || n, 'Thing ' || n, now() "
        "from generate_series(1, :number) n returning id) "
        "insert into stock (product_id, warehouse_id, workspace_id, on_hand, counted_at) "
        "select made.id, w.id, :workspace, 3, now() from made, warehouse w",
        workspace=office.world.workspace_id,
        number=PRODUCTS,
    )
    assert "Thing 49999" in await office.slash(office.viewer, "show sku-49999")
    assert "Did you mean SKU-49999?" in await office.slash(office.viewer, "show sku-49999999")
    await office.slash(office.operator, "export")
    await office.settle()
    message = [m for m in office.operator.messages("app") if m.get("files")][-1]
    content = office.slack.uploads.get(message["files"][0]["id"]).content or b""
    assert content.count(b"SKU-") == PRODUCTS
    await office.slash(office.manager, "status")
    assert "*2 of 2 agree*" in shown(office.manager.ephemerals()[-1])
    assert "SKU-50000" in await office.slash(office.viewer, "why SKU-50000")
