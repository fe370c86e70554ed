"""Borders that nothing crosses: workspaces, secrets, what may be changed; and workers that race."""

from __future__ import annotations

import asyncio
import copy
import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from sandbox.shopify import Shop
from storage import stores
from storage.database import Database
from storage.tables import metadata
from sync import adjust, plan, show
from sync import stores as store_service
from sync.incidents import open_incidents
from sync.orders_in import read_orders
from sync.push import push_store
from sync.turn_on_facts import turn_on_facts
from tests.engine.conftest import TIMES
from tests.engine.world import Crash, SimulatedClock, World


async def test_r13_two_workspaces_with_the_same_skus_never_meet(world: World) -> None:
    one, two = world, copy.copy(world)
    await two.begin("T2")
    first = await one.connect("alpha", **TIMES)
    second = await two.connect("beta", **TIMES)
    await one.turn_on(first, "copy")
    made = await two.choose(second, "copy")
    async with world.database.transaction() as session:
        assert await plan.load_plan(session, one.workspace_id, made.id) is None
        assert await turn_on_facts(session, one.workspace_id, second, one.clock.now()) is None
        assert await show.list_warehouses(session, two.workspace_id) == []
        theirs = await show.list_warehouses(session, one.workspace_id)
        mine = await show.find_product(session, two.workspace_id, "MUG")
        assert mine is not None
        assert [view.store_name for view in mine.listings] == ["Beta"]
        names = [
            [store.name for store in await store_service.list_stores(session, w.workspace_id)]
            for w in (one, two)
        ]
        assert names == [["Alpha"], ["Beta"]]
    with pytest.raises(adjust.AdjustProblem, match="unknown_warehouse"):
        await two.change(mine.id, theirs[0].id, 1)
    with pytest.raises(plan.PlanProblem, match="gone"):
        await one.confirm(made.id)
    await two.confirm(made.id)
    await two.until_on(second)
    await one.adjust("MUG", -4)
    await one.rest(timedelta(minutes=2))
    assert (one.shown("alpha", "MUG"), two.shown("beta", "MUG")) == (6, 3)
    assert (await two.level("MUG"))[2] == 3


async def test_r12_credentials_stand_nowhere_in_the_clear(world: World) -> None:
    token = world.shops["alpha"].token
    store = await world.connect("alpha", **TIMES)
    await world.turn_on(store, "copy")
    world.shops["alpha"].rotate_token()
    await world.rest(timedelta(minutes=2))
    async with world.database.transaction() as session:
        assert await open_incidents(session, world.workspace_id)
        tables = [*metadata.tables, "procrastinate_jobs", "procrastinate_events"]
        for table in tables:
            every = f"select to_jsonb(t) from {table} t"  # noqa: S608 - our own tables' names
            rows = await session.execute(text(every))
            assert token not in json.dumps([row[0] for row in rows]), table


async def test_r9_only_quantities_are_ever_changed(world: World) -> None:
    def rest_of_the_shop() -> list[object]:
        shop = world.shops["alpha"]
        return [
            (v.id, v.title, v.product.title, v.product.status, v.item.sku, v.item.tracked)
            for v in shop.variants
        ]

    before = rest_of_the_shop()
    store = await world.connect("alpha", **TIMES)
    await world.turn_on(store, "copy")
    await world.adjust("MUG", 3)
    await world.adjust("CUP", -5)
    await world.rest(timedelta(minutes=4))
    assert (world.shown("alpha", "MUG"), world.shown("alpha", "CUP")) == (13, 0)
    assert rest_of_the_shop() == before
    reading = {"Shop", "Locations", "Listings", "Levels", "Orders"}
    assert set(world.wire.calls) <= reading | {"SetQuantities"}


async def test_r11_two_workers_on_one_store_end_in_the_truth(world: World) -> None:
    """Locks of the queue aside: the engine itself is fenced."""
    store = await world.connect("alpha", **TIMES)
    await world.turn_on(store, "copy")
    for units in (-2, 3, -4):
        await world.adjust("MUG", units)
        world.shops["alpha"].sell("MUG")
        world.clock.time += timedelta(seconds=40)
        await asyncio.gather(
            read_orders(world.deps("one"), store),
            read_orders(world.deps("two"), store),
            push_store(world.deps("one"), store),
            push_store(world.deps("two"), store),
        )
    await world.rest(timedelta(minutes=6))
    assert await world.level("MUG") == (7, 3, 4)
    assert world.shown("alpha", "MUG") == 4
    assert await world.imbalances() == []
    assert await world.incidents() == []


