"""The doctor: looks at every part a running Stockroom needs, and says what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import yaml

from bot import link
from bot.compose import House, open_house, slack_settings
from bot.failures import Failed, foreseen, in_words
from bot.settings import Need, Settings, missing
from bot.slack.surface import web_client
from connectors.errors import StoreError
from storage import outbox, stores
from storage.outbox import Backlog
from storage.rows import StoreRow
from sync.health import check_ledger

MANIFEST = Path(__file__).resolve().parent.parent / "manifest.yml"
WAITS = timedelta(minutes=15)  # a message that waits longer is no storm of Slack's
PATIENCE = 60.0  # seconds for one store; more than its own time-outs and one retry

# `run` brings its own database; a DATABASE_URL is for more than one process.
NEEDED = (Need.SLACK, Need.SLACK_IN, Need.KEY)


@dataclass(frozen=True)
class Finding:
    """One part that was looked at; `problem` None means that it is well."""

    part: str
    problem: str | None = None


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at one part after the other; what cannot be looked at is said to be wrong."""
    problems = missing(settings, NEEDED)
    if not problems:
        yield Finding("settings")
    for problem in problems:
        yield Finding("settings", str(problem))
    if settings.slack_bot_token is None:
        yield Finding("Slack", "cannot be asked without SLACK_BOT_TOKEN.")
    else:
        async for finding in _slack(settings):
            yield finding
    try:
        async with open_house(settings) as house:
            yield Finding("database")
            async for finding in _inside(house):
                yield finding
    except Exception as error:
        known = foreseen(error)
        if known is None:
            raise
        yield Finding("database", in_words(known))


async def _slack(settings: Settings) -> AsyncIterator[Finding]:
    client = web_client(slack_settings(settings))
    try:
        team = await link.greet(client)
        if settings.slack_app_token is not None:
            await link.try_socket_mode(client, settings.slack_app_token.reveal())
    except Failed as failure:
        yield Finding("Slack", str(failure))
        return
    lacking = [] if team.scopes is None else sorted(_wanted_scopes() - team.scopes)
    yield Finding(
        f"Slack workspace {team.name or team.id}",
        f"the app lacks {', '.join(lacking)}: install it again with manifest.yml."
        if lacking
        else None,
    )


async def _inside(house: House) -> AsyncIterator[Finding]:
    async with house.deps.database.transaction() as session:
        connected = await stores.every(session)
    for answer in await asyncio.gather(*(_store(house, store) for store in connected)):
        yield answer
    async with house.deps.database.transaction() as session:
        imbalances = await check_ledger(session)
        waiting = await outbox.backlog(session, house.deps.clock.now() - WAITS)
    yield Finding("messages to Slack", None if waiting is None else _waits(waiting))
    if not imbalances:
        yield Finding("ledger")
    for imbalance in imbalances:
        yield Finding("ledger", imbalance)


async def _store(house: House, store: StoreRow) -> Finding:
    part = f"store {store.name}"
    if not house.settings.secret_keys:
        return Finding(part, "cannot be asked without STOCKROOM_SECRET_KEY.")
    try:
        async with asyncio.timeout(PATIENCE), house.deps.open_store(store) as connector:
            account = await connector.check()
    except StoreError as error:
        return Finding(part, str(error))
    except TimeoutError:
        return Finding(part, f"gave no answer within {PATIENCE:.0f} s.")
    if account.id != store.account_id:
        return Finding(part, "its credentials belong to another account: reconnect it.")
    return Finding(part)


def _waits(waiting: Backlog) -> str:
    since = f"{waiting.since:%Y-%m-%d %H:%M} UTC"
    why = f" Slack said: {waiting.problem}." if waiting.problem else " Is a worker running?"
    return f"{waiting.messages:,} waiting, the oldest since {since}.{why}"


def _wanted_scopes() -> frozenset[str]:
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    return frozenset(manifest["oauth_config"]["scopes"]["bot"])
