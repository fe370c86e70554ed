"""The modal that the alert channel is chosen in."""

from __future__ import annotations

from slack_sdk.models.blocks import ConversationFilter, ConversationSelectElement
from slack_sdk.models.views import View

from bot.slack import words
from bot.slack.ids import VALUE, Call, Field
from bot.slack.views.kit import asked, plain, quiet


def alert_channel(chosen: str | None, bot: str, *, problem: str = "") -> View:
    """Ask for a channel; `problem` stands under the field after a failed test."""
    picker = ConversationSelectElement(
        action_id=VALUE,
        placeholder=plain(words.CHOOSE),
        initial_conversation=chosen,
        filter=ConversationFilter(
            include=["public", "private"],
            exclude_bot_users=True,
            exclude_external_shared_channels=True,
        ),
    )
    complaint = [quiet(f":warning: {problem}")] if problem else []
    return View(
        type="modal",
        callback_id=Call.ALERT_CHANNEL,
        title=plain(words.ALERTS_TITLE),
        submit=plain(words.ALERTS_SUBMIT),
        close=plain(words.CANCEL),
        blocks=[
            quiet(words.ALERTS_WHAT),
            asked(words.CHANNEL, picker, block_id=Field.CHANNEL, hint=words.channel_hint(bot)),
            *complaint,
        ],
    )
