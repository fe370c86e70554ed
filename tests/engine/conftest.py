"""A world with one or two shops for each test."""

from __future__ import annotations

import pytest

from sandbox.shopify import Shop
from storage.database import Database
from tests.engine.world import SimulatedClock, World


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
