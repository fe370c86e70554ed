"""Reading an account, its locations, listings and levels."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.bigcommerce.shop import store_hash, store_url
from connectors.errors import BadCredentials, NeedsReconnect, Refused, Unavailable
from connectors.protocol import RemoteLocation
from sandbox.bigcommerce import Fault, generate, stock_calls
from tests.connectors.bigcommerce.world import World, all_listings
from tests.connectors.line import START

ITEMS = "GET /v3/inventory/locations/1/items"
PRODUCTS = "GET /v3/catalog/products"


async def test_the_account_is_the_store(world: World) -> None:
    async with world.connected() as connector:
        account = await connector.check()
    assert (account.id, account.name, account.currency) == ("alpha", "Alpha", "USD")
    assert "store_inventory_read_only" in account.scopes


@pytest.mark.parametrize(
    ("given", "hash_"),
    [
        ("abc123", "abc123"),
        (" ABC123 ", "abc123"),
        ("stores/abc123", "abc123"),
        ("https://api.bigcommerce.com/stores/abc123/v3/", "abc123"),
        ("https://store-abc123.mybigcommerce.com/manage/dashboard", "abc123"),
    ],
)
def test_a_hash_is_read_from_what_people_paste(given: str, hash_: str) -> None:
    assert store_hash(given) == hash_
    assert store_url(hash_) == "https://api.bigcommerce.com/stores/abc123"


@pytest.mark.parametrize(
    ("credentials", "field"),
    [
        ({"store_hash": "", "access_token": "t"}, "store_hash"),
        ({"store_hash": "https://my-shop.example.com/", "access_token": "t"}, "store_hash"),
        ({"store_hash": "abc123", "access_token": ""}, "access_token"),
        ({"store_hash": "abc123", "access_token": "two words"}, "access_token"),
        ({"store_hash": "abc123", "access_token": "t\u00f6ken"}, "access_token"),
    ],
)
async def test_what_cannot_be_credentials_is_told_before_any_call(
    world: World, credentials: dict[str, str], field: str
) -> None:
    with pytest.raises(BadCredentials) as bad:
        async with world.connected(credentials):
            pass
    assert bad.value.field == field
    assert str(bad.value).startswith("Enter the ")
    assert world.calls == []


@pytest.mark.parametrize(
    ("scope", "title"),
    [
        ("store_v2_products_read_only", "Products: read-only"),
        ("store_v2_orders_read_only", "Orders: read-only"),
        ("store_locations_read_only", "Store Locations: read-only"),
        ("store_v2_information_read_only", "Information & Settings: read-only"),
        ("store_inventory", "Store Inventory: read-only"),
    ],
)
async def test_a_missing_permission_is_named(world: World, scope: str, title: str) -> None:
    granted = world.shop.scopes
    world.shop.scopes = granted - {scope}
    async with world.connected() as connector:
        with pytest.raises(NeedsReconnect, match=title) as missing:
            await connector.check()
        assert missing.value.missing_scopes
        world.shop.scopes = granted
        await connector.check()


async def test_all_missing_permissions_are_named_at_once(world: World) -> None:
    world.shop.scopes = frozenset({"store_v2_information"})
    async with world.connected() as connector:
        with pytest.raises(NeedsReconnect) as missing:
            await connector.check()
    assert len(missing.value.missing_scopes) == 4


async def test_the_default_location_is_the_one_written(world: World) -> None:
    world.shop.add_location("Harbour depot")
    world.shop.add_location("Old barn", active=False)
    async with world.connected() as connector:
        assert await connector.locations() == [
            RemoteLocation("1", "Default location", active=True, ours=True),
            RemoteLocation("2", "Harbour depot", active=True, ours=False),
            RemoteLocation("3", "Old barn", active=False, ours=False),
        ]


async def test_a_setting_chooses_another_location(world: World) -> None:
    depot = world.shop.add_location("Harbour depot")
    world.stock(1, available=5)
    world.shop.stock_at("S0", depot, 9)
    async with world.connected(settings={"location_id": "2"}) as connector:
        assert [place.ours for place in await connector.locations()] == [False, True]
        (level,) = await connector.levels([world.ref("S0")])
        assert (level.location, level.available) == ("2", 9)
        (outcome,) = await connector.set_levels([world.write("S0", 4, location="2")])
    assert outcome.kind == "applied"
    assert (world.shop.available("S0"), world.shop.available("S0", depot)) == (5, 4)


async def test_a_default_location_with_another_id_is_asked_for(world: World) -> None:
    world.shop.locations[0].id = 7
    world.shop.add_location("Harbour depot")
    async with world.connected() as connector:
        found = await connector.locations()
    assert [(place.id, place.ours) for place in found] == [("7", True), ("8", False)]


async def test_a_chosen_location_that_is_gone_is_a_clear_message(world: World) -> None:
    async with world.connected(settings={"location_id": 9}) as connector:
        with pytest.raises(Refused, match="no longer has the location"):
            await connector.levels(["1"])
        world.shop.locations[0].id = 9
        assert await connector.levels(["1"]) == []


async def test_a_location_that_is_deleted_meanwhile_is_looked_for_anew(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        await connector.levels([world.ref("S0")])
        world.place.id = 7
        held = world.shop.product("S0").stock
        held[7] = held.pop(1)
        with pytest.raises(Refused, match="or its location “Default location”"):
            await connector.levels([world.ref("S0")])
        (level,) = await connector.levels([world.ref("S0")])
    assert level.location == "7"


async def test_a_default_location_that_is_switched_off_is_a_clear_message(world: World) -> None:
    world.stock(1)
    world.place.enabled = False
    async with world.connected() as connector:
        for act in (connector.check, lambda: connector.set_levels([world.write("S0", 2)])):
            with pytest.raises(Refused, match="“Default location” is switched off"):
                await act()
        world.place.enabled = True
        await connector.check()
        (outcome,) = await connector.set_levels([world.write("S0", 2)])
    assert outcome.kind == "applied"
    assert world.shop.available("S0") == 2


async def test_the_mode_of_tracking_decides_what_a_listing_is(world: World) -> None:
    shop = world.shop
    shop.add_listing("MUG", 5, title="Mug")
    shirt = shop.add_product("Shirt")
    for size, units in (("S", 3), ("M", 4)):
        shop.add_listing(f"SHIRT-{size}", units, variant=size, product=shirt)
    beads = shop.add_product("Beads", sku="BEADS", tracking="product", available=40)
    shop.add_listing("BEADS-RED", variant="Red", product=beads)
    shop.add_listing("CUP", 6, title="Cup", tracking="variant")
    shop.add_listing("SONG", title="Song", tracked=False, kind="digital")
    wrap = shop.add_product("Wrapping", tracking="none")
    shop.add_listing("WRAP-RED", variant="Red", product=wrap)
    async with world.connected() as connector:
        found = {each.sku: each for each in await all_listings(connector)}
    seen = {
        sku: (each.ref, each.tracked, each.title, [level.available for level in each.levels])
        for sku, each in found.items()
    }
    mug, cup = shop.variant("MUG").product, shop.variant("CUP")
    shirts = shirt.variants
    assert seen == {
        "MUG": (f"{mug.id}", True, "Mug", [5]),
        "SHIRT-S": (f"{shirt.id}:{shirts[0].id}", True, "Shirt - S", [3]),
        "SHIRT-M": (f"{shirt.id}:{shirts[1].id}", True, "Shirt - M", [4]),
        "BEADS": (f"{beads.id}", True, "Beads", [40]),
        "CUP": (f"{cup.product.id}:{cup.id}", True, "Cup", [6]),
        "SONG": (f"{shop.variant('SONG').product.id}", False, "Song", []),
        "WRAP-RED": (f"{wrap.id}:{wrap.variants[0].id}", False, "Wrapping - Red", []),
    }
    assert {each.channel for each in found.values()} == {"merchant"}


async def test_what_is_off_sale_is_inactive(world: World) -> None:
    shop = world.shop
    world.stock(3)
    page = shop.add_product("Shirt")
    closed = shop.add_listing("CLOSED", 1, product=page)
    closed.purchasing_disabled = True
    shop.archive("S1")
    shop.product("S2").availability = "disabled"
    async with world.connected() as connector:
        states = {each.sku: each.state for each in await all_listings(connector)}
    assert states == {"S0": "active", "S1": "inactive", "S2": "inactive", "CLOSED": "inactive"}


async def test_a_variant_sku_stands_in_for_a_product_without_one(world: World) -> None:
    world.stock(1)
    world.shop.product("S0").sku = ""
    async with world.connected() as connector:
        assert [each.sku for each in await all_listings(connector)] == ["S0"]


async def test_the_made_up_catalogue_comes_back_as_it_is(world: World) -> None:
    generate(world.shop, 64)
    async with world.connected() as connector:
        listings = await all_listings(connector)
    expected = {
        (variant.ref if variant else str(product.id)): (
            variant.sku if variant else product.sku,
            held[1].available,
        )
        for product, variant, held in world.shop.items()
    }
    found = {each.ref: (each.sku, each.levels[0].available) for each in listings if each.tracked}
    assert found == expected
    assert len(found) >= 64


async def test_listings_changed_since(world: World) -> None:
    world.stock(3)
    world.pass_time(hours=1)
    world.shop.rename_sku("S1", "RENAMED")
    async with world.connected() as connector:
        found = await all_listings(connector, START + timedelta(minutes=30))
    assert [(each.sku, each.levels[0].available) for each in found] == [("RENAMED", 5)]
    query = next(each.query for each in world.line.exchanges if "products" in each.path)
    assert query["date_modified:min"] == "2026-11-23T12:30:00Z"


async def test_a_product_made_while_the_store_is_read_has_its_level(world: World) -> None:
    """The stock is read first: what comes after it is asked for by its id."""
    world.stock(1)
    async with world.connected() as connector:
        await connector.locations()
        world.line.meanwhile = [lambda: world.shop.add_listing("LATE", 8)]
        found = await all_listings(connector)
    assert {each.sku: [level.available for level in each.levels] for each in found} == {
        "S0": [5],
        "LATE": [8],
    }
    assert world.calls.count(ITEMS) == 2


async def test_what_a_shopper_can_buy_is_what_is_shown(world: World) -> None:
    world.shop.add_listing("KEPT", 4, safety=3)
    async with world.connected() as connector:
        (level,) = await connector.levels([world.ref("KEPT")])
    assert (level.available, level.reserved, level.location) == (4, 0, "1")
    assert level.as_of == START


async def test_levels_leave_out_what_the_store_does_not_know(world: World) -> None:
    world.stock(1)
    world.shop.add_listing("FREE", tracked=False)
    asked = [world.ref("S0"), "999999", "999999:1", "nonsense", "0", world.ref("FREE")]
    async with world.connected() as connector:
        levels = await connector.levels(asked)
        assert await connector.levels([]) == []
        assert await connector.levels(["nonsense"]) == []
    assert [each.ref for each in levels] == [world.ref("S0")]


async def test_a_product_whose_variants_are_tracked_now_is_not_known_as_one(world: World) -> None:
    page = world.shop.add_product("Shirt", sku="SHIRT", tracking="product", available=7)
    for size in ("S", "M"):
        world.shop.add_listing(f"SHIRT-{size}", 2, variant=size, product=page)
    async with world.connected() as connector:
        (level,) = await connector.levels([str(page.id)])
        assert level.available == 7
        world.shop.set_tracking("SHIRT-S", "variant")
        assert await connector.levels([str(page.id)]) == []
        found = await connector.levels([world.ref("SHIRT-M"), world.ref("SHIRT-S")])
    assert [each.available for each in found] == [2, 2]


async def test_a_missing_safety_stock_is_none_at_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.stock(1)
    numbers = stock_calls._numbers
    for settings in (None, {"safety_stock": None}):
        monkeypatch.setattr(
            stock_calls, "_numbers", lambda stock, s=settings: {**numbers(stock), "settings": s}
        )
        async with world.connected() as connector:
            (level,) = await connector.levels([world.ref("S0")])
            await connector.set_levels([world.write("S0", 2)])
        assert level.available in (5, 2)
        assert world.shop.available("S0") == 2


async def test_an_import_of_ten_thousand_takes_forty_and_ten_calls(world: World) -> None:
    world.stock(10_000)
    async with world.connected() as connector:
        found = await all_listings(connector)
    assert len(found) == 10_000
    assert all(each.levels for each in found)
    assert world.calls.count(PRODUCTS) == 40
    assert world.calls.count(ITEMS) == 10
    assert set(world.calls) == {PRODUCTS, ITEMS, "GET /v3/inventory/locations"}
    assert len(world.calls) == 51
    assert world.clock.slept == []


async def test_a_batch_of_levels_keeps_its_addresses_short(world: World) -> None:
    world.stock(1000)
    refs = [world.ref(f"S{number}") for number in range(1000)]
    async with world.connected() as connector:
        assert connector.traits.read_batch == 1000
        levels = await connector.levels(refs)
    assert [each.ref for each in levels] == refs
    assert world.calls.count(ITEMS) == 2
    assert max(len(each.target) for each in world.line.exchanges) < 4200


async def test_half_an_answer_is_no_answer(world: World) -> None:
    world.stock(1)
    world.shop.faults.switch_on(Fault("missing_fields"))
    async with world.connected() as connector:
        for act in (connector.check, connector.locations, lambda: connector.levels(["1"])):
            with pytest.raises(Unavailable, match="lacks a usable"):
                await act()
        with pytest.raises(Unavailable):
            await all_listings(connector)
        world.shop.faults.clear()
        assert len(await all_listings(connector)) == 1


async def test_the_clock_of_the_store_is_told(world: World) -> None:
    async with world.connected() as connector:
        assert connector.skew == timedelta()
        world.shop.now = lambda: world.clock.time + timedelta(seconds=90)
        await connector.check()
        assert connector.skew == timedelta(seconds=90.5)


async def test_nothing_is_to_be_settled(world: World) -> None:
    async with world.connected() as connector:
        (outcome,) = await connector.settle(["x"])
    assert outcome.kind == "unknown"
