"""Answers in pages, with an opaque cursor."""

import base64
import binascii
from typing import Any, Final

from sandbox.slack.args import Args
from sandbox.slack.errors import Refused

DEFAULT_PAGE: Final = 100
LARGEST_PAGE: Final = 1000  # Slack: limit is an integer under 1000


def page(items: list[Any], args: Args, name: str) -> dict[str, Any]:
    """Return one page of items under `name`, with the cursor of the next."""
    size = args.number("limit", DEFAULT_PAGE) or DEFAULT_PAGE
    if not 0 < size <= LARGEST_PAGE:
        raise Refused("invalid_limit")
    begin = _offset(args.text("cursor") or "")
    end = begin + size
    following = f"offset:{end}" if end < len(items) else ""
    cursor = base64.b64encode(following.encode()).decode()
    return {"ok": True, name: items[begin:end], "response_metadata": {"next_cursor": cursor}}


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word == "offset":
            return int(number)
    except (binascii.Error, ValueError):
        pass
    raise Refused("invalid_cursor")
