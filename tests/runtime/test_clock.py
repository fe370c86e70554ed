"""The clock queues what is due, and lives through an outage of its database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import psycopg
import pytest

from bot.clock import run_clock
from bot.compose import open_house
from bot.settings import load
from storage import people, stores
from sync.deps import Deps
from tests.runtime.outage import allow_connections


@asynccontextmanager
async def ticking(deps: Deps) -> AsyncIterator[None]:
    """A clock beside the test."""
    stopping = asyncio.Event()
    running = asyncio.create_task(run_clock(deps, stopping))
    try:
        yield
    finally:
        stopping.set()
        await asyncio.wait_for(running, 10)


async def eventually(what: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(200):
        if await what():
            return
        await asyncio.sleep(0.05)
    raise TimeoutError


async def test_due_work_is_queued_once_by_two_clocks(database_url: str) -> None:
    async with open_house(load({"DATABASE_URL": database_url})) as house:
        deps = house.deps
        await _add_store(deps)
        async with ticking(deps), ticking(deps):
            await eventually(lambda: _queued(deps))
            await asyncio.sleep(1.2)  # one more tick of each clock
        assert await _jobs(deps) == [("products:1", 1)]


async def test_an_outage_is_told_once_and_survived(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.clock")

    def told(words: str) -> int:
        return sum(words in record.getMessage() for record in caplog.records)

    async def waits() -> bool:
        return told("waits for the database") > 0

    async def goes_on() -> bool:
        return told("goes on") > 0

    async with open_house(load({"DATABASE_URL": database_url})) as house:
        async with ticking(house.deps):
            allow_connections(database_url, allow=False)
            await eventually(waits)
            await asyncio.sleep(1.2)  # one more failing tick
            allow_connections(database_url, allow=True)
            await _add_store(house.deps)
            await eventually(goes_on)
            await eventually(lambda: _queued(house.deps))
    # Once for each thing that a clock does, however many ticks failed.
    assert told("waits for the database") <= 4


async def _add_store(deps: Deps) -> None:
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        workspace = await people.ensure_workspace(session, "T1", "One", now)
        await stores.add(
            session,
            workspace_id=workspace.id,
            platform="shopify",
            account_id="1",
            name="North",
            currency="EUR",
            base_url=None,
            settings={},
            actor="U1",
            now=now,
        )


async def _queued(deps: Deps) -> bool:
    return bool(await _jobs(deps))


async def _jobs(deps: Deps) -> list[tuple[str, int]]:
    url = deps.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(url) as connection:
        rows = await connection.execute(
            "select queueing_lock, count(*) from procrastinate_jobs group by 1 order by 1"
        )
        return [(str(key), int(count)) for key, count in await rows.fetchall()]
