"""When something breaks that nobody foresaw: the log has it all, the person a reference."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import Block
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import words
from bot.slack.escape import escape
from bot.slack.views.notice import notice, window

log = logging.getLogger(__name__)


def log_error(error: Exception, body: Mapping[str, Any]) -> str:
    """Log an error with who and what it met; returns the reference it can be found by."""
    reference = secrets.token_hex(4)
    log.error(
        "a Slack request failed",
        exc_info=error,
        extra={
            "reference": reference,
            "action": _action(body),
            "workspace": (body.get("team") or {}).get("id") or body.get("team_id"),
            "user": user_of(body),
        },
    )
    return reference


async def answer_failed(error: Exception, body: dict[str, Any]) -> BoltResponse:
    """Answer a request whose listener failed before the ack, so that the person is told."""
    text = words.broken(log_error(error, body))
    if body.get("type") == "view_submission":
        view = notice(words.BROKEN_TITLE, text).to_dict()
        return BoltResponse(status=200, body={"response_action": "update", "view": view})
    if body.get("type") == "block_suggestion":
        return BoltResponse(status=200, body={"options": []})
    if "command" in body:
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": text})
    return BoltResponse(status=200, body="")


async def lazy_failed(error: Exception, request: AsyncBoltRequest) -> None:
    """Tell the person about a failure after the ack, where there is a way to reach them."""
    body = request.body
    text = words.broken(log_error(error, body))
    if request.context.response_url is not None and request.context.respond is not None:
        answer = await request.context.respond(text=text, replace_original=False)
        if answer.status_code != HTTPStatus.OK and request.context.client is not None:
            await tell_directly(request.context.client, user_of(body), text)
    elif body.get("trigger_id") and request.context.client is not None:
        await show_notice(request.context.client, body, words.BROKEN_TITLE, text)


async def show_notice(
    client: AsyncWebClient,
    body: Mapping[str, Any],
    title: str,
    text: str,
    blocks: Sequence[Block] | None = None,
) -> None:
    """Show a few words, or blocks, in a window of their own, over one that stands open.

    Where there is no way in any more they come as a direct message.
    """
    over_modal = (body.get("view") or {}).get("type") == "modal"
    show = client.views_push if over_modal else client.views_open
    view = window(title, blocks) if blocks else notice(title, text)
    try:
        await show(trigger_id=body["trigger_id"], view=view)
    except SlackApiError:  # the trigger ran out, or was used before
        await tell_directly(client, user_of(body), text, blocks)


async def tell_directly(
    client: AsyncWebClient, user: str, text: str, blocks: Sequence[Block] | None = None
) -> None:
    """Say something to a person in their messages with us."""
    await client.chat_postMessage(channel=user, text=escape(text), blocks=blocks)


def user_of(body: Mapping[str, Any]) -> str:
    """Read whose request it is, of a command or of anything else."""
    user = body.get("user")
    return str(user.get("id") if isinstance(user, Mapping) else body.get("user_id"))


def _action(body: Mapping[str, Any]) -> str:
    actions = body.get("actions") or [{}]
    view = body.get("view") or {}
    return str(
        body.get("command")
        or actions[0].get("action_id")
        or view.get("callback_id")
        or (body.get("event") or {}).get("type")
        or body.get("type")
    )
