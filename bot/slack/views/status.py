"""How stores stand, in pages; what everybody has to know besides stands below."""

from __future__ import annotations

import json
from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.slack import list_words as words
from bot.slack.escape import escape
from bot.slack.ids import Act
from bot.slack.views.kit import button, quiet, section
from bot.slack.views.pages import pages
from bot.slack.views.stores import line
from sync.stores import StoreSummary

PAGE = 20  # stores, each some lines on a phone


def page(
    found: Sequence[StoreSummary], below: Sequence[str], typed: str, number: int
) -> tuple[str, list[Block]]:
    """Show one page; one that no longer exists becomes the last."""
    filled = pages([[section(line(store))] for store in found], most=PAGE)
    number = max(0, min(number, len(filled) - 1))
    first = sum(map(len, filled[:number]))
    blocks = filled[number]
    text = ", ".join(
        f"{store.name}: {store.sync_status}" for store in found[first : first + len(blocks)]
    )
    blocks += [quiet(f":warning: {escape(said)}") for said in below]
    buttons = []
    if number:
        back = json.dumps([typed, number - 1])
        buttons.append(button(words.NEWER, Act.STATUS_PAGE_BACK, back))
    if number + 1 < len(filled):
        buttons.append(button(words.OLDER, Act.STATUS_PAGE, json.dumps([typed, number + 1])))
    if buttons:
        blocks += [quiet(words.position(number + 1, len(filled))), ActionsBlock(elements=buttons)]
    return text, blocks


def read_turn(value: str) -> tuple[str, int]:
    """Read which stores a button shows, and which page of them."""
    typed, number = json.loads(value)
    return str(typed), int(number)
