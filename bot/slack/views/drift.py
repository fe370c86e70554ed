"""Differences that a person has to decide, by the alert that asks about them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.slack import drift_words as words
from bot.slack.escape import escape, short
from bot.slack.ids import Act
from bot.slack.views.kit import are_you_sure, button, quiet, section, sections
from bot.slack.views.pages import pages, turning
from storage.differences import Difference
from sync.causes import cause
from sync.drift import Question

SHOWN = 20  # differences of one question: as many as a person reads through
NAME = 300  # characters of a SKU or a title


@dataclass(frozen=True, slots=True)
class Press:
    """What a button stands for: the list it is in, and the question it answers."""

    typed: str
    page: int
    incident: int | None = None

    def write(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def read_press(value: str) -> Press:
    """Read what was pressed."""
    return Press(**json.loads(value))


def drift(questions: Sequence[Question], typed: str, page: int = 0) -> list[Block]:
    """Show one page of the list; a page that no longer exists becomes the last."""
    last = len(_pages(questions, typed, 0)) - 1
    page = max(0, min(page, last))
    every = _pages(questions, typed, page)  # its buttons come back to this very page
    number = sum(len(question.found) for question in questions)
    blocks: list[Block] = [section(f"*{words.heading(number)}*"), *every[page]]
    blocks.append(quiet(words.MEANING))

    def to(other: int) -> str:
        return Press(typed, other).write()

    turned = turning(page, len(every), to, back=Act.DRIFT_PAGE_BACK, on=Act.DRIFT_PAGE)
    return [*blocks, *turned]


def _pages(questions: Sequence[Question], typed: str, page: int) -> list[list[Block]]:
    return pages([list(_question(question, typed, page)) for question in questions])


def _question(question: Question, typed: str, page: int) -> Iterator[Block]:
    press = Press(typed, page, question.incident_id).write()
    lines = [f"• {_line(found)}" for found in question.found[:SHOWN]]
    if len(question.found) > SHOWN:
        lines.append(f"• {words.rest(len(question.found) - SHOWN)}")
    if question.incident_id is None:
        yield from sections(lines, words.IGNORED)
        yield ActionsBlock(elements=[button(words.ASK_AGAIN, Act.DRIFT_ASK_AGAIN, press)])
        return
    yield from sections(lines, f"*{escape(short(question.found[0].store, NAME))}*")
    yield ActionsBlock(
        elements=[
            button(words.PUT_BACK, Act.DRIFT_PUT_BACK, press, style="primary"),
            button(
                words.ADOPT,
                Act.DRIFT_ADOPT,
                press,
                confirm=are_you_sure(words.SURE_TITLE, words.SURE, words.SURE_YES, words.SURE_NO),
            ),
            button(words.IGNORE, Act.DRIFT_IGNORE, press),
        ]
    )


def _line(found: Difference) -> str:
    """The two numbers, and what their difference looks like."""
    place = ", ".join(short(name, NAME) for name in (found.store, found.location) if name)
    theirs = found.desired + found.held if found.shown is None else found.shown
    said = words.number(short(found.sku, NAME), place, f"{theirs:,}", max(found.desired, 0))
    looks = words.cause(
        cause(found),
        unbooked=found.unbooked,
        held=found.held,
        sent_from=found.sent_from or 0,
        sent_to=found.sent_to or 0,
        maximum=found.maximum or 0,
        buffer=found.buffer,
        sku=short(found.sku, NAME),
        product_sku=short(found.product_sku, NAME),
    )
    return f"{escape(said)}: {escape(looks)}"
