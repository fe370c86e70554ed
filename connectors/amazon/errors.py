"""What Amazon's answers mean, read once: a list of errors, each with a code and words.

Branches on status and code, never on words, but for the one word that tells an access
token that has ended from every other refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from connectors.amazon.keys import CLIENT_SECRET, REFRESH_TOKEN, SELLER_ID
from connectors.amazon.scopes import Role
from connectors.errors import NeedsReconnect, Refused, StoreError, Unavailable
from connectors.http import maybe_object


class TokenRefused(NeedsReconnect):
    """An access token has ended: once, a new one is asked for."""


class Throttled(Exception):
    """Too many calls of this operation (429); nothing was done."""

    def __init__(self, said: str | None) -> None:
        super().__init__(said)
        self.said = said


class Invalid(Refused):
    """Amazon refuses what the request says; nothing of it was done. `code` is Amazon's."""

    def __init__(self, message: str, *, said: str | None = None, code: str | None = None) -> None:
        super().__init__(message, said=said)
        self.code = code


class NotFound(Invalid):
    """What was asked for does not exist (any more)."""


def check_status(response: httpx.Response, role: Role) -> None:
    """Raise what an answer means other than success; `role` is what the call needs."""
    status = response.status_code
    if status in (200, 201, 202):
        return
    errors = _errors(response)
    first = errors[0] if errors else {}
    said, code = _words(first), _text(first, "code")
    if status == 429:
        raise Throttled(said)
    if status == 403 and errors:
        raise _no_access(first, said, role)
    raise _other(status, said, code, known=bool(errors))


def check_token(response: httpx.Response) -> None:
    """Raise what Login with Amazon means other than success."""
    status = response.status_code
    if status == 200:
        return
    body = maybe_object(response)
    kind = (body or {}).get("error")
    said = _text(body or {}, "error_description")
    if status == 429:
        raise Unavailable("Login with Amazon asks us to slow down.", said=said)
    if kind == "invalid_grant":
        raise NeedsReconnect(
            "The seller's consent is over: a year has passed, the app was removed from the "
            "account, or the refresh token is of another app. Authorize the app in Seller "
            "Central once more and enter the new refresh token.",
            said=said,
            field=REFRESH_TOKEN,
        )
    if kind in ("invalid_client", "unauthorized_client"):
        raise NeedsReconnect(
            "Amazon does not accept the client id and secret of the app (any more). A secret ends "
            "180 days after it was made: make a new one in Seller Central under LWA credentials "
            "and enter it.",
            said=said,
            field=CLIENT_SECRET,
        )
    if body is not None and 400 <= status < 500:
        raise Refused("Amazon refused to hand out an access token.", said=said)
    raise _other(status, said, None, known=body is not None)


def _no_access(first: Mapping[str, Any], said: str | None, role: Role) -> StoreError:
    details = (_text(first, "details") or "").lower()
    if "expired" in details:
        words = "Amazon no longer accepts the access token."
        return TokenRefused(words, said=said, field=REFRESH_TOKEN)
    if details:
        return NeedsReconnect(
            "Amazon does not accept the access token: the app may have been removed from the "
            "account. Authorize it in Seller Central once more.",
            said=said,
            field=REFRESH_TOKEN,
        )
    return NeedsReconnect(
        f"Amazon does not let the app {role.purpose}. It needs the role “{role.key}”, and the "
        "merchant token and marketplaces have to be those of the account that authorized it.",
        said=said,
        field=SELLER_ID,
        missing_scopes=(role.key,),
    )


def _other(status: int, said: str | None, code: str | None, *, known: bool) -> StoreError:
    if status >= 500:
        return Unavailable(f"Amazon has trouble of its own (HTTP {status}).", said=said)
    if not known:
        if 300 <= status < 400:
            return Refused(f"Something in front of Amazon sends us elsewhere (HTTP {status}).")
        return Unavailable(f"Something in front of Amazon answered for it (HTTP {status}).")
    if status == 404:
        return NotFound("Amazon does not have what was asked for.", said=said, code=code)
    if status in (400, 413, 415):
        return Invalid("Amazon refused the request as invalid.", said=said, code=code)
    return Refused(f"Amazon refused the request (HTTP {status}).", said=said)


def _errors(response: httpx.Response) -> list[dict[str, Any]]:
    """Read the list of errors; some operations wrap it once more."""
    found: Any = (maybe_object(response) or {}).get("errors")
    if isinstance(found, dict):
        found = found.get("errors")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _words(error: Mapping[str, Any]) -> str | None:
    """Join a general sentence and what is added to it."""
    words = (_text(error, "message"), _text(error, "details"))
    return " ".join(dict.fromkeys(each for each in words if each)) or None


def _text(fields: Mapping[str, Any], key: str) -> str | None:
    value = fields.get(key)
    return value.strip() or None if isinstance(value, str) else None
