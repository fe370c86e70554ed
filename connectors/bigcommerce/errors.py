"""What BigCommerce's answers mean, read once.

V3 errors are objects with a `title`, V2 errors are lists with a `message`; a web
page is no answer of either.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx

from connectors.bigcommerce.scopes import Scope
from connectors.errors import NeedsReconnect, RateLimited, Refused, Unavailable
from connectors.http import retry_after_seconds

# Used where a 429 names no time: the platform itself is busy, not this store's quota.
_DEFAULT_WAIT_SECONDS = 2.0
# The credentials to look at
_HASH, TOKEN = "store_hash", "access_token"
_RESET = "x-rate-limit-time-reset-ms"
_BLOCKED = {
    404: "There is no open BigCommerce store with this store hash.",
    413: "BigCommerce refused the request: it asks for too much at once.",
    423: "BigCommerce has locked what was asked for; try again later.",
    507: "The store has reached a limit of its BigCommerce plan.",
}


class Invalid(Refused):
    """BigCommerce refuses what the request says (422); nothing of it was done.

    `errors` names the fields, where it says which.
    """

    def __init__(self, message: str, *, said: str | None, errors: Mapping[str, Any]) -> None:
        super().__init__(message, said=said)
        self.errors = errors


class NotFound(Refused):
    """A 404 that is no web page: the store, or what was asked of it, does not exist."""


class Busy(RateLimited):
    """A 429 without BigCommerce's own numbers: wait longer each time."""


def check_status(response: httpx.Response, scope: Scope) -> None:
    """Raise what a status other than 200 and 204 means; `scope` is what the call needs."""
    status = response.status_code
    if status in (200, 204):
        return
    body = _body(response)
    said = _words(body)
    if status == 401:
        raise NeedsReconnect(
            "BigCommerce does not accept the access token for this store (any more).",
            said=said,
            field=TOKEN,
        )
    if status == 403 and body is not None:
        raise NeedsReconnect(
            f"The BigCommerce API account lacks the permission “{scope.title}”.",
            said=said,
            field=TOKEN,
            missing_scopes=(scope.key,),
        )
    if status == 403:
        raise Unavailable("Something in front of the store answered with a web page (HTTP 403).")
    if status == 429:
        raise _limited(response, said)
    if status == 422:
        errors = body.get("errors") if isinstance(body, dict) else None
        raise Invalid(
            "BigCommerce refused the request as invalid.",
            said=said,
            errors=errors if isinstance(errors, dict) else {},
        )
    if status == 404 and (body is not None or not response.content.strip()):
        raise NotFound(_BLOCKED[404], said=said, field=_HASH)
    if 300 <= status < 400:
        raise Refused(
            "Something in front of the BigCommerce store, such as a login or a firewall, sends us "
            f"to another page (HTTP {status})."
        )
    if status in _BLOCKED:
        raise Refused(_BLOCKED[status], said=said)
    if status == 503:
        raise Unavailable("The BigCommerce store is closed for maintenance.", said=said)
    if status >= 500:
        raise Unavailable(f"BigCommerce has trouble of its own (HTTP {status}).", said=said)
    raise Refused(f"BigCommerce refused the request (HTTP {status}).", said=said)


def _limited(response: httpx.Response, said: str | None) -> RateLimited:
    words = "BigCommerce asks us to slow down."
    try:
        wait = timedelta(milliseconds=max(0.0, float(response.headers[_RESET])))
    except (KeyError, ValueError):
        seconds = retry_after_seconds(response, _DEFAULT_WAIT_SECONDS)
        return Busy(words, retry_after=timedelta(seconds=seconds), said=said)
    return RateLimited(words, retry_after=wait, said=said)


def _body(response: httpx.Response) -> Any:
    """Read an error body, None where it is no JSON object or list."""
    try:
        body = json.loads(response.content)
    except ValueError:
        return None
    return body if isinstance(body, dict | list) else None


def _words(body: Any) -> str | None:
    """Find the store's own words in an error body of either API."""
    first = next(iter(body), None) if isinstance(body, list) else body
    if not isinstance(first, dict):
        return None
    said = first.get("title") or first.get("message") or first.get("detail")
    if not isinstance(said, str):
        return None
    fields = first.get("errors")
    if isinstance(fields, dict) and fields:
        said = f"{said}: {'; '.join(f'{key} {value}' for key, value in fields.items())}"
    return said
