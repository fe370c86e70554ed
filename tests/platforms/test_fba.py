"""What Amazon keeps in its own warehouses: followed in read-only ones of ours, never written."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text

from sandbox.amazon import Fault
from sandbox.amazon.faults import Kind
from sandbox.amazon.sites import CA, US
from storage import fba, locations, stores, undo, warehouses
from storage.database import Database
from sync import lifecycle, show, turning_on_fba
from sync.adjust import AdjustProblem
from sync.at_once import sync_now
from sync.due import wake_due
from sync.fba import copy_fba
from sync.heartbeat import watch_streams
from sync.low_stock import set_low_level
from sync.plan import PlanProblem
from sync.tracking import choose, read_marketplaces
from sync.transfer import Transfer, TransferProblem, transfer
from tests.engine.world import SimulatedClock
from tests.platforms.seller import DAY, HOUR, LIST, Seller


@pytest.fixture
async def world(database: Database, clock: SimulatedClock) -> Seller:
    seller = Seller(database, clock)
    await seller.open()
    return seller


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock()


async def test_fba_alone_is_copied_once_a_day_and_nothing_else_is_done(world: Seller) -> None:
    """Copied first at confirm; neither orders are read nor numbers written, ever."""
    await world.follow(US, CA)
    assert (await world.summary(world.store)).sync_status == "on"
    assert await world.held("US") == {"CANDLE": 25, "BOTH": 12}
    assert await world.held("CA") == {"CANDLE": 4, "BOTH": 0}
    assert world.lists() == 2
    world.shop.add_fba("CANDLE", 20, US)
    begun = world.clock.now()
    await world.run(DAY - HOUR, step=timedelta(minutes=10))
    assert world.lists() == 2
    assert (await world.held("US"))["CANDLE"] == 25
    await world.run(HOUR * 2, step=timedelta(minutes=10))
    assert world.lists() == 4
    assert (await world.held("US"))["CANDLE"] == 20
    assert (await world.places())["US"].copied_at >= begun + DAY - HOUR  # type: ignore[operator]
    assert not {"orders", "write"} & set(world.wire.calls)
    assert not await world.imbalances()


async def test_r8_what_amazon_ships_is_never_written_whatever_is_sold(world: Seller) -> None:
    """Both ways in one store: a SKU with two channels keeps two numbers, and only ours is sent."""
    await world.both(US)
    assert await world.held("US") == {"CANDLE": 25, "BOTH": 12}
    product = await world.product("BOTH")
    mine = {house.name: house.available for house in product.warehouses}
    assert sorted(mine.values()) == [7, 12]
    world.shop.sell("BOTH", 2)
    world.shop.sell_many([("BOTH", 1)], fulfilled_by="AMAZON")
    world.shop.sell_many([("CANDLE", 3)], fulfilled_by="AMAZON")
    await world.rest()
    after = {house.name: house.available for house in (await world.product("BOTH")).warehouses}
    assert sorted(after.values()) == [5, 12]  # Amazon's own sale is in its next copy
    own = next(house for house in product.warehouses if house.kind == "own")
    await world.change(product.id, own.warehouse_id, 40)
    await world.rest()
    assert world.shop.available("BOTH") == 45
    async with world.database.transaction() as session:
        found = await session.execute(
            text("""
                select l.sku from target t join listing l on l.id = t.listing_id
                where l.channel <> 'merchant'""")
        )
        assert not list(found)
    assert not world.shop.violations  # what was written on a channel of Amazon's
    assert not await world.imbalances()


async def test_r8_nobody_can_count_move_sell_or_undo_what_amazon_keeps(world: Seller) -> None:
    """A read-only warehouse stands in no choice, and the acts themselves refuse it."""
    await world.both(US)
    house = (await world.places())["US"].warehouse_id
    assert house is not None
    product = await world.product("CANDLE")
    deps, workspace = world.deps(), world.workspace_id
    async with world.database.transaction() as session:
        choices = [one.id for one in await show.list_warehouses(session, workspace)]
        every = [one.id for one in await show.list_every_warehouse(session, workspace)]
    assert house not in choices
    assert set(every) == {house, *choices}
    with pytest.raises(AdjustProblem, match="read_only"):
        await world.change(product.id, house, 1)
    for source, goal in ((house, choices[0]), (choices[0], house)):
        with pytest.raises(TransferProblem, match="gone"):
            async with world.database.transaction() as session:
                await transfer(
                    session,
                    deps,
                    workspace_id=workspace,
                    wanted=Transfer(product.id, source, goal, 1),
                    actor="U1",
                    note="",
                    key="move",
                )
    async with world.database.transaction() as session:
        (place,) = await locations.of_store(session, world.store)
        with pytest.raises(LookupError):
            await locations.decide(session, place.id, "linked", house)
    async with world.database.transaction() as session:
        acts = await undo.acts(session, workspace, limit=50, offset=0)
    assert [act.kind for act in acts] == ["turn_on"]
    assert await world.held("US") == {"CANDLE": 25, "BOTH": 12}


async def test_r8_a_store_that_once_shipped_is_not_written_when_only_fba_is_followed(
    world: Seller,
) -> None:
    await world.both(US)
    await world.off()
    world.clock.time += HOUR
    await world.follow(CA)
    product = await world.product("MUG")
    own = next(house for house in product.warehouses if house.kind == "own")
    await world.change(product.id, own.warehouse_id, 5)
    before = Counter(world.wire.calls)
    await world.days(1)
    after = Counter(world.wire.calls)
    assert (after["write"], after["orders"]) == (before["write"], before["orders"])
    assert world.shop.available("MUG") == 10
    held = await world.places()
    assert (held["US"].tracked, held["CA"].tracked) == (False, True)
    assert await world.held("US") == {"CANDLE": 25, "BOTH": 12}  # kept, with its age


async def test_any_number_of_clocks_copy_once_and_a_restart_keeps_the_day(world: Seller) -> None:
    await world.follow(US)
    for _ in range(3):  # every process anew: what is due stands in the database
        world.clock.time += DAY / 4
        await wake_due(world.deps("worker-2"))
        await world.work()
    assert world.lists() == 1
    world.clock.time += DAY / 4
    assert await wake_due(world.deps()) >= 1
    await wake_due(world.deps("worker-2"))
    await world.work()
    await wake_due(world.deps("worker-3"))
    await world.work()
    assert world.lists() == 2


async def test_sync_now_copies_at_once_and_the_next_copy_is_a_day_after_that(
    world: Seller,
) -> None:
    await world.follow(US)
    await world.run(HOUR * 12, step=HOUR)
    world.shop.add_fba("CANDLE", 3, US)
    async with world.database.transaction() as session:
        await sync_now(
            session,
            world.deps(),
            workspace_id=world.workspace_id,
            store_ids=[world.store],
            actor="U1",
        )
    await world.work()
    assert (await world.held("US"))["CANDLE"] == 3
    assert world.lists() == 2
    await world.run(HOUR * 23, step=HOUR)
    assert world.lists() == 2
    await world.run(HOUR * 2, step=HOUR)
    assert world.lists() == 3


async def test_a_marketplace_without_fba_says_so_without_alarm_and_keeps_what_was_there(
    world: Seller,
) -> None:
    world.shop.sites[CA].has_fba = False
    await world.follow(US, CA)
    assert (await world.places())["CA"].has_fba is False
    assert await world.held("CA") == {}
    assert not await world.incidents()
    copied = (await world.places())["US"].copied_at
    world.shop.sites[US].has_fba = False
    await world.days(1.1)
    place = (await world.places())["US"]
    assert (place.has_fba, place.copied_at) == (False, copied)
    assert await world.held("US") == {"CANDLE": 25, "BOTH": 12}
    world.shop.sites[US].has_fba = True
    await world.days(1.1)
    assert (await world.places())["US"].has_fba
    assert not await world.incidents()


async def test_a_sku_that_a_whole_list_lacks_is_gone(world: Seller) -> None:
    await world.follow(US)
    del world.shop.at_amazon[US]["CANDLE"]
    await world.days(1.1)
    assert await world.held("US") == {"CANDLE": 0, "BOTH": 12}


async def test_r7_skus_of_no_product_are_counted_and_said(world: Seller) -> None:
    """A SKU that is not listed gets its product; two that differ by case only get none."""
    world.shop.add_fba("ONLY-THERE", 6, US)
    world.shop.add_fba("Twin", 2, US)
    world.shop.add_fba("TWIN", 3, US)
    await world.follow(US)
    assert await world.held("US") == {"CANDLE": 25, "BOTH": 12, "ONLY-THERE": 6}
    place = (await world.places())["US"]
    assert (place.skus, place.left_out) == (3, {"duplicate": 2})


async def test_r1_r11_a_copy_that_dies_or_wakes_late_books_nothing_twice(world: Seller) -> None:
    await world.follow(US)
    world.wire.faults[LIST] = ["unanswered"]
    world.shop.add_fba("CANDLE", 21, US)
    await world.days(1.2)
    assert (await world.held("US"))["CANDLE"] == 21
    begun = (await world.places())["US"].copied_at
    assert begun is not None
    async with world.database.transaction() as session:
        assert await fba.lock(session, world.store, US, begun) is None  # that one was slower
    await copy_fba(world.deps("worker-2"), world.store)
    async with world.database.transaction() as session:
        found = await session.execute(text("select count(*) from movement where cause = 'fba'"))
        assert found.scalar_one() == 3  # two opening numbers, one change
    assert not await world.imbalances()


def refuse(world: Seller, kind: Kind, times: int) -> None:
    """Let the next questions for FBA stock, and no others, be refused."""

    def once() -> None:
        world.shop.faults.switch_on(Fault(kind, count=1, only="read"))

    world.wire.before_call[LIST] = [once] * times


async def test_r6_one_marketplace_that_is_refused_does_not_hold_up_the_others(
    world: Seller,
) -> None:
    await world.follow(US, CA)
    for sku, units in (("CANDLE", 1), ("BOTH", 2)):
        world.shop.add_fba(sku, units, US)
    refuse(world, "too_large", 1)  # Canada is asked first
    await world.days(1.002)
    assert await world.held("US") == {"CANDLE": 1, "BOTH": 2}
    assert await world.incidents() == [("fba_unread", "fba", True)]
    assert (await world.summary(world.store)).health == "ok"
    await world.run(HOUR / 2, step=timedelta(minutes=5))
    assert await world.incidents() == [("fba_unread", "fba", False)]


async def test_a_missing_role_is_told_once_and_leaves_the_rest_of_the_store_alone(
    world: Seller,
) -> None:
    """Orders and listings need no such role: their answers do not close what is told of it."""
    await world.both(US)
    refuse(world, "no_role", 4)
    await world.days(1.03)
    assert await world.incidents() == [("fba_unread", "fba", True)]
    assert (await world.summary(world.store)).health == "ok"
    async with world.database.transaction() as session:
        (told,) = await session.execute(text("select facts from incident"))
    assert "Amazon Fulfillment" in told.facts["problem"]
    await world.run(HOUR * 2, step=timedelta(minutes=5))
    assert await world.incidents() == [("fba_unread", "fba", False)]


async def test_silence_is_an_alarm_that_ends_with_the_next_copy(world: Seller) -> None:
    await world.follow(US)
    world.clock.time += DAY * 1.4
    assert not [one for one in await _silent(world) if one[1] == "fba"]
    world.clock.time += DAY * 0.2
    assert ("stream_silent", "fba", True) in await _silent(world)
    await world.run(HOUR, step=timedelta(minutes=5))
    assert ("stream_silent", "fba", False) in await _silent(world)


async def _silent(world: Seller) -> list[tuple[str, str, bool]]:
    await watch_streams(world.deps())
    return await world.incidents()


async def test_turned_off_nothing_is_copied_and_the_numbers_keep_their_age(world: Seller) -> None:
    await world.follow(US)
    world.clock.time += DAY * 1.6
    assert ("stream_silent", "fba", True) in await _silent(world)
    await world.off()
    assert ("stream_silent", "fba", False) in await world.incidents()
    asked = world.lists()
    await world.days(2)
    assert world.lists() == asked
    assert await world.held("US") == {"CANDLE": 25, "BOTH": 12}
    assert (await world.places())["US"].copied_at is not None


async def test_a_turn_on_that_is_given_up_turns_nothing_on_later(world: Seller) -> None:
    world.wire.faults[LIST] = ["lost"] * 5
    await world.follow(US)
    asked = world.lists()
    assert (await world.summary(world.store)).turning_on is not None
    with pytest.raises(PlanProblem, match="running"):
        await world.follow(US)
    await world.off()
    await world.days(1)
    summary = await world.summary(world.store)
    assert (summary.sync_status, summary.turning_on) == ("off", None)
    assert world.lists() == asked
    world.wire.faults.clear()
    await world.follow(US)
    assert (await world.summary(world.store)).sync_status == "on"


async def test_only_fba_cannot_be_paused_and_a_foreign_store_is_not_there(world: Seller) -> None:
    """R13: another workspace meets nothing of it."""
    await world.follow(US)
    with pytest.raises(lifecycle.LifecycleProblem, match="only_tracked"):
        async with world.database.transaction() as session:
            await lifecycle.pause(
                session,
                world.deps(),
                workspace_id=world.workspace_id,
                store_id=world.store,
                actor="U1",
            )
    for act in (turning_on_fba.start, turning_on_fba.change):
        more = {"channel": None} if act is turning_on_fba.start else {}
        with pytest.raises(PlanProblem, match="gone"):
            async with world.database.transaction() as session:
                await act(
                    session,
                    world.deps(),
                    workspace_id=world.workspace_id + 1,
                    store_id=world.store,
                    marketplaces=[CA],
                    actor="U1",
                    **more,
                )


async def test_the_name_of_a_read_only_warehouse_never_takes_that_of_another(
    world: Seller,
) -> None:
    name = f"{(await world.summary(world.store)).name} FBA US"
    async with world.database.transaction() as session:
        mine = await warehouses.add(session, world.workspace_id, name, world.clock.now())
    await world.follow(US)
    place = (await world.places())["US"]
    assert place.warehouse_id != mine
    assert place.warehouse == f"{name} 2"


async def test_a_marketplace_that_the_account_left_cannot_be_chosen(world: Seller) -> None:
    async with world.database.transaction() as session:
        store = await stores.load(session, world.store, lock=True)
        assert store is not None
        assert await choose(session, world.deps(), store, ["GONE"], ships=True) == 0
    with pytest.raises(PlanProblem, match="gone"):
        await world.follow("GONE")


async def test_amazon_is_asked_seldom_where_the_account_sells(world: Seller) -> None:
    asked = Counter(world.wire.calls)["marketplaceParticipations"]
    await read_marketplaces(world.deps(), world.store)
    assert Counter(world.wire.calls)["marketplaceParticipations"] == asked
    world.clock.time += HOUR
    world.wire.faults["marketplaceParticipations"] = ["lost"] * 3
    await read_marketplaces(world.deps(), world.store)  # what is known serves meanwhile
    assert set(await world.places()) == {"US", "CA", "MX"}


async def test_low_stock_counts_what_is_ours(world: Seller) -> None:
    """A thousand at Amazon sell nothing in another store."""
    await world.both(US)
    async with world.database.transaction() as session:
        product = await show.find_product(session, world.workspace_id, "BOTH")
        assert product is not None
        await set_low_level(
            session,
            world.deps(),
            workspace_id=world.workspace_id,
            product_id=product.id,
            level=8,
            actor="U1",
        )
    assert ("low_stock", str(product.id), True) in await world.incidents()
