"""Other warehouses for a store without locations, while its sync stays on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.catalog import PLATFORMS
from storage import locations, warehouses
from storage.database import Database
from sync.choices import Choices, LocationChoice
from sync.relocation import Relocated, confirm_change
from sync.relocation_plan import make_change_plan
from tests.engine.conftest import make_shop
from tests.engine.plain import PLAIN, PlainWorld
from tests.engine.relocating import levels as levels_of
from tests.engine.world import SimulatedClock

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def world(database: Database, monkeypatch: pytest.MonkeyPatch) -> PlainWorld:
    """A shop without locations that sells MUG (10)."""
    monkeypatch.setitem(PLATFORMS, PLAIN.key, PLAIN)
    clock = SimulatedClock()
    shop = make_shop("alpha", clock)
    shop.add_listing("MUG", 10)
    world = PlainWorld(database, shop, clock=clock)
    await world.begin()
    return world


async def test_a_copy_to_another_warehouse_leaves_out_what_the_store_still_has_to_take_off(
    world: PlainWorld,
) -> None:
    """One sold before is out of the number that we wrote; one sold while it is read is not."""
    store = await world.connect_plain("alpha")
    await world.turn_on(store, "copy")
    shop = world.shops["alpha"]
    order = shop.sell("MUG", 1)
    world.late.add(order.id)
    shop.set_by_hand("MUG", 10)
    await world.rest(5 * MINUTE)
    assert await world.level("MUG") == (10, 1, 9)
    assert world.shown("alpha", "MUG") == 9
    async with world.database.transaction() as session:
        attic = await warehouses.add(session, world.workspace_id, "Attic", world.clock.now())
        [place] = await locations.of_store(session, store)
        choices = Choices("copy", (LocationChoice(place.id, "link", attic),))
        made = await make_change_plan(session, world.deps(), store, choices, None)
        done = await confirm_change(
            session, world.deps(), plan_id=made.id, actor="U1", workspace_id=world.workspace_id
        )
    assert isinstance(done, Relocated)
    assert [(view.now, view.becomes) for view in made.sample] == [(9, 9)]
    world.clock.time += timedelta(seconds=5)
    order = shop.sell("MUG", 2)
    world.late.add(order.id)
    shop.set_by_hand("MUG", 9)
    await world.rest(6 * MINUTE)
    levels = await levels_of(world, "MUG")
    assert levels == {"Alpha": (10, 1), "Attic": (9, 2)}
    assert world.shown("alpha", "MUG") == 7
    assert await world.imbalances() == []
