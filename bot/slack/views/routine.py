"""The window of a store's routine: how often it is read, and what becomes of drift."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from slack_sdk.models.blocks import Block, InputBlock, Option, StaticSelectElement
from slack_sdk.models.views import View

from bot.slack import routine_words as words
from bot.slack.escape import escape, short
from bot.slack.ids import VALUE, Call, Field
from bot.slack.views.kit import TITLE, asked, option, plain, quiet, radio, section, sections
from bot.slack.words import CANCEL
from storage.rows import StoreRow
from sync.routine import BREAKER, ORDERS, PRODUCTS, READ_BACK, Routine, least_orders


def form(store: StoreRow, held: Routine, *, problem: str = "") -> View:
    """Ask for the routine, as it stands now."""
    orders = [seconds for seconds in ORDERS if seconds >= least_orders(store)]
    blocks: list[Block] = [
        *([section(f":warning: {escape(problem)}")] if problem else []),
        *sections([f"*{escape(store.name)}*", escape(words.what(store.name))]),
        _often(words.ORDERS, orders, held.orders, Field.ORDERS, words.ORDERS_HINT),
        _often(words.PRODUCTS, PRODUCTS, held.products, Field.PRODUCTS, words.PRODUCTS_HINT),
        _often(words.READ_BACK, READ_BACK, held.read_back, Field.READ_BACK, words.READ_BACK_HINT),
        asked(
            words.ON_DRIFT,
            radio(
                [option("ask", *words.ASK), option("put_back", *words.PUT_BACK)],
                action_id=VALUE,
                value=held.on_drift,
            ),
            block_id=Field.ON_DRIFT,
            hint=words.ON_DRIFT_HINT,
        ),
        quiet(words.CARE),
        _chosen(
            words.BREAKER,
            [option(str(one), words.percent(one)) for one in sorted({*BREAKER, held.breaker})],
            held.breaker,
            Field.BREAKER,
            words.BREAKER_HINT,
        ),
    ]
    return View(
        type="modal",
        callback_id=Call.ROUTINE,
        title=plain(short(words.TITLE, TITLE)),
        submit=plain(words.SUBMIT),
        close=plain(CANCEL),
        private_metadata=json.dumps({"store": store.id, "before": asdict(held)}),
        blocks=blocks,
    )


def read_metadata(view: Mapping[str, Any]) -> tuple[int, Routine]:
    """Read which store a view is about, and the routine it showed."""
    held = json.loads(view["private_metadata"])
    return int(held["store"]), Routine(**held["before"])


def _often(
    label: str, choices: Sequence[int], stands: int, block_id: Field, hint: str
) -> InputBlock:
    """Let a distance be chosen; one that was set otherwise stands among the usual ones."""
    options = [option(str(seconds), words.every(seconds)) for seconds in sorted({*choices, stands})]
    return _chosen(label, options, stands, block_id, hint)


def _chosen(
    label: str, options: Sequence[Option], stands: int, block_id: Field, hint: str
) -> InputBlock:
    element = StaticSelectElement(
        action_id=VALUE,
        options=options,
        initial_option=next(one for one in options if one.value == str(stands)),
    )
    return asked(label, element, block_id=block_id, hint=hint)
