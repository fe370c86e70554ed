"""Connecting: what was typed, where it leads, and how the keys are shown."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.catalog import PLATFORMS, open_connector
from connectors.errors import BadCredentials, NeedsReconnect, Refused, Unavailable
from connectors.services import Services
from connectors.woocommerce import platform
from connectors.woocommerce.line import resolve
from connectors.woocommerce.platform import open_store
from connectors.woocommerce.shop import is_private, store_address, store_id
from sandbox.woocommerce import Fault, Shop, create_app
from tests.connectors.line import START
from tests.connectors.woocommerce.world import World, all_listings

HTTP = "http://stores.test/woocommerce/alpha"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("shop.example.com", "https://shop.example.com"),
        (" https://Shop.Example.com/ ", "https://shop.example.com"),
        ("https://shop.example.com:443/store/", "https://shop.example.com/store"),
        ("https://shop.example.com:8443", "https://shop.example.com:8443"),
        ("https://example.com/wp-admin/admin.php?page=wc-settings", "https://example.com"),
        ("https://example.com/de/wp-json/wc/v3", "https://example.com/de"),
        ("https://example.com/my-account/", "https://example.com"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_address_is_read_as_people_paste_it(typed: str, address: str) -> None:
    assert store_address(typed) == address


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "as it stands in the browser"),
        ("ftp://shop.example.com", "as it stands in the browser"),
        ("https://", "as it stands in the browser"),
        ("https://a b.example", "as it stands in the browser"),
        ("https://user:pass@shop.example.com", "as it stands in the browser"),
        ("http://shop.example.com", "https://"),
        ("https://localhost", "private network"),
        ("https://127.0.0.1", "private network"),
        ("https://10.1.2.3/shop", "private network"),
        ("https://169.254.169.254", "private network"),
        ("https://[::1]", "private network"),
        ("https://[::ffff:10.0.0.1]", "private network"),
        ("https://[64:ff9b::10.0.0.1]", "private network"),
        ("https://printer.local", "private network"),
        ("https://intranet", "private network"),
    ],
)
async def test_what_cannot_be_an_address_is_told_before_any_call(
    world: World, typed: str, words: str
) -> None:
    with pytest.raises(BadCredentials, match=words) as bad:
        async with world.connected({"url": typed}, base_url=None):
            pass
    assert bad.value.field == "url"
    assert world.calls == []


@pytest.mark.parametrize("field", ["consumer_key", "consumer_secret"])
@pytest.mark.parametrize("value", ["", "hello", "ck_", "cs_ab cd"])
async def test_what_cannot_be_a_key_is_told_before_any_call(
    world: World, field: str, value: str
) -> None:
    with pytest.raises(BadCredentials, match="Settings, Advanced, REST API") as bad:
        async with world.connected({field: value}):
            pass
    assert bad.value.field == field


async def test_an_operator_may_allow_plain_http_and_private_addresses(world: World) -> None:
    allowed = {"allow_http": True, "allow_private": True}
    async with world.connected({"url": "http://127.0.0.1"}, allowed, base_url=None) as connector:
        assert (await connector.check()).id == "alpha.example"
    for each in world.wire.exchanges:
        assert "authorization" not in each.headers
        assert "oauth_signature" in each.url.params


@pytest.mark.parametrize("as_setting", [False, True])
async def test_a_base_url_stands_in_as_it_is(world: World, as_setting: bool) -> None:
    given = {"base_url": HTTP} if as_setting else {}
    async with world.connected(settings=given, base_url=None if as_setting else HTTP) as connector:
        await connector.check()
    assert {each.url.host for each in world.wire.exchanges} == {"stores.test"}


async def test_every_platform_opens_by_its_catalogue(world: World) -> None:
    opened = open_connector(
        "woocommerce", world.credentials, base_url="https://s.test", transport=world.wire
    )
    async with opened as connector:
        assert (await connector.check()).name == "alpha.example"
        assert connector.traits == PLATFORMS["woocommerce"].traits
    assert {each.key for each in PLATFORMS["woocommerce"].fields} == set(world.credentials)
    assert all(each.help for each in PLATFORMS["woocommerce"].fields)


# Where a name leads


class Names:
    """A resolver that knows what it is told, and counts how often it is asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self.addresses


async def _check(world: World, names: Names, monkeypatch: Any, **settings: Any) -> None:
    monkeypatch.setattr(platform, "network", lambda: world.wire)
    given = {**world.credentials, "url": "https://shop.example.com"}
    services = Services.in_memory(given)
    async with open_store(given, settings, None, None, services, resolver=names) as connector:
        await connector.check()


