"""What every Slack surface is handed: the product, the settings, and who we are there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.members import Members
from bot.slack.shared import Shared
from bot.slack.tasks import KeptTasks
from sync.deps import Deps
from sync.stores import Figures

Pause = Callable[[float], Awaitable[None]]

SLACK_API = "https://slack.com/api/"
TIMEOUT = 10  # seconds for one call to Slack; no person is waiting for an ack meanwhile


@dataclass(frozen=True)
class SlackSettings:
    """How Slack is reached. `signing_secret` is empty where only Socket Mode is used."""

    bot_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    api_url: str = SLACK_API
    public_url: str | None = None  # where the connect page can be reached; no slash at its end


@dataclass(frozen=True)
class Team:
    """The workspace that our token belongs to, and our name in it."""

    id: str
    name: str
    bot_name: str


def web_client(settings: SlackSettings) -> AsyncWebClient:
    """Make a client for Slack's Web API."""
    return AsyncWebClient(token=settings.bot_token, base_url=settings.api_url, timeout=TIMEOUT)


class Surface:
    """The product as Slack's listeners reach it, for one process and one token."""

    def __init__(
        self,
        deps: Deps,
        settings: SlackSettings,
        client: AsyncWebClient,
        tasks: KeptTasks,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self.deps = deps
        self.settings = settings
        self.client = client
        self.tasks = tasks
        self.pause = pause
        self.members = Members(client, deps.clock)
        self.figures: Shared[Figures] = Shared()  # by workspace
        self._team: Team | None = None
        self._asking = asyncio.Lock()

    def now(self) -> datetime:
        return self.deps.clock.now()

    async def team(self) -> Team:
        """Say whose token we hold; Slack is asked once per process."""
        async with self._asking:
            if self._team is None:
                said = await self.client.auth_test()
                self._team = Team(
                    id=str(said["team_id"]),
                    name=str(said.get("team") or ""),
                    bot_name=str(said.get("user") or "stockroom"),
                )
            return self._team
