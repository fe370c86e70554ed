"""A world with one or two shops for each test."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox.shopify import Shop
from sandbox.shopify.model import Location
from storage.database import Database
from tests.engine.world import SimulatedClock, World

TIMES = {"order_lag_seconds": 30, "reading_age_seconds": 1}


def make_shop(name: str, clock: SimulatedClock) -> Shop:
    shop = Shop(name, now=clock.now)
    shop.add_location("Main warehouse")
    return shop


@pytest.fixture
async def world(database: Database) -> World:
    """Two shops that sell MUG (10 and 3 pieces) and CUP (5 and 5), not connected yet."""
    clock = SimulatedClock()
    alpha, beta = make_shop("alpha", clock), make_shop("beta", clock)
    alpha.add_listing("MUG", 10)
    alpha.add_listing("CUP", 5)
    beta.add_listing("MUG", 3)
    beta.add_listing("CUP", 5)
    world = World(database, alpha, beta, clock=clock)
    await world.begin()
    return world


@pytest.fixture
async def synced(world: World) -> World:
    """Both shops in sync: 10 MUG, 5 CUP; alpha is store 1, beta store 2."""
    alpha = await world.connect("alpha", **TIMES)
    beta = await world.connect("beta", **TIMES)
    await world.turn_on(alpha, "copy")
    await world.turn_on(beta, "keep", warehouse_id=await world.warehouse())
    await world.rest(timedelta(minutes=4))
    world.wire.calls.clear()
    world.wire.writes.clear()
    return world


@pytest.fixture
def cellar(world: World) -> Location:
    """A second location of alpha, with 4 POT; 7 of them are in the main one."""
    alpha = world.shops["alpha"]
    place = alpha.add_location("Cellar")
    alpha.add_listing("POT", 7, at=[alpha.locations[0], place])
    alpha.set_by_hand("POT", 4, place)
    return place
