"""A worker and a clock in one process, put together as `stockroom run` does, with a trap.

`[--trap TRAP]` works until SIGTERM; `--adjust SKU UNITS` books one adjustment instead, as
the bot does. The environment is the product's.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import httpx

from bot import jobs, logs
from bot.clock import run_clock
from bot.compose import open_house, slack_settings
from bot.defaults import address
from bot.settings import Need, load
from bot.slack.surface import web_client
from connectors.catalog import open_connector
from connectors.http import LIMITS
from connectors.protocol import Connector
from connectors.services import Services
from storage import credentials
from storage.database import Database, DatabaseUnreachable
from storage.queue import Queue
from storage.rows import StoreRow
from storage.secrets import Vault
from storage.worker import Timing
from sync.deps import Deps, OpenStore
from tests.processes.shelf import change_stock
from tests.processes.traps import Trap, TrappedDatabase, TrappedTransport

# A dead worker is noticed soon; the proportions are those of the product.
TIMING = Timing(
    heartbeat=0.4, stalled_after=1.2, polling=0.3, first_retry=0.1, longest_retry=1, pause=0.2
)
RESCUE_EVERY = 0.3  # seconds
IDLE_WAIT = 2.4  # seconds; in the product, too, twice what makes a worker count as dead


def _store_opener(database: Database, vault: Vault, trap: Trap | None) -> OpenStore:
    """Open stores as `bot/compose.py` does, over a line of our own."""

    @asynccontextmanager
    async def open_store(store: StoreRow) -> AsyncIterator[Connector]:
        async with database.session() as session:
            values = await credentials.load(session, vault, store.id)
        line: httpx.AsyncBaseTransport = httpx.AsyncHTTPTransport(limits=LIMITS, trust_env=False)
        async with open_connector(
            store.platform,
            values,
            settings=store.settings,
            base_url=address(store.platform, store.base_url, values),
            transport=TrappedTransport(line, trap) if trap else line,
            services=Services(credentials=credentials.StoredCredentials(database, vault, store.id)),
        ) as connector:
            yield connector

    return open_store


def _trapped(deps: Deps, url: str, trap: Trap | None) -> Deps:
    database = TrappedDatabase(url, trap, IDLE_WAIT) if trap else Database(url)
    return replace(
        deps,
        database=database,
        queue=Queue(database, TIMING),
        open_store=_store_opener(database, deps.vault, trap),
    )


async def _rescue(queue: Queue, stopping: asyncio.Event) -> None:
    """Look for dead workers more often than the clock does."""
    while not stopping.is_set():
        with suppress(DatabaseUnreachable):
            await queue.rescue()
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), RESCUE_EVERY)


async def _main(options: argparse.Namespace) -> None:
    settings = load(None, Need.DATABASE, Need.KEY, Need.SLACK)
    if settings.database_url is None:  # it is needed
        raise LookupError("DATABASE_URL")
    logs.to_stream(settings.secrets())
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    async with open_house(settings) as house:
        deps = _trapped(house.deps, settings.database_url.reveal(), options.trap)
        try:
            if options.adjust:
                sku, units = options.adjust
                await change_stock(deps, sku, int(units), "process")
                return
            async with asyncio.TaskGroup() as group:
                group.create_task(
                    jobs.run_worker(deps, web_client(slack_settings(settings)), stopping)
                )
                group.create_task(run_clock(deps, stopping))
                group.create_task(_rescue(deps.queue, stopping))
        finally:
            await deps.database.close()


def run(env: Mapping[str, str], log: str, words: Sequence[str]) -> None:
    """Be such a process, with an environment and a log of its own."""
    file = os.open(log, os.O_WRONLY | os.O_APPEND)
    os.dup2(file, sys.stderr.fileno())
    os.environ.clear()
    os.environ.update(env)
    parser = argparse.ArgumentParser()
    parser.add_argument("--trap", type=Trap.parse)
    parser.add_argument("--adjust", nargs=2, metavar=("SKU", "UNITS"))
    asyncio.run(_main(parser.parse_args(words)))
