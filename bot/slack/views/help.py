"""The answer to `/stock help`."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from bot.slack import words
from bot.slack.escape import escape
from bot.slack.ids import COMMAND
from bot.slack.views.kit import quiet, section, sections
from sync.people import Role, allows


def help_text(role: Role) -> list[Block]:
    """List what somebody of this role may type."""
    lines = [
        f"`{COMMAND} {typed}`: {escape(meaning)}"
        for needed, typed, meaning in words.HELP
        if allows(role, needed)
    ]
    return [*sections(lines, f"*{words.HELP_TITLE}*"), quiet(words.HELP_HOME)]


def not_understood(word: str, role: Role) -> list[Block]:
    """Say what was read, then what can be typed."""
    return [section(escape(words.not_understood(word))), *help_text(role)]
