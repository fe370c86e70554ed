"""Posting and editing messages at Slack's pace, its refusals told apart."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from typing import TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError, SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.escape import short
from bot.slack.surface import Pause

T = TypeVar("T")

PACE = 1.0  # seconds between two messages to one channel; Slack: "1 message per second"

# The channel is out of reach for us: somebody has to act. Slack's rules about who may post where
# all begin with RESTRICTED.
CHANNEL_GONE = frozenset(
    {
        "cannot_reply_to_message",
        "channel_not_found",
        "ekm_access_denied",
        "is_archived",
        "is_inactive",
        "messages_tab_disabled",
        "not_in_channel",
        "posting_to_channel_denied",
    }
)
RESTRICTED = "restricted_action"
# Slack knows our token no more: the app was removed, or its token revoked. Nothing goes until
# somebody installs it again.
LOCKED_OUT = frozenset(
    {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}
)
# Editing cannot succeed any more: the message is posted anew.
MESSAGE_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
# What we say does not fit, and never will: it is said in plain text instead.
CONTENT = frozenset(
    {
        "invalid_arguments",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_blocks_too_long",
        "msg_too_long",
        "only_one_table_allowed",
    }
)
PLAIN = 3000  # characters of a plain text; Slack takes no more than 4,000 in an edit

log = logging.getLogger(__name__)


def channel_gone(code: str) -> bool:
    """Say whether a refusal means that we cannot post in a channel."""
    return code in CHANNEL_GONE or code.startswith(RESTRICTED)


def message_gone(code: str) -> bool:
    """Say whether a refusal means that a message cannot be edited any more."""
    return code in MESSAGE_GONE or channel_gone(code)


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


class _MessageGone(Exception):
    """There is no message any more that could be edited."""


class _Unfit(Exception):
    """Slack does not take what is said, whenever it is said; `problem` says why."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


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

        async def send(said: Message) -> tuple[str, str]:
            answer = await self._client.chat_postMessage(
                channel=channel,
                text=said.text,
                blocks=said.blocks or None,
                thread_ts=said.thread,
                unfurl_links=False,
                unfurl_media=False,
            )
            return str(answer["channel"]), str(answer["ts"])

        try:
            return await self._said(channel, message, send)
        except _MessageGone as gone:  # there is none to be edited
            raise Later(str(gone)) from gone

    async def edit(self, message: Message) -> bool:
        """Edit the message that stands; False when there is none to be edited. Raises Later."""
        channel, ts = message.channel, message.ts
        if channel is None or ts is None:
            return False

        async def send(said: Message) -> None:
            await self._client.chat_update(
                channel=channel, ts=ts, text=said.text, blocks=said.blocks
            )

        try:
            await self._said(channel, message, send)
        except (ChannelGone, _MessageGone):
            return False
        return True

    async def _said(
        self, channel: str, message: Message, send: Callable[[Message], Awaitable[T]]
    ) -> T:
        """Send a message, in plain text where Slack does not take it as it is."""
        try:
            return await self._sent(channel, message, send)
        except _Unfit as unfit:
            log.exception("a message does not fit Slack", extra={"problem": unfit.problem})
        plain = replace(message, text=short(message.text, PLAIN), blocks=[])
        try:
            return await self._sent(channel, plain, send)
        except _Unfit as unfit:
            raise Later(unfit.problem) from unfit

    async def _sent(
        self, channel: str, message: Message, send: Callable[[Message], Awaitable[T]]
    ) -> T:
        await self._keep_pace(channel)
        try:
            return await send(message)
        except SlackApiError as error:
            raise _refused(error) from error
        except SlackObjectFormationError as error:  # it is no block of Slack's: our own mistake
            raise _Unfit(str(error)) from error
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Later(f"Slack cannot be reached: {type(error).__name__}") from error

    async def _keep_pace(self, channel: str) -> None:
        loop = asyncio.get_running_loop()
        wait = self._posted.get(channel, float("-inf")) + PACE - loop.time()
        if wait > 0:
            await self._pause(wait)
        self._posted[channel] = loop.time()


def _refused(error: SlackApiError) -> Exception:
    """Read a refusal; with 429 Slack says when to come back."""
    code = str(error.response.get("error"))
    if channel_gone(code):
        return ChannelGone(code)
    if code in MESSAGE_GONE:
        return _MessageGone(code)
    if code in CONTENT:
        return _Unfit(code)
    if code in LOCKED_OUT:
        return LockedOut(code)
    if error.response.status_code != HTTPStatus.TOO_MANY_REQUESTS:
        return Later(code)
    return Later(code, timedelta(seconds=float(error.response.headers.get("Retry-After", PACE))))
