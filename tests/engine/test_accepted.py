"""Writes that a store accepts and applies later: accepted is not applied (ENGINE.md A5).

Each opens with 6 MUG in two stores that share a warehouse. Alpha takes one write as a
feed, which lands after 3 minutes and is told of then; it is asked about 1, 2, 5, 10 and
15 minutes after it was accepted. Everything else is written at once.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.protocol import LevelWrite, StoreTraits
from storage.database import Database
from tests.engine.bare_store import BareStore, BareWorld, feeding
from tests.engine.world import Crash, SimulatedClock

STEP = timedelta(seconds=5)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class FeedWorld(BareWorld):
    """Two stores, of which alpha accepts feeds."""

    @property
    def alpha(self) -> BareStore:
        return self.stores["alpha"]

    @property
    def beta(self) -> BareStore:
        return self.stores["beta"]

    async def by_feed(self, units: int) -> None:
        """Change the stock of MUG, of which alpha hears by feed."""
        self.alpha.faults["write"] = ["feed"]
        await self.adjust("MUG", units)
        await self.until_accepted()

    async def until_accepted(self, feeds: int = 1) -> None:
        for _ in range(30):
            if len(self.alpha.feeds) == feeds:
                return
            await self.run(STEP)
        raise AssertionError("nothing was accepted")

    async def later(self, duration: timedelta) -> None:
        """Let time pass with nothing to do in it but the last two minutes."""
        self.clock.time += duration - 2 * MINUTE
        await self.run(2 * MINUTE, step=timedelta(seconds=20))

    async def standing(self) -> tuple[int, int]:
        """How many of alpha's listings agree, and how many are on their way."""
        summary = await self.summary(1)
        return summary.agree, summary.on_the_way

    def written(self) -> list[int]:
        """What alpha was told to show of MUG, in order."""
        return values(self.alpha.written)

    async def ends_at(self, truth: int, after: timedelta = 10 * MINUTE) -> None:
        await self.run(after, step=timedelta(seconds=30))
        assert (await self.level("MUG"))[2] == truth
        assert {each.available("MUG") for each in self.stores.values()} == {truth}
        assert await self.standing() == (1, 0)
        assert "drift" not in [kind for kind, _, _ in await self.incidents()]
        assert await self.imbalances() == []


def values(calls: list[list[LevelWrite]]) -> list[int]:
    return [write.value for call in calls for write in call]


@pytest.fixture
async def feeds(database: Database) -> FeedWorld:
    return await synced(database, feeding())


async def synced(database: Database, traits: StoreTraits) -> FeedWorld:
    clock = SimulatedClock()
    stores = [BareStore(name, clock, traits, numbers={"MUG": 6}) for name in ("alpha", "beta")]
    world = FeedWorld(database, *stores, clock=clock)
    await world.begin()
    alpha, beta = [await world.link(store.name) for store in stores]
    await world.turn_on(alpha, "copy")
    await world.turn_on(beta, "keep", warehouse_id=await world.warehouse())
    await world.rest(2 * MINUTE)
    for store in stores:
        store.calls.clear()
        store.written.clear()
    return world


async def test_r4_accepted_is_on_its_way_until_it_was_read_back(feeds: FeedWorld) -> None:
    await feeds.by_feed(2)
    accepted_at = feeds.clock.now()
    await feeds.run(4 * MINUTE, step=timedelta(seconds=20))
    assert feeds.alpha.available("MUG") == 8
    assert await feeds.standing() == (0, 1)  # it stands, but nobody told us yet
    await feeds.ends_at(8)
    minutes = [round((at - accepted_at) / MINUTE) for at in feeds.alpha.asked]
    assert minutes == [1, 2, 5]
    assert feeds.alpha.calls.index("levels", feeds.alpha.calls.index("settle")) > 0
    assert feeds.written() == [8]


@pytest.mark.parametrize("lag", [0, 15])
async def test_r4_a_sale_before_a_feed_lands_is_swallowed_and_found(
    feeds: FeedWorld, lag: int
) -> None:
    """8 accepted, a sale (5), 8 lands over it, "applied": 8 may not be believed, nor 7."""
    await feeds.by_feed(2)
    await feeds.run(MINUTE)
    feeds.alpha.sell("MUG", lag=timedelta(seconds=lag))
    await feeds.ends_at(7)


