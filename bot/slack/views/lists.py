"""Long lists of short lines, in pages."""

from __future__ import annotations

import json
from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.slack import list_words as words
from bot.slack.escape import escape, short, when
from bot.slack.ids import Act
from bot.slack.views.kit import NAME, button, quiet, sections
from bot.slack.views.stores import HEALTH, MARK, SYNC
from flows import fba_words
from storage.warehouses import WarehouseRow
from sync.stores import StoreSummary

PAGE = 25  # lines that a person looks through at once
USED_BY = 5  # places that are named of each warehouse


def page(what: str, lines: Sequence[str], number: int = 0) -> list[Block]:
    """Show one page; one that no longer exists becomes the last."""
    pages = max(1, -(-len(lines) // PAGE))
    number = max(0, min(number, pages - 1))
    shown = lines[number * PAGE : (number + 1) * PAGE]
    blocks: list[Block] = sections(shown, f"*{words.heading(what, len(lines))}*")
    buttons = []
    if number:
        buttons.append(button(words.NEWER, Act.LIST_PAGE_BACK, _turn(what, number - 1)))
    if number + 1 < pages:
        buttons.append(button(words.OLDER, Act.LIST_PAGE, _turn(what, number + 1)))
    if buttons:
        blocks += [quiet(words.position(number + 1, pages)), ActionsBlock(elements=buttons)]
    return blocks


def read_turn(value: str) -> tuple[str, int]:
    """Read which list a button turns, and to which page."""
    what, number = json.loads(value)
    return str(what), int(number)


def store(one: StoreSummary) -> str:
    """A store in one line."""
    name = escape(short(one.name, NAME))
    sync = SYNC[one.sync_status]
    return (
        f"{MARK[one.health]} *{name}*  ·  {escape(one.platform_title)}  ·  {sync}  ·  "
        + (HEALTH[one.health].partition(":")[0])
    )


def warehouse(one: WarehouseRow) -> str:
    """A warehouse, what it holds, and which stores show it."""
    used = [escape(short(place, NAME)) for place in one.used_by[:USED_BY]]
    more = len(one.used_by) - len(used)
    places = ", ".join([*used, *([f"{more:,} more"] if more else [])]) or words.UNUSED
    held = words.holds(one.units, one.counted_products)
    if one.kind == "fba":
        places = fba_words.kept(when(one.copied_at))
    return f"• *{escape(short(one.name, NAME))}*: {held}; {places}"


def _turn(what: str, number: int) -> str:
    return json.dumps([what, number])
