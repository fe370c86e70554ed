"""What Amazon's warehouses hold: read only, marketplace after marketplace."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.errors import Refused, Unavailable
from connectors.protocol import FbaLevel, TracksFba
from sandbox.amazon import Fault
from sandbox.amazon.model import AMAZONS
from sandbox.amazon.sites import CA, MX, US
from tests.connectors.amazon.world import World


async def read(connector: TracksFba, *marketplaces: str) -> list[list[FbaLevel]]:
    return [page async for page in connector.fba_levels(marketplaces)]


def kept(world: World, count: int, marketplace: str = US) -> None:
    for number in range(count):
        world.shop.add_fba(f"F{number}", number, marketplace, inbound=5, reserved=2)


async def test_what_may_be_sold_is_read_and_nothing_on_its_way(world: World) -> None:
    world.shop.add_listing("CANDLE", title="Beeswax candle", channels=(AMAZONS,))
    world.shop.add_fba("CANDLE", 7, US, inbound=100, reserved=3)
    world.shop.add_fba("CANDLE", 2, CA)
    async with world.connected() as connector:
        assert isinstance(connector, TracksFba)
        us, ca = await read(connector, US, CA)
    assert [(each.marketplace, each.sku, each.title, each.fulfillable) for each in (*us, *ca)] == [
        (US, "CANDLE", "Beeswax candle", 7),
        (CA, "CANDLE", "Beeswax candle", 2),
    ]
    assert abs(us[0].as_of - world.clock.time) <= timedelta(seconds=1)


async def test_a_marketplace_without_fba_has_no_list_and_one_with_nothing_an_empty_one(
    world: World,
) -> None:
    async with world.connected() as connector:
        assert await read(connector, MX, US) == [[]]


async def test_pages_are_fifty_and_every_parameter_is_sent_again(world: World) -> None:
    kept(world, 120)
    async with world.connected() as connector:
        (found,) = await read(connector, US)
    assert sorted(each.fulfillable for each in found) == list(range(120))
    calls = world.calls_of("getInventorySummaries")
    assert len(calls) == 3
    for each in calls:
        assert {key: value for key, value in each.query.items() if key != "nextToken"} == {
            "details": "true",
            "granularityType": "Marketplace",
            "granularityId": US,
            "marketplaceIds": US,
        }


async def test_ten_thousand_skus_take_two_hundred_calls(world: World) -> None:
    kept(world, 10_000)
    async with world.connected() as connector:
        (found,) = await read(connector, US)
    assert len(found) == 10_000
    assert world.calls.count("getInventorySummaries") == 200


async def test_a_page_that_came_too_late_begins_the_list_anew(world: World) -> None:
    kept(world, 70)
    world.shop.faults.switch_on(Fault("fba_token_ended", count=1))
    async with world.connected() as connector:
        (found,) = await read(connector, US)
        assert len(found) == 70
        world.shop.faults.switch_on(Fault("fba_token_ended"))
        with pytest.raises(Unavailable, match="loses the place"):
            await read(connector, US)
        world.shop.faults.clear()
        assert len((await read(connector, US))[0]) == 70


async def test_trouble_is_never_taken_for_a_marketplace_without_fba(world: World) -> None:
    kept(world, 3)
    async with world.connected() as connector:
        for kind, error in (
            ("too_large", Refused),
            ("error_before", Unavailable),
            ("missing_fields", Unavailable),
        ):
            world.shop.faults.switch_on(Fault(kind))  # type: ignore[arg-type]  # one of the kinds
            with pytest.raises(error):
                await read(connector, US)
            world.shop.faults.clear()
        assert len((await read(connector, US))[0]) == 3
