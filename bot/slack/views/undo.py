"""What people did to stock, in pages, and the window in which one of it is taken back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block
from slack_sdk.models.views import View

from bot.slack import list_words
from bot.slack import undo_words as words
from bot.slack.escape import escape, short, when
from bot.slack.ids import Act, Call
from bot.slack.views.kit import NAME, button, plain, quiet, section, sections
from bot.slack.views.notice import window
from bot.slack.views.why import who
from bot.slack.words import CANCEL
from storage.undo import Act as Done
from sync.undo import UndoPlan

PAGE = 10  # acts that a person looks through at once
SAMPLE = 10  # lines of each kind that a window shows

Answer = tuple[str, list[Block]]


def pages_of(total: int) -> int:
    """Say how many pages some acts take."""
    return max(1, -(-total // PAGE))


def page(acts: Sequence[Done], total: int, number: int) -> Answer:
    """Show one page, each act with its button."""
    text = words.heading(total)
    blocks: list[Block] = [section(f"*{text}*")]
    for act in acts:
        look = button(words.LOOK, Act.UNDO_LOOK, str(act.id))
        blocks.append(section(_act(act), accessory=None if act.undone_by else look))
    turning = []
    if number:
        turning.append(button(words.NEWER, Act.UNDO_NEWER, str(number - 1)))
    if number + 1 < pages_of(total):
        turning.append(button(words.OLDER, Act.UNDO_OLDER, str(number + 1)))
    if turning:
        blocks += [
            quiet(list_words.position(number + 1, pages_of(total))),
            ActionsBlock(elements=turning),
        ]
    return text, blocks


def confirm(plan: UndoPlan, *, problem: str = "") -> View:
    """Show what undoing would do."""
    return View(
        type="modal",
        callback_id=Call.UNDO,
        title=plain(words.TITLE),
        submit=plain(words.SUBMIT),
        close=plain(CANCEL),
        private_metadata=json.dumps({"act": plan.act.id, "seal": plan.seal}),
        blocks=[
            *([section(f":warning: {escape(problem)}")] if problem else []),
            *_effect(plan),
        ],
    )


def undone(plan: UndoPlan) -> View:
    """Say what was undone."""
    return window(words.DONE, _effect(plan))


def read_metadata(view: Mapping[str, Any]) -> tuple[int, str]:
    """Read which act a window is about, and the seal of the plan that it showed."""
    held = json.loads(view["private_metadata"])
    return int(held["act"]), str(held["seal"])


def _act(act: Done) -> str:
    about = [escape(short(one, NAME)) for one in (act.store, act.note) if one]
    said = f"{when(act.at)}  {who(act.actor)} {escape(words.did(act.kind, act.products))}"
    lines = [": ".join([said, *([", ".join(about)] if about else [])])]
    if act.undone_by:
        lines.append(f"_undone by {who(act.undone_by)}, {when(act.undone_at)}_")
    return "\n".join(lines)


def _effect(plan: UndoPlan) -> list[Block]:
    if plan.returns:
        return _goes_back(plan)
    lines = [
        words.line(one.warehouse, one.sku, one.on_hand, one.on_hand - one.units)
        for one in plan.lines
    ]
    left = [words.left(one.line.sku, one.why) for one in plan.refused]
    stores = [
        words.shift(_place(one.store, one.location), one.sku, one.now, one.becomes)
        for one in plan.shifts
    ]
    off = (
        [f":warning: {escape(words.turns_off(short(plan.turns_off, NAME)))}"]
        if plan.turns_off
        else []
    )
    return [
        section(_act(plan.act)),
        *_some(lines, words.LINES),
        *_some(left, words.LEFT),
        *(_some(stores, words.STORES) or [quiet(words.NO_STORE)]),
        *([quiet(words.UNCOUNTED)] if any(one.alone for one in plan.lines) else []),
        *(section(one) for one in off),
    ]


def _goes_back(plan: UndoPlan) -> list[Block]:
    """Show what undoing a first push puts back in its store."""
    store = short(plan.turns_off or "", NAME)
    changing = [one for one in plan.returns if not one.is_back]
    staying = [one for one in plan.stays if not one.is_back]
    back = [
        words.goes_back(_place(store, one.location), one.sku, one.shown, one.earlier, one.sold)
        for one in changing
    ]
    same = len(plan.returns) + len(plan.stays) - len(changing) - len(staying)
    stays = [words.stays(_place(store, one.location), one.sku, one.left or "") for one in staying]
    return [
        section(_act(plan.act)),
        *_some(back, words.BACK),
        *([quiet(words.same(same))] if same else []),
        *_some(stays, words.STAYS),
        section(f":warning: {escape(words.returns_first(store))}"),
    ]


def _place(store: str, location: str) -> str:
    return f"{store}, {location}" if location else store


def _some(lines: Sequence[str], title: str) -> list[Block]:
    """Show the first of some lines, and count the rest."""
    shown = [f"• {escape(short(line, 2 * NAME))}" for line in lines[:SAMPLE]]
    if len(lines) > SAMPLE:
        shown.append(words.more(len(lines) - SAMPLE))
    return sections(shown, f"*{title}*") if shown else []
