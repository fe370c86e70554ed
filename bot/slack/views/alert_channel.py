"""The modal that the alert channel is chosen in."""

from __future__ import annotations

from slack_sdk.models.blocks import (
    ConversationFilter,
    ConversationSelectElement,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.slack import digest_words, words
from bot.slack.ids import VALUE, Call, Field
from bot.slack.views.kit import asked, option, plain, quiet, radio

_NEVER = "never"
_TWO = "two"


def alert_channel(
    chosen: str | None, hour: int | None, bot: str, *, second: bool, problem: str = ""
) -> View:
    """Ask for a channel, the digest's hour, and who lets a change go out that was kept back.

    `problem` stands there after a failed test.
    """
    hours = [
        option(_NEVER, digest_words.NEVER),
        *(option(str(number), digest_words.hour(number)) for number in range(24)),
    ]
    at = _NEVER if hour is None else str(hour)
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
            asked(
                digest_words.LABEL,
                StaticSelectElement(
                    action_id=VALUE,
                    options=hours,
                    initial_option=next(one for one in hours if one.value == at),
                ),
                block_id=Field.HOUR,
                hint=digest_words.HINT,
            ),
            asked(
                words.HELD,
                radio(
                    [option("one", *words.HELD_ONE), option(_TWO, *words.HELD_TWO)],
                    action_id=VALUE,
                    value=_TWO if second else "one",
                ),
                block_id=Field.SECOND,
                hint=words.HELD_HINT,
            ),
        ],
    )


def hour_of(value: str) -> int | None:
    """Read the hour that was chosen; None: never."""
    return int(value) if value.isdecimal() and int(value) < 24 else None


def needs_second(value: str) -> bool:
    """Read whether a second person was chosen."""
    return value == _TWO
