"""The windows of a transfer: what moves where, what it changes, what was done."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, InputBlock, PlainTextInputElement
from slack_sdk.models.views import View

from bot.slack import transfer_words as words
from bot.slack.escape import escape, short
from bot.slack.ids import VALUE, Act, Call, Field
from bot.slack.views.adjust import NUMBER_LENGTH, REASON_LENGTH, warehouse_options
from bot.slack.views.kit import (
    OPTIONS,
    PRODUCT,
    asked,
    button,
    menu,
    plain,
    product_head,
    quiet,
    section,
    sections,
)
from bot.slack.views.notice import window
from bot.slack.words import BACK, CANCEL, CHOOSE
from storage.prospects import Shift
from storage.warehouses import WarehouseRow
from sync.show import ProductView
from sync.transfer import Transfer, TransferPlan

# Of two menus in one view each may hold half of what a view has room for.
ROOM = OPTIONS // 2


def form(
    product: ProductView,
    warehouses: Sequence[WarehouseRow],
    *,
    entered: Transfer | None = None,
    reason: str = "",
    problem: str = "",
) -> View:
    """Ask what moves from where to where; filled in as it was when coming back."""
    counted = [level.warehouse_id for level in product.warehouses if level.counted]
    source = entered.source_id if entered else counted[0] if len(counted) == 1 else None
    return View(
        type="modal",
        callback_id=Call.TRANSFER,
        title=plain(words.TITLE),
        submit=plain(words.NEXT),
        close=plain(CANCEL),
        private_metadata=json.dumps({"product": product.id}),
        blocks=[
            *([section(f":warning: {escape(problem)}")] if problem else []),
            product_head(product.sku, product.title),
            quiet(escape(words.WHAT)),
            _house(words.SOURCE, Field.SOURCE, warehouses, product, source),
            _house(
                words.GOAL, Field.GOAL, warehouses, product, entered.goal_id if entered else None
            ),
            asked(
                words.NUMBER,
                PlainTextInputElement(
                    action_id=VALUE,
                    max_length=NUMBER_LENGTH,
                    initial_value=str(entered.units) if entered else None,
                ),
                block_id=Field.NUMBER,
                hint=words.NUMBER_HINT,
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


def _house(
    label: str,
    field: Field,
    warehouses: Sequence[WarehouseRow],
    product: ProductView,
    picked: int | None,
) -> InputBlock:
    return asked(
        label,
        menu(
            [(label, warehouse_options(warehouses, product))],
            action_id=VALUE,
            search_id=Act.WAREHOUSE_SEARCH,
            placeholder=CHOOSE,
            value=None if picked is None else str(picked),
            room=ROOM,
        ),
        block_id=field,
    )


def confirm(wanted: Transfer, reason: str, plan: TransferPlan) -> View:
    """Show what a transfer would do."""
    held = {
        "product": wanted.product_id,
        "move": [wanted.source_id, wanted.goal_id, wanted.units],
        "reason": reason,
    }
    return View(
        type="modal",
        callback_id=Call.TRANSFER_BOOK,
        title=plain(words.TITLE),
        submit=plain(words.MOVE),
        close=plain(CANCEL),
        # As it is: escapes would make 500 characters of some languages too long for Slack.
        private_metadata=json.dumps(held, ensure_ascii=False),
        blocks=[*_effect(plan), ActionsBlock(elements=[button(BACK, Act.TRANSFER_BACK)])],
    )


def moved(plan: TransferPlan) -> View:
    """Say what a transfer did."""
    return window(words.MOVED, _effect(plan))


def product_of(view: Mapping[str, Any]) -> int:
    """Read which product a view is about."""
    return int(json.loads(view["private_metadata"])["product"])


def wanted_of(view: Mapping[str, Any]) -> tuple[Transfer, str]:
    """Read the transfer that a view shows the plan of, and its reason."""
    held = json.loads(view["private_metadata"])
    return Transfer(int(held["product"]), *map(int, held["move"])), str(held["reason"])


def _effect(plan: TransferPlan) -> list[Block]:
    sides = [f"• {escape(words.side(side))}" for side in (plan.source, plan.goal)]
    stores = [f"• {escape(_shift(shift))}" for shift in plan.shifts]
    return [
        *sections(sides, f"*{escape(short(plan.product.sku, PRODUCT))}*"),
        *(sections(stores, f"*{words.STORES}*") if stores else [quiet(words.NO_STORE)]),
    ]


def _shift(shift: Shift) -> str:
    place = ", ".join(name for name in (shift.store, shift.location) if name)
    if shift.now == shift.becomes:
        return words.stays(place, shift.now)
    return words.becomes(place, shift.now, shift.becomes)
