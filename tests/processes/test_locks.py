"""Who waits for whom while two transactions of ours meet.

The order of locks, everywhere: the store's row, stock by product and warehouse, targets
by id. Whoever takes them the other way round stands in a deadlock sooner or later. Then
the answer of a write is lost, and its targets wait until a lease has run out; or a person
is told that an adjustment failed.
"""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from storage import stores
from tests.processes.conftest import Begin

WAITS_FOR_A_LOCK = """
    select count(*) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'"""


async def lock_targets(session: AsyncSession, of_whom: str) -> None:
    """Lock all targets, as a transaction goes on to do that holds what the other waits for."""
    await session.execute(text("set local lock_timeout = '500ms'"))
    try:
        await session.execute(text("select id from target order by id for update"))
    except OperationalError:
        pytest.fail(f"{of_whom} holds targets while it waits for what is locked before them")


@pytest.mark.parametrize("work", ["an answer", "a reading"])
async def test_r11_no_deadlock_with_an_order_page(begin: Begin, work: str) -> None:
    async with begin("on", 40) as world:
        await world.still()
        async with world.deps.database.transaction() as page:
            store = (await stores.every(page))[0]
            await stores.load(page, store.id, lock=True)
            if work == "an answer":
                await world.people.adjust("TEA", -4)
            else:
                await world.forget_shown(store.id)
            plain = world.worker()
            await world.until(WAITS_FOR_A_LOCK)
            await lock_targets(page, work)
        await world.poll()
        await world.rest()
        await plain.stop()
        await world.check()


async def test_r11_no_deadlock_between_an_opening_and_an_adjustment(begin: Begin) -> None:
    async with begin("one_on", 41) as world:
        await world.turn_on()
        async with world.deps.database.transaction() as adjustment:
            await adjustment.execute(text("select from stock for update"))
            plain = world.worker()
            await world.until(WAITS_FOR_A_LOCK)
            await lock_targets(adjustment, "the opening of a turn-on")
        await world.rest()
        await plain.stop()
        await world.check()
