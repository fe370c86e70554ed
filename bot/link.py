"""The line to Slack: who we are there, how it reaches us, and whether it stands."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.failures import Failed
from bot.http import Check
from bot.settings import Settings

FRESH = 30.0  # seconds; Slack lets us ask hundreds of times a minute, a supervisor need not


@dataclass(frozen=True)
class Team:
    """The workspace that the bot token belongs to."""

    id: str
    name: str
    scopes: frozenset[str] | None  # None: Slack did not say


async def greet(client: AsyncWebClient) -> Team:
    """Ask Slack who we are. Raises Failed with what to do when it does not know us."""
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        raise Failed(
            f"Slack refuses SLACK_BOT_TOKEN ({error.response['error']}): copy it again from "
            "OAuth & Permissions, after installing the app to the workspace."
        ) from error
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise Failed(f"Cannot reach Slack at {client.base_url}: {type(error).__name__}.") from error
    granted = answer.headers.get("x-oauth-scopes")
    return Team(
        id=str(answer["team_id"]),
        name=str(answer.get("team") or ""),
        scopes=None if granted is None else frozenset(str(granted).replace(" ", "").split(",")),
    )


async def try_socket_mode(client: AsyncWebClient, app_token: str) -> None:
    """Ask Slack for a socket and leave it unused. Raises Failed when it gives none."""
    try:
        await client.apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        raise Failed(
            f"Slack refuses SLACK_APP_TOKEN ({error.response['error']}): it must be an app-level "
            "token with connections:write, and Socket Mode must be on."
        ) from error
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise Failed(f"Cannot reach Slack at {client.base_url}: {type(error).__name__}.") from error


@asynccontextmanager
async def listening(app: AsyncApp, settings: Settings) -> AsyncIterator[Check]:
    """Be reachable for Slack until the block ends; yields what tells whether we are.

    Over Socket Mode the connection is made, and made again, in the background.
    Over HTTP there is nothing to hold: our web server is listening already.
    """
    if settings.slack_app_token is None:
        yield _AnswersUs(app.client).check
        return
    token = settings.slack_app_token.reveal()
    await try_socket_mode(app.client, token)
    handler = AsyncSocketModeHandler(app, token)
    connecting = asyncio.create_task(
        handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt left it untyped
    )

    async def connected() -> str | None:
        stands = await handler.client.is_connected()
        return None if stands else "Socket Mode is not connected"

    try:
        yield connected
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt left it untyped
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)


class _AnswersUs:
    """Remembers for a while whether Slack still knows our token."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._asked_at = float("-inf")
        self._wrong: str | None = None

    async def check(self) -> str | None:
        if time.monotonic() - self._asked_at > FRESH:
            try:
                await greet(self._client)
            except Failed as failure:
                self._wrong = str(failure)
            else:
                self._wrong = None
            self._asked_at = time.monotonic()
        return self._wrong
