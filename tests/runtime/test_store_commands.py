"""Stores from the terminal: connect, look, export, examine, change the key."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet

from bot.compose import open_house
from bot.settings import load
from sandbox.shopify.serve import serving
from sandbox.shopify.shop import Shop
from storage import people
from tests.runtime.command import KEY, Ended, environment, stockroom


class Counter:
    """A shop, and the terminal beside it."""

    def __init__(self, shop: Shop, address: str, env: dict[str, str]) -> None:
        self.shop = shop
        self.address = f"{address}/shopify/{shop.name}"
        self.env = env

    async def run(self, *words: str, given: str = "", **changed: str) -> Ended:
        """Run a command while the shop goes on answering."""
        return await asyncio.to_thread(stockroom, *words, env={**self.env, **changed}, given=given)

    async def connect(self, *words: str, token: str | None = None) -> Ended:
        values = f"# typed by a person\nshop = {self.shop.name}\n\naccess_token={token or self.shop.token}\n"
        place = () if "--store" in words else ("--base-url", self.address)
        return await self.run("connect", "shopify", "--values", "-", *place, *words, given=values)


@pytest.fixture
async def counter(database_url: str, tmp_path: Path) -> AsyncIterator[Counter]:
    shop = Shop("corner", title="Corner =shop")
    shop.add_location("Back room")
    shop.add_listing("MUG", 5)
    env = environment(
        DATABASE_URL=database_url, STOCKROOM_DATA_DIR=str(tmp_path), STOCKROOM_SECRET_KEY=KEY
    )
    async with open_house(load(env)) as house, house.deps.database.transaction() as session:
        await people.ensure_workspace(session, "T1", "Harbour Goods", house.deps.clock.now())
    async with serving([shop]) as address:
        yield Counter(shop, address, env)


async def test_a_store_is_connected_once_and_stands_in_the_list(counter: Counter) -> None:
    refused = await counter.connect(token="shpat_wrong")
    assert (refused.code, refused.out) == (1, "")
    assert "Not connected" in refused.problems
    assert "shpat_wrong" not in refused.said

    done = await counter.connect("--setting", "orders_every_seconds=5")
    assert (done.code, done.problems) == (0, "")
    assert "Corner =shop is connected" in done.out

    twice = await counter.connect()
    assert (twice.code, "connected already" in twice.problems) == (1, True)

    listed = await counter.run("status")
    assert listed.code == 0
    (line,) = [line for line in listed.out.splitlines() if "Corner =shop" in line]
    for word in ("Shopify", "Sync Off", "ok"):
        assert word in line


async def test_a_shop_is_opened_in_one_way_only(counter: Counter) -> None:
    async def given(**values: str) -> Ended:
        text = "".join(f"{key}={value}\n" for key, value in values.items())
        asked = ("connect", "shopify", "--values", "-", "--base-url", counter.address)
        return await counter.run(*asked, given=text)

    shop = counter.shop
    both = await given(shop=shop.name, client_id=shop.client_id, access_token=shop.token)
    assert (both.code, "Fill in only one of these" in both.problems) == (1, True)
    half = await given(shop=shop.name, client_id=shop.client_id, access_token="")
    assert (half.code, "client_secret: Please fill this in." in half.problems) == (1, True)
    nobody = await counter.run("connect", "shopify")
    assert "shop, client_id and client_secret or access_token" in nobody.problems
    pair = {"client_id": shop.client_id, "client_secret": shop.client_secret}
    done = await given(shop=shop.name, **pair)
    assert (done.code, done.problems) == (0, "")


async def test_a_reconnect_leaves_the_settings_and_says_so(counter: Counter) -> None:
    assert (await counter.connect()).code == 0
    for more in (("--setting", "orders_every_seconds=5"), ("--base-url", counter.address)):
        refused = await counter.run(
            *("connect", "shopify", "--store", "Corner =shop", "--values", "-", *more),
            given="shop=x",
        )
        assert refused.code == 2
        assert "for a new store" in refused.problems


@pytest.mark.parametrize(
    ("values", "code", "said"),
    [
        (
            "\ufeffshop=corner\naccess_token=shpat_wrong\n",
            1,
            "Not connected. Shopify no longer accepts",
        ),  # Windows' mark
        ("shop=corner\naccess_tokn=x\n", 2, "Line 2 of the values: Shopify needs shop, "),
        ("shop\n", 2, "Line 1 of the values is not KEY=VALUE."),
    ],
)
async def test_values_that_are_not_right_are_told_by_line(
    counter: Counter, values: str, code: int, said: str
) -> None:
    words = ("connect", "shopify", "--values", "-", "--base-url", counter.address)
    refused = await counter.run(*words, given=values)
    assert (refused.code, said in refused.problems) == (code, True), refused.said


async def test_a_store_is_shown_on_a_terminal_that_cannot_write_its_name(counter: Counter) -> None:
    counter.shop.title = "Corner → shop"
    assert (await counter.connect()).code == 0
    listed = await counter.run("status", PYTHONIOENCODING="latin-1")
    assert (listed.code, "Corner \\u2192 shop" in listed.out) == (0, True), listed.said


async def test_a_reconnect_is_for_the_same_account(counter: Counter) -> None:
    assert (await counter.connect()).code == 0
    counter.shop.rotate_token("shpat_new")
    sick = await counter.run("doctor")
    assert (sick.code, "wrong  store Corner =shop" in sick.out) == (1, True)

    unknown = await counter.connect("--store", "nowhere")
    assert (unknown.code, "Corner =shop" in unknown.problems) == (1, True)
    assert (await counter.connect("--store", "corner")).code == 0
    assert "ok     store Corner =shop" in (await counter.run("doctor")).out


async def test_a_reconnect_looks_among_the_stores_of_its_platform(counter: Counter) -> None:
    assert (await counter.connect()).code == 0
    with psycopg.connect(counter.env["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(_THE_SAME_NAME_ON_ETSY)
    assert (await counter.connect("--store", "Corner =shop")).code == 0
    assert (await counter.connect("--store", "corner =SHOP (shopify)")).code == 0
    etsy = await counter.connect("--store", "Corner =shop (Etsy)")
    assert "There are: Corner =shop (Shopify)." in etsy.problems


_THE_SAME_NAME_ON_ETSY = """
    insert into store (workspace_id, platform, account_id, name, connected_at)
    select workspace_id, 'etsy', account_id, name, now() from store
