"""Stocking an item at one more location."""

from __future__ import annotations

import httpx
import pytest

from connectors.errors import NeedsReconnect, Unavailable
from connectors.protocol import Connector, WriteOutcome
from connectors.shopify.connector import ShopifyConnector
from sandbox.shopify import Fault
from sandbox.shopify.model import Location
from tests.connectors.shopify.world import World


@pytest.fixture
def north(world: World) -> Location:
    world.stock(1)
    return world.shop.add_location("North")


async def stock(
    world: World, connector: Connector, place: Location | str, *, ref: str = "", key: str = "k"
) -> WriteOutcome:
    assert isinstance(connector, ShopifyConnector)
    where = place if isinstance(place, str) else place.id
    return await connector.stock_at(ref or world.shop.item("S0").id, where, key)


async def test_an_item_is_stocked_there_with_nothing(world: World, north: Location) -> None:
    async with world.connected() as connector:
        outcome = await stock(world, connector, north)
        assert (outcome.kind, outcome.current) == ("applied", 0)
        levels = await connector.levels([world.shop.item("S0").id])
    assert {(each.location, each.available) for each in levels} == {
        (world.place.id, 5),
        (north.id, 0),
    }


async def test_doing_it_again_changes_nothing(world: World, north: Location) -> None:
    async with world.connected() as connector:
        await stock(world, connector, north)
        world.shop.set_by_hand("S0", 3, north)
        for key in ("k", "another"):
            outcome = await stock(world, connector, north, key=key)
            assert (outcome.kind, outcome.current) == ("applied", 3)


async def test_old_numbers_do_not_come_back(world: World, north: Location) -> None:
    """Stocked there before: its old number would be for sale before ours is written."""
    world.shop.stock_at("S0", north, 7)
    world.shop.unstock("S0", north)
    async with world.connected() as connector:
        assert len(await connector.levels([world.shop.item("S0").id])) == 1
        outcome = await stock(world, connector, north)
    assert (outcome.kind, outcome.current) == ("applied", 0)
    assert world.shop.available("S0", north) == 0


async def test_what_is_refused_says_why(world: World, north: Location) -> None:
    dropship = world.shop.add_location("Dropship", fulfillment_service=True)
    closed = world.shop.add_location("Closed", active=False)
    async with world.connected() as connector:
        for place, ref, words in (
            (dropship, "", "fulfillment service"),
            (closed, "", "not active"),
            ("gid://shopify/Location/1", "", "location could not be found"),
            (north, "gid://shopify/InventoryItem/1", "item could not be found"),
        ):
            outcome = await stock(world, connector, place, ref=ref)
            assert outcome.kind == "rejected"
            assert words in (outcome.reason or "")
        assert (await stock(world, connector, north)).kind == "applied"


async def test_a_lost_answer_is_unknown_and_the_same_key_is_sent_again(
    world: World, north: Location
) -> None:
    async with world.connected() as connector:
        world.line.break_off(httpx.ReadTimeout("late"), when="after")
        assert (await stock(world, connector, north)).kind == "unknown"
        assert (await stock(world, connector, north)).kind == "applied"
        first, second = (each.variables for each in world.line.exchanges)
        assert first == second
        world.line.break_off(httpx.ConnectError("refused"), when="before")
        with pytest.raises(Unavailable):
            await stock(world, connector, north)


async def test_without_the_permission_it_is_named(world: World, north: Location) -> None:
    world.shop.scopes -= {"write_inventory"}
    async with world.connected() as connector:
        with pytest.raises(NeedsReconnect) as lacking:
            await stock(world, connector, north)
    assert lacking.value.missing_scopes == ("write_inventory",)


async def test_trouble_after_it_was_done_is_unknown(world: World, north: Location) -> None:
    world.shop.faults.switch_on(Fault("error_after", count=1))
    async with world.connected() as connector:
        assert (await stock(world, connector, north)).kind == "unknown"
    assert world.shop.available("S0", north) == 0
