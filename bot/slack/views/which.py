"""The window that asks which store is meant."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block, Option
from slack_sdk.models.views import View

from bot.slack import words
from bot.slack.ids import VALUE, Act, Call, Field
from bot.slack.views.kit import OPTIONS, asked, menu, option, plain
from flows.lifecycle_words import STORES, WHICH
from flows.words import NEXT
from sync.stores import StoreSummary

Groups = Sequence[tuple[str, Sequence[Option]]]


def form(goal: str, title: str, typed: str, found: Sequence[StoreSummary]) -> View:
    """Ask for one of the stores; `typed` is what narrowed them down, so that a search does too."""
    return window(
        Call.MEANT,
        title,
        groups(found),
        search=Act.MEANT_SEARCH,
        submit=NEXT,
        label=WHICH,
        about={"goal": goal, "typed": typed},
    )


def window(
    call: Call,
    title: str,
    stores: Groups,
    *,
    search: Act,
    submit: str,
    label: str,
    about: Mapping[str, str],
    value: str | None = None,
    above: Sequence[Block] = (),
) -> View:
    """Ask for a store, from a list or by searching; `about` comes back with the answer."""
    picker = menu(
        stores,
        action_id=VALUE,
        search_id=search,
        placeholder=words.CHOOSE,
        value=value,
        room=OPTIONS,
    )
    return View(
        type="modal",
        callback_id=call,
        title=plain(title),
        submit=plain(submit),
        close=plain(words.CANCEL),
        private_metadata=json.dumps(about),
        blocks=[*above, asked(label, picker, block_id=Field.STORE)],
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
    value = picked(view, Act.MEANT_SEARCH)
    return int(value) if value else None


def picked(view: Mapping[str, Any], search: Act) -> str:
    """Read what was picked in such a window; empty when nothing was."""
    held = view["state"]["values"].get(Field.STORE) or {}
    one = held.get(VALUE) or held.get(search) or {}
    return str((one.get("selected_option") or {}).get("value") or "")