async def test_a_public_name_is_looked_up_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Names("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946")
    await _check(world, names, monkeypatch)
    assert names.asked == [("shop.example.com", 443)]
    assert len(world.calls) == 3


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "fe80::1%1"])
async def test_a_name_that_leads_inside_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    with pytest.raises(Refused, match="private network"):
        await _check(world, Names("93.184.216.34", inside), monkeypatch)
    assert world.calls == []
    await _check(world, Names(inside), monkeypatch, allow_private=True)


async def test_the_system_is_asked_for_names() -> None:
    assert "127.0.0.1" in await resolve("127.0.0.1", 443)
    assert is_private("100.64.0.1")
    assert not is_private("93.184.216.34")


# How the keys are shown


async def test_keys_go_by_basic_over_https(world: World) -> None:
    async with world.connected() as connector:
        await connector.check()
    for each in world.wire.exchanges:
        assert each.headers["authorization"].startswith("Basic ")
        assert not {"consumer_key", "consumer_secret", "oauth_nonce"} & set(each.url.params)


async def test_a_host_that_takes_the_header_away_is_remembered(world: World) -> None:
    world.shop.strips_authorization = True
    world.stock(3)
    async with world.connected() as connector:
        await connector.check()
        await all_listings(connector)
    statuses = [each.status for each in world.wire.exchanges]
    assert statuses == [401, 200, 200, 200, 200]
    assert all("consumer_key" in each.url.params for each in world.wire.exchanges[1:])


async def test_a_write_may_be_what_finds_out_about_the_header(world: World) -> None:
    world.shop.strips_authorization = True
    world.stock(1)
    async with world.connected() as connector:
        (outcome,) = await connector.set_levels([world.write("S0", 2)])
    assert outcome.kind == "applied"
    assert [each.status for each in world.wire.exchanges] == [401, 200]


async def test_the_keys_are_never_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.shop.strips_authorization = True
    world.stock(1)
    with caplog.at_level(logging.DEBUG):
        for base in (HTTP, "https://stores.test/woocommerce/alpha"):
            async with world.connected(base_url=base) as connector:
                await connector.check()
                world.wire.break_off(httpx.ReadTimeout("late"), when="after")
                await connector.set_levels([world.write("S0", 2)])
    assert "system_status" in caplog.text
    assert world.shop.consumer_key not in caplog.text
    assert world.shop.consumer_secret not in caplog.text


async def test_each_try_is_signed_anew(world: World) -> None:
    world.stock(1)
    async with world.connected(base_url=HTTP) as connector:
        world.shop.faults.switch_on(Fault("error_before", count=1))
        world.wire.break_off(httpx.ReadTimeout("late"), when="after", skip=1)
        assert len(await all_listings(connector)) == 1
        levels = await connector.levels([str(world.shop.items[0].id)] * 2)
        assert [each.available for each in levels] == [5]
        (outcome,) = await connector.set_levels([world.write("S0", 2)])
    assert outcome.kind == "applied"
    nonces = [each.url.params["oauth_nonce"] for each in world.wire.exchanges]
    assert len(set(nonces)) == len(nonces) == 5


async def test_signatures_follow_the_stores_clock(world: World) -> None:
    ahead = timedelta(minutes=20)
    world.shop.now = lambda: world.clock.time + ahead
    async with world.connected(base_url=HTTP) as connector:
        with pytest.raises(NeedsReconnect, match="does not accept"):
            await connector.check()
        await connector.check()  # the first answer told the time


# Whose keys


@pytest.mark.parametrize("base", [HTTP, "https://stores.test/woocommerce/alpha"])
async def test_wrong_keys(world: World, base: str) -> None:
    async with world.connected({"consumer_key": "ck_other"}, base_url=base) as connector:
        with pytest.raises(NeedsReconnect):
            await connector.check()
    async with world.connected({"consumer_secret": "cs_other"}, base_url=base) as connector:
        with pytest.raises(NeedsReconnect) as wrong:
            await connector.check()
        assert wrong.value.said
    async with world.connected(base_url=base) as connector:
        await connector.check()


