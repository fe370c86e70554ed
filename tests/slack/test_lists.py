"""Stores, warehouses, the log of acts and the stock as lists and files; reading at once."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

from bot.slack import list_words
from sandbox.shopify import Shop
from sandbox.slack.people import Person
from tests.slack.office import Office, shown
from tests.slack.test_drift import a_day


def sent_file(office: Office, person: Person) -> list[list[str]]:
    """The newest table that was sent to a person."""
    message = [m for m in person.messages("app") if m.get("files")][-1]
    content = office.slack.uploads.get(message["files"][0]["id"]).content or b""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def listed(person: Person) -> str:
    return shown(person.ephemerals()[-1])


async def test_stores_and_warehouses_are_listed(office: Office) -> None:
    assert await office.slash(office.viewer, "stores") == list_words.NOTHING["stores"]
    assert await office.slash(office.viewer, "warehouses") == list_words.NOTHING["warehouses"]
    await office.world.turn_on(await office.world.connect("alpha"), "copy")
    await office.world.connect("beta")
    said = await office.slash(office.viewer, "stores")
    assert "2 stores" in said
    assert "*Alpha*  ·  Shopify  ·  Sync On  ·  Healthy" in said
    assert "*Beta*  ·  Shopify  ·  Sync Off" in said
    said = await office.slash(office.viewer, "warehouses")
    assert "*Alpha main*: 15 units available of 2 products; Alpha, Alpha main" in said


async def test_hundreds_of_stores_and_warehouses_are_paged(office: Office) -> None:
    await office.rows(
        "insert into warehouse (workspace_id, name, name_key, created_at) select :workspace, "
        "'House <' || n || '>', 'house ' || to_char(n, 'FM000'), now() "
        "from generate_series(1, 300) n",
        workspace=office.world.workspace_id,
    )
    await office.rows(
        "insert into store (workspace_id, platform, account_id, name, connected_at) select "
        ":workspace, 'shopify', n::text, 'Shop ' || to_char(n, 'FM000'), now() "
        "from generate_series(1, 300) n",
        workspace=office.world.workspace_id,
    )
    for what, name in (("warehouses", "*House &lt;{}&gt;*"), ("stores", "*Shop {:03}*")):
        await office.slash(office.viewer, what)
        before = len(office.viewer.ephemerals())
        seen = [listed(office.viewer)]
        for _ in range(11):
            await office.click(office.viewer, "list_page", on="message")
            seen.append(listed(office.viewer))
        assert len(office.viewer.ephemerals()) == before, "a page stands in its place"
        every = "\n".join(seen)
        assert all(every.count(name.format(n)) == 1 for n in range(1, 301))
        await office.click(office.viewer, "list_page_back", on="message")
        assert listed(office.viewer) == seen[-2]


async def test_the_stock_is_sent_as_a_file(office: Office) -> None:
    await office.world.turn_on(await office.world.connect("alpha"), "copy")
    assert "operators and managers" in await office.slash(office.viewer, "export")
    await office.slash(office.operator, "export")
    head, *rows = sent_file(office, office.operator)
    assert head[0] == "SKU"
    assert sorted(row[0] for row in rows) == ["CUP", "MUG"]


async def acts(office: Office, number: int) -> None:
    await office.rows(
        "insert into audit (workspace_id, actor, act, subject, at) select :workspace, "
        "'U0OPERATOR1', 'stock.adjust', '=MUG <!channel> ' || n, "
        "now() + n * interval '1 second' from generate_series(1, :number) n",
        workspace=office.world.workspace_id,
        number=number,
    )


async def test_the_log_of_acts_is_read_in_pages_and_sent_whole(office: Office) -> None:
    assert "This is for managers" in await office.slash(office.operator, "audit")
    assert "Nobody has done anything" in await office.slash(office.manager, "audit")
    await acts(office, 45)
    said = await office.slash(office.manager, "audit")
    assert "<@U0OPERATOR1> adjusted stock: =MUG &lt;!channel&gt; 45" in said
    assert "Page 1 of 3, 45 acts in all" in said
    for page in (2, 3):
        await office.click(office.manager, "audit_older", on="message")
        assert f"Page {page} of 3" in listed(office.manager)
    assert "MUG &lt;!channel&gt; 1\n" in listed(office.manager) + "\n"
    await office.click(office.manager, "audit_newer", on="message")
    assert "Page 2 of 3" in listed(office.manager)
    await office.click(office.manager, "audit_file", on="message")
    _, *rows = sent_file(office, office.manager)
    assert len(rows) == 45
    assert rows[0][3] == "'=MUG <!channel> 1", "no formula in a spreadsheet"


async def test_r13_another_workspace_sees_neither_lists_nor_acts(office: Office) -> None:
    await acts(office, 1)
    await office.rows(
        "with other as (insert into workspace (team_id, created_at) values ('T0OTHER', now()) "
        "returning id) update audit set workspace_id = other.id from other"
    )
    assert "Nobody has done anything" in await office.slash(office.manager, "audit")


async def test_sync_now_reads_everything_at_once(office: Office, shops: list[Shop]) -> None:
    world = office.world
    store = await world.connect("alpha")
    await world.turn_on(store, "copy")
    await a_day(office)
    said = await office.slash(office.operator, "sync")
    assert "/stock sync now" in said
    shops[0].set_by_hand("MUG", 4)
    shops[0].rename_sku("CUP", "CUP-2")
    before = await _times(office)
    said = await office.slash(office.operator, "sync now alpha")
    assert "Reading Alpha now" in said
    await world.work()
    # No hour has passed, in which the audit and the daily pass would have come by themselves.
    await world.run(timedelta(minutes=8), step=timedelta(minutes=1))
    assert await _times(office) > before
    [found] = await office.rows(
        "select kind from incident where closed_at is null and kind='drift'"
    )
    assert found.kind == "drift"
    [listing] = await office.rows("select sku from listing where unlinked = 'renamed'")
    assert listing.sku == "CUP-2"
    assert await office.rows("select 1 from audit where act = 'store.sync_now'")


async def _times(office: Office) -> Any:
    [row] = await office.rows("select products_full_at from store")
    return row.products_full_at
