"""Listings that are linked to no product, in pages, each with its button."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.slack import unlinked_words as words
from bot.slack.escape import escape, short
from bot.slack.ids import Act
from bot.slack.views.kit import button, quiet, section
from storage.listings import UnlinkedListing

PAGE = 15  # listings that a person decides about at once
NAME = 150  # characters of a name, a SKU or a title

Answer = tuple[str, list[Block]]


@dataclass(frozen=True, slots=True)
class Press:
    """What a button stands for: the list it is in, and the listing it decides about."""

    typed: str
    page: int
    listing: int | None = None

    def write(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def read_press(value: str) -> Press:
    """Read what was pressed."""
    return Press(**json.loads(value))


def answer(rows: Sequence[UnlinkedListing], total: int, at: Press) -> Answer:
    """Show one page."""
    text = words.heading(total)
    blocks: list[Block] = [section(f"*{text}*"), *(_line(row, at) for row in rows)]
    pages = -(-total // PAGE)
    turning = []
    if at.page:
        turning.append(
            button(words.BACK, Act.UNLINKED_PAGE_BACK, Press(at.typed, at.page - 1).write())
        )
    if at.page + 1 < pages:
        turning.append(button(words.MORE, Act.UNLINKED_PAGE, Press(at.typed, at.page + 1).write()))
    if turning:
        blocks += [quiet(words.position(at.page + 1, pages)), ActionsBlock(elements=turning)]
    return text, blocks


def _line(row: UnlinkedListing, at: Press) -> Block:
    named = [escape(short(one, NAME)) for one in (row.sku, row.title) if one]
    said = f"*{escape(short(row.store, NAME))}*: {' · '.join(named)}\n{words.REASONS[row.reason]}"
    value = Press(at.typed, at.page, row.id).write()
    match row.reason:
        case "ignored":
            return section(said, accessory=button(words.TAKE_BACK, Act.TAKE_BACK, value))
        case "renamed":
            return section(said)
        case _:
            return section(said, accessory=button(words.SET_ASIDE, Act.SET_ASIDE, value))
