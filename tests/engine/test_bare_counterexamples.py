"""What breaks anything simpler than the rules at stores that compare nothing (ENGINE.md part B).

Each opens with 6 MUG in two stores that share a warehouse. `lag` is how late an order
can be read; a call takes 0.3 s.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.protocol import StoreTraits
from storage import rereads
from storage.database import Database
from storage.stores import load
from storage.wants import Wanted
from sync.flight import Flight
from tests.engine.bare_store import TRAITS, BareConnector, BareStore, BareWorld, slow
from tests.engine.world import Crash, SimulatedClock

LAG = timedelta(seconds=15)


async def synced_pair(
    database: Database, *, is_slow: bool = False, traits: StoreTraits = TRAITS
) -> BareWorld:
    clock = SimulatedClock()
    traits = slow() if is_slow else traits
    stores = [BareStore(name, clock, traits) for name in ("alpha", "beta")]
    for store in stores:
        store.numbers |= {"MUG": 6, "CUP": 6, "POT": 6}
    world = BareWorld(database, *stores, clock=clock)
    await world.begin()
    alpha, beta = [await world.connect_with({"shop": store.name}) for store in stores]
    await world.turn_on(alpha, "copy")
    await world.turn_on(beta, "keep", warehouse_id=await world.warehouse())
    await world.rest()
    for store in stores:
        store.calls.clear()
        store.written.clear()
    return world


async def synced_keys(database: Database) -> BareWorld:
    """The same with stores that compare."""
    return await synced_pair(
        database, traits=replace(TRAITS, compare_and_set=True, key_life=timedelta(hours=1))
    )


@pytest.fixture
async def pair(database: Database) -> BareWorld:
    return await synced_pair(database)


async def assert_at_rest(world: BareWorld, truth: int) -> None:
    await world.rest(timedelta(minutes=8))
    assert (await world.level("MUG"))[2] == truth
    assert {name: store.available("MUG") for name, store in world.stores.items()} == {
        "alpha": truth,
        "beta": truth,
    }
    assert await world.imbalances() == []
    assert [kind for kind, _, _ in await world.incidents()] == []


def highest(world: BareWorld, name: str, sku: str = "MUG") -> int:
    """The highest number that was ever written."""
    writes = [each for call in world.stores[name].written for each in call if each.ref == sku]
    return max((each.value for each in writes), default=0)


async def test_r5_an_unread_sale_is_never_raised_over(pair: BareWorld) -> None:
    """Sells 1 (5), adjust +2: 8 would sell the sold unit once more."""
    pair.stores["alpha"].sell("MUG", lag=LAG)
    await pair.adjust("MUG", 2)
    await assert_at_rest(pair, 7)
    assert highest(pair, "alpha") <= 7


async def test_r4_a_sale_between_reading_and_write_is_found_by_its_time(pair: BareWorld) -> None:
    """Adjust +2, read 6, a sale of 2, write 8 lands over it: nobody may believe 6 then."""
    alpha = pair.stores["alpha"]
    alpha.before_call["write"] = [lambda: alpha.sell("MUG", 2)]
    await pair.adjust("MUG", 2)
    await assert_at_rest(pair, 6)
    assert highest(pair, "alpha") == 8  # the hole of one round trip: taken back once it is known


async def test_r4_a_drop_keeps_an_unread_sale_subtracted(pair: BareWorld) -> None:
    """Sells 2 (4), adjust -1: the write is a difference, 4 to 3, not an absolute 5."""
    pair.stores["alpha"].sell("MUG", 2, lag=LAG)
    await pair.adjust("MUG", -1)
    await pair.run(timedelta(seconds=2))
    assert pair.stores["alpha"].available("MUG") == 3
    await assert_at_rest(pair, 3)


@pytest.mark.parametrize("units", [4, -1])
async def test_r4_a_lost_request_is_neither_done_nor_failed(pair: BareWorld, units: int) -> None:
    for store in pair.stores.values():
        store.faults["write"] = ["lost"]
    await pair.adjust("MUG", units)
    await assert_at_rest(pair, 6 + units)


@pytest.mark.parametrize("units", [4, -1])
async def test_r4_a_lost_answer_is_not_written_again_as_a_difference(
    pair: BareWorld, units: int
) -> None:
    for store in pair.stores.values():
        store.faults["write"] = ["unanswered"]
    await pair.adjust("MUG", units)
    await assert_at_rest(pair, 6 + units)


async def test_r4_a_request_that_was_given_up_lands_late(pair: BareWorld) -> None:
    """Write 8 lands 25 s after its time-out; a reading before that proves nothing."""
    for store in pair.stores.values():
        store.faults["write"] = ["late"]
    await pair.adjust("MUG", 2)
    await pair.run(timedelta(seconds=20))
    await pair.adjust("MUG", -4)
    await assert_at_rest(pair, 4)


async def test_r4_a_lower_number_forces_a_pending_higher_one_out(pair: BareWorld) -> None:
    """Write 9 is on its way and unknown; three sales elsewhere: 6 is written at once."""
    alpha = pair.stores["alpha"]
    alpha.faults["write"] = ["late"]
    await pair.adjust("MUG", 3)
    await pair.run(timedelta(seconds=25))
    assert [len(call) for call in alpha.written] == [1]
    assert alpha.available("MUG") == 6
    pair.stores["beta"].sell("MUG", 3)
    await pair.run(timedelta(seconds=65))
    assert len(alpha.written) > 1
    await assert_at_rest(pair, 6)


@pytest.mark.parametrize("when", ["crash_before", "crash_after"])
async def test_r11_a_worker_that_dies_around_a_write(pair: BareWorld, when: str) -> None:
    pair.stores["alpha"].faults["write"] = [when]
    await pair.adjust("MUG", -2)
    with pytest.raises(Crash):
        await pair.run(timedelta(seconds=5))
    pair.stores["alpha"].sell("MUG", lag=LAG)
    await assert_at_rest(pair, 3)


@pytest.mark.parametrize("compares", [False, True])
async def test_r11_a_worker_that_stood_still_sends_nothing_when_it_wakes(
    database: Database, compares: bool
) -> None:
    """A bare number from an hour ago would stand in the store without anybody's knowing.

    Where the store compares, so might one whose number has come back meanwhile.
    """
    pair = await (synced_keys if compares else synced_pair)(database)
    await pair.adjust("MUG", -2)
    deps, alpha = pair.deps("frozen"), pair.stores["alpha"]
    async with pair.database.transaction() as session:
        store = await load(session, 1)
        assert store is not None
        flight = Flight(deps, store, BareConnector(alpha))
        [wanted] = await rereads.too_high(
            session,
            1,
            now=pair.clock.now(),
            store_now=pair.clock.now(),
            passed=(),
            limit=10,
        )
        attempt = await flight.take_off(
            session, [Wanted(wanted.id, 6, 4, 1)], read_from=pair.clock.now()
        )
    assert attempt is not None
    pair.clock.time += timedelta(hours=1)
    await flight.send(attempt)
    assert "write" not in alpha.calls
    await assert_at_rest(pair, 4)


async def test_r4_a_slow_store_sells_before_it_applies(database: Database) -> None:
    """8 accepted, a sale (5), 8 applied over it: accepted is not shown."""
    world = await synced_pair(database, is_slow=True)
    await world.adjust("MUG", 2)
    while not any(store.waiting for store in world.stores.values()):
        await world.run(timedelta(seconds=5))
    store = next(store for store in world.stores.values() if store.waiting)
    store.sell("MUG")
    await assert_at_rest(world, 7)


async def test_r2_a_cancel_of_which_nobody_says_whether_it_restocked(pair: BareWorld) -> None:
    alpha = pair.stores["alpha"]
    alpha.undocumented = True
    sale = alpha.sell("MUG")
    await pair.run(timedelta(seconds=70))
    alpha.cancel(sale, restock=False)
    await assert_at_rest(pair, 6)


async def test_r7_units_that_a_store_keeps_off_after_a_cancel_are_put_back(
    pair: BareWorld,
) -> None:
    """The order is given up, the store's own number stays low: ours goes up, and it is raised."""
    alpha = pair.stores["alpha"]
    sale = alpha.sell("MUG", 2)
    await pair.run(timedelta(seconds=70))
    alpha.cancel(sale, restock=False)
    await assert_at_rest(pair, 6)