async def test_r4_a_feed_that_is_called_applied_and_did_nothing(feeds: FeedWorld) -> None:
    feeds.alpha.feed_lands = None
    await feeds.by_feed(2)
    await feeds.ends_at(8)
    assert feeds.written() == [8, 8]


async def test_r4_a_goal_that_is_accepted_already_is_waited_for(feeds: FeedWorld) -> None:
    await feeds.by_feed(2)
    await feeds.adjust("MUG", 1)
    await feeds.adjust("MUG", -1)
    await feeds.run(2 * MINUTE)
    assert feeds.written() == [8]
    await feeds.ends_at(8)
    assert feeds.written() == [8]


@pytest.mark.parametrize("way", ["direct", "feed"])
async def test_r5_a_drop_goes_out_beside_an_open_feed_and_again_at_its_end(
    feeds: FeedWorld, way: str
) -> None:
    """9 accepted, 3 sold elsewhere: 6 at once, though 6 is shown; 9 lands; 6 again."""
    await feeds.by_feed(3)
    if way == "feed":  # it lands before the older number does
        feeds.alpha.faults["write"] = ["feed"]
        feeds.alpha.feed_lands = feeds.alpha.feed_told = MINUTE
    feeds.beta.sell("MUG", 3)
    await feeds.run(70 * timedelta(seconds=1))
    assert feeds.written() == [9, 6]
    await feeds.run(2 * MINUTE)
    assert feeds.alpha.available("MUG") == 9  # an older number after a newer one
    await feeds.run(2 * MINUTE)
    assert feeds.alpha.available("MUG") == 6
    assert feeds.written() == [9, 6, 6]
    await feeds.ends_at(6)
    assert feeds.written() == [9, 6, 6]


async def test_r5_the_end_of_a_feed_is_not_taken_from_a_level_that_lags(
    database: Database,
) -> None:
    """It is called applied some seconds before it lands: a low level proves nothing then."""
    feeds = await synced(database, replace(feeding(), apply_lag=timedelta(seconds=20)))
    feeds.alpha.feed_lands = 5 * MINUTE + timedelta(seconds=15)
    await feeds.by_feed(3)
    feeds.beta.sell("MUG", 3)
    while len(feeds.alpha.asked) < 3:
        assert feeds.written() in ([9], [9, 6])
        await feeds.run(STEP)
    assert feeds.alpha.available("MUG") == 6
    assert feeds.written() == [9, 6, 6]
    await feeds.ends_at(6)


async def test_r5_a_raise_waits_until_an_open_feed_was_read_back(feeds: FeedWorld) -> None:
    await feeds.by_feed(-1)
    await feeds.adjust("MUG", 3)
    await feeds.run(4 * MINUTE, step=timedelta(seconds=20))
    assert feeds.written() == [5]
    assert feeds.beta.available("MUG") == 8
    await feeds.ends_at(8)
    assert feeds.written() == [5, 8]
    assert await feeds.incidents() == []


async def test_r6_a_number_that_a_feed_refuses_leaves_what_was_believed(
    feeds: FeedWorld,
) -> None:
    """A sale meanwhile is counted on it; it is told, and tried again after a while."""
    feeds.alpha.feed_fails = {"MUG": "The item is retired."}
    await feeds.by_feed(-2)
    await feeds.adjust("MUG", 1)
    feeds.alpha.sell("MUG")
    await feeds.run(timedelta(minutes=5.5), step=timedelta(seconds=15))
    assert [(kind, still) for kind, _, still in await feeds.incidents()] == [("item_refused", True)]
    read = feeds.alpha.calls.count("levels")
    await feeds.run(4 * MINUTE, step=timedelta(seconds=30))
    assert feeds.alpha.calls.count("levels") == read  # known without reading: 5
    await feeds.ends_at(4)
    assert feeds.written() == [4, 4]
    assert feeds.alpha.calls.count("levels") == read + 1  # a difference from 5: sure of itself
    assert [(kind, still) for kind, _, still in await feeds.incidents()] == [
        ("item_refused", False)
    ]


async def test_r6_refusals_that_come_late_are_counted_on(feeds: FeedWorld) -> None:
    """Each is told minutes after its write was accepted; the next rest is longer all the same."""
    feeds.alpha.feed_fails = {"MUG": "The item is retired."}
    feeds.alpha.faults["write"] = ["feed"] * 9
    await feeds.adjust("MUG", 2)
    await feeds.run(timedelta(minutes=33), step=MINUTE)
    assert len(feeds.alpha.feeds) == 3  # accepted at 0, 10 and 25 minutes, about


