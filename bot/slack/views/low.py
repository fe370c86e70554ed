"""The window of a product's low-stock level."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import PlainTextInputElement
from slack_sdk.models.views import View

from bot.slack import low_words as words
from bot.slack.escape import escape
from bot.slack.ids import VALUE, Call, Field
from bot.slack.views.adjust import NUMBER_LENGTH
from bot.slack.views.kit import asked, plain, product_head, quiet
from bot.slack.words import CANCEL
from sync.show import ProductView


def form(product: ProductView) -> View:
    """Ask from which number on people are told."""
    counted = [level.available for level in product.warehouses if level.counted]
    level = product.low_level
    return View(
        type="modal",
        callback_id=Call.LOW,
        title=plain(words.TITLE),
        submit=plain(words.SAVE),
        close=plain(CANCEL),
        private_metadata=json.dumps({"product": product.id}),
        blocks=[
            product_head(product.sku, product.title),
            quiet(escape(words.now(sum(counted) if counted else None))),
            asked(
                words.LEVEL,
                PlainTextInputElement(
                    action_id=VALUE,
                    max_length=NUMBER_LENGTH,
                    initial_value=None if level is None else str(level),
                ),
                block_id=Field.NUMBER,
                hint=words.LEVEL_HINT,
                optional=True,
            ),
        ],
    )


def product_of(view: Mapping[str, Any]) -> int:
    """Read which product a view is about."""
    return int(json.loads(view["private_metadata"])["product"])
