"""Connecting: no secret in Slack, one page, one link, one use."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta

import pytest

from sandbox.shopify import Shop
from storage import credentials
from storage.database import Database
from sync.importing import import_products
from sync.stores import reconnect_store
from sync.turn_on_facts import turn_on_facts
from tests.engine.world import SimulatedClock
from tests.slack.office import (
    Office,
    connect_url,
    fetch,
    modal,
    open_office,
    second_process,
    shown,
)


@pytest.fixture
async def link(office: Office) -> str:
    """The page to connect a store, as the manager got it."""
    await office.slash(office.manager, "connect shopify")
    return await connect_url(office, office.manager.ephemerals()[-1])


def good(office: Office, shop: str = "alpha") -> dict[str, str]:
    return {"shop": shop, "access_token": office.world.shops[shop].token}


async def test_a_store_is_connected_once(office: Office, link: str) -> None:
    for _ in range(2):
        status, page, headers = await fetch(link)
        assert status == 200
        assert "Connect your Shopify store" in page
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "<script" not in page
    status, page, _ = await fetch(link, good(office))
    assert status == 200
    assert "Alpha is connected" in page
    assert "Alpha" in shown(office.manager.home)
    assert (await fetch(link, good(office)))[0] == 410
    assert (await fetch(link))[0] == 410
    rows = await office.rows("select name, platform from store")
    assert [tuple(row) for row in rows] == [("Alpha", "shopify")]
    acts = await office.rows("select actor from audit where act = 'store.connect'")
    assert [row.actor for row in acts] == [office.manager.id]


async def test_the_home_tab_of_who_connected_it_shows_when_its_products_are_read(
    office: Office, link: str
) -> None:
    bystander = await office.home(office.operator)
    await fetch(link, good(office))
    assert "Reading products: 0 so far" in shown(office.manager.home)
    await office.world.work()
    await office.deliver()
    assert "2 listings, 2 linked, 0 not linked" in shown(office.manager.home)
    assert shown(office.operator.home) == bystander
    assert office.manager.messages("app") == [], "nothing is said about it"
    [store] = await office.rows("select id from store")
    office.world.clock.time += timedelta(days=1, hours=1)
    await import_products(office.world.deps(), store.id)
    assert await office.deliver() == 0, "what is read again daily is no news"


async def test_wrong_values_are_told_under_their_field_and_can_be_corrected(
    office: Office, link: str
) -> None:
    status, page, _ = await fetch(link, {"shop": '"><script>', "access_token": ""})
    assert status == 422
    assert "<script>" not in page
    assert 'id="access_token-error"' in page
    status, page, _ = await fetch(link, {"shop": "not a shop", "access_token": "shpat_x1y2z3"})
    assert status == 422
    assert 'value="not a shop"' in page
    assert 'id="shop-error"' in page
    assert "shpat_x1y2z3" not in page
    status, page, _ = await fetch(link, {"shop": "alpha", "access_token": "shpat_wrong"})
    assert status == 422
    assert 'role="alert"' in page
    assert "shpat_wrong" not in page
    status, page, _ = await fetch(link, good(office))
    assert "Alpha is connected" in page


async def test_a_shop_is_opened_in_one_way_only(office: Office, link: str) -> None:
    shop = office.world.shops["alpha"]
    named, pair = {"shop": "alpha"}, {"client_id": shop.client_id, "client_secret": "s-1"}
    _, page, _ = await fetch(link)
    assert page.count("<fieldset>") == 2
    status, page, _ = await fetch(link, named)
    assert (status, "Fill in one of these" in error(page, "client_id")) == (422, True)
    status, page, _ = await fetch(link, {**named, "client_id": shop.client_id})
    assert (status, "Please fill this in" in error(page, "client_secret")) == (422, True)
    assert f'value="{shop.client_id}"' in page
    status, page, _ = await fetch(link, {**named, **pair, "access_token": shop.token})
    assert status == 422
    for field in ("client_id", "client_secret", "access_token"):
        assert "Fill in only one of these" in error(page, field)
    assert shop.token not in page
    status, page, _ = await fetch(link, {**named, **pair})
    assert (status, 'role="alert"' in page) == (422, True)
    status, page, _ = await fetch(link, {**named, **pair, "client_secret": shop.client_secret})
    assert (status, "Alpha is connected" in page) == (200, True)


def error(page: str, field: str) -> str:
    """Return what stands under a field."""
    found = re.search(f'<p class="error" id="{field}-error"[^>]*>([^<]*)', page)
    assert found, page
    return found.group(1)


async def test_an_app_of_ones_own_asks_for_its_tokens_itself(office: Office, link: str) -> None:
    world, shop = office.world, office.world.shops["alpha"]
    pair = {"client_id": shop.client_id, "client_secret": shop.client_secret}
    assert (await fetch(link, {"shop": "alpha", **pair}))[0] == 200
    store = (await office.rows("select id from store"))[0].id
    assert world.wire.calls.count("Token") == 1
    await world.work()
    assert (await world.summary(store)).listings == 2

    async def kept() -> dict[str, str]:
        async with world.database.transaction() as session:
            return await credentials.load(session, world.vault, store)

    first = await kept()
    assert {**first, **pair} == first
    await import_products(world.deps(), store)
    # The one that was given when the shop was connected still serves.
    assert world.wire.calls.count("Token") == 1
    world.wire.calls.clear()
    world.clock.time += timedelta(hours=24)
    await import_products(world.deps(), store)
    assert world.wire.calls.count("Token") == 1
    second = await kept()
    assert second["access_token_expires_at"] > first["access_token_expires_at"]
    assert {**second, **pair} == second
    assert (await world.summary(store)).health == "ok"


async def test_permissions_that_a_shop_withholds_are_told_in_the_plan(office: Office) -> None:
    shop = office.world.shops["alpha"]
    shop.scopes = frozenset(shop.scopes - {"read_all_orders"})
    store = await office.world.connect("alpha")
    async with office.world.database.transaction() as session:
        known = await turn_on_facts(
            session, office.world.workspace_id, store, office.world.clock.now()
        )
    assert known is not None
    told = "Orders placed more than 60 days ago cannot be read. (read_all_orders)"
    assert known.cannot == (told,)
    await office.slash(office.manager, "turn-on")
    for _ in range(3):
        await office.submit(office.manager)
    await office.manager.until(lambda p: p.modal and told in shown(p.modal))

    shop.scopes = frozenset({*shop.scopes, "read_all_orders"})
    await office.manager.close()
    await reconnect_store(
        office.world.deps(),
        workspace_id=office.world.workspace_id,
        actor="U1",
        store_id=store,
        values=good(office),
    )
    async with office.world.database.transaction() as session:
        known = await turn_on_facts(
            session, office.world.workspace_id, store, office.world.clock.now()
        )
    assert known is not None
    assert known.cannot == ()


async def test_guessing_uses_the_link_up(office: Office, link: str) -> None:
    for _ in range(9):
        assert (await fetch(link, {"shop": "alpha", "access_token": "shpat_no"}))[0] == 422
    assert (await fetch(link, {"shop": "alpha", "access_token": "shpat_no"}))[0] == 410
    assert (await fetch(link, good(office)))[0] == 410


async def test_guesses_are_counted_over_all_processes(office: Office, link: str) -> None:
    wrong = {"shop": "alpha", "access_token": "shpat_no"}
    async with second_process(office) as url:
        other = link.replace(office.url, url)
        for _ in range(4):
            assert (await fetch(link, wrong))[0] == 422
            assert (await fetch(other, wrong))[0] == 422
        assert (await fetch(link, wrong))[0] == 422
        assert (await fetch(other, wrong))[0] == 410
    assert (await fetch(link, good(office)))[0] == 410


async def test_a_link_ends_after_a_quarter_of_an_hour(office: Office, link: str) -> None:
    office.world.clock.time += timedelta(minutes=15)
    assert (await fetch(link))[0] == 410
    assert (await fetch(link, good(office)))[0] == 410
    assert (await fetch(f"{office.url}/connect/guessed"))[0] == 410


async def test_a_link_is_no_good_once_its_owner_is_no_manager(office: Office, link: str) -> None:
    await office.rows("update person set role = 'viewer'")
    assert (await fetch(link, good(office)))[0] == 403
    assert await office.rows("select 1 from store") == []


async def test_the_same_account_twice_and_another_account_are_refused(office: Office) -> None:
    store = await office.world.connect("alpha")
    await office.slash(office.manager, "connect shopify")
    url = await connect_url(office, office.manager.ephemerals()[-1])
    status, page, _ = await fetch(url, good(office))
    assert status == 422
    assert "is connected already" in page

    office.world.shops["alpha"].token = "shpat_new"
    await office.rows("update store set health = 'needs_reconnect'")
    await office.home(office.manager)
    await office.click(office.manager, "reconnect", on="home")
    url = await connect_url(office, office.manager.modal or {})
    page = (await fetch(url))[1]
    assert "Connect Alpha again" in page
    assert f'value="{good(office)["shop"]}"' in page, "what is no secret is known"
    assert good(office)["access_token"] not in page
    status, page, _ = await fetch(url, {"shop": "alpha", "access_token": "shpat_new"})
    assert "Alpha is connected" in page
    assert (await office.world.summary(store)).health == "ok"


async def test_without_a_public_address_the_command_line_is_told(
    database: Database, shops: list[Shop], clock: SimulatedClock
) -> None:
    async with open_office(database, *shops, clock=clock, public=False) as office:
        answer = await office.slash(office.manager, "connect shopify")
        assert "run this on the machine" in answer
        assert "\nstockroom connect shopify" in answer
        assert "/connect/" not in answer
        assert await office.rows("select 1 from connect_link") == []
        assert "does not know the platform “etzy”" in await office.slash(
            office.manager, "connect etzy"
        )


@pytest.mark.parametrize(
    "name", ["Acme", "Joe's `best` $(reboot) & <Co>", "-x", "```", "two\nlines"]
)
async def test_the_line_to_reconnect_names_the_store_whatever_it_is_called(
    database: Database, shops: list[Shop], clock: SimulatedClock, name: str
) -> None:
    async with open_office(database, *shops, clock=clock, public=False) as office:
        await office.world.connect("alpha")
        await office.world.connect("beta")
        await office.rows("update store set name = :name, health = 'needs_reconnect'", name=name)
        await office.rows(
            "update store set platform = 'etsy' where id = (select min(id) from store)"
        )
        await office.home(office.manager)
        store = (await office.rows("select id from store where platform = 'etsy'"))[0].id
        await office.click(office.manager, "reconnect", value=str(store), on="home")
        told, line = modal(office.manager)["blocks"]
        assert "To connect your Etsy store" in told["text"]["text"]
        [typed] = line["elements"][0]["elements"]
        assert line["elements"][0]["type"] == "rich_text_preformatted"
        called = f"{' '.join(name.split())} (Etsy)"
        words = ["stockroom", "connect", "etsy", f"--store={called}"]
        assert shlex.split(typed["text"]) == words


@pytest.mark.parametrize("where", ["home", "command"])
async def test_the_platform_is_picked_where_none_was_named(office: Office, where: str) -> None:
    if where == "home":
        await office.home(office.manager)
        await office.click(office.manager, "connect", on="home")
        assert "Which platform is the store on" in shown(office.manager.modal)
        await office.manager.choose("platform", "etsy", on="modal")
        await office.settle()
        assert len(office.manager.modals) == 2  # the link stands over the question
        await connect_url(office, office.manager.modal or {})
    else:
        assert "Which platform is the store on" in await office.slash(office.manager, "connect")
        await office.manager.choose("platform", "etsy", on="message")
        await office.settle()
        await connect_url(office, office.manager.ephemerals()[-1])
    acts = await office.rows("select subject from audit where act = 'connect.link'")
    assert [tuple(row) for row in acts] == [("Etsy",)]


async def test_no_secret_ever_passes_through_slack(office: Office, link: str) -> None:
    await fetch(link, {"shop": "alpha", "access_token": "shpat_wrong"})
    await fetch(link, good(office))
    await office.home(office.manager)
    await office.slash(office.manager, "status")
    traffic = "".join(str((r.sent, r.answer)) for r in office.slack.inspector.records)
    assert office.world.shops["alpha"].token not in traffic
    assert "shpat_" not in traffic
    views = [s for s in office.slack.inspector.surfaces if s.kind == "modal"]
    assert "access_token" not in str(views)