async def test_r7_a_hand_edit_is_told_and_a_sale_is_not(pair: BareWorld) -> None:
    alpha = pair.stores["alpha"]
    alpha.set_by_hand("MUG", 9)
    alpha.sell("CUP", lag=LAG)
    pair.clock.time += timedelta(hours=6)
    await pair.rest(timedelta(minutes=5))
    assert [kind for kind, _, _ in await pair.incidents()] == ["drift"]
    assert alpha.available("MUG") == 9  # asked about before anything is put back
    assert {store.available("CUP") for store in pair.stores.values()} == {5}


async def test_r6_a_refused_item_and_a_stopped_batch_hold_nobody_up(pair: BareWorld) -> None:
    alpha = pair.stores["alpha"]
    alpha.refuse["CUP"] = "Invalid ID."
    alpha.stop_after = 2
    for sku in ("MUG", "CUP", "POT"):
        await pair.adjust(sku, -1)
    await pair.run(timedelta(seconds=3))
    taken = [alpha.available(sku) for sku in ("MUG", "CUP", "POT")]
    assert taken.count(5) == 1
    await pair.rest(timedelta(minutes=3))
    assert [alpha.available(sku) for sku in ("MUG", "CUP", "POT")] == [5, 6, 5]
    assert [(kind, still) for kind, _, still in await pair.incidents()] == [("item_refused", True)]
    alpha.refuse.clear()
    alpha.stop_after = None
    await pair.rest(timedelta(minutes=20))
    assert alpha.available("CUP") == 5
    assert [(kind, still) for kind, _, still in await pair.incidents()] == [("item_refused", False)]


