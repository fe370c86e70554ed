"""What befalls a store after sync was turned on: paused, off, on again, gone; new listings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from storage import incidents as incident_rows
from sync import lifecycle, newcomers
from sync.choices import OpenUnits
from sync.incidents import open_incidents
from tests.engine.conftest import TIMES
from tests.engine.world import World


async def act(world: World, what: Any, store_id: int = 1, **more: Any) -> None:
    async with world.database.transaction() as session:
        await what(
            session,
            world.deps(),
            workspace_id=world.workspace_id,
            store_id=store_id,
            actor="U1",
            **more,
        )


async def asked(world: World, kind: str) -> incident_rows.IncidentRow:
    async with world.database.transaction() as session:
        found = await open_incidents(session, world.workspace_id)
    return next(item for item in found if item.kind == kind)


async def test_r8_paused_orders_are_read_and_nothing_is_written(synced: World) -> None:
    await act(synced, lifecycle.pause)
    synced.shops["alpha"].sell("MUG", 2)
    await synced.adjust("CUP", -3)
    await synced.rest(timedelta(minutes=3))
    assert await synced.level("MUG") == (10, 2, 8)
    assert (synced.shown("beta", "MUG"), synced.shown("beta", "CUP")) == (8, 2)
    assert synced.shown("alpha", "CUP") == 5
    await act(synced, lifecycle.resume)
    await synced.rest(timedelta(minutes=4))
    assert synced.shown("alpha", "CUP") == 2


async def test_resuming_reads_back_what_was_changed_by_hand(synced: World) -> None:
    await act(synced, lifecycle.pause)
    synced.shops["alpha"].set_by_hand("MUG", 50)
    await act(synced, lifecycle.resume)
    await synced.rest(timedelta(minutes=5))
    assert (await asked(synced, "drift")).facts["items"][0]["theirs"] == 50


async def test_r8_a_write_in_flight_is_not_repeated_while_paused(synced: World) -> None:
    synced.wire.faults["SetQuantities"] = ["lost", "lost"]
    await synced.adjust("MUG", -4)
    await synced.work()
    await act(synced, lifecycle.pause)
    written = len(synced.wire.writes)
    await synced.rest(timedelta(minutes=4))
    mine = synced.shops["alpha"].item("MUG").id
    later = synced.wire.writes[written:]
    assert not any(
        q["inventoryItemId"] == mine for write in later for q in write["input"]["quantities"]
    )
    await act(synced, lifecycle.resume)
    await synced.rest(timedelta(minutes=6))
    assert synced.shown("alpha", "MUG") == 6
    assert await synced.incidents() == []


async def test_turned_off_neither_reads_nor_writes(synced: World) -> None:
    await act(synced, lifecycle.turn_off)
    synced.wire.calls.clear()
    synced.shops["alpha"].sell("MUG", 2)
    await synced.adjust("CUP", -3)
    await synced.rest(timedelta(minutes=3))
    assert await synced.level("MUG") == (10, 0, 10)
    assert synced.shown("alpha", "CUP") == 5
    with pytest.raises(lifecycle.LifecycleProblem, match="off"):
        await act(synced, lifecycle.turn_off)


@pytest.mark.parametrize(
    ("open_units", "mug"),
    [
        ("counted", (9, 3, 6)),  # 4 sold meanwhile, 1 of them sent: all taken off ours
        ("extra", (13, 3, 10)),  # ours lack them already: what is to be sent comes on top
        ("in_numbers", (10, 3, 7)),  # what is to be sent is still among ours
    ],
)
async def test_turning_on_again_after_a_week_off(
    synced: World, open_units: OpenUnits, mug: tuple[int, int, int]
) -> None:
    alpha = synced.shops["alpha"]
    before = alpha.sell("CUP", 1)
    await synced.rest(timedelta(minutes=2))
    await act(synced, lifecycle.turn_off)
    synced.clock.time += timedelta(days=3)
    alpha.sell("MUG", 3)
    alpha.fulfil(alpha.sell("MUG", 1))
    alpha.fulfil(before)
    synced.clock.time += timedelta(days=4)
    await synced.turn_on(1, "keep", warehouse_id=await synced.warehouse(), open_units=open_units)
    await synced.rest(timedelta(minutes=4))
    assert await synced.level("MUG") == mug
    assert {synced.shown(name, "MUG") for name in synced.shops} == {mug[2]}
    assert (await synced.level("CUP"))[1:] == (0, 4)
    assert await synced.imbalances() == []


async def test_giving_up_turning_on_does_not_shorten_the_time_off(synced: World) -> None:
    await act(synced, lifecycle.turn_off)
    synced.clock.time += timedelta(days=1)
    synced.shops["alpha"].sell("MUG", 3)
    synced.clock.time += timedelta(days=1)
    warehouse = await synced.warehouse()
    await synced.turn_on(1, "keep", warehouse_id=warehouse, open_units="counted", wait=False)
    await synced.run(timedelta(seconds=10))
    await act(synced, lifecycle.turn_off)
    await synced.rest(timedelta(minutes=2))
    assert await synced.level("MUG") == (10, 0, 10)
    await synced.turn_on(1, "keep", warehouse_id=warehouse, open_units="counted")
    await synced.rest(timedelta(minutes=3))
    assert await synced.level("MUG") == (10, 3, 7)
    assert await synced.imbalances() == []


@pytest.mark.parametrize(("open_lines", "level"), [("release", (10, 0, 10)), ("keep", (10, 3, 7))])
async def test_disconnecting_releases_or_keeps_what_is_still_to_be_sent(
    synced: World, open_lines: str, level: tuple[int, int, int]
) -> None:
    synced.shops["alpha"].sell("MUG", 3)
    await synced.rest(timedelta(minutes=2))
    await act(synced, lifecycle.disconnect, open_lines=open_lines)
    await synced.rest(timedelta(minutes=3))
    assert await synced.level("MUG") == level
    assert synced.shown("beta", "MUG") == level[2]
    async with synced.database.transaction() as session:
        kept = await session.execute(text("select count(*) from credential where store_id = 1"))
        assert kept.scalar_one() == 0
    # Connected again it is the same store; a copy takes its number and its open orders.
    again = await synced.connect("alpha", **TIMES)
    assert again == 1
    await synced.turn_on(1, "copy", warehouse_id=await synced.warehouse())
    await synced.rest(timedelta(minutes=3))
    assert await synced.level("MUG") == (10, 3, 7)
    assert await synced.imbalances() == []


@pytest.mark.parametrize(
    ("choice", "level", "shown"),
    [("theirs", (30, 2, 28), 28), ("ours", (0, 2, -2), 28), ("ignore", None, 28)],
)
async def test_listings_born_while_on_are_asked_about_in_one_batch(
    synced: World,
    choice: newcomers.NewcomerChoice,
    level: tuple[int, int, int] | None,
    shown: int,
) -> None:
    alpha = synced.shops["alpha"]
    alpha.add_listing("NEW", 30)
    alpha.add_listing("NEWER", 7)
    await synced.rest(timedelta(minutes=16))
    alpha.sell("NEW", 2)
    await synced.rest(timedelta(minutes=2))
    question = await asked(synced, "new_listings")
    assert question.facts["count"] == 2
    for once in (True, False):
        async with synced.database.transaction() as session:
            assert once is await newcomers.settle_newcomers(
                session,
                synced.deps(),
                workspace_id=synced.workspace_id,
                incident_id=question.id,
                choice=choice,
            )
    await synced.rest(timedelta(minutes=5))
    assert synced.shown("alpha", "NEW") == shown
    if level is not None:
        assert await synced.level("NEW") == level
    if choice == "theirs":
        await synced.adjust("NEW", -8)
        await synced.rest(timedelta(minutes=2))
        assert synced.shown("alpha", "NEW") == 20
    await synced.rest(timedelta(minutes=16))
    assert all(not still for kind, _, still in await synced.incidents() if kind == "new_listings")
    assert await synced.imbalances() == []


async def test_a_number_that_is_to_become_ours_is_not_written_over_first(synced: World) -> None:
    """The product is counted already, for another store; the new listing's number wins."""
    alpha, beta = synced.shops["alpha"], synced.shops["beta"]

    async def let_in() -> None:
        await synced.rest(timedelta(minutes=16))
        question = await asked(synced, "new_listings")
        async with synced.database.transaction() as session:
            await newcomers.settle_newcomers(
                session,
                synced.deps(),
                workspace_id=synced.workspace_id,
                incident_id=question.id,
                choice="theirs",
            )
        await synced.rest(timedelta(minutes=5))

    alpha.add_listing("POT", 30)
    await let_in()
    beta.add_listing("POT", 40)
    await let_in()
    assert (await synced.level("POT"))[2] == 40
    assert (alpha.available("POT"), beta.available("POT")) == (40, 40)


