"""What Walmart's answers mean, read once.

Failures come in five shapes: `errors` as a list, `error` as a list, `errors.error` as a
list, a bare object, and XML; their words stand in `description`, `message` or `info`.
A web page is none of them.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from connectors.errors import NeedsReconnect, RateLimited, Refused, Unavailable
from connectors.walmart.quota import refused_for
from connectors.walmart.scopes import Scope

# The credential to look at
FIELD = "client_secret"
_NO_CONTENT = "CONTENT_NOT_FOUND."
_WORDS = ("description", "message", "info")
_XML_FIELD = re.compile(r"<(?:\w+:)?(code|field|description|message|info)>([^<]+)</")
_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


class Invalid(Refused):
    """Walmart refuses what the request says (400, 422 and the like); nothing of it was done.

    `problems` name the fields, where it says which.
    """

    def __init__(self, message: str, *, said: str | None, problems: tuple[Problem, ...]) -> None:
        super().__init__(message, said=said)
        self.problems = problems


class NotFound(Refused):
    """Walmart does not have what was asked for; a search may say so when it is empty.

    `empty`: it is the content that is missing, not the place where it would be.
    """

    def __init__(self, message: str, *, said: str | None, empty: bool) -> None:
        super().__init__(message, said=said)
        self.empty = empty


class TooLarge(Refused):
    """A file is larger than Walmart takes (413)."""


class TokenRefused(NeedsReconnect):
    """An access token is no longer accepted (401); another one may be."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that Walmart finds wrong."""

    code: str | None
    field: str | None
    words: str | None


def check_status(response: httpx.Response, scope: Scope, now: datetime) -> None:
    """Raise what a status other than 2xx means; `now` is the time on Walmart's clock."""
    status = response.status_code
    if 200 <= status < 300:
        return
    page = bool(_PAGE.match(response.content))
    problems = () if page else tuple(_problems(response))
    said = next((each.words for each in problems if each.words), None)
    if status == 401:
        words = "Walmart does not accept the access token (any more)."
        raise TokenRefused(words, said=said, field=FIELD)
    if status == 403 and not page:
        raise NeedsReconnect(
            f"The Walmart keys lack the permission “{scope.title}”, or the account is closed.",
            said=said,
            field=FIELD,
            missing_scopes=(scope.key,),
        )
    if status == 403:
        raise Unavailable("Something in front of Walmart answered with a web page (HTTP 403).")
    if status == 404 and not page:
        empty = any((each.code or "").startswith(_NO_CONTENT) for each in problems)
        raise NotFound("Walmart does not have what was asked for.", said=said, empty=empty)
    if status == 413:
        raise TooLarge("Walmart refused a file as too large.", said=said)
    if status == 429:
        words = "Walmart asks us to slow down."
        raise RateLimited(words, retry_after=refused_for(response, now), said=said)
    if 400 <= status < 500 and not page:
        words = f"Walmart refused the request as invalid (HTTP {status})."
        raise Invalid(words, said=said, problems=problems)
    if status >= 500:
        raise Unavailable(f"Walmart has trouble of its own (HTTP {status}).", said=said)
    if 300 <= status < 400:
        raise Refused(f"Something in front of Walmart sends us to another page (HTTP {status}).")
    raise Refused(f"Walmart refused the request (HTTP {status}).", said=said)


def problems_in(found: Any) -> Iterator[Problem]:
    """Read problems out of any of the shapes that they come in as JSON."""
    if isinstance(found, list):
        for each in found:
            yield from problems_in(each)
    elif isinstance(found, dict):
        inner = [found[key] for key in ("errors", "error") if found.get(key)]
        if inner:
            for each in inner:
                yield from problems_in(each)
        elif any(isinstance(found.get(key), str) for key in ("code", *_WORDS)):
            yield _problem(found)


def _problems(response: httpx.Response) -> Iterator[Problem]:
    try:
        body = json.loads(response.content)
    except ValueError:
        yield from _xml_problems(response.text)
        return
    yield from problems_in(body)


def _xml_problems(text: str) -> Iterator[Problem]:
    fields: dict[str, str] = {}
    for key, value in _XML_FIELD.findall(text):
        fields.setdefault(key, html.unescape(value).strip())
    if fields:
        yield _problem(fields)


def _problem(fields: dict[str, Any]) -> Problem:
    words = [fields[key] for key in _WORDS if isinstance(fields.get(key), str)]
    code, field = fields.get("code"), fields.get("field")
    return Problem(
        code=code if isinstance(code, str) else None,
        field=field if isinstance(field, str) else None,
        words=_told(words),
    )


def _told(words: list[str]) -> str | None:
    """Join a general sentence and what is added to it."""
    kept = list(dict.fromkeys(each.strip() for each in words if each.strip()))
    return " ".join(kept) or None
