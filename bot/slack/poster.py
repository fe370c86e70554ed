"""Posting and editing messages at Slack's pace, its refusals told apart."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.models.blocks import Block
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.surface import Pause

PACE = 1.0  # seconds between two messages to one channel; Slack: "1 message per second"

# The channel is out of reach for us: somebody has to act.
CHANNEL_GONE = frozenset(
    {"channel_not_found", "not_in_channel", "is_archived", "restricted_action"}
)
# Slack knows our token no more: the app was removed, or its token revoked. Nothing goes until
# somebody installs it again.
LOCKED_OUT = frozenset(
    {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}
)
# Editing cannot succeed any more: the message is posted anew.
MESSAGE_GONE = CHANNEL_GONE | {"message_not_found", "cant_update_message", "edit_window_closed"}


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be said: edited where `ts` stands, a reply under `thread`, else posted."""

    text: str
    blocks: list[Block] | None
    channel: str | None
    ts: str | None = None
    thread: str | None = None


class ChannelGone(Exception):
    """We cannot post there; `error` is Slack's word for why."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Later(Exception):
    """Nothing was sent. `wait` is the time that Slack asked for, None where it named none."""

    def __init__(self, problem: str, wait: timedelta | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.wait = wait


class LockedOut(Later):
    """Slack takes nothing at all from us; `problem` is its word for why."""


class Poster:
    """One process's way of sending; keeps the pace of each channel."""

    def __init__(self, client: AsyncWebClient, pause: Pause) -> None:
        self._client = client
        self._pause = pause
        self._posted: dict[str, float] = {}  # channel -> the loop's time of our last message

    async def post(self, channel: str, message: Message) -> tuple[str, str]:
        """Post: (channel, ts). A user's id stands for our direct messages with them.

        Raises ChannelGone and Later.
        """
        await self._keep_pace(channel)
        try:
            answer = await self._client.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=message.blocks,
                thread_ts=message.thread,
                unfurl_links=False,
                unfurl_media=False,
            )
        except SlackApiError as error:
            if error.response.get("error") in CHANNEL_GONE:
                raise ChannelGone(str(error.response["error"])) from error
            raise _refused(error) from error
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Later(f"Slack cannot be reached: {type(error).__name__}") from error
        return str(answer["channel"]), str(answer["ts"])

    async def edit(self, message: Message) -> bool:
        """Edit the message that stands; False when there is none to be edited. Raises Later."""
        if message.channel is None or message.ts is None:
            return False
        await self._keep_pace(message.channel)
        try:
            await self._client.chat_update(
                channel=message.channel, ts=message.ts, text=message.text, blocks=message.blocks
            )
        except SlackApiError as error:
            if error.response.get("error") in MESSAGE_GONE:
                return False
            raise _refused(error) from error
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Later(f"Slack cannot be reached: {type(error).__name__}") from error
        return True

    async def _keep_pace(self, channel: str) -> None:
        loop = asyncio.get_running_loop()
        wait = self._posted.get(channel, float("-inf")) + PACE - loop.time()
        if wait > 0:
            await self._pause(wait)
        self._posted[channel] = loop.time()


def _refused(error: SlackApiError) -> Later:
    """Read a refusal; with 429 Slack says when to come back."""
    code = str(error.response.get("error"))
    if code in LOCKED_OUT:
        return LockedOut(code)
    if error.response.status_code != HTTPStatus.TOO_MANY_REQUESTS:
        return Later(code)
    return Later(code, timedelta(seconds=float(error.response.headers.get("Retry-After", PACE))))
