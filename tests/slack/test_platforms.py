"""A merchant's whole way with a store that shows one number, typed and clicked in Slack."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from connectors.catalog import PLATFORMS
from sandbox.amazon import Fault as AmazonFault
from sandbox.bigcommerce import Fault as BigCommerceFault
from sandbox.ebay import Fault as EbayFault
from sandbox.etsy import Fault as EtsyFault
from sandbox.walmart import Fault as WalmartFault
from sandbox.woocommerce import Fault as WooCommerceFault
from storage.database import Database
from tests.engine.world import SimulatedClock
from tests.platforms.sides import (
    AMAZON,
    BIGCOMMERCE,
    EBAY,
    ETSY,
    SHOPIFY,
    WALMART,
    WOOCOMMERCE,
    Side,
)
from tests.platforms.world import Market
from tests.slack.office import (
    Office,
    block_of,
    connect_url,
    fetch,
    modal,
    open_office,
    shown,
    title,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def made(database: Database, side: Side, clock: SimulatedClock) -> AsyncIterator[Office]:
    """The office, two stores of the platform (`here`, `other`) and a Shopify shop `there`."""
    stores = ((side, "here"), (side, "other"), (SHOPIFY, "there"))
    async with open_office(database, *stores, clock=clock, made=Market) as office:
        for name, mugs in (("here", 10), ("there", 3)):
            office.world.shops[name].add_listing("MUG", mugs)
            office.world.shops[name].add_listing("CUP", 5)
        yield office


async def ask_for_page(office: Office, typed: str) -> str:
    await office.slash(office.manager, f"connect {typed}")
    return await connect_url(office, office.manager.ephemerals()[-1])


def filled_in(side: Side, office: Office, shop: str = "here", **changed: str) -> dict[str, str]:
    return {**side.credentials(office.world.shops[shop]), **changed}


async def connect(office: Office, side: Side, shop: str = "here") -> int:
    """Connect a store on the page; its id."""
    url = await ask_for_page(office, side.key)
    assert (await fetch(url, filled_in(side, office, shop)))[0] == 200
    await office.world.work()
    return int((await office.rows("select max(id) as id from store"))[0].id)


def a_while(side: Side) -> timedelta:
    """As long as a number needs until it is read back, however seldom orders may be asked for."""
    return 4 * MINUTE + PLATFORMS[side.key].orders_every


def error_under(page: str, field: str) -> str:
    found = re.search(f'<p class="error" id="{field}-error"[^>]*>([^<]*)', page)
    return html.unescape(found.group(1)) if found else ""


def secret_keys(side: Side) -> list[str]:
    """The fields whose values nobody may see again."""
    return [field.key for field in PLATFORMS[side.key].every_field if field.secret]


SUMS = (WOOCOMMERCE, BIGCOMMERCE, EBAY, WALMART, ETSY, AMAZON)
every = pytest.mark.parametrize("side", SUMS, ids=lambda side: side.key)

# Connecting ------------------------------------------------------------------------------


@every
async def test_the_page_helps_with_each_value_and_hides_what_is_secret(
    made: Office, side: Side
) -> None:
    answer = await made.slash(made.manager, "connect")
    assert [one.title for one in PLATFORMS.values() if one.title not in answer] == []
    url = await ask_for_page(made, side.key)
    _, page, _ = await fetch(url)
    values = filled_in(side, made)
    for field in values:
        assert f'<label for="{field}">' in page
        [words] = re.findall(f'<p class="help" id="{field}-help">([^<]+)</p>', page)
        assert len(words) > 40
    names, secrets = next(iter(values)), secret_keys(side)
    for field in values:
        kind = "password" if field in secrets else "text"
        assert f'id="{field}" name="{field}" type="{kind}"' in page
    _, page, _ = await fetch(url, {**values, names: "!!"})
    assert error_under(page, names)
    assert 'value="!!"' in page
    assert not any(values[secret] in page for secret in secrets)


@dataclass(frozen=True)
class Trouble:
    """What keeps a store from being connected.

    set_up  makes it so; what it returns makes it good again
    """

    side: Side
    name: str
    field: str
    words: str
    set_up: Callable[[Any], Callable[[], object]] = lambda _: lambda: None
    typed: tuple[tuple[str, str], ...] = ()


def having(name: str, value: object) -> Callable[[Any], Callable[[], object]]:
    """Set something of a store, and back."""

    def set_up(shop: Any) -> Callable[[], object]:
        held = getattr(shop, name)
        setattr(shop, name, value)
        return lambda: setattr(shop, name, held)

    return set_up


def lacking(scope: str) -> Callable[[Any], Callable[[], object]]:
    def set_up(shop: Any) -> Callable[[], object]:
        held = shop.scopes
        shop.scopes = held - {scope}
        return lambda: setattr(shop, "scopes", held)

    return set_up


def limited(area: str, access: str) -> Callable[[Any], Callable[[], object]]:
    """Let keys do less in one area of a Walmart account."""

    def set_up(shop: Any) -> Callable[[], object]:
        held = dict(shop.scopes)
        shop.scopes[area] = access
        return lambda: shop.scopes.update(held)

    return set_up


def two_buildings(shop: Any) -> Callable[[], object]:
    """Let a Walmart account have two ship nodes of which no call tells the default one."""
    held = shop.nodes
    shop.nodes = [shop.add_location("North"), shop.add_location("South")]
    return lambda: setattr(shop, "nodes", held)


def fault(kind: Any, of: type[Any]) -> Callable[[Any], Callable[[], object]]:
    def set_up(shop: Any) -> Callable[[], object]:
        shop.faults.switch_on(of(kind))
        return shop.faults.clear  # type: ignore[no-any-return]  # of a shop of any platform

    return set_up


def _woo(name: str, field: str, words: str, set_up: Any = None, **typed: str) -> Trouble:
    nothing = Trouble.set_up
    return Trouble(WOOCOMMERCE, name, field, words, set_up or nothing, tuple(typed.items()))


def _big(name: str, field: str, words: str, set_up: Any = None, **typed: str) -> Trouble:
    nothing = Trouble.set_up
    return Trouble(BIGCOMMERCE, name, field, words, set_up or nothing, tuple(typed.items()))


def _wal(name: str, field: str, words: str, set_up: Any = None, **typed: str) -> Trouble:
    nothing = Trouble.set_up
    return Trouble(WALMART, name, field, words, set_up or nothing, tuple(typed.items()))


def _ebay(name: str, field: str, words: str, set_up: Any = None, **typed: str) -> Trouble:
    nothing = Trouble.set_up
    return Trouble(EBAY, name, field, words, set_up or nothing, tuple(typed.items()))


def _ama(name: str, field: str, words: str, set_up: Any = None, **typed: str) -> Trouble:
    nothing = Trouble.set_up
    return Trouble(AMAZON, name, field, words, set_up or nothing, tuple(typed.items()))


def _etsy(name: str, field: str, words: str, set_up: Any = None, **typed: str) -> Trouble:
    nothing = Trouble.set_up
    return Trouble(ETSY, name, field, words, set_up or nothing, tuple(typed.items()))


def not_agreed(scope: str) -> Callable[[Any], Callable[[], object]]:
    """Let the seller take back one thing that he agreed to."""

    def set_up(shop: Any) -> Callable[[], object]:
        held = shop.keys.scopes
        shop.keys.scopes = frozenset(each for each in held if scope not in each)
        return lambda: setattr(shop.keys, "scopes", held)

    return set_up


def no_calls_left(shop: Any) -> Callable[[], object]:
    """Let other sellers of the application use up the Trading API's calls of this day."""
    held = shop.quota.limits["tradingapi"]
    shop.quota.limits["tradingapi"] = 0
    return lambda: shop.quota.limits.update(tradingapi=held)


