"""`/stock`: every word, and everything that is no word of ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import yaml

from bot.slack.asking import Ask
from bot.slack.commands import WORDS, read
from bot.slack.words import HELP
from sandbox.shopify import Shop
from storage.database import Database
from tests.engine.world import SimulatedClock
from tests.slack.office import MANIFEST, Office, claim_code, modal, open_office, shown, title


async def test_help_lists_what_the_role_may_type(office: Office) -> None:
    assert "adjust SKU" in await office.slash(office.operator, "help")
    answer = await office.slash(office.viewer, "")
    assert "show SKU" in answer
    assert "adjust" not in answer


async def test_an_unknown_word_gets_help_and_what_was_read(office: Office) -> None:
    answer = await office.slash(office.viewer, "stauts <!channel>")
    assert "“stauts &lt;!channel&gt;”" in answer
    assert "status [store]" in answer


def test_help_advertises_what_works_and_nothing_else() -> None:
    assert {typed.split()[0] for _, typed, _ in HELP} == set(WORDS)
    for needed, typed, _ in HELP:
        assert WORDS[typed.split()[0]].needed == needed


def test_every_command_is_in_the_manifest() -> None:
    manifest = yaml.safe_load(MANIFEST.read_text())
    commands = manifest["features"]["slash_commands"]
    assert [command["command"] for command in commands] == ["/stock"]
    assert commands[0]["should_escape"] is False
    hint = commands[0]["usage_hint"]
    assert [word for word in WORDS if word != "claim" and word not in hint] == []


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ("help", "")),
        ("  SHOW   a b ", ("show", "a b")),
        ('show "quoted/slash"', ("show", '"quoted/slash"')),
    ],
)
def test_reading_what_was_typed(typed: str, expected: tuple[str, str]) -> None:
    assert read(typed) == expected


async def test_the_code_makes_the_first_manager_once(
    database: Database, clock: SimulatedClock
) -> None:
    async with open_office(database, clock=clock, staff=False) as office:
        code = await claim_code(office.world)
        assert "not valid" in await office.slash(office.viewer, "claim AAAA-BBBB-CCCC")
        assert "managers" in await office.slash(office.manager, "connect shopify")
        assert "You are a manager" in await office.slash(office.manager, f"claim {code.lower()}")
        assert "not valid" in await office.slash(office.viewer, f"claim {code}")
        assert "Open the page" in await office.slash(office.manager, "connect shopify")
        acts = await office.rows("select actor, act from audit order by id")
        assert [tuple(row) for row in acts] == [
            (office.manager.id, "people.claim"),
            (office.manager.id, "connect.link"),
        ]


async def test_status_shows_stores_and_names_what_is_not_there(office: Office) -> None:
    assert "No store is connected" in await office.slash(office.viewer, "status")
    await office.world.connect("alpha")
    answer = await office.slash(office.viewer, "status ALP")
    assert "Sync Off" in answer
    assert "2 listings, 2 linked" in answer
    assert "No connected store is called “gamma”" in await office.slash(
        office.viewer, "status gamma"
    )


async def test_show_finds_a_product_and_suggests_others(office: Office) -> None:
    store = await office.world.connect("alpha")
    await office.world.turn_on(store, "copy")
    answer = await office.slash(office.viewer, "show  mug")
    assert "*10 available*" in answer
    assert "shows 10 of 10 wanted, agrees" in answer
    for typed in ("mugg", "mug-large-blue"):
        assert "Did you mean MUG" in await office.slash(office.viewer, f"show {typed}")
    for typed in ("mat", "unheard of"):  # one letter in common makes nobody mean a mug
        assert "Did you mean" not in await office.slash(office.viewer, f"show {typed}x")
    assert "Type the SKU" in await office.slash(office.viewer, "show")


async def test_show_lays_several_warehouses_out_as_a_table(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for shop in ("alpha", "beta"):
        await office.world.turn_on(await office.world.connect(shop), "copy")
    await office.slash(office.viewer, "show MUG")
    message = office.viewer.ephemerals()[-1]
    [table] = [block for block in message["blocks"] if block["type"] == "table"]
    cells = [[cell["text"] for cell in row] for row in table["rows"]]
    assert cells[0] == ["Warehouse", "Available", "On hand", "Committed"]
    assert sorted(cells[1:]) == [
        ["Alpha main", "10", "10", "0"],
        ["Beta main", "3", "3", "0"],
    ]
    assert message["text"] == "MUG: Alpha main 10 available, Beta main 3 available"

    async def refused(self: Ask, *_: object) -> bool:
        return False

    monkeypatch.setattr(Ask, "offer", refused)
    answer = await office.slash(office.viewer, "show MUG")
    assert "Alpha main: *10 available*, 10 on hand, 0 committed" in answer


@pytest.mark.parametrize("sku", ['A "quoted" one', "a/b\\c", "MUG-☕", "x" * 255, "<!channel>&"])
async def test_odd_skus_are_found_and_stay_text(
    database: Database, clock: SimulatedClock, sku: str
) -> None:
    shop = Shop("odd", now=clock.now)
    shop.add_location("Main")
    shop.add_listing(sku, 4, title="<!channel> <@U0MANAGER01> & co")
    async with open_office(database, shop, clock=clock) as office:
        store = await office.world.connect("odd")
        await office.world.turn_on(store, "copy")
        answer = await office.slash(office.operator, f"show {sku}")
        assert "*4 available*" in answer
        assert "&lt;!channel&gt; &lt;@U0MANAGER01&gt; &amp; co" in answer
        assert "<!channel>" not in answer
        await office.slash(office.operator, f"adjust {sku}")
        assert office.operator.modal is not None


async def test_a_store_is_named_by_the_characters_that_slack_writes_as_entities(
    office: Office,
) -> None:
    store = await office.world.connect("alpha")
    await office.world.connect("beta")
    await office.rows("update store set name = 'Bits & <Bobs>' where id = :id", id=store)
    for word in ("status", "sync now", "unlinked", "drift", "turn-on", "settings", "disconnect"):
        answer = await office.slash(office.manager, f"{word} bits & <bobs>")
        assert "No connected store" not in answer, word
        assert answer or "Bits &amp; &lt;Bobs&gt;" in shown(office.manager.modal), word
        if office.manager.modal:
            await office.manager.close()
    assert "“a &amp; b”" in await office.slash(office.viewer, "status a & b")


@pytest.mark.parametrize("sku", ["A&B", "A&amp;B", "A&lt;B", "A&copy"])
async def test_a_sku_that_holds_an_entity_is_found_as_it_is(
    database: Database, clock: SimulatedClock, sku: str
) -> None:
    shop = Shop("odd", now=clock.now)
    shop.add_location("Main")
    shop.add_listing(sku, 4)
    async with open_office(database, shop, clock=clock) as office:
        await office.world.turn_on(await office.world.connect("odd"), "copy")
        assert "*4 available*" in await office.slash(office.viewer, f"show {sku}")


async def test_stores_of_one_name_are_told_apart(office: Office) -> None:
    alpha = await office.world.connect("alpha")
    await office.world.connect("beta")
    await office.rows("update store set name = 'Acme'")
    await office.rows("update store set platform = 'etsy' where id = :id", id=alpha)
    assert "Acme (Etsy) and Acme (Shopify)" in await office.slash(office.operator, "sync now acme")
    said = await office.slash(office.operator, "sync now ACME  (etsy)")
    assert "Reading Acme (Etsy) now" in said
    said = await office.slash(office.operator, "drift acme (sh")
    assert "Acme (Shopify)" in said
    assert "Acme (Etsy)" not in said
    assert "No connected store is called “etsy”" in await office.slash(office.viewer, "status etsy")
    await office.rows("update store set platform = 'shopify'")
    accounts = await office.rows("select account_id from store order by id")
    one, other = (f"Acme (Shopify, {row.account_id})" for row in accounts)
    assert f"{one} and {other}" in await office.slash(office.operator, "sync now acme (shopify)")
    assert f"Reading {other} now" in await office.slash(office.operator, f"sync now {other}")


@pytest.mark.parametrize(
    ("word", "opened"), [("turn-on", "Step 1 of 4"), ("settings", "Store settings")]
)
async def test_of_several_stores_one_is_chosen(office: Office, word: str, opened: str) -> None:
    await office.world.connect("alpha")
    beta = await office.world.connect("beta")
    await office.rows("update store set name = 'Acme'")
    await office.rows("update store set platform = 'etsy' where id = :id", id=beta)
    assert "This is for managers" in await office.slash(office.operator, word)
    assert await office.slash(office.manager, f"{word} acme") == ""
    options = modal(office.manager)["blocks"][0]["element"]["options"]
    assert [(one["text"]["text"], one["description"]["text"]) for one in options] == [
        ("Acme (Shopify)", "Shopify"),
        ("Acme (Etsy)", "Etsy"),
    ]
    await office.manager.submit()
    assert list(office.manager.errors) == ["store"]
    await office.rows(
        "update store set name = 'Beta', platform = 'shopify' where id = :id", id=beta
    )
    await office.manager.choose("value", str(beta), block_id="store")
    await office.submit(office.manager)
    assert title(office.manager) == opened
    assert "Beta" in shown(office.manager.modal)


async def test_many_stores_that_could_be_meant_are_searched(office: Office) -> None:
    await office.world.connect("alpha")
    await office.rows(
        "insert into store (workspace_id, platform, account_id, name, settings, connected_by,"
        " connected_at) select workspace_id, platform, 'a' || n, 'Shop ' || n, '{}', connected_by,"
        " connected_at from store, generate_series(1, 120) n"
    )
    await office.slash(office.manager, "settings")
    found = await office.manager.suggest("meant_search", "117", block_id="store")
    assert [one["text"]["text"] for one in found] == ["Shop 117"]
    await office.manager.choose("meant_search", found[0]["value"], block_id="store")
    await office.submit(office.manager)
    assert "Shop 117" in shown(office.manager.modal)


async def test_roles_are_checked_at_every_word(office: Office) -> None:
    assert "operators and managers" in await office.slash(office.viewer, "adjust MUG")
    managers = [word for word, held in WORDS.items() if held.needed == "manager"]
    assert len(managers) == 11
    for typed in managers:
        assert "managers" in await office.slash(office.operator, typed)
    assert await office.rows("select 1 from connect_link") == []


async def test_guests_and_people_from_outside_are_refused_politely(office: Office) -> None:
    for name in ("guest", "foreign"):
        person = office.slack.person(name)
        answer = await office.slash(person, "status")
        assert "full members" in answer or "another workspace" in answer


async def test_who_becomes_a_guest_is_refused_within_minutes(office: Office) -> None:
    assert "No store" in await office.slash(office.viewer, "status")
    users = office.slack.directory.users
    users[office.viewer.id] = replace(users[office.viewer.id], is_restricted=True)
    office.world.clock.time += timedelta(minutes=6)
    assert "full members" in await office.slash(office.viewer, "status")


async def test_what_is_typed_comes_back_as_text(office: Office) -> None:
    typed = "<!channel> <@U0MANAGER01>"
    for word in ("", "show ", "status ", "connect ", "turn-on ", "pause ", "disconnect "):
        await office.slash(office.manager, f"{word}{typed}")
    said = str(office.manager.ephemerals())
    assert "&lt;!channel&gt;" in said
    assert "<!channel>" not in said
