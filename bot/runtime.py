"""What stays: bot, worker and clock, alone or together, until a signal asks to stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum

from bot import defaults, jobs, link
from bot.clock import run_clock
from bot.compose import House, open_house, slack_settings
from bot.http import Check, serving, web_application
from bot.settings import Settings
from bot.slack.app import build_app, drain, slack_routes
from bot.slack.home import home_refresher
from bot.slack.poster import LOCKED_OUT
from bot.slack.surface import web_client
from bot.web.connect import connect_routes
from storage import outbox, schema
from storage.database import Database, DatabaseUnreachable
from sync import people
from sync.deps import Deps

log = logging.getLogger(__name__)


class Part(StrEnum):
    """A process runs any of these; on one Postgres there may be any number of each."""

    BOT = "bot"
    WORKER = "worker"
    CLOCK = "clock"


async def serve(settings: Settings, *parts: Part, migrate: bool = False) -> int:
    """Run the parts until SIGTERM or SIGINT; whatever is in hand is finished first."""
    run = {Part.BOT: _run_bot, Part.WORKER: _run_worker, Part.CLOCK: _run_clock}
    stopping = asyncio.Event()
    async with _stopping_on_signals(stopping), open_house(settings, migrate=migrate) as house:
        log.info("starting", extra={"parts": " ".join(parts), "worker": house.deps.worker})
        # What was loaded so far stays until the end. Each time the collector went through it,
        # every minute or so of a busy bot, all that came in meanwhile waited for 140 ms.
        gc.freeze()
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(run[part](house, stopping), name=part)
        log.info("stopped")
    return 0


async def _run_worker(house: House, stopping: asyncio.Event) -> None:
    await jobs.run_worker(house.deps, web_client(slack_settings(house.settings)), stopping)


async def _run_clock(house: House, stopping: asyncio.Event) -> None:
    await run_clock(house.deps, stopping)


async def _run_bot(house: House, stopping: asyncio.Event) -> None:
    slack = slack_settings(house.settings)
    app = build_app(house.deps, slack)
    team = await link.greet(app.client)
    await _know_workspace(house.deps, team)
    routes = connect_routes(
        house.deps,
        after=defaults.settled(
            house.deps, house.settings.new_stores, home_refresher(house.deps, slack)
        ),
        base_urls=defaults.base_urls(house.settings.new_stores),
        settings=defaults.every_setting(house.settings.new_stores),
        public_url=house.settings.public_url,
    )
    if slack.signing_secret:
        routes += slack_routes(app)
    async with link.listening(app, house.settings) as reached:
        checks = {**_database_checks(house.deps.database), "slack": reached}
        async with serving(web_application(routes, checks), house.settings.listen) as port:
            log.info("listening", extra={"port": port, "workspace": team.id})
            await stopping.wait()
    await drain(app)


async def _know_workspace(deps: Deps, team: link.Team) -> None:
    """Make the workspace's row, and print a claim code while nobody manages it.

    Slack has just known us, so what waited for that goes now.
    """
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        await outbox.bring_forward(session, LOCKED_OUT, now)
        workspace = await people.ensure_workspace(session, team.id, team.name, now)
        code = await people.first_claim_code(session, workspace.id, now)
    if code is not None:
        # Printed, never logged: whoever types it first becomes the manager.
        sys.stdout.write(f"Nobody manages Stockroom yet. In Slack, type: /stock claim {code}\n")
        sys.stdout.flush()


def _database_checks(database: Database) -> dict[str, Check]:
    async def reachable() -> str | None:
        try:
            await database.check()
        except DatabaseUnreachable:
            return "cannot be reached"
        return None

    async def fits() -> str | None:
        try:
            await schema.require_current(database)
        except schema.SchemaMismatch as error:
            return str(error)
        except DatabaseUnreachable:
            return "unknown"
        return None

    return {"database": reachable, "schema": fits}


@asynccontextmanager
async def _stopping_on_signals(stopping: asyncio.Event) -> AsyncIterator[None]:
    """Set the event at the first signal; a second one ends the process at once."""
    loop = asyncio.get_running_loop()
    watched = (signal.SIGTERM, signal.SIGINT)

    def stop() -> None:
        log.info("stopping: finishing what is in hand")
        stopping.set()
        for number in watched:
            loop.remove_signal_handler(number)

    for number in watched:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in watched:
            loop.remove_signal_handler(number)
