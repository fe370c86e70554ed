"""Small windows: a few words, or the wait for an answer."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.slack import words
from bot.slack.escape import escape, short
from bot.slack.views.kit import TITLE, plain, sections


def notice(title: str, text: str, *more: Block, external_id: str | None = None) -> View:
    """Say something in a window with nothing to fill in. `text` is plain."""
    return window(title, [*sections([escape(text)]), *more], external_id=external_id)


def window(title: str, blocks: Sequence[Block], *, external_id: str | None = None) -> View:
    """Show blocks in a window with nothing to fill in."""
    return View(
        type="modal",
        title=plain(short(title, TITLE)),
        close=plain(words.CLOSE),
        blocks=list(blocks),
        external_id=external_id,
    )