@pytest.mark.parametrize("kind", ["read", "write"])
async def test_keys_that_may_only_do_half_are_named(world: World, kind: Any) -> None:
    missing = "write" if kind == "read" else "read"
    world.shop.permission = kind
    world.stock(1)
    async with world.connected() as connector:
        with pytest.raises(NeedsReconnect, match=f"no permission to {missing}") as lacking:
            await connector.check()
        assert lacking.value.missing_scopes == (missing,)
        assert world.shown() == {"S0": 5}
        world.shop.permission = "read_write"
        assert (await connector.check()).scopes == {"read", "write"}


async def test_keys_of_somebody_who_may_not_manage_the_shop(world: World) -> None:
    world.shop.may_manage_shop = False
    async with world.connected() as connector:
        with pytest.raises(NeedsReconnect, match="shop manager"):
            await connector.check()
        world.shop.may_manage_shop = True
        await connector.check()


async def test_revoked_keys_in_mid_run(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        await connector.check()
        world.shop.rotate_keys()
        world.forget_calls()
        with pytest.raises(NeedsReconnect, match="revoked"):
            await all_listings(connector)
        assert len(world.calls) == 1  # they were accepted before: the header does arrive
    async with world.connected() as connector:
        assert len(await all_listings(connector)) == 1


async def test_an_account_is_the_same_whatever_was_typed(world: World) -> None:
    ids = set()
    for base in (HTTP, "https://stores.test/woocommerce/alpha", "https://www.stores.test"):
        async with world.connected(base_url=base) as connector:
            ids.add((await connector.check()).id)
    assert ids == {"alpha.example"}
    beta = Shop("beta", now=world.clock.now)
    world.wire.inner = httpx.ASGITransport(create_app([world.shop, beta]))
    keys = {"consumer_key": beta.consumer_key, "consumer_secret": beta.consumer_secret}
    async with world.connected(keys, base_url="https://s.test/woocommerce/beta") as connector:
        assert (await connector.check()).id == "beta.example"


@pytest.mark.parametrize(
    ("home", "identity"),
    [
        ("https://Shop.example.com/", "shop.example.com"),
        ("http://shop.example.com", "shop.example.com"),
        ("https://shop.example.com/de/", "shop.example.com/de"),
        ("https://shop.example.com:8443", "shop.example.com:8443"),
        ("shop", ""),
    ],
)
def test_an_identity_is_host_and_folder(home: str, identity: str) -> None:
    assert store_id(home) == identity


# What is found there


@pytest.mark.parametrize("kind", ["404", "page"])
async def test_plain_permalinks_are_named_as_the_cause(world: World, kind: Any) -> None:
    world.shop.plain_permalinks = kind
    async with world.connected() as connector:
        with pytest.raises(Refused, match="permalinks are set to “Plain”"):
            await connector.check()
        asked = world.wire.exchanges[-1]
        assert "authorization" not in asked.headers
        world.shop.plain_permalinks = ""
        await connector.check()


async def test_an_address_that_is_no_store(world: World) -> None:
    elsewhere = "https://stores.test/woocommerce/nobody"
    async with world.connected(base_url=elsewhere) as connector:
        with pytest.raises(Refused, match="no WooCommerce API at this address"):
            await connector.check()


async def test_a_wordpress_without_woocommerce(world: World) -> None:
    world.shop.woocommerce_active = False
    async with world.connected() as connector:
        with pytest.raises(Refused, match="WooCommerce is active"):
            await connector.check()
        world.shop.woocommerce_active = True
        await connector.check()


async def test_a_login_page_before_the_store(world: World) -> None:
    world.shop.faults.switch_on(Fault("challenge"))
    async with world.connected() as connector:
        with pytest.raises(Unavailable, match="login page"):
            await connector.check()
        world.shop.faults.clear()
        await connector.check()


async def test_a_version_that_would_hand_out_everything_every_time() -> None:
    world = World(version="5.7.2")
    async with world.connected() as connector:
        with pytest.raises(Refused, match=r"5\.7\.2 is too old"):
            await connector.check()
        world.shop.version = "5.8.0"
        await connector.check()


async def test_an_index_that_is_kept_from_us_costs_calls_not_listings(world: World) -> None:
    parent = world.shop.add_parent("Pot")
    world.shop.add_listing("POT-S", 3, parent=parent)
    async with world.connected() as connector:

        def hide(exchange: Any) -> None:
            if exchange.path == "/products":
                world.shop.faults.switch_on(Fault("firewall", count=1))

        world.wire.between = hide
        assert [each.sku for each in await all_listings(connector, None)] == ["POT-S"]
    assert world.calls[-1] == f"GET /products/{parent.id}/variations"
    assert world.clock.time == START