@pytest.mark.parametrize("choice", ["follow", "ignore"])
async def test_a_renamed_sku_is_asked_about(synced: World, choice: newcomers.RenamedChoice) -> None:
    synced.shops["alpha"].rename_sku("MUG", "CUP-2")
    await synced.rest(timedelta(minutes=16))
    question = await asked(synced, "renamed")
    assert question.facts["items"] == [{"sku": "CUP-2", "title": "MUG", "known_as": "MUG"}]
    await synced.adjust("MUG", -4)
    await synced.rest(timedelta(minutes=2))
    assert synced.shown("alpha", "CUP-2") == 10
    async with synced.database.transaction() as session:
        assert await newcomers.settle_renamed(
            session,
            synced.deps(),
            workspace_id=synced.workspace_id,
            incident_id=question.id,
            choice=choice,
        )
    await synced.rest(timedelta(minutes=16))
    open_now = [kind for kind, _, still in await synced.incidents() if still]
    assert open_now == (["new_listings"] if choice == "follow" else [])
    assert synced.shown("alpha", "CUP-2") == 10


async def test_an_order_that_is_gone_is_released_and_shown(synced: World) -> None:
    alpha = synced.shops["alpha"]
    order = alpha.sell("MUG", 3)
    await synced.rest(timedelta(minutes=2))
    assert await synced.level("MUG") == (10, 3, 7)
    alpha.orders.remove(order)
    synced.clock.time += timedelta(hours=25)
    await synced.rest(timedelta(minutes=6))
    assert await synced.level("MUG") == (10, 0, 10)
    assert (await asked(synced, "order_gone")).facts["orders"] == [order.name]
    assert {synced.shown(name, "MUG") for name in synced.shops} == {10}
    synced.clock.time += timedelta(hours=25)
    await synced.rest(timedelta(minutes=3))
    assert [(kind, still) for kind, _, still in await synced.incidents()] == [("order_gone", False)]


