"""Long answers in pages: whole items, as many as one message takes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.slack import words
from bot.slack.ids import Act
from bot.slack.views.kit import button

BLOCKS = 45  # Slack: 50 blocks in a message; the rest is for head and buttons
# Slack refuses messages whose blocks hold about 13,200 characters; head and buttons fit beside.
CHARACTERS = 11_000


def pages(items: Sequence[Sequence[Block]], *, most: int = BLOCKS) -> list[list[Block]]:
    """Fill pages with whole items; an item that is too long for one goes on in the next.

    `most`: blocks of a page, where fewer than Slack takes read better.
    """
    filled: list[list[Block]] = [[]]
    room = CHARACTERS
    for item in items:
        length = sum(characters(block) for block in item)
        whole = len(item) <= most and length <= CHARACTERS
        if filled[-1] and whole and (len(filled[-1]) + len(item) > most or length > room):
            filled.append([])
            room = CHARACTERS
        for block in item:
            size = characters(block)
            if filled[-1] and (len(filled[-1]) == most or size > room):
                filled.append([])
                room = CHARACTERS
            filled[-1].append(block)
            room -= size
    return filled


def fitting(lines: Sequence[str], *, most: int, beside: int = 0) -> tuple[list[str], int]:
    """Take the first lines that one message has room for; they, and how many are left.

    `beside`: characters that stand in the message besides.
    """
    shown: list[str] = []
    room = CHARACTERS - beside
    for line in lines[:most]:
        room -= len(line) + 1
        if room < 0:
            break
        shown.append(line)
    return shown, len(lines) - len(shown)


def turning(page: int, count: int, to: Callable[[int], str], *, back: Act, on: Act) -> list[Block]:
    """Offer the pages before and after this one; `to` makes the value of a button to a page."""
    buttons = [
        *([button(words.BACK, back, to(page - 1))] if page else []),
        *([button(words.more(page + 2, count), on, to(page + 1))] if page + 1 < count else []),
    ]
    return [ActionsBlock(elements=buttons)] if buttons else []


def of_product(product_id: int, page: int) -> str:
    """Write a page of an answer about a product as the value of a button."""
    return json.dumps({"product": product_id, "page": page})


def read_of_product(value: str) -> tuple[int, int]:
    """Read which product and page a button turns to."""
    held = json.loads(value)
    return int(held["product"]), int(held["page"])


def characters(block: Block) -> int:
    """Count the characters of a block's texts, as Slack does before it refuses a message."""
    return _texts(block.to_dict())


def _texts(value: Any) -> int:
    if isinstance(value, dict):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(_texts(inner) for inner in value.values() if not isinstance(inner, str))
    if isinstance(value, list):
        return sum(_texts(inner) for inner in value)
    return 0
