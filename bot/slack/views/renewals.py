"""The window of renewals: how they stand, what they cost, and the switch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from slack_sdk.models.views import View

from bot.slack.escape import escape, short
from bot.slack.ids import Call
from bot.slack.views.kit import TITLE, plain, quiet, sections
from bot.slack.words import CANCEL
from connectors.catalog import PLATFORMS
from flows import agreement_words as words
from storage.rows import StoreRow
from sync.agreements import renews

DAYS = 30  # over which renewals are counted


def look(store: StoreRow, so_far: int) -> View:
    """Show whether the store renews, and offer the other."""
    on, fee = renews(store), PLATFORMS[store.platform].renewal_fee
    lines = [f"*{escape(store.name)}*", words.ON if on else words.OFF]
    told = [words.so_far(so_far, DAYS)]
    if fee is not None:
        told.insert(0, words.each_costs(fee.amount, fee.currency))
    return View(
        type="modal",
        callback_id=Call.RENEWALS,
        title=plain(short(words.SETTINGS_TITLE, TITLE)),
        submit=plain(words.SWITCH_OFF if on else words.SWITCH_ON),
        close=plain(CANCEL),
        private_metadata=json.dumps({"store": store.id, "on": not on}),
        blocks=[*sections(lines), quiet(" ".join(told))],
    )


def read_metadata(view: Mapping[str, Any]) -> tuple[int, bool]:
    """Read which store a view is about, and what it offered to switch to."""
    held = json.loads(view["private_metadata"])
    return int(held["store"]), bool(held["on"])
