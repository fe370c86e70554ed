"""The offices of these tests, with shops that nobody has connected yet."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox.shopify import Shop
from storage.database import Database
from tests.engine.world import SimulatedClock
from tests.platforms.sides import SHOPIFY, Side
from tests.platforms.world import Market
from tests.slack.office import Office, open_office


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock()


@pytest.fixture
def shops(clock: SimulatedClock) -> list[Shop]:
    """Alpha sells MUG (10) and CUP (5), beta sells MUG (3) and CUP (5)."""
    made = []
    for name, levels in {"alpha": {"MUG": 10, "CUP": 5}, "beta": {"MUG": 3, "CUP": 5}}.items():
        shop = Shop(name, now=clock.now)
        shop.add_location(f"{name.title()} main")
        for sku, units in levels.items():
            shop.add_listing(sku, units)
        made.append(shop)
    return made


@pytest.fixture
async def office(
    database: Database, shops: list[Shop], clock: SimulatedClock
) -> AsyncIterator[Office]:
    """The office over signed HTTP, with a manager, an operator and a viewer."""
    async with open_office(database, *shops, clock=clock) as office:
        yield office


@pytest.fixture
async def made(database: Database, side: Side, clock: SimulatedClock) -> AsyncIterator[Office]:
    """The office, two stores of the platform (`here`, `other`) and a Shopify shop `there`."""
    stores = ((side, "here"), (side, "other"), (SHOPIFY, "there"))
    async with open_office(database, *stores, clock=clock, made=Market) as office:
        for name, mugs in (("here", 10), ("there", 3)):
            office.world.shops[name].add_listing("MUG", mugs)
            office.world.shops[name].add_listing("CUP", 5)
        yield office