async def test_r7_a_feed_that_hangs_is_told_and_given_up(feeds: FeedWorld) -> None:
    feeds.alpha.feed_lands = feeds.alpha.feed_told = None
    await feeds.by_feed(3)
    for _ in range(2):
        await feeds.later(2 * HOUR - 5 * MINUTE)
    assert await feeds.incidents() == []
    await feeds.later(15 * MINUTE)
    assert [(kind, still) for kind, _, still in await feeds.incidents()] == [("writes_hang", True)]
    feeds.beta.sell("MUG", 4)
    await feeds.run(MINUTE)
    assert feeds.alpha.available("MUG") == 5  # a drop does not wait for it
    await feeds.adjust("MUG", 3)
    await feeds.run(2 * MINUTE, step=timedelta(seconds=20))
    await feeds.later(19 * HOUR)
    assert feeds.alpha.available("MUG") == 5
    await feeds.later(HOUR)
    await feeds.ends_at(8)
    assert [(kind, still) for kind, _, still in await feeds.incidents()] == [("writes_hang", False)]


@pytest.mark.parametrize("how", ["feed_crash", "feed_lost"])
async def test_r11_a_feed_of_which_nobody_knows_may_land_for_hours(
    feeds: FeedWorld, how: str
) -> None:
    """9 is accepted, its name is lost; 4 is sent; a quarter of an hour later 9 lands over it."""
    feeds.alpha.feed_lands = 15 * MINUTE
    feeds.alpha.faults["write"] = [how]
    await feeds.adjust("MUG", 3)
    with suppress(Crash):
        await feeds.run(2 * MINUTE)
    await feeds.run(2 * MINUTE, step=timedelta(seconds=20))
    feeds.beta.sell("MUG", 5)
    await feeds.run(MINUTE)
    assert feeds.alpha.available("MUG") == 4
    await feeds.adjust("MUG", 2)
    await feeds.later(12 * MINUTE)
    assert feeds.alpha.available("MUG") == 9
    await feeds.later(17 * MINUTE)
    assert feeds.alpha.available("MUG") == 6
    assert feeds.alpha.calls.count("levels") < 12
    await feeds.later(4 * HOUR)
    await feeds.ends_at(6)


async def test_r11_a_drop_that_may_have_been_lost_is_not_waited_for(feeds: FeedWorld) -> None:
    """It may be an unnamed feed, which could land for hours; it may as well be nothing."""
    feeds.alpha.faults["write"] = ["lost_feed"]
    await feeds.adjust("MUG", -2)
    await feeds.run(2 * MINUTE)
    assert feeds.alpha.available("MUG") == 4
    await feeds.later(4 * HOUR)
    await feeds.ends_at(4)


@pytest.mark.parametrize("when", ["crash_before", "crash_after"])
async def test_r11_a_worker_that_dies_while_it_asks_loses_nothing(
    feeds: FeedWorld, when: str
) -> None:
    feeds.alpha.feed_lands = feeds.alpha.feed_told = timedelta(seconds=10)
    feeds.alpha.faults["settle"] = [when]
    await feeds.by_feed(2)
    with pytest.raises(Crash):
        await feeds.run(2 * MINUTE)
    await feeds.ends_at(8)


async def test_r5_a_store_that_does_not_answer_for_feeds_still_gets_drops(
    feeds: FeedWorld,
) -> None:
    feeds.alpha.faults["settle"] = ["lost"] * 3
    await feeds.by_feed(2)
    await feeds.run(MINUTE)
    assert feeds.alpha.faults["settle"] == ["lost"] * 2
    await feeds.adjust("MUG", -4)
    await feeds.run(MINUTE)
    assert feeds.alpha.available("MUG") == 4
    await feeds.ends_at(4, 20 * MINUTE)


async def test_r5_a_store_that_compares_is_lowered_beside_an_open_feed(
    database: Database,
) -> None:
    feeds = await synced(database, replace(feeding(), compare_and_set=True))
    await feeds.by_feed(3)
    feeds.beta.sell("MUG", 4)
    await feeds.run(70 * timedelta(seconds=1))
    assert feeds.alpha.available("MUG") == 5
    await feeds.adjust("MUG", 1)
    await feeds.ends_at(6)
    assert feeds.written() == [9, 5, 6]
