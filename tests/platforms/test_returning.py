"""Undoing a first push, on every platform: earlier numbers come back, then sync is off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from storage import undo
from storage.database import Database
from sync import lifecycle
from sync.undo import UndoPlan, UndoProblem, plan_undo, undo_act
from tests.engine.world import Crash, SimulatedClock
from tests.platforms.sides import SHOPIFY, SIDES, Side
from tests.platforms.test_behaviour import TIMES
from tests.platforms.world import Market

THERE, HERE = 1, 2  # stores in the order in which they are connected

pytestmark = pytest.mark.parametrize("side", SIDES, ids=lambda side: side.key)


async def pushed(database: Database, side: Side) -> Market:
    """`there` has 10 MUG and 5 CUP copied; `here` showed 3 MUG and 9 CUP before it was pushed to."""
    market = Market(database, (side, "here"), (SHOPIFY, "there"), clock=SimulatedClock())
    for name, mugs, cups in (("here", 3, 9), ("there", 10, 5)):
        market.shops[name].add_listing("MUG", mugs)
        market.shops[name].add_listing("CUP", cups)
    await market.begin()
    assert await market.connect("there", **TIMES) == THERE
    assert await market.connect("here", **TIMES) == HERE
    await market.turn_on(THERE, "copy")
    await market.turn_on(HERE, "keep", warehouse_id=await market.warehouse())
    await market.rest(timedelta(minutes=8))
    assert shown(market) == {"MUG": (10, 10), "CUP": (5, 5)}
    return market


def shown(market: Market) -> dict[str, tuple[int, int]]:
    return {sku: (market.shown("here", sku), market.shown("there", sku)) for sku in ("MUG", "CUP")}


async def the_push(market: Market) -> int:
    async with market.database.transaction() as session:
        acts = await undo.acts(session, market.workspace_id, limit=10, offset=0)
    [act] = [act for act in acts if act.kind == "first_push"]
    return act.id


async def plan(market: Market) -> UndoPlan:
    act = await the_push(market)
    async with market.database.transaction() as session:
        return await plan_undo(session, market.workspace_id, act)


async def take_back(market: Market, planned: UndoPlan) -> None:
    async with market.database.transaction() as session:
        await undo_act(
            session,
            market.deps(),
            workspace_id=market.workspace_id,
            act_id=planned.act.id,
            actor="U1",
            seal=planned.seal,
        )


async def sync_of(market: Market) -> dict[str, str]:
    return {
        "here": (await market.summary(HERE)).sync_status,
        "there": (await market.summary(THERE)).sync_status,
    }


async def press(market: Market, act: Callable[..., Awaitable[object]]) -> None:
    async with market.database.transaction() as session:
        await act(
            session,
            market.deps(),
            workspace_id=market.workspace_id,
            store_id=HERE,
            actor="U1",
        )


async def test_earlier_numbers_come_back_less_own_sales_and_sync_is_off(
    database: Database, side: Side
) -> None:
    market = await pushed(database, side)
    market.shops["here"].sell("CUP", 2)
    market.shops["there"].sell("MUG", 4)
    await market.rest(timedelta(minutes=8))
    assert shown(market) == {"MUG": (6, 6), "CUP": (3, 3)}
    planned = await plan(market)
    goes = {one.sku: (one.shown, one.earlier, one.sold) for one in planned.returns}
    assert goes == {"MUG": (6, 3, 0), "CUP": (3, 9, 2)}
    levels = [await market.level(sku) for sku in ("MUG", "CUP")]
    await take_back(market, planned)
    await market.rest(timedelta(minutes=8))
    assert shown(market) == {"MUG": (3, 6), "CUP": (7, 3)}
    assert [await market.level(sku) for sku in ("MUG", "CUP")] == levels
    assert await sync_of(market) == {"here": "off", "there": "on"}
    # R10: nothing goes there any more, and the others go on.
    market.wire.calls.clear()
    market.shops["there"].sell("CUP", 1)
    await market.adjust("MUG", 5)
    await market.rest(timedelta(minutes=8))
    assert shown(market) == {"MUG": (3, 11), "CUP": (7, 2)}
    assert await market.imbalances() == []


async def test_what_it_sells_meanwhile_is_not_put_back(database: Database, side: Side) -> None:
    market = await pushed(database, side)
    shop = market.shops["here"]
    shop.sell("CUP", 1, lag=timedelta(seconds=15))  # nobody has read it when the plan is made
    planned = await plan(market)
    await take_back(market, planned)
    await market.run(timedelta(seconds=6))
    shop.sell("MUG", 1, lag=timedelta(seconds=15))
    await market.rest(timedelta(minutes=10))
    assert await sync_of(market) == {"here": "off", "there": "on"}
    assert (market.shown("here", "MUG"), market.shown("here", "CUP")) == (2, 8)


@pytest.mark.parametrize("fault", ["lost", "unanswered", "crash_after"])
async def test_r11_a_write_that_goes_wrong_is_neither_lost_nor_doubled(
    database: Database, side: Side, fault: str
) -> None:
    market = await pushed(database, side)
    await take_back(market, await plan(market))
    market.wire.faults["write"] = [fault, fault]
    for _ in range(6):
        try:
            await market.run(timedelta(seconds=20))
        except Crash:
            continue
    await market.rest(timedelta(minutes=12))
    assert await sync_of(market) == {"here": "off", "there": "on"}
    assert (market.shown("here", "MUG"), market.shown("here", "CUP")) == (3, 9)


async def test_it_is_undone_once_and_not_while_paused(database: Database, side: Side) -> None:
    market = await pushed(database, side)
    planned = await plan(market)
    await press(market, lifecycle.pause)
    with pytest.raises(UndoProblem) as paused:
        await plan(market)
    assert paused.value.code == "paused"
    await press(market, lifecycle.resume)
    await take_back(market, planned)
    with pytest.raises(UndoProblem) as again:
        await take_back(market, planned)
    assert again.value.code == "undone"
