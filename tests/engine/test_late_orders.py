"""Orders that can be listed later than their store promises: none is missed (R3)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from sandbox.shopify import Fault
from storage.database import Database
from sync.looking_back import EVERY
from tests.engine.bare_store import BareStore, BareWorld
from tests.engine.world import SimulatedClock, World

STEP, HOUR = timedelta(minutes=30), timedelta(hours=1)
LATE = timedelta(hours=5)  # far beyond what any platform promises


async def _looked_back_at(world: World, store_id: int = 1) -> datetime | None:
    async with world.database.transaction() as session:
        found = await session.execute(
            text("select looked_back_at from store where id = :id"), {"id": store_id}
        )
        at: datetime | None = found.scalar_one()
        return at


async def _sell_late(world: World) -> None:
    """Sell where the row is listable hours later, long after its time was read past."""
    world.shops["alpha"].sell("MUG", 2, lag=LATE)
    await world.run(timedelta(hours=4), step=STEP)
    assert (await world.level("MUG"))[2] == 10


async def test_r3_an_order_listed_hours_late_is_booked_within_a_day(synced: World) -> None:
    await _sell_late(synced)
    await synced.run(EVERY, step=HOUR)
    assert await synced.level("MUG") == (10, 2, 8)
    assert synced.shops["alpha"].available("MUG") == 8
    assert synced.shops["beta"].available("MUG") == 8
    assert await synced.imbalances() == []


async def test_r7_a_difference_that_a_late_order_explains_is_asked_about_no_more(
    synced: World,
) -> None:
    await _sell_late(synced)
    await synced.run(timedelta(hours=6), step=STEP)  # every number is read back meanwhile
    assert [(kind, is_open) for kind, _, is_open in await synced.incidents()] == [("drift", True)]
    synced.wire.writes.clear()
    await synced.run(EVERY, step=HOUR)
    assert [(kind, is_open) for kind, _, is_open in await synced.incidents()] == [("drift", False)]
    assert await synced.level("MUG") == (10, 2, 8)
    assert (synced.shops["alpha"].available("MUG"), synced.shops["beta"].available("MUG")) == (8, 8)
    assert len(synced.wire.writes) == 1  # to beta; alpha showed it already


async def test_a_difference_by_hand_beside_a_late_order_is_still_asked_about(
    synced: World,
) -> None:
    shop = synced.shops["alpha"]
    await _sell_late(synced)
    shop.set_by_hand("MUG", shop.available("MUG") + 5)
    await synced.run(timedelta(hours=6), step=STEP)
    await synced.run(EVERY, step=HOUR)
    assert [(kind, is_open) for kind, _, is_open in await synced.incidents()] == [("drift", True)]
    assert (await synced.level("MUG"))[2] == 8
    # What stands there stays until a person decides.
    assert (shop.available("MUG"), synced.shops["beta"].available("MUG")) == (13, 8)


async def test_a_look_back_that_breaks_off_goes_on_and_does_not_begin_anew(
    synced: World,
) -> None:
    began = await _looked_back_at(synced)
    assert began is not None
    await _sell_late(synced)
    shop = synced.shops["alpha"]
    until = began + EVERY - 2 * HOUR - synced.clock.now()
    await synced.run(until, step=HOUR)
    shop.faults.switch_on(Fault(kind="throttled", only="query"))
    await synced.run(4 * HOUR, step=STEP)
    noted = await _looked_back_at(synced)
    assert noted is not None
    assert noted > began
    assert (await synced.level("MUG"))[2] == 10
    shop.faults.clear()
    await synced.run(2 * HOUR, step=STEP)
    assert (await synced.level("MUG"))[2] == 8
    assert await _looked_back_at(synced) == noted


@pytest.mark.parametrize("later", ["fulfil", "cancel"])
async def test_a_late_order_that_moved_on_counts_as_it_stands(
    database: Database, later: str
) -> None:
    clock = SimulatedClock()
    shop = BareStore("alpha", clock)
    shop.numbers["MUG"] = 10
    world = BareWorld(database, shop, clock=clock)
    await world.begin()
    await world.turn_on(await world.link("alpha"), "copy")
    await world.run(timedelta(minutes=10), step=timedelta(seconds=30))
    sale = shop.sell("MUG", lag=LATE)
    await world.run(timedelta(minutes=10), step=timedelta(seconds=30))
    getattr(shop, later)(sale)
    await world.run(EVERY + HOUR, step=HOUR)
    right = 9 if later == "fulfil" else 10
    assert (await world.level("MUG"))[2] == right
    assert shop.available("MUG") == right
    assert await world.imbalances() == []


async def test_r3_what_was_sold_before_days_of_silence_is_booked(synced: World) -> None:
    """A look back of two days would begin after it, and take the cursor along."""
    synced.shops["alpha"].sell("MUG", 2)
    synced.clock.time += timedelta(days=4)
    await synced.rest(timedelta(minutes=6))
    assert await synced.level("MUG") == (10, 2, 8)
    assert {synced.shown(name, "MUG") for name in synced.shops} == {8}
    assert await synced.incidents() == []
