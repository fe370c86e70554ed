"""The window that asks which store is meant."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Option
from slack_sdk.models.views import View

from bot.slack import words
from bot.slack.ids import VALUE, Act, Call, Field
from bot.slack.views.kit import OPTIONS, asked, menu, option, plain
from flows.lifecycle_words import STORES, WHICH
from flows.words import NEXT
from sync.stores import StoreSummary


def form(goal: str, title: str, typed: str, found: Sequence[StoreSummary]) -> View:
    """Ask for one of the stores; `typed` is what narrowed them down, so that a search does too."""
    picker = menu(
        groups(found),
        action_id=VALUE,
        search_id=Act.MEANT_SEARCH,
        placeholder=words.CHOOSE,
        value=None,
        room=OPTIONS,
    )
    return View(
        type="modal",
        callback_id=Call.MEANT,
        title=plain(title),
        submit=plain(NEXT),
        close=plain(words.CANCEL),
        private_metadata=json.dumps({"goal": goal, "typed": typed}),
        blocks=[asked(WHICH, picker, block_id=Field.STORE)],
    )


def groups(found: Sequence[StoreSummary]) -> list[tuple[str, list[Option]]]:
    options = [option(str(one.id), one.called, one.platform_title) for one in found]
    return [(STORES, options)]


def read_metadata(view: Mapping[str, Any]) -> tuple[str, str]:
    """Read what the store is wanted for, and what was typed."""
    held = json.loads(view["private_metadata"])
    return str(held["goal"]), str(held["typed"])


def read_store(view: Mapping[str, Any]) -> int | None:
    """Read the id of the store that was chosen; None when none was."""
    held = view["state"]["values"].get(Field.STORE) or {}
    one = held.get(VALUE) or held.get(Act.MEANT_SEARCH) or {}
    value = (one.get("selected_option") or {}).get("value")
    return int(value) if value else None
