"""The window of items that are not stocked: what is missing, and whether it is to be stocked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.slack.escape import escape, short
from bot.slack.ids import Call
from bot.slack.views.kit import TITLE, plain, quiet, section, sections
from bot.slack.views.notice import window
from bot.slack.words import CANCEL
from flows import stocking_words as words
from storage.rows import StoreRow
from storage.stocking import Unstocked
from sync.stocking import Consent, consent_of


def look(store: StoreRow, found: Sequence[Unstocked], *, problem: str = "") -> View:
    """Show what is not stocked, and let a person agree to have it stocked or take that back."""
    agreed = consent_of(store)
    missing = [
        f"• {escape(words.where(one.place, one.items, one.counted, one.named))}" for one in found
    ]
    blocks: list[Block] = [
        *([section(f":warning: {escape(problem)}")] if problem else []),
        *sections([f"*{escape(store.name)}*", *_how(store, agreed, missing=bool(missing))]),
        *(sections(missing, f"*{words.TITLE}*") if missing else []),
        quiet(words.STOPPING if agreed else words.NUMBERS),
    ]
    if agreed is None and store.sync_status == "off":
        return window(words.SETTINGS_TITLE, [*blocks, section(words.OFF)])
    return View(
        type="modal",
        callback_id=Call.STOCKING_STOP if agreed else Call.STOCKING_ALLOW,
        title=plain(short(words.SETTINGS_TITLE, TITLE)),
        submit=plain(words.STOP if agreed else words.ALLOW),
        close=plain(CANCEL),
        private_metadata=json.dumps({"store": store.id, "seen": sum(one.items for one in found)}),
        blocks=blocks,
    )


def read_metadata(view: Mapping[str, Any]) -> tuple[int, int]:
    """Read which store a view is about, and how many missing items it told of."""
    held = json.loads(view["private_metadata"])
    return int(held["store"]), int(held["seen"])


def _how(store: StoreRow, agreed: Consent | None, *, missing: bool) -> list[str]:
    if agreed is not None:
        stands = words.stands(f"<@{agreed.by}>", agreed.at)
        return [stands, *([escape(words.STILL_MISSING)] if missing else [])]
    if missing:
        return [escape(words.what(store.name))]
    return [escape(words.NONE_MISSING), escape(words.LATER)]
