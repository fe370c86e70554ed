"""Whose account it is, what it lists in both models, and what its listings show."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from connectors.ebay.marketplaces import marketplace
from connectors.errors import BadCredentials, NeedsReconnect, Refused, Unavailable
from connectors.protocol import RemoteListing
from sandbox.ebay import Fault
from tests.connectors.ebay.world import World, all_listings
from tests.connectors.line import START

HERE = "http://shops.test/ebay/alpha"


async def test_the_account_is_the_seller_by_the_number_that_never_changes(world: World) -> None:
    world.shop.title = "wool-and-more"
    async with world.connected() as connector:
        account = await connector.check()
        world.shop.title = "renamed"
        again = await connector.check()
        assert await connector.locations() == []
    assert (account.id, account.name, account.currency) == (
        world.shop.user_id,
        "wool-and-more",
        "USD",
    )
    assert (again.id, again.name) == (account.id, "renamed")


@pytest.mark.parametrize("switched_on", [True, False])
async def test_out_of_stock_control_is_told_with_the_account(
    world: World, *, switched_on: bool
) -> None:
    world.shop.out_of_stock_control = switched_on
    async with world.connected() as connector:
        account = await connector.check()
    assert ("out_of_stock_control" in account.scopes) is switched_on


@pytest.mark.parametrize(
    ("given", "key"),
    [("EBAY_GB", "EBAY_GB"), (" ebay-de ", "EBAY_DE"), ("us", "EBAY_US")],
)
def test_a_marketplace_is_read_from_what_people_type(given: str, key: str) -> None:
    assert marketplace(given).key == key


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("client_id", "", "App ID"),
        ("client_secret", "two words", "Cert ID"),
        ("refresh_token", "", "refresh token"),
        ("marketplace", "EBAY_MARS", "EBAY_US, "),
    ],
)
async def test_what_cannot_be_credentials_is_told_before_any_call(
    world: World, key: str, value: str, words: str
) -> None:
    with pytest.raises(BadCredentials, match=words) as refused:
        async with world.connected({**world.credentials, key: value}):
            pass
    assert refused.value.field == key
    assert world.calls == []


@pytest.mark.parametrize(
    ("key", "value"), [("client_id", "Wool-Shop-SBX-1a2b"), ("client_secret", "SBX-1a2b-3c4d")]
)
async def test_keys_of_the_sandbox_are_told_from_real_ones(
    world: World, key: str, value: str
) -> None:
    given = {**world.credentials, key: value}
    with pytest.raises(BadCredentials, match="sandbox") as refused:
        async with world.connected(given, base_url=""):
            pass
    assert refused.value.field == key


async def test_keys_that_ebay_does_not_know_are_told(world: World) -> None:
    world.shop.keys.rotate_secret()
    given = {**world.credentials, "client_secret": "PRD-of-yesterday"}
    async with world.connected(given) as connector:
        with pytest.raises(NeedsReconnect, match="Production") as refused:
            await connector.check()
        assert refused.value.field == "client_id"
    async with world.connected() as connector:
        await connector.check()


async def test_all_missing_scopes_are_named_at_once(world: World) -> None:
    everything = world.shop.keys.scopes
    world.shop.keys.scopes = frozenset(
        each for each in everything if "fulfillment" not in each and "identity" not in each
    )
    async with world.connected() as connector:
        with pytest.raises(NeedsReconnect, match="read orders") as refused:
            await connector.check()
        assert [each.rpartition("/")[2] for each in refused.value.missing_scopes] == [
            "commerce.identity.readonly",
            "sell.fulfillment.readonly",
        ]
        assert "sell.fulfillment.readonly" in str(refused.value)
        world.shop.keys.scopes = everything
        world.shop.keys.expire()
        await connector.check()


async def test_an_account_that_may_not_sell_is_told_in_plain_words(world: World) -> None:
    async with world.connected() as connector:
        world.shop.status = "ACCOUNTONHOLD"
        with pytest.raises(Refused, match="suspended"):
            await connector.check()
        with pytest.raises(Refused, match="suspended"):
            await all_listings(connector)
        world.shop.status = "CONFIRMED"
        world.shop.registered = False
        with pytest.raises(Refused, match="registering as a seller"):
            await connector.check()
        world.shop.registered = True
        await connector.check()


# Listings


async def test_both_models_are_listed_and_what_has_no_number_is_not_tracked(world: World) -> None:
    shop = world.shop
    shop.add_listing("OLD", 3, title="An <old> & good thing")
    shop.add_listing("NEW", 4, model="inventory")
    shop.add_item("NOWHERE", 9)
    bare = shop.add_listing(None, 5, title="No SKU")
    page = shop.add_parent("Scarf")
    shop.add_listing("S RED/1&", 6, variant="Red", listing=page)
    shop.add_listing(None, 7, variant="Blue & green", listing=page)
    shop.add_listing("BID", 1, tracked=False)
    async with world.connected() as connector:
        found = {each.ref: each for each in await all_listings(connector)}
        shown = await connector.levels(list(found))
    by_sku = {each.sku: each for each in found.values() if each.sku}
    assert set(by_sku) == {"OLD", "NEW", "S RED/1&", "BID"}
    assert set(found) == {
        world.ref("OLD"),
        world.ref("NEW"),
        bare.listing.id,
        f"{page.id}:S RED/1&",
        f"{page.id}?Choice=Blue+%26+green",
        world.ref("BID"),
    }
    assert by_sku["OLD"].title == "An <old> & good thing"
    assert by_sku["S RED/1&"].title == "Scarf - Red"
    # An auction is no stock, and nobody can address a variation without SKU.
    untracked = {ref for ref, each in found.items() if not each.tracked}
    assert untracked == {f"{page.id}?Choice=Blue+%26+green", world.ref("BID")}
    assert all(found[ref].levels == () for ref in untracked)
    assert {each.state for each in found.values()} == {"active"}
    numbers = {each.ref: each.available for each in shown}
    assert {numbers[ref] for ref in (world.ref("OLD"), world.ref("NEW"), bare.listing.id)} == {
        3,
        4,
        5,
    }
    for ref in found.keys() - untracked:
        assert [level.available for level in found[ref].levels] == [numbers[ref]]


async def test_listings_may_share_a_sku(world: World) -> None:
    for number in (3, 4):
        world.shop.add_listing("TWIN", number)
    async with world.connected() as connector:
        refs = [each.ref for each in await all_listings(connector)]
        shown = await connector.levels(refs)
    assert len(set(refs)) == 2
    assert sorted(each.available for each in shown) == [3, 4]


async def test_an_import_of_ten_thousand_takes_fifty_calls(world: World) -> None:
    world.stock(10_000)
    async with world.connected() as connector:
        pages = [page async for page in connector.listings()]
    assert sum(map(len, pages)) == 10_000
    assert Counter(world.calls) == {"POST /identity/v1/oauth2/token": 1, "GetSellerList": 50}


async def test_a_page_that_shifts_while_listings_are_renewed_loses_none(world: World) -> None:
    world.stock(401)
    refs = [world.ref(f"S{number}") for number in range(401)]
    async with world.connected() as connector:
        await connector.check()
        world.line.meanwhile = [lambda: renewed(world)]
        assert {each.ref for each in await all_listings(connector)} == set(refs)
        world.line.meanwhile = [lambda: renewed(world)]
        assert len(await connector.levels(refs)) == 401


async def test_a_list_that_gets_shorter_while_it_is_read_just_ends(world: World) -> None:
    world.stock(401)
    async with world.connected() as connector:
        await connector.check()
        world.line.meanwhile = [lambda: None, world.shop.listings.pop]
        assert len({each.ref for each in await all_listings(connector)}) == 400


def renewed(world: World) -> None:
    """Renew the listing that ends first: it ends last now, and all others move up by one."""
    world.shop.listings.append(world.shop.listings.pop(0))


async def test_listings_changed_since_are_one_call_ended_ones_included(world: World) -> None:
    world.stock(4)
    world.pass_time(hours=1)
    since = world.clock.time
    world.pass_time(minutes=1)
    world.shop.set_by_hand("S1", 8)
    world.shop.archive("S2")
    async with world.connected() as connector:
        changed = {each.sku: each for each in await all_listings(connector, since)}
        assert world.calls[1:] == ["GetSellerEvents"]
        assert {sku: each.state for sku, each in changed.items()} == {
            "S1": "active",
            "S2": "archived",
        }
        assert [each.available for each in changed["S1"].levels] == [8]
        # eBay tells of two days back at most.
        world.pass_time(days=3)
        assert len(await all_listings(connector, since)) == 3
        assert "GetSellerEvents" not in world.calls[2:]


async def test_more_changes_than_one_answer_tells_are_read_as_all(world: World) -> None:
    world.stock(2_100)
    async with world.connected() as connector:
        found = await all_listings(connector, START - timedelta(minutes=10))
    assert len({each.ref for each in found}) == 2_100


# Levels


async def test_what_a_shopper_can_buy_is_the_smaller_of_stock_and_offer(world: World) -> None:
    world.stock(3, 7, model="inventory")
    world.shop.items["S0"].quantity = 4
    world.shop.variation("S1").quantity = 2
    async with world.connected() as connector:
        shown = await connector.levels([world.ref(f"S{number}") for number in range(3)])
    assert [each.available for each in shown] == [4, 2, 7]
    assert {each.location for each in shown} == {None}


@pytest.mark.parametrize("knows", [True, False])
async def test_levels_of_some_are_read_by_sku_or_by_number(world: World, *, knows: bool) -> None:
    world.shop.sku_filter_knows_choices = knows
    page = world.shop.add_parent("Scarf")
    for variant in ("Red", "Blue"):
        world.shop.add_listing(variant.upper(), 6, variant=variant, listing=page)
    world.shop.add_listing("ONE", 2)
    refs = [f"{page.id}:RED", world.ref("ONE"), f"{page.id}:BLUE"]
    async with world.connected() as connector:
        shown = await connector.levels(refs)
    assert [(each.ref, each.available) for each in shown] == list(zip(refs, [6, 2, 6], strict=True))
    calls = Counter(world.calls)
    assert (calls["GetSellerList"], calls["GetItem"]) == (1, 0 if knows else 1)


async def test_levels_of_many_are_read_from_the_whole_list(world: World) -> None:
    world.stock(300, model="inventory")
    world.shop.add_listing("OLD", 3)
    refs = [world.ref(each.sku) for each in world.shop.variations()]
    async with world.connected() as connector:
        assert connector.traits.read_batch >= len(refs)
        shown = await connector.levels(refs)
    assert [each.ref for each in shown] == refs
    assert Counter(world.calls)["GetSellerList"] == 2
    assert len(world.calls) == 3


async def test_levels_of_some_of_very_many_are_not_read_from_the_whole_list(world: World) -> None:
    world.stock(2_700)
    refs = [world.ref(f"S{number}") for number in range(0, 2_700, 9)]
    async with world.connected() as connector:
        shown = await connector.levels(refs)
    assert [each.ref for each in shown] == refs
    # One page to learn how long the list is: 14 pages, where 300 are 12 calls by SKU.
    assert Counter(world.calls)["GetSellerList"] == 1 + 12


async def test_levels_of_very_many_are_read_from_the_whole_list_however_long(world: World) -> None:
    """By SKU they could be a call each, and the drops would wait for all of them."""
    world.stock(17_000, model="inventory")
    refs = [world.ref(f"S{number}") for number in range(2_001)]
    async with world.connected() as connector:
        assert connector.traits.read_batch >= len(refs)
        shown = await connector.levels(refs)
    assert [each.ref for each in shown] == refs
    assert Counter(world.calls)["GetSellerList"] == 85  # where 2,001 are 81 calls by SKU
    assert len(world.calls) == 86


async def test_levels_leave_out_what_has_ended_or_never_was(world: World) -> None:
    world.stock(3)
    world.shop.add_listing("NEW", 4, model="inventory")
    ended = [world.ref(sku) for sku in ("S0", "NEW")]
    for sku in ("S0", "NEW"):
        world.shop.archive(sku)
    refs = [world.ref("S1"), *ended, "999999999:S1", "nonsense", "", world.ref("S2")]
    async with world.connected() as connector:
        shown = await connector.levels(refs)
        assert await connector.levels([]) == []
    assert [each.ref for each in shown] == [world.ref("S1"), world.ref("S2")]


async def test_a_sku_that_the_inventory_api_has_no_place_for_spoils_no_other(world: World) -> None:
    world.shop.plain_skus_only = True
    world.stock(6, 4, model="inventory")
    odd = ["A/B", "with space", "R&D", "x" * 50, "y" * 51]
    for sku in odd:
        world.shop.add_listing(sku, 3)
    refs = [world.ref(sku) for sku in [*odd, *(f"S{number}" for number in range(6))]]
    async with world.connected() as connector:
        shown = await connector.levels(refs)
    assert [each.available for each in shown] == [3] * 5 + [4] * 6


async def test_half_an_answer_is_no_answer(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        await connector.check()
        world.shop.faults.switch_on(Fault("missing_fields"))
        for reading in (
            all_listings(connector),
            all_listings(connector, START - timedelta(minutes=10)),
            connector.levels([world.ref("S0")]),
            connector.levels([world.shop.variation("S0").listing.id]),
        ):
            with pytest.raises(Unavailable, match="lacks"):
                await reading
        world.shop.faults.clear()
        found: list[RemoteListing] = await all_listings(connector)
        assert len(found) == 1
        assert [each.kind for each in await connector.settle(["x"])] == ["unknown"]
