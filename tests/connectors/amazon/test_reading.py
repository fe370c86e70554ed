"""Reading listings and levels: by report, by search, in whatever shape they come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connectors.errors import Refused
from connectors.protocol import RemoteListing
from sandbox.amazon import Fault, generate
from sandbox.amazon.catalogue import AWKWARD_SKUS
from sandbox.amazon.model import AMAZONS, OURS
from sandbox.amazon.sites import CA, US
from tests.connectors.amazon.world import World, all_listings
from tests.connectors.line import START


def by_ref(found: list[RemoteListing]) -> dict[str, RemoteListing]:
    assert len({each.ref for each in found}) == len(found)
    return {each.ref: each for each in found}


async def test_a_report_finds_every_listing_once(world: World) -> None:
    generate(world.shop, 100)
    async with world.connected() as connector:
        found = by_ref(await all_listings(connector))
    assert found.keys() == world.shop.items.keys()
    assert {each.sku for each in found.values()} >= set(AWKWARD_SKUS)
    assert {each.channel for each in found.values() if each.ref.startswith("FBA-")} == {"platform"}
    assert found["BOTH-WAYS"].channel == "merchant"
    assert found["SPRING-2025"].state == "inactive"
    assert found["WINTER-HAT"].state == "active"  # sold out is not switched off
    assert found["MAPLE-BOARD"].title == "Maple board"  # listed in Canada alone
    assert [level.available for level in found["LOUD-TITLE"].levels] == [
        world.shop.available("LOUD-TITLE")
    ]


async def test_a_number_of_a_report_is_never_taken_for_what_is_shown(world: World) -> None:
    """It may be hours old."""
    world.stock(1)
    world.shop.reports.cached_for = timedelta(hours=6)
    async with world.connected() as connector:
        await all_listings(connector)
        world.shop.set_by_hand("S0", 2)
        world.pass_time(hours=1)
        (found,) = await all_listings(connector)
    assert [level.available for level in found.levels] == [2]


@pytest.mark.parametrize(
    "kind",
    [
        "report_hangs",
        "report_fatal",
        "report_cancelled",
        "report_localised",
        "file_expired",
        "file_damaged",
    ],
)
async def test_without_a_usable_report_listings_are_read_by_search(world: World, kind: Any) -> None:
    generate(world.shop, 70)
    async with world.connected() as connector:
        told = by_ref(await all_listings(connector))
        world.pass_time(hours=1)
        world.shop.faults.switch_on(Fault(kind))
        again = by_ref(await all_listings(connector))
    facts = {ref: (one.sku, one.title, one.state, one.channel) for ref, one in told.items()}
    assert facts == {ref: (o.sku, o.title, o.state, o.channel) for ref, o in again.items()}
    searches = world.calls_of("searchListingsItems")
    assert any("sortBy" in each.query for each in searches)


@pytest.mark.parametrize("packed", [True, False])
async def test_umlauts_survive_a_report_in_windows_letters(world: World, packed: bool) -> None:
    world.shop.reports.packed = packed
    world.shop.add_listing("GRÖSSE-ß", 3, title="Übergroße Tasse, 100 % Wolle · weiß")
    world.shop.faults.switch_on(Fault("report_windows"))
    async with world.connected() as connector:
        (found,) = await all_listings(connector)
    assert (found.sku, found.title) == ("GRÖSSE-ß", "Übergroße Tasse, 100 % Wolle · weiß")
    download = world.calls_of("download")[0]
    assert "windows-1252" in download.kind
    assert not any("sortBy" in each.query for each in world.calls_of("searchListingsItems"))


async def test_a_search_reads_on_beyond_a_thousand(world: World) -> None:
    for number in range(2_150):
        world.shop.add_listing(f"S{number:04}", 1)
        world.pass_time(milliseconds=5)
    world.shop.limits.metered = False
    world.shop.faults.switch_on(Fault("report_fatal"))
    async with world.connected() as connector:
        found = by_ref(await all_listings(connector))
    assert len(found) == 2_150


async def test_more_than_a_thousand_of_one_moment_are_not_silently_cut_off(world: World) -> None:
    world.stock(1_100)
    world.shop.limits.metered = False
    world.shop.faults.switch_on(Fault("report_fatal"))
    async with world.connected() as connector:
        with pytest.raises(Refused, match="1,000 items of one moment"):
            await all_listings(connector)
        world.shop.faults.clear()
        assert len(await all_listings(connector)) == 1_100


async def test_a_pass_for_changes_reads_what_changed(world: World) -> None:
    generate(world.shop, 60)
    async with world.connected() as connector:
        await all_listings(connector)
        world.pass_time(minutes=15)
        since = world.clock.time
        world.pass_time(seconds=5)
        world.shop.set_by_hand("LOUD-TITLE", 2)
        world.shop.convert("SET (3+1)", AMAZONS)
        world.shop.add_listing("NEW-ONE", 4)
        world.shop.archive("CUP/SAUCER/2")
        found = by_ref(await all_listings(connector, since))
    assert found.keys() == {"LOUD-TITLE", "SET (3+1)", "NEW-ONE", "CUP/SAUCER/2"}
    assert found["SET (3+1)"].channel == "platform"
    assert found["CUP/SAUCER/2"].state == "inactive"
    (level,) = found["NEW-ONE"].levels
    assert (level.available, level.location) == (4, None)


async def test_what_was_deleted_since_a_report_was_made_is_left_out(world: World) -> None:
    world.stock(2)
    world.shop.add_listing("SOLD-OUT", 0)
    world.shop.reports.cached_for = timedelta(hours=6)
    async with world.connected() as connector:
        await all_listings(connector)
        world.shop.delete("SOLD-OUT")
        world.pass_time(hours=1)
        assert by_ref(await all_listings(connector)).keys() == {"S0", "S1"}


async def test_levels_are_read_twenty_at_a_time_and_live(world: World) -> None:
    skus = world.stock(45, available=7)
    async with world.connected() as connector:
        world.shop.set_by_hand("S3", 2)
        found = {each.ref: each for each in await connector.levels([*skus, "GONE"])}
    assert len(world.calls_of("searchListingsItems")) == 3
    assert found.keys() == set(skus)
    assert (found["S3"].available, found["S4"].available) == (2, 7)
    assert found["S3"].location is None
    assert abs(found["S3"].as_of - world.clock.time) <= timedelta(seconds=1)


async def test_skus_come_back_as_they_are(world: World) -> None:
    generate(world.shop, 20)
    async with world.connected() as connector:
        found = {each.ref: each.available for each in await connector.levels(list(AWKWARD_SKUS))}
    assert found == {sku: world.shop.available(sku) for sku in AWKWARD_SKUS}
    # A comma divides SKUs in a search: such a one is asked for by itself.
    (alone,) = world.calls_of("getListingsItem")
    assert alone.path.endswith("/RED%2CBLUE%2C2")


async def test_amazons_own_stock_is_no_level_of_ours(world: World) -> None:
    world.shop.add_listing("SENT-BY-AMAZON", channels=(AMAZONS,))
    world.shop.add_listing("BOTH", 4, channels=(OURS, AMAZONS))
    world.shop.add_fba("BOTH", 90, US)
    async with world.connected() as connector:
        (level,) = await connector.levels(["SENT-BY-AMAZON", "BOTH"])
    assert (level.ref, level.available) == ("BOTH", 4)


async def test_a_listing_of_another_marketplace_only_is_found(world: World) -> None:
    world.shop.add_listing("CANADA", 3, marketplaces=(CA,))
    async with world.connected() as connector:
        assert [each.ref for each in await all_listings(connector)] == ["CANADA"]
        assert [each.available for each in await connector.levels(["CANADA"])] == [3]
    async with world.connected({**world.keys, "marketplaces": "US"}) as connector:
        assert await connector.levels(["CANADA"]) == []


async def test_a_pass_for_changes_goes_by_amazons_clock(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        assert await all_listings(connector, START + timedelta(minutes=1)) == []
        world.pass_time(minutes=2)
        world.shop.set_by_hand("S0", 1)
        assert len(await all_listings(connector, START + timedelta(minutes=1))) == 1
