"""What a WordPress answers, made readable: junk before the JSON, words in HTML."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime
from typing import Any

import httpx

from connectors.errors import Unavailable
from connectors.http import Row

# A badly set up PHP prints its notices first; they may hold brackets themselves.
_OPENINGS = re.compile(rb"[\[{]")
_MOST_OPENINGS = 50
_TAGS = re.compile(r"<[^>]*>")
# Enough for a sentence or two in a message
_MOST_WORDS = 300


def whole_json(content: bytes) -> bytes:
    """Cut off what stands before the JSON; as it came where there is none."""
    if _parsed(content) is not None:
        return content
    for count, found in enumerate(_OPENINGS.finditer(content)):
        if count == _MOST_OPENINGS:
            break
        if _parsed(rest := content[found.start() :]) is not None:
            return rest
    return content


def is_web_page(content: bytes) -> bool:
    """Say whether an answer is a page for people."""
    return content.lstrip()[:1] == b"<" and _parsed(whole_json(content)) is None


def error_fields(response: httpx.Response) -> dict[str, Any]:
    """Read WordPress's error object, empty where the answer is none."""
    body = _parsed(whole_json(response.content))
    return body if isinstance(body, dict) else {}


def error_code(fields: dict[str, Any]) -> str:
    code = fields.get("code")
    return code if isinstance(code, str) else ""


def error_words(fields: dict[str, Any]) -> str | None:
    """Read the store's own words, without tags."""
    words = fields.get("message")
    return plain(words)[:_MOST_WORDS] or None if isinstance(words, str) else None


def plain(text: str) -> str:
    """Take tags and escapes out of a text that was made for a web page."""
    return html.unescape(_TAGS.sub(" ", text)).strip()


def gmt(row: Row, key: str) -> datetime:
    """Read one of the `_gmt` times, which carry no zone."""
    moment = maybe_gmt(row, key)
    if moment is None:
        raise Unavailable(f"The store's answer lacks a usable “{key}”.")
    return moment


def maybe_gmt(row: Row, key: str) -> datetime | None:
    """Read one of the `_gmt` times, None where it is null or missing."""
    if key not in row:
        return None
    try:
        moment = datetime.fromisoformat(row.text(key))
    except ValueError:
        raise Unavailable(f"The store's answer lacks a usable “{key}”.") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def stamp(moment: datetime) -> str:
    """Write a time for a filter: UTC, whole seconds, no zone, beside dates_are_gmt=true.

    WooCommerce reads anything else in the store's own zone, or shifts it twice.
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None
