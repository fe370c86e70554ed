"""R11: `kill -9` of a real worker around every remote effect and every commit.

People sell, cancel, send and adjust while a worker runs into its trap, and go on while
nobody works; then a plain worker starts, and all must become true by itself. Both sides
of a point are tried at the same time, each in a world of its own: most of it is waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from tests.processes.conftest import Begin
from tests.processes.world import World

POINTS = {
    "orders_page_read": "call:Orders",
    "level_read": "call:Levels",
    "quantities_written": "call:SetQuantities",
    "order_page_committed": "commit:sync.order_reading.read_pages:movement",
    "readings_settled": "commit:sync.order_reading.complete:target",
    "drop_written_down": "commit:sync.push_compare.ComparingPusher._drop:attempt",
    "raise_written_down": "commit:sync.push_compare.ComparingPusher._raise:attempt",
    "answer_recorded": "commit:sync.flight.Flight._record:target",
    "job_ended": "commit:storage.queue.Queue._end",
    "clock_ticked": "commit:sync.due.wake_due:procrastinate_jobs",
}
RESENT = "commit:sync.flight.Flight.resend:attempt"
OPENED = "commit:sync.order_reading:change_set"
IMPORTED = "commit:sync.importing._import:listing"
ADJUSTED = "commit:tests.processes.shelf.change_stock:movement"


async def both_sides(one: Callable[[str], Coroutine[None, None, None]]) -> None:
    """Try a kill just before its point, and one just after it."""
    async with asyncio.TaskGroup() as group:
        for side in ("before", "after"):
            group.create_task(one(side), name=side)


async def act_first(world: World) -> None:
    """Leave work of every kind to the worker that is about to start."""
    people = world.people
    await people.sell("alpha", "MUG", 2)
    await people.sell("beta", "CUP")
    await people.sell("beta", "RARE", 3)
    await people.cancel()
    await people.adjust("TEA", -4)
    await people.adjust("JAR", 5)


async def recover(world: World) -> None:
    """Start a plain worker after a kill and wait until all is true again."""
    for _ in range(3):  # nobody works, people go on
        await world.people.anything()
    await world.age_leases()
    await finish(world)


async def finish(world: World) -> None:
    plain = world.worker()
    await world.rest()
    await plain.stop()
    await world.check()


@pytest.mark.parametrize("point", POINTS)
async def test_r11_killed_at(begin: Begin, point: str) -> None:
    async def one(side: str) -> None:
        async with begin("on", list(POINTS).index(point)) as world:
            await act_first(world)
            doomed = world.worker("--trap", f"{side}:{POINTS[point]}")
            async with world.people.busy():
                await doomed.killed()
            await recover(world)

    await both_sides(one)


async def test_r11_killed_again_while_sending_again(begin: Begin) -> None:
    async def one(side: str) -> None:
        async with begin("on", 20) as world:
            await act_first(world)
            for trap in ("after:call:SetQuantities", f"{side}:{RESENT}"):
                doomed = world.worker("--trap", trap)
                async with world.people.busy():
                    await doomed.killed()
                await world.age_leases()
            await recover(world)

    await both_sides(one)


async def test_r11_killed_at_the_opening_of_a_turn_on(begin: Begin) -> None:
    async def one(side: str) -> None:
        async with begin("imported", 21) as world:
            await world.people.sell("alpha", "TEA")
            await world.turn_on()
            doomed = world.worker("--trap", f"{side}:{OPENED}")
            await world.until("select count(*) from target")
            await world.people.sell("alpha", "MUG", 2)  # while its numbers are read
            await doomed.killed()
            opened = await world.number("select count(*) from movement where cause = 'copy'")
            assert bool(opened) == (side == "after")
            await world.people.sell("alpha", "CUP")
            await finish(world)

    await both_sides(one)


async def test_r11_killed_at_an_import_page(begin: Begin) -> None:
    async def one(side: str) -> None:
        async with begin("connected", 22) as world:
            shop = world.shops["alpha"]
            doomed = world.worker("--trap", f"{side}:{IMPORTED}")
            await doomed.killed()
            known = "select count(*) from listing"
            assert await world.number(known) == (len(shop.variants) if side == "after" else 0)
            shop.rename_sku("TEA", "TEA-2")  # meanwhile
            shop.delete("PAN")

            plain = world.worker()
            await world.until("select count(*) from store where products_full_at is not null")
            await plain.stop()
            linked = f"{known} where product_id is not null and gone_at is null"
            assert await world.number(linked) == len(shop.variants)
            assert await world.number(f"{known} where gone_at is not null") == (side == "after")
            assert await world.number("select count(*) from product where sku = 'TEA-2'") == 1

    await both_sides(one)


async def test_r11_killed_at_an_adjustment(begin: Begin) -> None:
    """A change and its wake-up commit together: without any poll or sweep it arrives."""

    async def one(side: str) -> None:
        async with begin("on", 23) as world:
            await world.execute(
                "update store set orders_due_at = null, push_due_at = null, products_due_at = null"
            )
            doomed = world.worker("--trap", f"{side}:{ADJUSTED}", "--adjust", "TEA", "-4")
            await doomed.killed()
            if side == "after":
                world.people.truth.take("TEA", on_hand=-4)
            waiting = "select count(*) from procrastinate_jobs where task_name = 'push'"
            assert await world.number(waiting) == (2 if side == "after" else 0)

            plain = world.worker()
            await world.until("select count(*) from procrastinate_workers")
            await world.agree()
            await plain.stop()
            await world.check()

    await both_sides(one)
