"""A store of each platform that shows one number, connected on its page."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from connectors.catalog import PLATFORMS
from sandbox.amazon import Fault as AmazonFault
from sandbox.bigcommerce import Fault as BigCommerceFault
from sandbox.ebay import Fault as EbayFault
from sandbox.etsy import Fault as EtsyFault
from sandbox.walmart import Fault as WalmartFault
from sandbox.woocommerce import Fault as WooCommerceFault
from tests.platforms.sides import AMAZON, BIGCOMMERCE, EBAY, ETSY, WALMART, WOOCOMMERCE, Side
from tests.slack.merchant import MINUTE, ask_for_page, connect, every, filled_in
from tests.slack.office import Office, connect_url, fetch, modal


def error_under(page: str, field: str) -> str:
    found = re.search(f'<p class="error" id="{field}-error"[^>]*>([^<]*)', page)
    return html.unescape(found.group(1)) if found else ""


def secret_keys(side: Side) -> list[str]:
    """The fields whose values nobody may see again."""
    return [field.key for field in PLATFORMS[side.key].every_field if field.secret]


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


def trouble(
    side: Side, name: str, field: str, words: str, set_up: Any = None, **typed: str
) -> Trouble:
    """Make one whose `typed` values are wrong, or whose store is."""
    return Trouble(side, name, field, words, set_up or Trouble.set_up, tuple(typed.items()))


_woo = partial(trouble, WOOCOMMERCE)
_big = partial(trouble, BIGCOMMERCE)
_wal = partial(trouble, WALMART)
_ebay = partial(trouble, EBAY)
_ama = partial(trouble, AMAZON)
_etsy = partial(trouble, ETSY)


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
