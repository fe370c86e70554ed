"""Copy and Don't copy while the store sells: one moment per listing (ENGINE.md A3, B3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sync import plan
from sync.choices import OpenUnits
from tests.engine.conftest import TIMES
from tests.engine.world import Crash, World


async def opened(world: World, sku: str, *, available: int, committed: int) -> None:
    """Assert that the ledger and the shop agree now and after a long rest."""
    await world.rest(timedelta(minutes=4))
    assert await world.level(sku) == (available + committed, committed, available)
    assert world.shown("alpha", sku) == available
    assert await world.imbalances() == []
    assert await world.incidents() == []


async def test_copy_sets_available_and_commits_what_is_open(world: World) -> None:
    alpha = world.shops["alpha"]
    alpha.sell("MUG", 4)
    store = await world.connect("alpha", **TIMES)
    await world.turn_on(store, "copy")
    await opened(world, "MUG", available=6, committed=4)
    alpha.fulfil(alpha.orders[0])
    await world.rest(timedelta(minutes=2))
    assert await world.level("MUG") == (6, 0, 6)


@pytest.mark.parametrize("call", ["Orders", "Levels"])
@pytest.mark.parametrize("when", ["before_call", "after_call"])
@pytest.mark.parametrize("lag", [0, 25])
async def test_r2_a_sale_around_any_reading_of_the_copy_counts_once(
    world: World, call: str, when: str, lag: int
) -> None:
    alpha = world.shops["alpha"]
    store = await world.connect("alpha", **TIMES)
    made = await world.choose(store, "copy")
    await world.confirm(made.id)
    planned = getattr(world.wire, when)
    planned[call] = [lambda: alpha.sell("MUG", lag=timedelta(seconds=lag))]
    await world.until_on(store)
    await opened(world, "MUG", available=9, committed=1)


async def test_r3_an_order_placed_before_the_reading_and_visible_after_it(world: World) -> None:
    alpha = world.shops["alpha"]
    store = await world.connect("alpha", **TIMES)
    alpha.sell("MUG", 2, lag=timedelta(minutes=10))
    await world.run(timedelta(minutes=1))
    await world.turn_on(store, "copy")
    assert await world.level("MUG") == (8, 0, 8)
    await world.rest(timedelta(minutes=12))
    await opened(world, "MUG", available=8, committed=2)


async def test_r2_shipped_before_the_copy_and_returned_after_it(world: World) -> None:
    alpha = world.shops["alpha"]
    order = alpha.sell("MUG", 2)
    alpha.fulfil(order)
    store = await world.connect("alpha", **TIMES)
    await world.turn_on(store, "copy")
    assert await world.level("MUG") == (8, 0, 8)
    alpha.refund(order, "MUG", 1, "RETURN")
    await opened(world, "MUG", available=9, committed=0)


async def test_r2_placed_and_cancelled_while_the_copy_reads(world: World) -> None:
    alpha = world.shops["alpha"]
    store = await world.connect("alpha", **TIMES)
    made = await world.choose(store, "copy")
    await world.confirm(made.id)

    def life() -> None:
        alpha.cancel(alpha.sell("MUG", 3, lag=timedelta(seconds=20)))

    world.wire.before_call["Levels"] = [lambda: alpha.sell("MUG", lag=timedelta(seconds=20))]
    world.wire.after_call["Levels"] = [life]
    await world.until_on(store)
    await opened(world, "MUG", available=9, committed=1)


async def test_a_second_store_copied_into_the_same_warehouse_sets_and_never_adds(
    world: World,
) -> None:
    alpha = await world.connect("alpha", **TIMES)
    beta = await world.connect("beta", **TIMES)
    world.shops["alpha"].sell("MUG", 3)
    await world.turn_on(alpha, "copy")
    await world.turn_on(beta, "copy", warehouse_id=await world.warehouse())
    await world.rest()
    assert await world.level("MUG") == (6, 3, 3)  # beta's 3; alpha's 3 committed stay
    assert (world.shown("alpha", "MUG"), world.shown("beta", "MUG")) == (3, 3)


@pytest.mark.parametrize(
    ("open_units", "level"), [("in_numbers", (10, 2, 8)), ("extra", (12, 2, 10))]
)
async def test_keep_asks_whether_open_orders_are_still_in_the_numbers(
    world: World, open_units: OpenUnits, level: tuple[int, int, int]
) -> None:
    alpha = await world.connect("alpha", **TIMES)
    await world.turn_on(alpha, "copy")
    beta = await world.connect("beta", **TIMES)
    order = world.shops["beta"].sell("MUG", 2)
    await world.run(timedelta(seconds=5))
    await world.turn_on(beta, "keep", warehouse_id=await world.warehouse(), open_units=open_units)
    await world.rest()
    assert await world.level("MUG") == level
    assert (world.shown("alpha", "MUG"), world.shown("beta", "MUG")) == (level[2], level[2])
    world.shops["beta"].fulfil(order)
    await world.rest(timedelta(minutes=2))
    assert await world.level("MUG") == (level[0] - 2, 0, level[2])


@pytest.mark.parametrize("open_units", [None, "in_numbers", "extra"])
async def test_what_is_sold_after_the_question_is_an_ordinary_sale(
    world: World, open_units: OpenUnits | None
) -> None:
    """The answer is about the orders that there were; our numbers still hold what came later."""
    alpha = await world.connect("alpha", **TIMES)
    await world.turn_on(alpha, "copy")
    beta = await world.connect("beta", **TIMES)
    made = await world.choose(
        beta, "keep", warehouse_id=await world.warehouse(), open_units=open_units
    )
    await world.run(timedelta(seconds=5))
    world.shops["beta"].sell("MUG")
    await world.confirm(made.id)
    await world.run(timedelta(seconds=10))
    world.shops["beta"].sell("MUG", lag=timedelta(seconds=20))
    await world.until_on(beta)
    await world.rest()
    assert await world.level("MUG") == (10, 2, 8)
    assert {world.shown(name, "MUG") for name in world.shops} == {8}


async def test_r10_nothing_is_written_before_a_plan_is_confirmed(world: World) -> None:
    alpha = await world.connect("alpha", **TIMES)
    await world.turn_on(alpha, "copy")
    beta = await world.connect("beta", **TIMES)
    await world.choose(beta, "keep", warehouse_id=await world.warehouse())
    await world.adjust("MUG", 5)
    await world.rest()
    assert world.shown("beta", "MUG") == 3
    assert (await world.summary(beta)).sync_status == "off"


async def test_r10_a_plan_is_shown_again_when_a_listing_would_newly_go_to_zero(
    world: World,
) -> None:
    alpha = await world.connect("alpha", **TIMES)
    await world.turn_on(alpha, "copy")
    beta = await world.connect("beta", **TIMES)
    made = await world.choose(beta, "keep", warehouse_id=await world.warehouse())
    assert made.counts == {"up": 1, "same": 1}
    await world.adjust("MUG", -10)
    again = await world.confirm(made.id)
    assert isinstance(again, plan.PlanSummary)
    assert again.counts == {"to_zero": 1, "same": 1}
    assert isinstance(await world.confirm(again.id), plan.Confirmed)


async def test_r10_a_plan_is_confirmed_once(world: World) -> None:
    alpha = await world.connect("alpha", **TIMES)
    made = await world.choose(alpha, "copy")
    await world.confirm(made.id)
    with pytest.raises(plan.PlanProblem, match="running"):
        await world.confirm(made.id)
    await world.until_on(alpha)
    with pytest.raises(plan.PlanProblem, match="already_on"):
        await world.confirm(made.id)


@pytest.mark.parametrize("point", ["crash_before", "crash_after"])
@pytest.mark.parametrize("call", ["Orders", "Levels"])
@pytest.mark.parametrize("nth", [0, 1])
async def test_r11_a_worker_killed_while_turning_on(
    world: World, call: str, point: str, nth: int
) -> None:
    alpha = world.shops["alpha"]
    alpha.sell("MUG", 2)
    store = await world.connect("alpha", **TIMES)
    made = await world.choose(store, "copy")
    await world.confirm(made.id)
    world.wire.faults[call] = ["fine"] * nth + [point]
    crashes = 0
    for _ in range(60):
        try:
            await world.run(timedelta(seconds=5))
        except Crash:
            crashes += 1
    assert crashes == (0 if call == "Levels" and nth else 1)
    await world.until_on(store)
    await opened(world, "MUG", available=8, committed=2)


async def test_a_store_without_products_turns_on(world: World) -> None:
    for sku in ("MUG", "CUP"):
        world.shops["alpha"].delete(sku)
    store = await world.connect("alpha", **TIMES)
    await world.turn_on(store, "copy")
    assert (await world.summary(store)).targets == 0


async def test_r7_listings_that_cannot_be_synced_are_counted_with_their_reason(
    world: World,
) -> None:
    alpha = world.shops["alpha"]
    alpha.add_listing(None, 4)
    alpha.add_listing("TWIN", 1)
    alpha.add_listing(" twin ", 1)
    alpha.add_listing("GIFT", 0, tracked=False)
    store = await world.connect("alpha", **TIMES)
    made = await world.choose(store, "copy")
    assert made.unlinked == {"no_sku": 1, "duplicate": 2}
    assert made.counts == {"same": 2, "left_alone": 1}
    await world.turn_on(store, "copy")
    await world.rest()
    summary = await world.summary(store)
    assert (summary.agree, summary.unlinked, summary.listings) == (2, 3, 6)
    assert world.wire.writes == []


async def test_no_linked_sku_at_all(world: World) -> None:
    for sku in ("MUG", "CUP"):
        world.shops["alpha"].rename_sku(sku, None)
    store = await world.connect("alpha", **TIMES)
    made = await world.choose(store, "copy")
    assert (made.counts, made.unlinked) == ({}, {"no_sku": 2})
