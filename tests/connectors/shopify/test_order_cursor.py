"""Where the next reading of orders begins: late enough to be short, never too late (R3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.shopify.connector import INDEX_LAG
from connectors.shopify.orders import LATEST_ROW
from connectors.shopify.platform import TRAITS
from sandbox.shopify.model import Order
from tests.connectors.line import START
from tests.connectors.shopify.world import World, all_orders, all_pages

YESTERDAY = START - timedelta(days=1)
LAG = int(INDEX_LAG.total_seconds())
OVERLAP = INDEX_LAG + TRAITS.clock_margin + LATEST_ROW
HOUR = timedelta(hours=1)


class Apart(World):
    """A shop whose clock differs from ours."""

    def __init__(self, ours: timedelta) -> None:
        super().__init__()
        self.shop.now = lambda: self.clock.time - ours
        self.stock(1, available=2000)

    def sell(self, lag: int = 0) -> Order:
        return self.shop.sell("S0", lag=timedelta(seconds=lag))

    def wait(self, seconds: float) -> None:
        self.clock.time += timedelta(seconds=seconds)


async def test_a_burst_is_not_read_again_and_again_until_newer_orders_come() -> None:
    world = Apart(timedelta())
    sold = {world.sell().id for _ in range(300)}
    async with world.connected() as connector:
        cursor = (await all_pages(connector, YESTERDAY))[-1].cursor
        world.wait(60)  # rows of that minute may still become listable
        pages = await all_pages(connector, cursor)
        assert {order.id for page in pages for order in page.orders} == sold
        world.wait(OVERLAP.total_seconds())
        (quiet,) = await all_pages(connector, (await all_pages(connector, cursor))[-1].cursor)
        assert quiet.orders == ()
        newer = world.sell()
        (found,) = await all_orders(connector, quiet.cursor)
    assert found.id == newer.id


async def test_a_row_that_a_long_reading_passed_is_met_by_the_next() -> None:
    world = Apart(timedelta())
    for _ in range(250 + 249):
        world.sell()
    world.wait(600)
    async with world.connected() as connector:
        reading = connector.orders(YESTERDAY)
        await anext(reading)
        late = world.sell(lag=LAG - 10)
        world.wait(1)
        world.sell()
        world.sell()
        await anext(reading)  # up to the first of these two
        world.wait(600)
        newest = world.sell()
        last = await anext(reading)
        assert newest.id in {order.id for order in last.orders}
        assert late.id not in {order.id for order in last.orders}
        assert late.id in {order.id for order in await all_orders(connector, last.cursor)}


async def test_one_answer_with_a_clock_ahead_skips_no_orders() -> None:
    world = Apart(timedelta())
    async with world.connected() as connector:
        right, world.shop.now = world.shop.now, lambda: world.clock.time + 5 * HOUR
        (page,) = await all_pages(connector, YESTERDAY)
        world.shop.now = right
        sold = world.sell()
        (found,) = await all_orders(connector, page.cursor)
    assert found.id == sold.id


acts = st.one_of(
    st.tuples(st.just("sell"), st.integers(0, LAG)),
    st.tuples(st.just("touch"), st.integers(0, LAG)),
    st.tuples(st.just("wait"), st.sampled_from([0, 1, 59, LAG, 600])),
    st.tuples(st.just("read"), st.just(0)),
    st.tuples(st.just("crash"), st.just(0)),
)


@settings(deadline=None, max_examples=60)  # the machine may be busy
@given(st.lists(acts, max_size=30), st.sampled_from([-HOUR, timedelta(), HOUR]))
async def test_no_change_is_missed_whatever_is_late_and_whosever_clock_is_wrong(
    history: list[tuple[str, int]], ours: timedelta
) -> None:
    world = Apart(ours)
    sold: list[Order] = []
    met: dict[str, datetime] = {}
    async with world.connected() as connector:
        since: datetime | str = YESTERDAY
        for act, number in [*history, ("wait", LAG), ("read", 0)]:
            if act == "sell":
                sold.append(world.sell(number))
            elif act == "touch" and sold:
                world.shop.touch(sold[number % len(sold)], timedelta(seconds=number))
            elif act == "wait":
                world.wait(number)
            elif act in ("read", "crash"):
                for page in await all_pages(connector, since):
                    if act == "read":  # a crash stores neither rows nor cursor
                        met |= {order.id: order.updated_at for order in page.orders}
                        since = page.cursor
        assert met == {order.id: order.updated_at for order in sold}
        if ours >= timedelta():  # with a clock of ours behind we read more, never less
            world.wait(OVERLAP.total_seconds())
            since = (await all_pages(connector, since))[-1].cursor
            assert await all_orders(connector, since) == []
