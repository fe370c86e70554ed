"""A product's movements in pages, with the picture of its level above them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from slack_sdk.models.blocks import ActionsBlock, Block, ImageBlock
from slack_sdk.models.blocks.basic_components import SlackFile

from bot.slack import history_words as words
from bot.slack.escape import escape, short, when
from bot.slack.ids import Act
from bot.slack.views.kit import SAID, button, product_head, quiet, section, sections
from bot.slack.views.why import who
from storage.history import Line
from sync.history import History

ALT = 2000  # Slack: characters of a picture's description


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that Slack keeps, and what it shows in words."""

    file: str
    alt: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What a button turns to: a page of the movements up to `top`, under the same picture."""

    product: int
    page: int
    top: int | None
    picture: Picture | None = None

    def write(self) -> str:
        held: dict[str, int | str | None] = {
            "product": self.product,
            "page": self.page,
            "top": self.top,
        }
        if self.picture is not None:
            held |= {"file": self.picture.file, "alt": self.picture.alt}
        return json.dumps(held, ensure_ascii=False)


def read_turn(value: str) -> Turn:
    """Read what a button turns to."""
    held = json.loads(value)
    picture = Picture(held["file"], held["alt"]) if "file" in held else None
    return Turn(int(held["product"]), int(held["page"]), held["top"], picture)


def history(found: History, picture: Picture | None, *, failed: bool = False) -> list[Block]:
    """Show one page; `failed` where there should be a picture and is none."""
    product = found.product
    blocks: list[Block] = [product_head(product.sku, product.title)]
    if picture is not None:
        file = SlackFile(id=picture.file)
        blocks.append(ImageBlock(slack_file=file, alt_text=short(picture.alt, ALT)))
    if failed:
        blocks.append(quiet(words.NO_PICTURE))
    if not found.lines:
        return [*blocks, section(words.NOTHING)]
    blocks += sections([_line(line) for line in found.lines])
    blocks.append(quiet(words.position(found.page + 1, found.pages, found.total)))
    return [*blocks, *_turning(found, picture)]


def _turning(found: History, picture: Picture | None) -> list[Block]:
    def turn(page: int) -> str:
        return Turn(found.product.id, page, found.top, picture).write()

    elements = []
    if found.page:
        elements.append(button(words.NEWER, Act.HISTORY_NEWER, turn(found.page - 1)))
    if found.page + 1 < found.pages:
        elements.append(button(words.OLDER, Act.HISTORY_OLDER, turn(found.page + 1)))
    return [ActionsBlock(elements=elements)] if elements else []


def _line(line: Line) -> str:
    """When, how much, where, what, why, by whom, and what there was afterwards."""
    available = line.on_hand_delta - line.committed_delta
    order = escape(short(line.order, SAID)) if line.order else None
    store = escape(short(line.store, SAID)) if line.store else None
    what = words.what(line.kind, order, store, abs(line.on_hand_delta))
    if line.order and store:
        what = f"{what}, {store}"
    if not line.order:
        note = line.note if line.kind in ("change", "count", "undo") else None
        why = f" “{escape(short(note, SAID))}”" if note else ""
        what = f"{what}{why} by {who(line.actor)}"
    return (
        f"{when(line.at)}  *{available:+,}*  {escape(short(line.warehouse, SAID))}: {what} → "
        f"*{line.available_after:,}* available, {line.on_hand_after:,} on hand"
    )
