"""Reading listings and levels: a hundred a call, whatever state they are in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from connectors.errors import Unavailable
from sandbox.etsy import Fault, generate
from sandbox.etsy.assortment import COLOUR, SIZE
from tests.connectors.etsy.world import YESTERDAY, World, all_listings
from tests.connectors.line import START, Resting

BATCH = "GET /listings/batch/inventory"


async def import_all(world: World, **options: Any) -> dict[str, Any]:
    async with world.connected() as connector:
        return {each.ref: each for each in await all_listings(connector, **options)}


async def test_every_state_is_imported_but_drafts_and_each_says_what_can_be_bought(
    world: World,
) -> None:
    shop = world.shop
    for sku in ("ACTIVE", "AWAY", "OLD", "DRAFT"):
        shop.add_listing(sku, 4)
    shop.add_listing("SOLD", 0)
    shop.archive("AWAY")
    shop.expire("OLD")
    shop.product("DRAFT").listing.state = "draft"
    shop.add_listing("FILE", 999, tracked=False)
    shop.add_listing(None, 3, title="Gift wrapping")
    bare = shop.add_listing("BARE", 2).listing
    bare.has_inventory = False
    found = (await import_all(world)).values()
    told = {each.sku or each.title: (each.state, each.tracked, each.levels) for each in found}
    numbers = {key: [level.available for level in each[2]] for key, each in told.items()}
    assert {key: each[:2] for key, each in told.items()} == {
        "ACTIVE": ("active", True),
        "AWAY": ("inactive", True),
        "OLD": ("expired", True),
        "SOLD": ("sold_out", True),
        "FILE": ("active", False),
        "Gift wrapping": ("active", True),
        "BARE": ("active", False),
    }
    assert numbers == {
        "ACTIVE": [4],
        "AWAY": [4],
        "OLD": [0],
        "SOLD": [0],
        "FILE": [],
        "Gift wrapping": [3],
        "BARE": [],
    }


async def test_variations_are_listings_of_their_own_and_repeats_are_one(world: World) -> None:
    parent = world.shop.add_parent("Card", by=[COLOUR])
    for colour, sku, size in (("Red", "R", "S"), ("Red", "R", "L"), ("Blue", "B:1%", "S")):
        options = {COLOUR: colour, SIZE: size}
        world.shop.add_listing(sku, 6, parent=parent, options=options)
    world.shop.add_listing("OFF", 2, parent=parent, options={COLOUR: "Grey"}, enabled=False)
    found = await import_all(world)
    assert {ref: (each.sku, each.title, each.state) for ref, each in found.items()} == {
        f"{parent.id}:R": ("R", "Card - Red, S", "active"),
        f"{parent.id}:B%3A1%25": ("B:1%", "Card - Blue, S", "active"),
        f"{parent.id}:OFF": ("OFF", "Card - Grey", "inactive"),
    }
    assert await world.shown("R", "B:1%") == [6, 6]
    # A sale lowers one product of a repeated SKU; what is left can be bought of the other.
    world.shop.sell("R", 2)
    assert await world.shown("R") == [6]


async def test_an_import_takes_a_call_for_each_hundred_listings_of_a_state(world: World) -> None:
    world.stock(250)
    found = await import_all(world)
    assert len(found) == 250
    pages = world.calls_of("GET /shops/")
    active = [each.query["offset"] for each in pages if each.query["state"] == "active"]
    assert active[:3] == ["0", "100", "200"]
    assert len(pages) == 3 + 3 + 1  # and one look at whether more are active by now
    assert {each.query["includes"] for each in pages} == {"Inventory"}


async def test_a_listing_that_slips_over_a_pages_edge_is_found(world: World) -> None:
    skus = world.stock(150)
    newest = world.shop.product(skus[-1])
    # Between the first page and the second, a listing of the first is set inactive.
    world.line.meanwhile = [lambda: None, lambda: world.shop.archive(skus[-1])]
    found = {each.sku: each for each in (await import_all(world)).values()}
    assert set(found) == set(skus)
    assert found[newest.sku].state == "inactive"


async def test_one_that_is_renewed_while_others_are_read_is_not_taken_for_gone(
    world: World,
) -> None:
    world.shop.add_listing("BACK", 0)
    world.stock(100)  # newer ones fill the first page
    world.line.meanwhile = [lambda: None, lambda: world.shop.activate("BACK")]
    assert "BACK" in {each.sku for each in (await import_all(world)).values()}


async def test_a_pass_for_changes_reads_all_of_a_small_shop_and_the_newest_of_a_large_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.stock(150)
    assert len(await import_all(world, since=YESTERDAY)) == 150
    monkeypatch.setattr("connectors.etsy.listings._ALWAYS_WHOLE", 1)
    before = len(world.calls)
    world.shop.add_listing("NEW", 1)
    found = await import_all(world, since=START)
    assert len(found) == 100
    assert "NEW" in {each.sku for each in found.values()}
    assert len(world.calls) - before == 4  # a call for each state


async def test_r7_a_pass_for_changes_of_a_large_shop_reads_again_what_was_not_for_sale(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.etsy.listings._ALWAYS_WHOLE", 2)
    skus = world.stock(600)
    # What was inactive, back on sale by its seller, and not among the newest hundred.
    back, known = skus[3], [world.ref(sku) for sku in skus[:450]]
    world.services = replace(world.services, listings=Resting(known[:150]))
    found = {each.sku: each for each in (await import_all(world, since=START)).values()}
    assert (found[back].state, found[back].levels[0].available) == ("active", 5)
    assert len(world.calls_of(BATCH)) == 2
    # More than a pass may read take turns.
    world.services = replace(world.services, listings=Resting(known))
    met: set[str] = set()
    for _ in range(3):
        before = len(world.calls_of(BATCH))
        met |= {each.sku for each in (await import_all(world, since=START)).values()}
        assert len(world.calls_of(BATCH)) - before == 2
        world.pass_time(minutes=15)
    assert set(skus[:450]) <= met


# Levels


async def test_levels_take_a_call_for_a_hundred_listings_however_many_products(
    world: World,
) -> None:
    skus = [f"V{number}" for number in range(300)]
    for first in range(0, 300, 3):
        world.variations(dict.fromkeys(skus[first : first + 3], 7))
    assert await world.shown(*skus) == [7] * 300
    assert len(world.calls_of(BATCH)) == 1


async def test_one_deleted_listing_in_a_batch_of_a_hundred_is_found_and_left_out(
    world: World,
) -> None:
    skus = world.stock(100)
    refs = [world.ref(sku) for sku in skus]
    world.shop.delete(skus[41])
    async with world.connected() as connector:
        found = await connector.levels([*refs, "no ref", "5:S1", f"{refs[0]}x"])
    assert {each.ref for each in found} == {ref for ref in refs if ref != refs[41]}
    assert len(world.calls_of(BATCH)) <= 1 + 2 * 7 + 2


async def test_what_the_reading_means_is_told_by_the_state(world: World) -> None:
    world.stock(3, 4)
    world.shop.archive("S1")
    world.shop.expire("S2")
    async with world.connected() as connector:
        levels = await connector.levels([world.ref(sku) for sku in ("S0", "S1", "S2")])
    assert [each.available for each in levels] == [4, 4, 0]
    assert {each.as_of for each in levels} == {START}


async def test_a_whole_generated_shop_comes_back_as_it_is(world: World) -> None:
    generate(world.shop)
    found = await import_all(world)
    units = {(each.listing.id, each.sku) for each in world.shop.products()}
    assert {
        (int(ref.partition(":")[0].partition("?")[0]), each.sku) for ref, each in found.items()
    } == units
    async with world.connected() as connector:
        levels = {each.ref: each.available for each in await connector.levels(list(found))}
    for ref, listing in found.items():
        if listing.tracked and listing.state == "active":
            assert levels[ref] == listing.levels[0].available


@pytest.mark.parametrize("kind", ["maintenance", "error_before", "firewall", "lost"])
async def test_an_answer_that_gets_lost_is_asked_for_again(world: World, kind: Any) -> None:
    world.stock(1)
    if kind == "lost":
        await world.shown("S0")
        world.line.break_off(httpx.ReadError("cut"), when="after")
    else:
        world.shop.faults.switch_on(Fault(kind=kind, only="read", count=1))
    assert await world.shown("S0") == [5]


@pytest.mark.parametrize("kind", ["html", "cut_off", "missing_fields"])
async def test_half_an_answer_is_none(world: World, kind: Any) -> None:
    world.stock(1)
    world.shop.faults.switch_on(Fault(kind=kind, only="read"))
    with pytest.raises(Unavailable):
        await world.shown("S0")
    with pytest.raises(Unavailable):
        await import_all(world)
    world.shop.faults.clear()
    assert await world.shown("S0") == [5]
