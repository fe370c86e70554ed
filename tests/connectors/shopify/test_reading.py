"""Reading listings, levels and locations."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.errors import NeedsReconnect, Refused
from connectors.shopify import PLATFORM
from sandbox.shopify import Fault, generate
from sandbox.shopify.catalogue import AWKWARD_SKUS, NOISY_TITLE
from tests.connectors.line import START
from tests.connectors.shopify.world import World, all_listings, all_orders


async def test_the_account_behind_the_credentials(world: World) -> None:
    async with world.connected() as connector:
        account = await connector.check()
    assert (account.id, account.name, account.currency) == (world.shop.id, "Alpha", "EUR")
    assert "read_inventory" in account.scopes  # comes with write_inventory


@pytest.mark.parametrize(
    ("granted", "missing"),
    [
        ({"read_products", "read_inventory", "read_locations", "read_orders"}, "write_inventory"),
        ({"write_products", "write_inventory", "read_locations"}, "read_orders"),
        ({"write_inventory", "read_locations", "read_orders"}, "read_products"),
    ],
)
async def test_a_missing_permission_is_named_and_granting_it_helps(
    world: World, granted: set[str], missing: str
) -> None:
    world.shop.scopes = frozenset(granted)
    async with world.connected() as connector:
        with pytest.raises(NeedsReconnect, match=missing) as lacking:
            await connector.check()
        assert lacking.value.missing_scopes == (missing,)
        world.shop.scopes |= {missing}
        await connector.check()


async def test_permissions_that_may_be_missing_are_not_asked_for_but_told(world: World) -> None:
    world.shop.scopes = frozenset(
        {"read_products", "write_inventory", "read_locations", "read_orders"}
    )
    async with world.connected() as connector:
        lacking = PLATFORM.optional_scopes.keys() - (await connector.check()).scopes
        assert lacking == {
            "read_merchant_managed_fulfillment_orders",
            "read_third_party_fulfillment_orders",
            "read_all_orders",
        }
        world.shop.scopes |= {"write_merchant_managed_fulfillment_orders", "read_all_orders"}
        lacking = PLATFORM.optional_scopes.keys() - (await connector.check()).scopes
    assert lacking == {"read_third_party_fulfillment_orders"}


async def test_a_permission_taken_away_later_is_named(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        world.shop.scopes -= {"write_inventory"}
        with pytest.raises(NeedsReconnect) as lacking:
            await connector.set_levels([world.write("S0", 3)])
        assert lacking.value.missing_scopes == ("write_inventory",)
        assert world.shown() == {"S0": 5}
        with pytest.raises(NeedsReconnect) as lacking:
            await all_listings(connector)
        assert lacking.value.missing_scopes == ("read_inventory",)
        world.shop.scopes |= {"write_inventory"}
        assert len(await all_listings(connector)) == 1


async def test_locations_of_other_apps_are_not_ours(world: World) -> None:
    world.shop.add_location("Closed", active=False)
    world.shop.add_location("Dropship", fulfillment_service=True)
    async with world.connected() as connector:
        found = await connector.locations()
    assert [(each.name, each.active, each.ours) for each in found] == [
        ("Main warehouse", True, True),
        ("Closed", False, True),
        ("Dropship", True, False),
    ]


async def test_more_than_a_page_of_locations(world: World) -> None:
    for number in range(300):
        world.shop.add_location(f"Place {number}")
    async with world.connected() as connector:
        assert len(await connector.locations()) == 301
    assert world.calls == ["Locations"] * 2


async def test_no_products(world: World) -> None:
    async with world.connected() as connector:
        assert await all_listings(connector) == []


async def test_a_small_merchants_catalogue_comes_back_as_it_is(world: World) -> None:
    generate(world.shop)
    async with world.connected() as connector:
        found = await all_listings(connector)
    by_sku = {each.sku: each for each in found}
    assert set(AWKWARD_SKUS) <= set(by_sku)
    assert by_sku["LOUD-TITLE"].title == NOISY_TITLE
    assert by_sku["SPRING-DRAFT"].state == "inactive"
    assert by_sku["LAST-YEAR"].state == "archived"
    assert not by_sku["DOWNLOAD-PDF"].tracked
    assert by_sku[""].title == "Gift wrapping"
    assert sum(each.sku == "TWIN-1" for each in found) == 2
    sellable = [each for each in found if each.tracked and each.state == "active" and each.sku]
    assert len(sellable) >= 60
    assert {each.ref: each.levels[0].available for each in found} == {
        level.item.id: level.available for level in world.shop.levels()
    }


async def test_all_without_sku(world: World) -> None:
    for _ in range(3):
        world.shop.add_listing(None, 1)
    async with world.connected() as connector:
        assert [each.sku for each in await all_listings(connector)] == ["", "", ""]


async def test_awkward_skus_are_written_and_sold_like_any_other(world: World) -> None:
    generate(world.shop)
    for sku in AWKWARD_SKUS:
        world.shop.set_by_hand(sku, 5)
    async with world.connected() as connector:
        outcomes = await connector.set_levels([world.write(sku, 6) for sku in AWKWARD_SKUS])
        assert {each.kind for each in outcomes} == {"applied"}
        world.shop.sell_many([(sku, 1) for sku in AWKWARD_SKUS])
        orders = [each async for page in connector.orders(START) for each in page.orders]
    assert tuple(line.sku for line in orders[0].lines) == AWKWARD_SKUS
    assert {world.shop.available(sku) for sku in AWKWARD_SKUS} == {5}


async def test_pages_of_250_with_their_stock(world: World) -> None:
    world.stock(600)
    async with world.connected() as connector:
        pages = [page async for page in connector.listings()]
    assert [len(page) for page in pages] == [250, 250, 100]
    assert len(world.calls) == 3


async def test_a_title_names_the_variant_where_there_is_a_choice(world: World) -> None:
    mug = world.shop.add_listing("A", title="Mug", variant="Blue").product
    world.shop.add_listing("B", variant="Red", product=mug)
    world.shop.add_listing("C", title="Bowl")
    async with world.connected() as connector:
        titles = [each.title for each in await all_listings(connector)]
    assert titles == ["Mug - Blue", "Mug - Red", "Bowl"]


async def test_states(world: World) -> None:
    for status in ("ACTIVE", "UNLISTED", "DRAFT", "ARCHIVED"):
        world.shop.add_listing(status, status=status)
    async with world.connected() as connector:
        states = {each.sku: each.state for each in await all_listings(connector)}
    assert states == {
        "ACTIVE": "active",
        "UNLISTED": "active",
        "DRAFT": "inactive",
        "ARCHIVED": "archived",
    }


async def test_an_item_shared_by_several_variants_is_one_listing(world: World) -> None:
    shared = world.shop.add_listing("SHARED", 4, title="Mug").item
    world.shop.add_variant(shared, title="Mug in a box")
    async with world.connected() as connector:
        (listing,) = await all_listings(connector)
    assert (listing.ref, listing.title) == (shared.id, "Mug")


async def test_a_shared_item_is_on_sale_if_any_of_its_variants_is(world: World) -> None:
    shared = world.shop.add_listing("SHARED", 4, title="Draft page", status="DRAFT").item
    world.stock(260)
    world.shop.add_variant(shared, title="Live page")
    async with world.connected() as connector:
        found = [each for each in await all_listings(connector) if each.sku == "SHARED"]
    assert [each.state for each in found] == ["inactive", "active"]  # the later one counts


async def test_only_what_changed_since(world: World) -> None:
    world.stock(3)
    world.clock.time += timedelta(hours=1)
    world.shop.rename_sku("S1", "NEW")
    async with world.connected() as connector:
        found = await all_listings(connector, world.clock.time - timedelta(minutes=5))
    assert [each.sku for each in found] == ["NEW"]


async def test_levels_are_read_live_by_the_shops_clock(world: World) -> None:
    refs = [world.shop.item(sku).id for sku in world.stock(260)]
    world.shop.sell("S0", 2)
    async with world.connected() as connector:
        found = await connector.levels([*refs, "gid://shopify/InventoryItem/404", refs[0]])
    assert len(found) == 260
    assert (found[0].available, found[0].reserved) == (3, 2)
    assert found[0].location == world.place.id
    assert found[0].as_of == START
    assert world.calls == ["Levels"] * 2


async def test_skew_is_the_shops_clock_less_ours(world: World) -> None:
    ahead = timedelta(seconds=90)
    world.shop.now = lambda: world.clock.now() + ahead
    async with world.connected() as connector:
        assert connector.skew == timedelta()
        await connector.check()
        assert abs(connector.skew - ahead) <= timedelta(seconds=1)


async def test_many_locations_ask_for_more_at_once(world: World) -> None:
    places = [world.place, *(world.shop.add_location(f"Place {n}") for n in range(20))]
    for sku in ("A", "B"):
        world.shop.add_listing(sku, 2, at=places)
    refs = [world.shop.item(sku).id for sku in ("A", "B")]
    async with world.connected() as connector:
        listings = await all_listings(connector)
        assert [len(each.levels) for each in listings] == [21, 21]
        assert world.calls == ["Listings"] * 2
        assert len(await connector.levels(refs)) == 42
        assert world.calls == ["Listings"] * 2 + ["Levels"]


async def test_more_locations_than_a_page_holds(world: World) -> None:
    places = [world.shop.add_location(f"Place {n}") for n in range(260)]
    variant = world.shop.add_listing("A", 2, at=places)
    async with world.connected() as connector:
        assert len(await connector.levels([variant.item.id])) == 260
    assert world.calls == ["Levels", "Levels", "MoreLevels", "MoreLevels"]


async def test_a_query_that_is_too_dear_is_cut_in_two_for_good(world: World) -> None:
    refs = [world.shop.item(sku).id for sku in world.stock(250)]
    world.shop.faults.switch_on(Fault("expensive", count=1))
    async with world.connected() as connector:
        assert len(await connector.levels(refs)) == 250
        sizes = [len(each.variables["ids"]) for each in world.line.exchanges]
        assert sizes == [250, 125, 125]
        await connector.levels(refs)
        assert len(world.calls) == 5


async def test_listings_are_read_in_smaller_pages_where_one_is_too_dear(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    skus = world.stock(130)
    monkeypatch.setattr("sandbox.shopify.graph.QUERY_LIMIT", 190)  # a page of 250, counted: 199
    async with world.connected() as connector:
        assert [each.sku for each in await all_listings(connector)] == skus
    sizes = [each.variables["first"] for each in world.line.exchanges]
    assert sizes == [250, 125, 62, 62, 62]


async def test_a_page_of_one_row_that_is_too_dear_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.stock(1)
    world.shop.sell("S0")
    monkeypatch.setattr("sandbox.shopify.graph.QUERY_LIMIT", 1)
    async with world.connected() as connector:
        with pytest.raises(Refused, match="too much"):
            await all_listings(connector)
        with pytest.raises(Refused, match="too much"):
            await all_orders(connector, START)


async def test_a_shop_larger_than_one_connection_can_be_paged_through(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.shopify.paging.PAGING_LIMIT", 600)
    world.stock(1300)
    async with world.connected() as connector:
        with pytest.raises(Refused, match="BAD_REQUEST"):
            await all_listings(connector)
        monkeypatch.setattr("connectors.shopify.listings.PASS", 500)
        found = await all_listings(connector)
        changed = await all_listings(connector, START - timedelta(minutes=1))
    assert [each.sku for each in found] == [f"S{number}" for number in range(1300)]
    assert changed == found