"""


async def test_a_code_lets_a_manager_in_where_none_is_left(counter: Counter) -> None:
    made = await counter.run("claim-code")
    assert (made.code, made.problems) == (0, "")
    assert "/stock claim " in made.out
    assert "Harbour Goods" in made.out
    other = await counter.run("claim-code", "--workspace", "T9")
    assert (other.code, "T9" in other.problems) == (1, True)
    with psycopg.connect(counter.env["DATABASE_URL"]) as connection:
        acts = connection.execute("select actor, act, subject from audit").fetchall()
    assert [act[:2] for act in acts] == [("command line", "people.code")]


async def test_export_is_safe_for_spreadsheets_and_the_ledger_is_examined(
    counter: Counter,
) -> None:
    with psycopg.connect(counter.env["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(_A_LEVEL_WITHOUT_MOVEMENTS)
    exported = await counter.run("export")
    assert exported.code == 0
    head, row = csv.reader(io.StringIO(exported.out))
    assert head == ["SKU", "Title", "Warehouse", "On hand", "Committed", "Available"]
    assert row == ["'=SUM(A1)", "'@mug", "'-1 floor", "3", "1", "2"]

    listings = await counter.run("export", "--listings")
    assert listings.out == "Store,Platform,SKU,Title,Location,Should show,Shows,State\n"
    both = await counter.run("export", "--listings", "--audit")
    assert (both.code, "not allowed with" in both.problems) == (2, True)

    examined = await counter.run("doctor")
    assert examined.code == 1
    assert "wrong  ledger: product 1 in warehouse 1: on hand 3, committed 1" in examined.out


_A_LEVEL_WITHOUT_MOVEMENTS = """
    with p as (insert into product (workspace_id, sku, sku_key, title, created_at)
               select id, '=SUM(A1)', '=sum(a1)', '@mug', now() from workspace returning id),
         w as (insert into warehouse (workspace_id, name, name_key, created_at)
               select id, '-1 floor', '-1 floor', now() from workspace returning id)
    insert into stock (product_id, warehouse_id, workspace_id, on_hand, committed, counted_at)
    select p.id, w.id, workspace.id, 3, 1, now() from p, w, workspace
"""


async def test_the_key_is_changed_without_losing_a_store(counter: Counter) -> None:
    assert (await counter.connect()).code == 0
    new = Fernet.generate_key().decode()
    lost = await counter.run("rotate-key", STOCKROOM_SECRET_KEY=new)
    assert (lost.code, "STOCKROOM_SECRET_KEY" in lost.problems) == (1, True)

    rotated = await counter.run("rotate-key", STOCKROOM_SECRET_KEY=f"{new},{KEY}")
    assert (rotated.code, rotated.out[:1]) == (0, "1")
    examined = await counter.run("doctor", STOCKROOM_SECRET_KEY=new)
    assert "ok     store Corner =shop" in examined.out
