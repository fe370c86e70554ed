"""Listings that their SKU links to nothing, or that are never written, in pages with buttons."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ExternalDataSelectElement,
    Option,
)
from slack_sdk.models.views import View

from bot.slack import list_words
from bot.slack import unlinked_words as words
from bot.slack.escape import escape, short
from bot.slack.ids import Act, Call, Field
from bot.slack.views.kit import (
    NAME,
    are_you_sure,
    asked,
    button,
    option,
    plain,
    quiet,
    section,
    sections,
)
from bot.slack.words import CANCEL
from storage.facts import ProductRow
from storage.unlinked import Counts, UnlinkedListing

PAGE = 10  # listings that a person decides about at once

Answer = tuple[str, list[Block]]


@dataclass(frozen=True, slots=True)
class Press:
    """What a button stands for: the list it is in, and the listing it decides about."""

    typed: str
    page: int
    listing: int | None = None
    unwritten: bool = False

    def write(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def read_press(value: str) -> Press:
    """Read what was pressed."""
    return Press(**json.loads(value))


def pages_of(total: int) -> int:
    """Say how many pages some listings take."""
    return max(1, -(-total // PAGE))


def answer(rows: Sequence[UnlinkedListing], counts: Counts, at: Press) -> Answer:
    """Show one page, what can be done about all, and the way to the other list."""
    if at.unwritten:
        total, text = counts.unwritten, words.heading_unwritten(counts.unwritten)
    else:
        total, text = counts.unlinked + counts.chosen, words.heading(counts.unlinked)
    blocks: list[Block] = [section(f"*{text}*")]
    for row in rows:
        blocks += [section(_said(row)), *([] if at.unwritten else _decisions(row, at))]
    pages = pages_of(total)
    if pages > 1:
        blocks.append(quiet(list_words.position(at.page + 1, pages)))
    if counts.unwritten and not at.unwritten:
        blocks.append(quiet(words.also_unwritten(counts.unwritten)))
    turning = _turning(counts, at, pages)
    return text, [*blocks, *([ActionsBlock(elements=turning)] if turning else [])]


def link(at: Press, listing: UnlinkedListing) -> View:
    """Ask which product a listing is to be linked to."""
    return View(
        type="modal",
        callback_id=Call.LINK_LISTING,
        title=plain(words.TITLE),
        submit=plain(words.SUBMIT),
        close=plain(CANCEL),
        private_metadata=json.dumps({"listing": at.listing}),
        blocks=[
            *sections([_said(listing)]),
            asked(
                words.PRODUCT,
                ExternalDataSelectElement(
                    action_id=Act.PRODUCT_SEARCH,
                    placeholder=plain(words.SEARCH),
                    min_query_length=1,
                ),
                block_id=Field.PRODUCT,
                hint=words.PRODUCT_HINT,
            ),
        ],
    )


def products(found: Sequence[ProductRow]) -> list[Option]:
    """Offer products that were found."""
    return [option(str(one.id), one.sku, one.title) for one in found]


def listing_of(view: Mapping[str, Any]) -> int:
    """Read which listing a window is about."""
    return int(json.loads(view["private_metadata"])["listing"])


def _said(row: UnlinkedListing) -> str:
    named = [escape(short(one, NAME)) for one in (row.sku, row.title) if one]
    if row.reason == "chosen":
        reason = escape(words.linked_to(short(row.product or "", NAME)))
    else:
        reason = words.REASONS[row.reason]
    return f"*{escape(short(row.store, NAME))}*: {' · '.join(named)}\n{reason}"


def _decisions(row: UnlinkedListing, at: Press) -> list[Block]:
    value = replace(at, listing=row.id).write()
    link_it = button(words.LINK, Act.LINK_LISTING, value)
    aside = button(words.SET_ASIDE, Act.SET_ASIDE, value)
    title, text = words.SURE_SHARE
    sure = are_you_sure(title, text, words.SHARE, words.NO)
    buttons: Mapping[str, list[ButtonElement]] = {
        "no_sku": [link_it, aside],
        "duplicate": [link_it, button(words.SHARE, Act.SHARE, value, confirm=sure), aside],
        "renamed": [link_it],
        "ignored": [button(words.TAKE_BACK, Act.TAKE_BACK, value)],
        "chosen": [button(words.UNLINK, Act.TAKE_BACK, value)],
    }
    return [ActionsBlock(elements=list(buttons[row.reason]))]


def _turning(counts: Counts, at: Press, pages: int) -> list[ButtonElement]:
    turning = []
    if at.page:
        back = replace(at, page=at.page - 1)
        turning.append(button(words.BACK, Act.UNLINKED_PAGE_BACK, back.write()))
    if at.page + 1 < pages:
        turning.append(button(words.MORE, Act.UNLINKED_PAGE, replace(at, page=at.page + 1).write()))
    if at.unwritten:
        other = Press(at.typed, 0)
        turning.append(button(words.SHOW_UNLINKED, Act.UNLINKED_OTHERS, other.write()))
        return turning
    if counts.no_sku > 1:
        title, text = words.SURE_ASIDE
        sure = are_you_sure(title, text, words.SET_ASIDE, words.NO)
        turning.append(button(words.ALL_ASIDE, Act.ALL_ASIDE, at.write(), confirm=sure))
    if counts.unwritten:
        other = Press(at.typed, 0, unwritten=True)
        turning.append(button(words.SHOW_UNWRITTEN, Act.UNLINKED_OTHERS, other.write()))
    return turning