async def test_r1_an_open_order_that_is_too_old_to_be_shown_keeps_its_units(synced: World) -> None:
    alpha = synced.shops["alpha"]
    alpha.scopes -= {"read_all_orders"}
    order = alpha.sell("MUG", 3)  # to be sent in three months
    await synced.rest(timedelta(minutes=2))
    for _ in range(62):
        synced.clock.time += timedelta(days=1)
        await synced.rest(timedelta(minutes=2))
    assert await synced.level("MUG") == (10, 3, 7)
    assert {synced.shown(name, "MUG") for name in synced.shops} == {7}
    assert (await asked(synced, "order_hidden")).facts["orders"] == [order.name]
    alpha.scopes |= {"read_all_orders"}
    alpha.fulfil(order)
    synced.clock.time += timedelta(days=1)
    await synced.rest(timedelta(minutes=2))
    assert await synced.level("MUG") == (7, 0, 7)
    open_now = [kind for kind, _, still in await synced.incidents() if still]
    assert open_now == []


@pytest.mark.parametrize("shipped", [False, True])
async def test_r3_what_was_sold_just_before_turning_off_is_no_part_of_what_was_counted(
    synced: World, shipped: bool
) -> None:
    alpha = synced.shops["alpha"]
    order = alpha.sell("MUG", 3)  # nobody has read it yet
    synced.clock.time += timedelta(seconds=20)
    await act(synced, lifecycle.turn_off)
    if shipped:
        alpha.fulfil(order)
    synced.clock.time += timedelta(hours=4)
    warehouse = await synced.warehouse()
    await synced.turn_on(1, "keep", warehouse_id=warehouse, open_units="counted")
    await synced.rest(timedelta(minutes=6))
    assert await synced.level("MUG") == ((7, 0, 7) if shipped else (10, 3, 7))
    assert {synced.shown(name, "MUG") for name in synced.shops} == {7}


async def test_a_copy_made_again_takes_no_doubtful_reading_either(world: World) -> None:
    alpha = world.shops["alpha"]
    alpha.set_by_hand("MUG", 100)
    store = await world.connect("alpha", **TIMES)
    await world.turn_on(store, "copy")
    await world.rest()
    await act(world, lifecycle.turn_off)
    made = await world.choose(store, "copy", warehouse_id=await world.warehouse())
    await world.confirm(made.id)
    # Shoppers buy right while each of the next readings is under way.
    world.wire.after_call["Levels"] = [lambda: alpha.sell("MUG", 1)] * 4
    await world.until_on(store)
    await world.rest(timedelta(minutes=30))
    assert (await world.level("MUG"))[2] == alpha.available("MUG") == 96
    assert await world.incidents() == []
