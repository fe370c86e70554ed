"""Fill in what Slack fills in before it hands a surface back."""

import copy
import secrets
import string
from typing import Any, Final

from sandbox.slack.blockkit.walk import elements_of

_ALPHABET: Final = string.ascii_letters + string.digits + "+/="
_INPUT_DEFAULTS: Final = {"optional": False, "dispatch_action": False}


def complete_blocks(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the blocks with missing block_id, action_id and text defaults filled in."""
    completed: list[dict[str, Any]] = []
    for given in blocks:
        block = copy.deepcopy(given)
        block.setdefault("block_id", _short_id())
        if block["type"] == "input":
            for name, default in _INPUT_DEFAULTS.items():
                block.setdefault(name, default)
        for _, element in elements_of(block):
            element.setdefault("action_id", _short_id())
        _complete_texts(block)
        completed.append(block)
    return completed


def complete_view(view: dict[str, Any]) -> dict[str, Any]:
    """Return a checked view as Slack stores it, without its identity."""
    modal = view["type"] == "modal"
    stored = {
        "type": view["type"],
        "blocks": complete_blocks(view.get("blocks") or []),
        "private_metadata": view.get("private_metadata") or "",
        "callback_id": view.get("callback_id") or "",
        "title": copy.deepcopy(view.get("title")) or _plain("View Title"),
        "submit": copy.deepcopy(view.get("submit")) if modal else None,
        "close": copy.deepcopy(view.get("close")) if modal else None,
        "clear_on_close": bool(view.get("clear_on_close", False)),
        "notify_on_close": bool(view.get("notify_on_close", False)),
        "external_id": view.get("external_id") or "",
    }
    _complete_texts(stored)
    return stored


def _short_id() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(5))


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": True}


def _complete_texts(value: object) -> None:
    if isinstance(value, list):
        for item in value:
            _complete_texts(item)
    elif isinstance(value, dict):
        if value.get("type") == "plain_text":
            value.setdefault("emoji", True)
        elif value.get("type") == "mrkdwn":
            value.setdefault("verbatim", False)
        for inner in value.values():
            _complete_texts(inner)