async def test_r7_writes_that_nobody_answers_are_told_until_one_is(pair: BareWorld) -> None:
    alpha = pair.stores["alpha"]
    alpha.faults["write"] = ["lost"] * 50
    await pair.adjust("MUG", -2)
    await pair.rest(timedelta(minutes=6))
    found = [(kind, subject, still) for kind, subject, still in await pair.incidents()]
    assert found == [("store_down", "writes", True)]
    alpha.faults.clear()
    await pair.rest(timedelta(minutes=6))
    assert alpha.available("MUG") == 4
    assert [still for _, _, still in await pair.incidents()] == [False]


async def test_r5_a_raise_needs_a_number_that_is_as_we_believe(pair: BareWorld) -> None:
    """Someone lowered the number by hand: raising it would hide that; it is told instead."""
    pair.stores["alpha"].set_by_hand("MUG", 2)
    await pair.adjust("MUG", 3)
    await pair.rest(timedelta(minutes=5))
    assert [kind for kind, _, _ in await pair.incidents()] == ["drift"]
    # The difference is held until a person decides, the adjustment goes out on top of it.
    assert (pair.stores["alpha"].available("MUG"), pair.stores["beta"].available("MUG")) == (5, 9)


@pytest.mark.parametrize("later", ["fulfil", "cancel"])
async def test_r2_an_order_from_before_the_copy_first_seen_after_it_changed(
    database: Database, later: str
) -> None:
    """Its units were off the copied number already: it is not taken off once more.

    Placed, its row not listable yet; copied at 9; sent or cancelled; only now listable: 9 stays
    right where it was sent, and 10 where its unit came back.
    """
    clock = SimulatedClock()
    shop = BareStore("alpha", clock)
    shop.numbers["MUG"] = 10
    world = BareWorld(database, shop, clock=clock)
    await world.begin()
    sale = shop.sell("MUG", lag=timedelta(minutes=30))
    store = await world.link("alpha")
    await world.turn_on(store, "copy")
    assert (await world.level("MUG"))[2] == 9
    await world.run(timedelta(minutes=10), step=timedelta(seconds=30))
    getattr(shop, later)(sale)
    await world.run(timedelta(minutes=40), step=timedelta(seconds=30))
    right = 9 if later == "fulfil" else 10
    assert (await world.level("MUG"))[2] == right
    assert shop.available("MUG") == right
    assert await world.imbalances() == []


async def test_r11_what_a_resending_leaves_out_may_have_been_taken_before(
    database: Database,
) -> None:
    """6 -> 4 is taken without an answer; sent again, the batch stops before it; then it goes on.

    Taken for never sent, 6 is believed where 4 stands, and our own write is called drift.
    """
    world = await synced_keys(database)
    alpha = world.stores["alpha"]
    alpha.faults["write"] = ["unanswered"]
    stops = iter((None, 0, None))
    alpha.before_call["write"] = [
        lambda: setattr(alpha, "stop_after", next(stops)) for _ in range(3)
    ]
    await world.adjust("MUG", -2)
    await world.run(timedelta(minutes=2))
    alpha.sell("MUG", 1)
    await assert_at_rest(world, 3)
