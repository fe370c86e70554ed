"""The windows of a count or delivery by list: entering it, its plan, what was booked."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from slack_sdk.models.blocks import ActionsBlock, Block, PlainTextInputElement
from slack_sdk.models.views import View

from bot.shifts import shows
from bot.slack.escape import escape
from bot.slack.ids import VALUE, Act, Call, Field
from bot.slack.views.adjust import REASON_LENGTH, warehouse_options
from bot.slack.views.kit import (
    OPTIONS,
    asked,
    button,
    menu,
    option,
    plain,
    quiet,
    radio,
    sections,
)
from bot.slack.words import BACK, CANCEL, CHOOSE, WAREHOUSE
from flows import count_words as words
from storage.warehouses import WarehouseRow
from sync.counting import CountPlan

LINES_LENGTH = 3000  # Slack: characters of a text input
SHOWN = 15  # lines of each list; the rest stands in the file
METADATA = "sheet"


def form(
    warehouses: Sequence[WarehouseRow],
    *,
    kind: str = "count",
    warehouse_id: int | None = None,
    pasted: str = "",
    reason: str = "",
) -> View:
    """Ask for a warehouse, the lines and why; filled in as it was when coming back."""
    only = warehouses[0].id if len(warehouses) == 1 else None
    picked = warehouse_id or only
    return View(
        type="modal",
        callback_id=Call.COUNT,
        title=plain(words.TITLE),
        submit=plain(words.NEXT),
        close=plain(CANCEL),
        blocks=[
            quiet(escape(words.WHAT)),
            asked(
                words.KIND,
                radio(
                    [option(*words.COUNTED), option(*words.RECEIVED)],
                    action_id=VALUE,
                    value=kind,
                ),
                block_id=Field.KIND,
            ),
            asked(
                WAREHOUSE,
                menu(
                    [(WAREHOUSE, warehouse_options(warehouses))],
                    action_id=VALUE,
                    search_id=Act.WAREHOUSE_SEARCH,
                    placeholder=CHOOSE,
                    value=None if picked is None else str(picked),
                    room=OPTIONS,
                ),
                block_id=Field.WAREHOUSE,
            ),
            asked(
                words.LINES,
                PlainTextInputElement(
                    action_id=VALUE,
                    multiline=True,
                    max_length=LINES_LENGTH,
                    initial_value=pasted or None,
                ),
                block_id=Field.LINES,
                hint=words.LINES_HINT,
            ),
            asked(
                words.REASON,
                PlainTextInputElement(
                    action_id=VALUE, max_length=REASON_LENGTH, initial_value=reason or None
                ),
                block_id=Field.REASON,
                hint=words.REASON_HINT,
            ),
        ],
    )


def confirm(sheet_id: UUID, plan: CountPlan, *, problem: str = "") -> View:
    """Show what the sheet would do."""
    return View(
        type="modal",
        callback_id=Call.COUNT_BOOK,
        title=plain(words.TITLE),
        submit=plain(words.BOOK[plan.kind]),
        close=plain(CANCEL),
        private_metadata=json.dumps({METADATA: str(sheet_id)}),
        blocks=[
            *(sections([f":warning: {escape(problem)}"]) if problem else []),
            *_figures(plan),
            *_lines(plan),
            *_stores(plan),
            ActionsBlock(
                elements=[
                    button(BACK, Act.COUNT_BACK),
                    button(words.WHOLE_PLAN, Act.COUNT_FILE),
                ]
            ),
        ],
    )


def sheet_of(view: Mapping[str, Any]) -> UUID:
    """Read which sheet a view is about."""
    return UUID(json.loads(view["private_metadata"])[METADATA])


def _figures(plan: CountPlan) -> list[Block]:
    counts = plan.counts
    lines = [
        f"• {label}: *{counts[kind]:,}*" for kind, label in words.KINDS.items() if counts[kind]
    ]
    if plan.repeats:
        lines.append(f"• {words.repeats(plan.kind, plan.repeats)}")
    if plan.unknown:
        lines.append(f":warning: {words.unknown(len(plan.unknown))}")
        named = [f"Line {x.number:,}: “{escape(x.sku)}”" for x in plan.unknown[:SHOWN]]
        lines += [f"    {one}" for one in [*named, *_more(len(plan.unknown))]]
    return sections(lines, f"*{escape(words.head(plan.kind, plan.warehouse, len(plan.lines)))}*")


def _lines(plan: CountPlan) -> list[Block]:
    changing = [x for x in plan.lines if x.kind != "same"]
    shown = sorted(changing, key=lambda x: -abs(x.difference))[:SHOWN]
    if not shown:
        return []
    lines = [f"• {escape(one)}" for one in map(words.line, shown)]
    return sections([*lines, *_more(len(changing))], f"*{words.LINES_TITLE}*")


def _stores(plan: CountPlan) -> list[Block]:
    if not plan.shifts:
        return [quiet(words.NO_STORE_CHANGES)]
    changing = Counter(shift.store for shift in plan.shifts)
    zero = Counter(shift.store for shift in plan.shifts if not shift.becomes)
    heads = [f"• {escape(words.store(name, n, zero[name]))}" for name, n in changing.items()]
    # Those that matter most: to zero first, then by how far they move.
    shown = sorted(plan.shifts, key=lambda x: (x.becomes > 0, -abs(x.becomes - (x.now or 0))))
    lines = [f"• {escape(shows(shift))}" for shift in shown[:SHOWN]]
    return [
        *sections(heads, f"*{words.STORES_TITLE}*"),
        *sections([*lines, *_more(len(plan.shifts))]),
        *(sections([f":warning: {words.TO_ZERO}"]) if zero else []),
        *(sections([f":warning: {escape(words.held(plan.held))}"]) if plan.held else []),
    ]


def _more(number: int) -> list[str]:
    return [words.more(number - SHOWN)] if number > SHOWN else []
