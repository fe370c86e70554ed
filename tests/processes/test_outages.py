"""R11 with everything in several processes: random kills, a dead database, a frozen worker."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from storage import embedded
from storage.queue import Queue
from tests import databases
from tests.processes.conftest import Begin
from tests.processes.states import States
from tests.processes.world import world

ROUNDS = 6  # of harm done to two workers under load
OUTAGES = 2
IN_FLIGHT = "select count(*) from attempt where done_at is null"
HELD_OPEN = """
    select count(*) from pg_stat_activity where datname = current_database()
    and state = 'idle in transaction' and state_change < now() - interval '0.5 s'"""
ALIVE = """
    select count(*) from procrastinate_workers where last_heartbeat > now() - interval '20 s'"""
DOING = "select count(*) from procrastinate_jobs where status = 'doing'"


async def test_r11_two_workers_and_two_clocks_killed_and_frozen_at_random(begin: Begin) -> None:
    async with begin("on", 30) as world:
        chance = random.Random(30)
        working = [world.worker() for _ in range(2)]
        await world.until("select 1 where (select count(*) from procrastinate_workers) = 2")
        async with world.people.busy(0.06):
            for _ in range(ROUNDS):
                await asyncio.sleep(chance.uniform(0.2, 1))
                place = chance.randrange(2)
                if chance.random() < 1 / 3:
                    working[place].freeze()
                    await asyncio.sleep(2)  # it seems dead after 1.2
                    await world.age_leases()
                    working[place].thaw()
                else:
                    await working[place].kill()
                    working[place] = world.worker()
                    await world.age_leases()  # those of the living too: all may be sent again
        await world.age_leases()
        await world.rest()
        for process in working:
            await process.stop()
        await world.check()
        assert world.people.acts > 3 * ROUNDS  # also on a slow machine


@pytest.fixture
def home() -> Iterator[Path]:
    with databases.throw_away_home() as folder:
        yield folder


async def test_r11_postgres_killed_under_load(home: Path, tmp_path: Path) -> None:
    """`stockroom worker` and `stockroom clock` live through it and go on by themselves."""
    with embedded.running(home) as server, ExitStack() as kept:
        states = States(server, databases.make_template(server), kept)
        url = kept.enter_context(databases.fresh(server, await states.name("on")))
        async with world(url, tmp_path, 31) as one:
            parts = [await one.stockroom("worker"), await one.stockroom("clock")]
            await one.until("select count(*) from procrastinate_workers")
            # A copied database holds sequences whose next values are in no log of its own.
            await one.execute("checkpoint")
            async with one.people.busy():
                for _ in range(OUTAGES):
                    await asyncio.sleep(1.5)
                    databases.kill(home)
                    await asyncio.sleep(2)
            await one.come_back()
            await one.age_leases()
            await one.rest()
            for part in parts:
                await part.stop()
            await one.check()


async def test_r11_a_worker_frozen_in_a_transaction_lets_its_locks_go(begin: Begin) -> None:
    """What it had not committed is done by another; when it wakes it goes on working."""
    async with begin("on", 33) as world:
        await world.still()
        await world.people.sell("alpha", "TEA", 3)
        sleeper = world.worker(
            "--trap", "frozen:before:commit:sync.order_reading.read_pages:movement"
        )
        await world.poll()
        await world.until(HELD_OPEN)
        other = world.worker()
        await world.people.sell("beta", "TEA")
        await world.age_leases()
        await world.rest()  # without it
        assert await world.number(HELD_OPEN) == 0

        before = await world.beliefs()
        sleeper.thaw()
        await asyncio.sleep(1)
        assert await world.beliefs() == before
        await other.stop()
        async with world.people.busy():
            await asyncio.sleep(2)
        await world.rest()  # with nobody else
        await sleeper.stop()
        await world.check()


async def test_r11_a_frozen_worker_wakes_late_and_records_nothing(begin: Begin) -> None:
    async with begin("on", 32) as world:
        await world.still()
        await world.slow_down("alpha", 3)  # its next write is answered late
        sleeper, clock = await world.stockroom("worker"), await world.stockroom("clock")
        await world.people.adjust("TEA", -4)
        await world.until(f"select 1 where ({IN_FLIGHT}) = 1 and ({DOING}) = 1")
        sleeper.freeze()
        await world.age_leases()
        await world.age_heartbeats()
        await world.poll()

        other = await world.stockroom("worker")
        await world.until(ALIVE)
        await Queue(world.deps.database).rescue()  # the clock's own is up to 10 s away
        await world.people.adjust("TEA", 2)
        await world.people.sell("alpha", "TEA", 3)
        await world.people.sell("beta", "TEA")
        await world.rest()  # without it

        before = await world.beliefs()
        sleeper.thaw()
        await asyncio.sleep(1)
        assert await world.beliefs() == before
        await other.stop()
        async with world.people.busy():
            await asyncio.sleep(2)
        await world.rest()  # with nobody else
        await sleeper.stop()
        await clock.stop()
        await world.check()
