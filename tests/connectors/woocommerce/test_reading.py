"""Listings and levels as a store shows them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connectors.errors import Refused
from sandbox.woocommerce import Fault
from sandbox.woocommerce.catalogue import AWKWARD_SKUS, generate
from tests.connectors.line import START
from tests.connectors.woocommerce.world import Exchange, World, all_listings, ref


async def test_every_kind_of_product_is_what_it_is(world: World) -> None:
    generate(world.shop, 40)
    async with world.connected() as connector:
        listings = await all_listings(connector)
    by_sku = {each.sku: each for each in listings}
    assert len({each.ref for each in listings}) == len(listings)
    assert set(AWKWARD_SKUS) <= set(by_sku)
    assert [each.sku for each in listings].count("TWIN-1") == 2
    assert sum(each.sku == "" for each in listings) == 1
    assert not {"ELSEWHERE", "LAST-YEAR", "HAT-RED"} & set(by_sku)
    assert by_sku["MADE-TO-ORDER"].tracked is False
    assert by_sku["MADE-TO-ORDER"].levels == ()
    assert by_sku["GIFT-SET"].tracked is False  # another plugin's type is never written
    assert by_sku["SPRING-DRAFT"].state == "inactive"
    assert by_sku["HAT"].title == "Hats & Caps"
    assert [level.available for level in by_sku["HAT"].levels] == [12]
    shown = world.shown()
    for each in listings:
        if each.tracked and each.sku not in ("TWIN-1", ""):
            (level,) = each.levels
            assert (level.available, level.location, level.reserved) == (shown[each.sku], None, 0)
            assert level.as_of == START


async def test_a_variation_is_named_by_its_parent_and_options(world: World) -> None:
    parent = world.shop.add_parent("Tea & Pot")
    small = world.shop.add_listing("POT-S", 3, parent=parent, options={"Size": "S & M"})
    async with world.connected() as connector:
        (listing,) = await all_listings(connector)
    assert (listing.ref, listing.title) == (f"{parent.id}:{small.id}", "Tea & Pot - S & M")


async def test_variations_follow_their_parent_off_the_shelf(world: World) -> None:
    parent = world.shop.add_parent("Pot", sku="POT")
    world.shop.add_listing("POT-S", 3, parent=parent)
    world.shop.add_listing("POT-L", 3, parent=parent, status="private")
    async with world.connected() as connector:
        states = {each.sku: each.state for each in await all_listings(connector)}
        assert states == {"POT-S": "active", "POT-L": "inactive"}
        world.wait(minutes=1)
        world.shop.set_status("POT", "draft")
        changed = await all_listings(connector, START + timedelta(seconds=30))
    assert {each.sku: each.state for each in changed} == {"POT-S": "inactive", "POT-L": "inactive"}


@pytest.mark.parametrize(("version", "calls"), [("10.3.0", 3), ("10.2.9", 32)])
async def test_variations_are_read_in_one_list_where_there_is_one(version: str, calls: int) -> None:
    world = World(version=version)
    for number in range(30):
        parent = world.shop.add_parent(f"Pot {number}")
        world.shop.add_listing(f"POT-{number}", number, parent=parent)
    async with world.connected() as connector:
        listings = await all_listings(connector)
        assert [each.levels[0].available for each in listings] == list(range(30))
        assert len(world.calls) == calls
        world.forget_calls()
        levels = await connector.levels([each.ref for each in listings])
        assert [each.available for each in levels] == list(range(30))
        assert len(world.calls) == (1 if version == "10.3.0" else 30)


async def test_pages_cost_one_call_each(world: World) -> None:
    world.stock(1000)
    async with world.connected() as connector:
        assert len(await all_listings(connector)) == 1000
    assert world.calls == ["GET /products"] * 10


async def test_only_what_changed_is_read_the_bound_included(world: World) -> None:
    world.stock(3)
    world.wait(hours=2)
    world.shop.sell("S1")
    parent = world.shop.add_parent("Pot")
    world.shop.add_listing("POT-S", 3, parent=parent)
    async with world.connected() as connector:
        changed = await all_listings(connector, world.clock.time)
        assert {each.sku for each in changed} == {"S1", "POT-S"}
        world.wait(hours=2)
        world.shop.set_by_hand("POT-S", 2)
        changed = await all_listings(connector, world.clock.time)
        assert {each.sku: each.levels[0].available for each in changed} == {"POT-S": 2}
        assert await all_listings(connector, world.clock.time + timedelta(seconds=1)) == []


async def test_no_product_is_lost_when_others_vanish_between_pages(world: World) -> None:
    world.stock(350)
    gone: list[str] = []

    def delete_some(exchange: Exchange) -> None:
        if exchange.url.params.get("page") == "2" and not gone:
            gone.extend(f"S{number}" for number in range(150))
            for sku in gone:
                world.shop.delete(sku)

    world.wire.between = delete_some
    async with world.connected() as connector:
        found = [each.sku for each in await all_listings(connector)]
    assert len(found) == len(set(found))
    assert {f"S{number}" for number in range(150, 350)} <= set(found)


async def test_a_host_that_hides_the_totals(world: World) -> None:
    world.stock(250)
    world.shop.faults.switch_on(Fault("no_totals"))
    async with world.connected() as connector:
        assert len(await all_listings(connector)) == 250


async def test_levels_leave_out_what_has_no_number(world: World) -> None:
    shop = world.shop
    hat = shop.add_parent("Hat", 12, sku="HAT")
    red = shop.add_listing("HAT-RED", tracked=False, parent=hat)
    refs = [
        ref(shop.add_listing("A", 4)),
        ref(shop.add_listing("LOOSE", tracked=False)),
        ref(shop.add_listing("TRASHED", 4, status="trash")),
        ref(hat),
        ref(red),
        "999999",
        f"999998:{red.id}",
        "gid://shopify/InventoryItem/1",
    ]
    async with world.connected() as connector:
        levels = await connector.levels(refs)
        assert {each.ref: each.available for each in levels} == {refs[0]: 4, refs[3]: 12}
        shop.set_by_hand("A", -2)
        assert [each.available for each in await connector.levels(refs[:1])] == [-2]
        shop.set_tracked("A", tracked=False)
        assert await connector.levels(refs[:1]) == []


async def test_levels_are_read_a_hundred_at_a_time(world: World) -> None:
    world.stock(250)
    refs = [str(item.id) for item in world.shop.items]
    async with world.connected() as connector:
        assert len(await connector.levels(refs + refs)) == 250
    assert world.calls == ["GET /products"] * 3


async def test_the_store_says_its_clock(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        assert connector.skew == timedelta()
        ahead = timedelta(minutes=3)
        world.shop.now = lambda: world.clock.time + ahead
        (level,) = await connector.levels([str(world.shop.items[0].id)])
        assert level.as_of == START + ahead
        assert abs(connector.skew - ahead) <= timedelta(seconds=1)


async def test_there_are_no_locations_and_nothing_to_settle(world: World) -> None:
    async with world.connected() as connector:
        assert await connector.locations() == []
        assert [each.kind for each in await connector.settle(["x"])] == ["unknown"]
    assert world.calls == []


async def test_nothing_personal_is_asked_for(world: World) -> None:
    world.stock(1)
    world.shop.refund(world.shop.sell("S0", 2), "S0", 1, "RETURN")
    async with world.connected() as connector:
        await connector.check()
        await all_listings(connector)
        async for _ in connector.orders(START - timedelta(days=1)):
            pass
    for each in world.wire.exchanges:
        assert "_fields" in each.url.params or each.method == "POST"
        assert b"buyer@mail.example" not in each.content


async def test_a_store_without_stock_control_is_refused_until_it_is_on(world: World) -> None:
    world.shop.stock_control = "no"
    async with world.connected() as connector:
        with pytest.raises(Refused, match="Enable stock management"):
            await connector.check()
        world.shop.stock_control = "yes"
        account = await connector.check()
    assert (account.id, account.currency) == ("alpha.example", "EUR")


@pytest.mark.parametrize("number", [None, 2.5, "2.5", 9_999_999_999, -(2**40), True])
async def test_r6_a_number_that_cannot_be_kept_up_holds_up_no_other(
    world: World, number: Any
) -> None:
    """A product without a number yet, one sold by the metre, and ten nines."""
    world.stock(3)
    world.shop.item("S1").stock = number
    async with world.connected() as connector:
        listings = await all_listings(connector)
        levels = await connector.levels([each.ref for each in listings])
    assert {each.sku: each.tracked for each in listings} == {"S0": True, "S1": False, "S2": True}
    assert [level.available for level in levels] == [5, 5]


async def test_a_whole_number_is_one_however_it_is_written(world: World) -> None:
    world.stock(1)
    whole: Any = 5.0
    world.shop.item("S0").stock = whole
    async with world.connected() as connector:
        (listing,) = await all_listings(connector)
    assert [level.available for level in listing.levels] == [5]


async def test_no_address_is_read_twice(world: World) -> None:
    """A cache before the store answers by address alone, whatever the headers ask for."""
    world.stock(1)
    async with world.connected() as connector:
        for _ in range(2):
            await all_listings(connector)
            await connector.levels([ref(world.shop.item("S0"))])
    read = [str(each.url) for each in world.wire.exchanges]
    assert len(read) == len(set(read)) >= 4
