"""`/stock unlinked [store]`: what is linked to nothing, set aside, and taken back."""

from __future__ import annotations

from datetime import timedelta

from bot.slack import unlinked_words as words
from bot.slack.views.unlinked import Press
from sandbox.shopify import Shop
from sync.newcomers import settle_newcomers
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
    assert "Page 2 of 5,000" in listed(office)
    assert "Thing 00011" in listed(office)
    await office.click(office.operator, "unlinked_page_back", on="message")
    assert "Thing 00001" in listed(office)
    await office.click(office.operator, "all_aside", on="message")
    assert any(words.aside(50_000) in shown(m) for m in office.operator.ephemerals())
    left = await office.rows("select count(*) as n from listing where unlinked = 'no_sku'")
    assert left[0].n == 0


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


async def link(office: Office, title: str, sku: str) -> None:
    """Press "Link to a product" beside a listing, search for a product and take the first."""
    await office.click(
        office.operator, "link_listing", value=await _press(office, title), on="message"
    )
    await office.operator.until(lambda p: p.modal and words.PRODUCT in shown(p.modal))
    found = await office.operator.suggest("product_search", sku)
    await office.operator.choose("product_search", found[0]["value"])
    await office.submit(office.operator)


async def test_a_listing_is_linked_by_searching_and_stays_so(
    office: Office, shops: list[Shop]
) -> None:
    world, (alpha, _) = office.world, shops
    store = await world.connect("alpha")
    await world.turn_on(store, "copy")
    alpha.add_listing("", 50, title="Mug in a box")
    await world.run(timedelta(minutes=20))
    await office.slash(office.operator, "unlinked")
    await office.click(
        office.operator, "link_listing", value=await _press(office, "Mug in a box"), on="message"
    )
    await office.submit(office.operator)  # nothing chosen yet
    await office.operator.close()
    await link(office, "Mug in a box", "mug")
    assert words.linked("Mug in a box", "MUG") in shown(office.operator.modal)
    [asked] = await office.rows("select id, kind from incident where closed_at is null")
    assert asked.kind == "new_listings", "R10: nothing is written before somebody answers"
    assert alpha.available("") == 50
    await office.deliver()
    async with world.database.transaction() as session:
        await settle_newcomers(
            session,
            world.deps(),
            workspace_id=world.workspace_id,
            incident_id=asked.id,
            choice="theirs",
        )
    await world.rest()
    # Its product is in sync already: a second listing never says what there is of it.
    assert (await world.level("MUG"), alpha.available("")) == ((10, 0, 10), 10)

    alpha.rename_sku("", "BOX")
    await world.run(timedelta(hours=26), step=timedelta(hours=2))
    alpha.sell("BOX", 4)
    await world.rest()
    assert await world.level("MUG") == (10, 4, 6)
    assert (alpha.available("MUG"), alpha.available("BOX")) == (6, 6)
    assert words.linked_to("MUG") in await office.slash(office.operator, "unlinked")
    await office.click(
        office.operator, "take_back", value=await _press(office, "Mug in a box"), on="message"
    )
    [box] = await office.rows(
        "select p.sku from listing l join product p on p.id = l.product_id "
        "where l.title = 'Mug in a box'"
    )
    assert box.sku == "BOX", "judged by its own SKU again"
    acts = await office.rows("select act from audit where act like 'listing%' order by id")
    assert [row.act for row in acts] == ["listing.link", "listing.take_back"]


async def test_listings_of_one_sku_show_one_number(office: Office, shops: list[Shop]) -> None:
    world, alpha = office.world, shops[0]
    alpha.add_listing("mug", 7, title="Mug, once more")
    store = await world.connect("alpha")
    await office.slash(office.operator, "unlinked")
    await office.click(
        office.operator, "share", value=await _press(office, "Mug, once more"), on="message"
    )
    assert words.REASONS["duplicate"] not in listed(office)
    assert listed(office).count("linked by one of you to") == 2
    # A copy takes one number, not the sum; a sale on either comes off both.
    await world.turn_on(store, "copy")
    await world.rest()
    assert await world.level("MUG") == (10, 0, 10)
    alpha.sell("mug", 1)
    alpha.sell("MUG", 2)
    await world.rest()
    assert await world.level("MUG") == (10, 3, 7)
    assert (alpha.available("MUG"), alpha.available("mug")) == (7, 7)
    assert await world.incidents() == []
    assert await world.imbalances() == []


async def test_what_is_linked_but_never_written_is_listed_with_its_reason(
    office: Office, shops: list[Shop]
) -> None:
    await office.world.connect("alpha")
    await office.rows("update listing set tracked = false where sku = 'MUG' returning id")
    await office.rows("update listing set channel = 'platform' where sku = 'CUP' returning id")
    said = await office.slash(office.operator, "unlinked alpha")
    assert words.also_unwritten(2) in said
    await office.click(office.operator, "unlinked_others", on="message")
    assert words.REASONS["untracked"] in listed(office)
    assert words.REASONS["platform"] in listed(office)
    assert words.heading_unwritten(2) in listed(office)
    await office.click(office.operator, "unlinked_others", on="message")
    assert words.heading(0) in listed(office)


async def test_r13_another_workspaces_product_is_neither_found_nor_linked(office: Office) -> None:
    await office.world.connect("alpha")
    await office.rows(
        "with other as (insert into workspace (team_id, created_at) values ('T0OTHER', now()) "
        "returning id) insert into product (workspace_id, sku, sku_key, title, created_at) "
        "select id, 'FOREIGN', 'foreign', 'Foreign', now() from other"
    )
    await office.rows("update listing set unlinked = 'no_sku', product_id = null where sku = 'MUG'")
    await office.slash(office.operator, "unlinked")
    [row] = await office.rows("select id from listing where sku = 'MUG'")
    await office.click(
        office.operator, "link_listing", value=Press("", 0, row.id).write(), on="message"
    )
    assert await office.operator.suggest("product_search", "foreign") == []
    assert len(await office.operator.suggest("product_search", "cup")) == 1
