"""The Slack application: its door, its listeners, and what happens when one breaks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.slack import (
    adjust,
    alert_channel,
    alerts,
    audit_log,
    commands,
    connect,
    counting,
    drift,
    held,
    history,
    home,
    lifecycle,
    limits,
    lists,
    low,
    people,
    renewals,
    routine,
    show,
    status,
    stocking,
    stop_sell,
    transfer,
    undo,
    unlinked,
    which,
    why,
    wizard,
)
from bot.slack.signature import SignedOnce
from bot.slack.surface import Pause, SlackSettings, Surface, web_client
from bot.slack.tasks import KeptTasks
from bot.slack.trouble import answer_failed, lazy_failed
from sync.deps import Deps

# Bolt asks its listeners one after another, so those come first for which a person waits.
SURFACES = (
    wizard,
    commands,
    home,
    adjust,
    alerts,
    lifecycle,
    connect,
    alert_channel,
    which,
    limits,
    renewals,
    routine,
    stocking,
    why,
    show,
    held,
    history,
    drift,
    counting,
    transfer,
    low,
    people,
    audit_log,
    lists,
    status,
    stop_sell,
    undo,
    unlinked,
)


def build_app(deps: Deps, settings: SlackSettings, *, pause: Pause = asyncio.sleep) -> AsyncApp:
    """Make the application; nothing is asked of Slack or the database yet.

    The same listeners answer over HTTP and over Socket Mode.
    """
    client, tasks = web_client(settings), KeptTasks(lazy_failed)
    app = AsyncApp(
        logger=_bolt_logger(),
        name="stockroom",
        client=client,
        authorize=_authorize(settings.bot_token),
        process_before_response=True,  # the ack leaves at once instead of at Bolt's next look
        request_verification_enabled=False,  # SignedOnce does it, and more
        ssl_check_enabled=False,  # Slack no longer sends them; they would go unsigned
        before_authorize=SignedOnce(settings.signing_secret, deps.clock, deps.database, tasks),
    )
    app.listener_runner.lazy_listener_runner = tasks
    app.error(answer_failed)
    surface = Surface(deps, settings, client, tasks, pause)
    for one in SURFACES:
        one.register(app, surface)
    return app


def slack_routes(app: AsyncApp) -> list[web.RouteDef]:
    """Say where Slack's signed requests come in."""

    async def events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    return [web.post("/slack/events", events)]


async def drain(app: AsyncApp) -> None:
    """Let what goes on after its ack come to an end; for an orderly stop."""
    runner = app.listener_runner.lazy_listener_runner
    if isinstance(runner, KeptTasks):
        await runner.drain()


def _authorize(token: str) -> Callable[[], Awaitable[AuthorizeResult]]:
    """Hand out our one token without asking Slack; whose request it is, is checked per act."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token)

    return authorize


def _bolt_logger() -> logging.Logger:
    """Give Bolt a logger of ours; its remark that a token was handed in twice is no news."""
    logger = logging.getLogger("bot.slack.bolt")
    logger.addFilter(_no_token_remark)
    return logger


def _no_token_remark(record: logging.LogRecord) -> bool:
    return "`token`" not in record.getMessage()
