"""`/stock unlinked [store]`: what is linked to nothing, set aside, and taken back."""

from __future__ import annotations

from datetime import timedelta

from bot.slack import unlinked_words as words
from bot.slack.views.unlinked import Press
from sandbox.shopify import Shop
from tests.slack.office import Office, shown


def listed(office: Office) -> str:
    return shown(office.operator.ephemerals()[-1])


async def _press(office: Office, title: str) -> str:
    [row] = await office.rows("select id from listing where title = :title", title=title)
    return Press("", 0, row.id).write()


async def test_of_two_listings_with_one_sku_the_one_that_is_left_is_linked(
    office: Office, shops: list[Shop]
) -> None:
    shops[0].add_listing("", 3, title="Gift card <!channel>")
    shops[0].add_listing("mug", 7, title="Mug, once more")
    store = await office.world.connect("alpha")
    assert "operators and managers" in await office.slash(office.viewer, "unlinked")
    assert "No connected store is called “gamma”" in await office.slash(
        office.operator, "unlinked gamma"
    )
    said = await office.slash(office.operator, "unlinked alpha")
    assert "3 listings linked to no product" in said
    assert "Gift card &lt;!channel&gt;" in said
    assert words.REASONS["no_sku"] in said
    assert said.count(words.REASONS["duplicate"]) == 2

    await office.slash(office.operator, "unlinked")
    await office.click(
        office.operator, "set_aside", value=await _press(office, "Mug, once more"), on="message"
    )
    rows = await office.rows("select unlinked from listing where title = 'Mug, once more'")
    assert rows[0].unlinked == "ignored"
    assert words.REASONS["duplicate"] not in listed(office), "the other one is linked now"
    assert words.REASONS["ignored"] in listed(office)
    await office.world.turn_on(store, "copy")
    assert await office.world.level("MUG") == (10, 0, 10)
    await office.world.run(timedelta(hours=26), step=timedelta(hours=2))
    assert shops[0].available("mug") in (7, 10)
    again = await office.slash(office.operator, "unlinked")
    assert words.REASONS["ignored"] in again, "a full pass leaves it aside"

    await office.click(
        office.operator, "take_back", value=await _press(office, "Mug, once more"), on="message"
    )
    assert listed(office).count(words.REASONS["duplicate"]) == 2
    acts = await office.rows("select act from audit where act like 'listing%' order by id")
    assert [row.act for row in acts] == ["listing.set_aside", "listing.take_back"]


async def test_everything_linked_and_what_is_decided_twice(
    office: Office, shops: list[Shop]
) -> None:
    await office.world.connect("alpha")
    assert words.nothing("all stores") in await office.slash(office.operator, "unlinked")
    shops[1].add_listing("", 1, title="Card")
    await office.world.connect("beta")
    await office.slash(office.operator, "unlinked")
    value = await _press(office, "Card")
    await office.rows("update listing set gone_at = now() where title = 'Card'")
    await office.click(office.operator, "set_aside", value=value, on="message")
    assert any(words.DECIDED in shown(m) for m in office.operator.ephemerals())


async def test_r13_nobody_decides_about_another_workspaces_listing(office: Office) -> None:
    await office.world.connect("alpha")
    await office.rows("update listing set unlinked = 'no_sku', product_id = null where sku = 'MUG'")
    await office.slash(office.operator, "unlinked")
    [row] = await office.rows("select id from listing where sku = 'MUG'")
    await office.rows(
        "with other as (insert into workspace (team_id, created_at) values ('T0OTHER', now()) "
        "returning id) update store set workspace_id = other.id from other"
    )
    value = Press("", 0, row.id).write()
    await office.click(office.operator, "set_aside", value=value, on="message")
    [still] = await office.rows("select unlinked from listing where sku = 'MUG'")
    assert still.unlinked == "no_sku"


async def test_fifty_thousand_are_paged(office: Office) -> None:
    await office.world.connect("alpha")
    await office.rows(
        "insert into listing (workspace_id, store_id, ref, sku, sku_key, title, state, tracked, "
        "channel, unlinked, first_seen_at, seen_at) select :workspace, s.id, 'r' || n, '', '', "
        "'Thing ' || to_char(n, 'FM00000'), 'active', true, 'merchant', 'no_sku', now(), now() "
        "from store s, generate_series(1, 50000) n",
        workspace=office.world.workspace_id,
    )
    said = await office.slash(office.operator, "unlinked")
    assert "50,000 listings linked to no product" in said
    assert "Thing 00001" in said
    await office.click(office.operator, "unlinked_page", on="message")
    assert "Page 2 of 3,334" in listed(office)
    assert "Thing 00016" in listed(office)
    await office.click(office.operator, "unlinked_page_back", on="message")
    assert "Thing 00001" in listed(office)


async def test_what_is_linked_by_that_while_sync_is_on_is_asked_about(
    office: Office, shops: list[Shop]
) -> None:
    shops[0].add_listing("pen", 4, title="Pen")
    shops[0].add_listing("PEN", 4, title="Pen, once more")
    await office.world.turn_on(await office.world.connect("alpha"), "copy")
    await office.slash(office.operator, "unlinked")
    await office.click(
        office.operator, "set_aside", value=await _press(office, "Pen, once more"), on="message"
    )
    [asked] = await office.rows("select kind, facts from incident where closed_at is null")
    assert asked.kind == "new_listings"
    assert "pen" in str(asked.facts)