TROUBLES = (
    _woo("another key", "consumer_key", "does not know the keys", consumer_key="ck_nobodys"),
    _woo("another secret", "consumer_secret", "Copy both again", consumer_secret="cs_nobodys"),
    _woo("no key at all", "consumer_key", "starts with ck_", consumer_key="admin"),
    _woo("read-only", "consumer_key", "no permission to write", having("permission", "read")),
    _woo("write-only", "consumer_key", "no permission to read", having("permission", "write")),
    _woo("no manager", "consumer_key", "administrator", having("may_manage_shop", False)),
    _woo("nothing there", "url", "no WooCommerce API at this address", url="https://nobody.example"),
    _woo("no address", "url", "as it stands in the browser", url="my shop"),
    _woo("plugin off", "url", "check that WooCommerce is active", having("woocommerce_active", False)),
    _woo("permalinks", "url", "set to “Plain”", having("plain_permalinks", "404")),
    _woo("login", "url", "asks for a login", fault("login", WooCommerceFault)),
    _woo("firewall", "url", "A firewall or a security plugin", fault("firewall", WooCommerceFault)),
    _woo("moved", "url", "sends us on to https://www.here.example.", fault("redirect", WooCommerceFault)),
    _woo("no stock", "form", "switch on “Enable stock management”", having("stock_control", "no")),
    _woo("too old", "form", "WooCommerce 5.1.0 is too old", having("version", "5.1.0")),
    _woo("broken", "form", "Wait a minute and try again", fault("error_before", WooCommerceFault)),
    _big("another token", "access_token", "does not accept the access token", access_token="token-x"),
    _big("no hash", "store_hash", "Enter the store hash, such as abc123", store_hash="my shop"),
    _big("nothing there", "store_hash", "no open BigCommerce store", store_hash="abc123"),
    _big("scope", "access_token", "“Orders: read-only”", lacking("store_v2_orders_read_only")),
    _big("login", "form", "such as a login or a firewall", fault("login_page", BigCommerceFault)),
    _big("firewall", "form", "answered with a web page", fault("firewall", BigCommerceFault)),
    _big("closed", "form", "closed for maintenance. Wait a minute", fault("maintenance", BigCommerceFault)),
    _big("busy", "form", "slow down. Try again in a minute", fault("busy", BigCommerceFault)),
    _wal("another secret", "client_secret", "keys of the sandbox", client_secret="secret-x"),
    _wal("another id", "client_secret", "does not accept the client id", client_id="abc-123"),
    _wal("no id", "client_id", "Enter the client id as Developer Portal", client_id="my shop"),
    _wal("no secret", "client_secret", "Enter the client secret", client_secret="two words"),
    _wal("only looking", "client_secret", "“Inventory: full access”", limited("inventory", "view_only")),
    _wal("no orders", "client_secret", "“Orders: view only”", limited("orders", "no_access")),
    _wal("suspended", "form", "suspended this seller account", having("status", "SUSPENDED")),
    _wal("two buildings", "form", "setting ship_node", two_buildings),
    _wal("web page", "form", "answered with a web page", fault("html", WalmartFault)),
    _wal("closed", "form", "Wait a minute", fault("maintenance", WalmartFault)),
    _wal("busy", "form", "slow down. Try again in a minute", fault("busy", WalmartFault)),
    _ebay("another app", "client_id", "does not accept the App ID", client_id="Nobodys-PRD-1"),
    _ebay("another secret", "client_id", "from one keyset", client_secret="PRD-nobodys"),
    _ebay("another consent", "refresh_token", "withdrawn or has expired", refresh_token="v^1.1#x"),
    _ebay("nowhere", "marketplace", "one of EBAY_US", marketplace="EBAY_MARS"),
    _ebay("scope", "refresh_token", "may read orders", not_agreed("sell.fulfillment")),
    _ebay("on hold", "form", "suspended this account", having("status", "ACCOUNTONHOLD")),
    _ebay("no seller", "form", "not finished registering", having("registered", False)),
    _ebay("firewall", "form", "(HTTP 403)", fault("firewall", EbayFault)),
    _ebay("used up", "form", "Trading API for today", no_calls_left),
    _ama("another secret", "client_secret", "180 days", client_secret="amzn1.x"),
    _ama("another consent", "refresh_token", "Authorize the app", refresh_token="Atzr|x"),
    _ama("no seller", "seller_id", "Enter the merchant token", seller_id="my shop"),
    _ama("two regions", "marketplaces", "different regions", marketplaces="US, DE"),
    _ama("not there", "marketplaces", "does not sell in BR", marketplaces="US, BR"),
    _ama("closed", "form", "Wait a minute", fault("unavailable", AmazonFault)),
    _ama("no role", "seller_id", "needs the role", fault("no_role", AmazonFault)),
    _etsy("another app", "keystring", "does not accept the keystring", keystring="nobodys"),
    _etsy("another secret", "keystring", "shared secret of the app", shared_secret="nobodys"),
    _etsy("another shop", "shop_id", "no shop with this number", shop_id="99"),
    _etsy("no shop", "shop_id", "digits only", shop_id="my shop"),
    _etsy("no token", "refresh_token", "digits, a dot", refresh_token="two words"),
    _etsy("firewall", "form", "(HTTP 403)", fault("firewall", EtsyFault)),
    _etsy("closed", "form", "Wait a minute", fault("maintenance", EtsyFault)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("side", "trouble"),
    [pytest.param(one.side, one, id=f"{one.side.key}-{one.name}") for one in TROUBLES],
)
async def test_what_is_wrong_is_told_under_its_field_and_can_be_corrected(
    made: Office, side: Side, trouble: Trouble
) -> None:
    url = await ask_for_page(made, side.key)
    values = filled_in(side, made)
    restore = trouble.set_up(made.world.shops["here"])
    status, page, _ = await fetch(url, {**values, **dict(trouble.typed)})
    assert status == 422
    assert trouble.words in error_under(page, trouble.field)
    assert page.count('class="error"') == 1
    assert not any(values[secret] in page for secret in secret_keys(side))
    assert await made.rows("select 1 from store") == []
    restore()
    made.world.clock.time += MINUTE
    status, page, _ = await fetch(url, values)
    assert (status, "is connected" in page) == (200, True)


@every
async def test_a_reconnect_takes_no_other_stores_keys(made: Office, side: Side) -> None:
    store = await connect(made, side)
    restore = side.lock(made.world.shops["here"])
    await made.rows("update store set health = 'needs_reconnect'")
    await made.home(made.manager)
    await made.click(made.manager, "reconnect", on="home")
    url = await connect_url(made, modal(made.manager))
    status, page, _ = await fetch(url, filled_in(side, made, "other"))
    assert status == 422
    assert "another account than" in error_under(page, "form")
    others, secrets = filled_in(side, made, "other"), secret_keys(side)
    status, page, _ = await fetch(
        url, filled_in(side, made, **{secret: others[secret] for secret in secrets})
    )
    assert (status, page.count('class="error"')) == (422, 1)
    assert any(error_under(page, field) for field in others)
    restore()
    status, page, _ = await fetch(url, filled_in(side, made))
    assert (status, "is connected" in page) == (200, True)
    assert (await made.world.summary(store)).health == "ok"


@pytest.mark.parametrize("side", [WOOCOMMERCE], ids=lambda side: side.key)
async def test_what_new_stores_start_with_holds_on_the_page_already(
    made: Office, side: Side
) -> None:
    """Plain HTTP is refused unless the person who runs Stockroom allows it."""
    del made.world.base_urls[side.key]
    url = await ask_for_page(made, side.key)
    values = filled_in(side, made, url="http://woocommerce.test/woocommerce/here")
    status, page, _ = await fetch(url, values)
    assert (status, "with https://" in error_under(page, "url")) == (422, True)
    made.world.new_stores[side.key] = {"allow_http": True}
    assert (await fetch(url, values))[0] == 200
    kept = (await made.rows("select settings from store"))[0].settings
    assert kept == {"allow_http": True}
    await made.world.work()
    assert "2 listings, 2 linked" in await made.slash(made.manager, "status")


# Turning on ------------------------------------------------------------------------------


async def choose_alerts(office: Office) -> None:
    await office.slash(office.manager, "alerts")
    await office.manager.choose("value", "C0ALERTS001", block_id="channel")
    await office.submit(office.manager)
    await office.manager.close()


def told(office: Office) -> list[str]:
    """All that stands in the alert channel, the test message left out."""
    said = office.manager.messages("stock-alerts")
    return [shown(one) for one in said if "will tell failures here" not in one["text"]]


async def see(office: Office, words: str) -> str:
    await office.settle()
    await office.manager.until(lambda p: p.modal and words in shown(p.modal))
    return shown(modal(office.manager))


async def agree(office: Office, store: str) -> None:
    """Agree to whatever has to be agreed to at a store's platform."""
    stores = await office.rows("select name, platform from store")
    (platform,) = (row.platform for row in stores if row.name == store)
    for one in PLATFORMS[platform].agreements:
        if one.required:
            await office.manager.choose("answer", "yes", block_id=block_of(office.manager, one.key))


async def begin(office: Office, store: str, mode: str) -> str:
    """Go to the choice of warehouses; all that was read on the way."""
    await office.slash(office.manager, f"turn-on {store}")
    if title(office.manager) == "Before step 1":  # who ships
        block = block_of(office.manager, "fulfilment")
        await office.manager.choose("answer", "merchant", block_id=block)
        await office.submit(office.manager)
    read = shown(modal(office.manager))
    await agree(office, store)
    await office.submit(office.manager)
    await office.manager.choose("answer", mode, block_id=block_of(office.manager, "mode"))
    read += shown(modal(office.manager))
    await office.submit(office.manager)
    assert title(office.manager) == "Step 3 of 4"
    return read + shown(modal(office.manager))


async def pick(office: Office, *names: str) -> None:
    """Choose warehouses by their names."""
    block = block_of(office.manager, "warehouses")
    values = [value for one in names for value in values_of(office, block, one)]
    await office.manager.choose("answer", values, block_id=block)


def values_of(office: Office, block: str, name: str) -> list[str]:
    element = next(
        one["element"] for one in modal(office.manager)["blocks"] if one["block_id"] == block
    )
    options = [*element.get("options", [])]
    options += [one for group in element.get("option_groups", []) for one in group["options"]]
    return [one["value"] for one in options if one["text"]["text"] == name]


async def plan_rows(office: Office) -> list[dict[str, str]]:
    """Ask for the plan as a file and read it."""
    await office.click(office.manager, "wizard_file")
    [file] = office.manager.messages("app")[-1]["files"]
    content = office.slack.uploads.get(file["id"]).content
    assert content is not None
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


async def turned_on(office: Office, store: int) -> None:
    """Confirm the plan, and watch its one message until it says that sync is on."""
    name = (await office.world.summary(store)).name
    await office.submit(office.manager)
    await see(office, "Sync is being turned on")
    await office.manager.close()
    seen: set[str] = set()
    for _ in range(60):
        await office.world.run(timedelta(seconds=10))
        await office.deliver()
        about = (f"Turning on sync for {name}", f"Sync is on for {name}")
        [text] = [text for text in told(office) if any(words in text for words in about)]
        seen.add(text)
        if "Sync is on" in text:
            break
    assert any("Turning on sync" in text for text in seen)
    assert "change stock only in Stockroom" in text
    assert (await office.world.summary(store)).sync_status == "on"


async def joined(office: Office, shop: str = "there") -> int:
    """Connect the Shopify shop and copy it into a warehouse of its own: 3 MUG, 5 CUP."""
    store = await office.world.connect(shop)
    await office.world.turn_on(store, "copy")
    return store


@every
async def test_copy_into_a_new_warehouse_and_a_sale_that_travels(made: Office, side: Side) -> None:
    world = made.world
    await choose_alerts(made)
    url = await ask_for_page(made, side.key)
    assert (await fetch(url, filled_in(side, made)))[0] == 200
    name = (await made.rows("select name from store"))[0].name
    assert "Reading products" in await made.slash(made.manager, "status")
    await world.work()
    status = await made.slash(made.manager, "status")
    assert f"*{name}*  ·  {side.key}".casefold() in status.casefold()
    assert "2 listings, 2 linked, 0 not linked" in status
    here = (await world.summary(1)).id

    read = await begin(made, name, "copy")
    await made.submit(made.manager)
    read += await see(made, "The plan")
    assert "There are no open orders now" in read
    assert "location" not in read.casefold()
    rows = await plan_rows(made)
    assert {row["SKU"]: (row["Shows now"], row["Will show"]) for row in rows} == {
        "MUG": ("10", "10"),
        "CUP": ("5", "5"),
    }
    await turned_on(made, here)
    assert "write" not in world.wire.calls

    there = await world.connect("there")
    await world.turn_on(there, "keep", warehouse_id=await world.warehouse())
    await world.rest(a_while(side))
    assert world.shown("there", "MUG") == 10
    world.shops["here"].sell("MUG", 2)
    await world.rest(a_while(side))
    assert (world.shown("here", "MUG"), world.shown("there", "MUG")) == (8, 8)
    world.shops["there"].sell("MUG", 3)
    await world.rest(a_while(side))
    assert (world.shown("here", "MUG"), world.shown("there", "MUG")) == (5, 5)
    assert f"{name}: shows 5 of 5 wanted" in await made.slash(made.viewer, "show MUG")
    assert "2 agree" in await made.slash(made.viewer, f"status {name}")


@every
async def test_copy_into_a_second_warehouse_shows_the_sum(made: Office, side: Side) -> None:
    world = made.world
    await choose_alerts(made)
    await joined(made)
    here = await connect(made, side)
    name = (await world.summary(here)).name
    read = await begin(made, name, "copy")
    await pick(made, "Main warehouse", f"New warehouse: {name}")
    await made.submit(made.manager)
    read += await see(made, "Which warehouse receives the store's stock?")
    [new] = values_of(made, block_of(made.manager, "receives"), f"New warehouse: {name}")
    await made.manager.choose("answer", new, block_id=block_of(made.manager, "receives"))
    await made.submit(made.manager)
    read += await see(made, "The plan")
    assert f"shows the sum of Main warehouse and {name}" in read
    assert "MUG: shows 10, will show 13 (10 + 3)" in read
    rows = {row["SKU"]: row for row in await plan_rows(made)}
    assert (rows["MUG"]["Shows now"], rows["MUG"]["Will show"]) == ("10", "13")
    await turned_on(made, here)
    # A number goes up only when no sale can be on its way any more.
    await world.rest(PLATFORMS[side.key].traits.order_lag + a_while(side))
    assert (world.shown("here", "MUG"), world.shown("there", "MUG")) == (13, 3)
    assert f"{name}: shows 13 of 13 wanted" in await made.slash(made.viewer, "show MUG")
    world.shops["there"].sell("MUG", 1)
    await world.rest(a_while(side))
    assert (world.shown("here", "MUG"), world.shown("there", "MUG")) == (12, 2)


@every
async def test_dont_copy_names_the_warehouses_and_their_sum(made: Office, side: Side) -> None:
    world = made.world
    await choose_alerts(made)
    there = await joined(made)
    await made.rows(
        "insert into warehouse (workspace_id, name, name_key, created_at) "
        "select workspace_id, 'Attic', 'attic', created_at from warehouse limit 1"
    )
    attic = (await made.rows("select id from warehouse where name = 'Attic'"))[0].id
    product = (await made.rows("select id from product where sku = 'MUG'"))[0].id
    await world.change(product, attic, 4)
    here = await connect(made, side)
    name = (await world.summary(here)).name
    read = await begin(made, name, "keep")
    await pick(made, "Main warehouse", "Attic")
    await made.submit(made.manager)
    read = await see(made, "Which warehouse are orders taken from?")
    for words in ("Main warehouse", "8 units", "Attic", "4 units", "Together", "12 units"):
        assert words in read
    await made.submit(made.manager)
    read = await see(made, "The plan")
    assert "shows the sum of Main warehouse and Attic" in read
    await turned_on(made, here)
    await world.rest(timedelta(minutes=6))
    assert (world.shown("here", "MUG"), world.shown("there", "MUG")) == (7, 3)
    assert (await world.summary(there)).agree == 2
    world.shops["here"].sell("MUG", 2)
    await world.rest(timedelta(minutes=4))
    assert (world.shown("here", "MUG"), world.shown("there", "MUG")) == (5, 1)


@every
async def test_access_that_dies_on_the_way_is_one_alert_until_reconnected(
    made: Office, side: Side
) -> None:
    world = made.world
    await choose_alerts(made)
    here = await connect(made, side)
    name = (await world.summary(here)).name
    await begin(made, name, "copy")
    await made.submit(made.manager)
    await see(made, "The plan")
    await made.submit(made.manager)
    await see(made, "Sync is being turned on")
    await made.manager.close()
    old = filled_in(side, made)
    side.lock(world.shops["here"])  # and it stays so: only new ones open the store again
    await world.rest(timedelta(minutes=6))
    await made.deliver()
    alerts = [text for text in told(made) if "can no longer sign in" in text]
    assert [f"sign in to {name}" in text for text in alerts] == [True]
    assert "Reconnect" in alerts[0]
    assert (await world.summary(here)).sync_status == "off"
    assert "Needs reconnect" in await made.slash(made.viewer, "status")

    ts = next(m["ts"] for m in made.manager.messages("stock-alerts") if "sign in to" in m["text"])
    await made.click(made.manager, "reconnect", on="message", ts=ts)
    url = await connect_url(made, made.manager.ephemerals()[-1])
    status, page, _ = await fetch(url, old)
    assert (status, page.count('class="error"')) == (422, 1)
    assert (await fetch(url, filled_in(side, made)))[0] == 200
    await world.until_on(here)
    await world.rest(timedelta(minutes=4))
    await made.deliver()
    alerts = [text for text in told(made) if "can no longer sign in" in text]
    assert [text.startswith("Recovered after") for text in alerts] == [True]
    assert len([text for text in told(made) if "Sync is on for" in text]) == 1
    assert await world.level("MUG") == (10, 0, 10)
    world.shops["here"].sell("MUG")
    await world.rest(timedelta(minutes=4))
    assert await world.level("MUG") == (10, 1, 9)