async def test_r11_a_worker_that_slept_over_its_lease_records_nothing(world: World) -> None:
    """It wakes after another worker resent its write, and finds that it is no longer its own."""
    store = await world.connect("alpha", **TIMES)
    await world.turn_on(store, "copy")
    await world.adjust("MUG", -2)
    world.wire.faults["SetQuantities"] = ["asleep_after"]
    slow = asyncio.create_task(push_store(world.deps("slow"), store))
    await world.wire.asleep.wait()
    world.clock.time += timedelta(minutes=2)
    await push_store(world.deps("quick"), store)
    await world.adjust("MUG", 1)
    world.wire.wake.set()
    await slow
    await world.rest(timedelta(minutes=6))
    assert world.shown("alpha", "MUG") == 9
    assert (await world.level("MUG"))[2] == 9
    assert await world.incidents() == []


@pytest.mark.parametrize("sent_before", [False, True])
async def test_r11_a_worker_that_slept_before_its_request_went_out_writes_nothing(
    world: World, sent_before: bool
) -> None:
    """Another sent its write and was refused; the number came back before it woke.

    It may itself have taken the write over from a worker that died.
    """
    store = await world.connect("alpha", **TIMES)
    await world.turn_on(store, "copy")
    await world.rest(timedelta(minutes=3))
    await world.adjust("MUG", -2)
    if sent_before:
        world.wire.faults["SetQuantities"] = ["crash_before"]
        with pytest.raises(Crash):
            await push_store(world.deps("dead"), store)
        world.clock.time += timedelta(minutes=2)
    world.wire.faults["SetQuantities"] = ["asleep_before"]
    slow = asyncio.create_task(push_store(world.deps("slow"), store))
    await world.wire.asleep.wait()
    world.shops["alpha"].sell("MUG")
    world.clock.time += timedelta(minutes=2)
    await push_store(world.deps("quick"), store)
    await world.rest(timedelta(minutes=5))
    await world.adjust("MUG", 3)
    await world.rest(timedelta(minutes=5))
    assert world.shown("alpha", "MUG") == 10  # what it was when the write was made
    world.wire.wake.set()
    await slow
    await world.rest(timedelta(minutes=6))
    assert world.shown("alpha", "MUG") == (await world.level("MUG"))[2] == 10
    assert await world.incidents() == []


async def test_a_listing_that_never_rests_does_not_hold_up_the_others(world: World) -> None:
    alpha = world.shops["alpha"]
    alpha.set_by_hand("MUG", 100_000)
    store = await world.connect("alpha", **TIMES)
    made = await world.choose(store, "copy")
    await world.confirm(made.id)
    for _ in range(40):
        if (await world.summary(store)).sync_status == "on":
            break
        for _ in range(12):
            alpha.sell("MUG")
            await world.run(timedelta(seconds=5))
    summary = await world.summary(store)
    assert summary.sync_status == "on"
    assert (summary.agree, summary.uncounted) == (1, 1)
    assert world.wire.writes == []
    async with world.database.transaction() as session:
        row = await stores.load(session, store)
        assert row is not None
        assert row.on_since is not None


@pytest.mark.parametrize("seconds", [-45, 45])
async def test_r3_a_store_whose_clock_is_wrong(database: Database, seconds: int) -> None:
    """Readings and orders are placed on the store's own clock, not on ours."""
    clock = SimulatedClock()
    shop = Shop("alpha", now=lambda: clock.now() + timedelta(seconds=seconds))
    shop.add_location("Main warehouse")
    shop.add_listing("MUG", 10)
    world = World(database, shop, clock=clock)
    await world.begin()
    store = await world.connect("alpha", **TIMES, audit_every_hours=0.03)
    made = await world.choose(store, "copy")
    await world.confirm(made.id)
    world.wire.before_call["Levels"] = [lambda: shop.sell("MUG", lag=timedelta(seconds=25))]
    world.wire.after_call["Levels"] = [lambda: shop.sell("MUG", lag=timedelta(seconds=25))]
    await world.until_on(store)
    for _ in range(6):
        await world.run(timedelta(seconds=35))
        shop.sell("MUG", lag=timedelta(seconds=20))
    await world.rest(timedelta(minutes=6))
    assert await world.level("MUG") == (10, 8, 2)
    assert shop.available("MUG") == 2
    assert await world.incidents() == []
