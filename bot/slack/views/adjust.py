"""The modal that stock is adjusted in, and what it says afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block, Option, PlainTextInputElement
from slack_sdk.models.views import View

from bot.slack import words
from bot.slack.escape import escape, short
from bot.slack.ids import VALUE, Act, Call, Field
from bot.slack.views.kit import (
    OPTIONS,
    PRODUCT,
    asked,
    menu,
    option,
    plain,
    product_head,
    quiet,
    radio,
    section,
)
from bot.slack.views.notice import window
from storage.warehouses import WarehouseRow
from sync.adjust import Adjusted
from sync.show import ProductView

NUMBER_LENGTH = 20  # longer than any number that is accepted, so that the server can say why
REASON_LENGTH = 500


def adjust(product: ProductView, warehouses: Sequence[WarehouseRow]) -> View:
    """Ask what changed on which shelf, and why."""
    return View(
        type="modal",
        callback_id=Call.ADJUST,
        title=plain(words.ADJUST_TITLE),
        submit=plain(words.ADJUST_SUBMIT),
        close=plain(words.CANCEL),
        private_metadata=json.dumps({"product": product.id}),
        blocks=[
            product_head(product.sku, product.title),
            quiet(escape(words.ADJUST_WHAT)),
            asked(
                words.WAREHOUSE,
                menu(
                    [(words.WAREHOUSE, warehouse_options(warehouses, product))],
                    action_id=VALUE,
                    search_id=Act.WAREHOUSE_SEARCH,
                    placeholder=words.CHOOSE,
                    value=str(warehouses[0].id) if len(warehouses) == 1 else None,
                    room=OPTIONS,
                ),
                block_id=Field.WAREHOUSE,
            ),
            asked(
                words.HOW,
                radio(
                    [option(*words.CHANGE), option(*words.COUNT), option(*words.RECEIVED)],
                    action_id=VALUE,
                    value=words.CHANGE[0],
                ),
                block_id=Field.HOW,
            ),
            asked(
                words.NUMBER,
                PlainTextInputElement(action_id=VALUE, max_length=NUMBER_LENGTH),
                block_id=Field.NUMBER,
                hint=words.NUMBER_HINT,
            ),
            asked(
                words.REASON,
                PlainTextInputElement(action_id=VALUE, max_length=REASON_LENGTH),
                block_id=Field.REASON,
                hint=words.REASON_HINT,
            ),
        ],
    )


def warehouse_options(
    warehouses: Sequence[WarehouseRow], product: ProductView | None = None
) -> list[Option]:
    """List warehouses with what they hold of the product."""
    held = {level.warehouse_id: level for level in (product.warehouses if product else ())}
    found = []
    for house in warehouses:
        level = held.get(house.id)
        stock = f"{level.on_hand:,} on hand" if level and level.counted else "Not counted yet"
        found.append(option(str(house.id), house.name, stock if product else ""))
    return found


def product_of(view: Mapping[str, Any]) -> int:
    """Read which product a view adjusts."""
    return int(json.loads(view["private_metadata"])["product"])


def adjusted(sku: str, warehouse: str, done: Adjusted) -> View:
    """Say what the adjustment did."""
    blocks: list[Block] = [
        section(
            f"*{escape(short(sku, PRODUCT))}* in {escape(short(warehouse, PRODUCT))}: on hand *{done.on_hand_before:,} → "
            f"{done.on_hand_after:,}*, available *{done.available_after:,}*."
        ),
        quiet("The stores that show it follow within moments."),
    ]
    return window(words.SAVED, blocks)
