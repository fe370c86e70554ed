"""What Etsy's answers mean, read once: `error`, and at times `error_description`.

A 403 about the keys of the application is told from one about a scope by its words, for
there are no codes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx

from connectors.errors import NeedsReconnect, RateLimited, Refused, StoreError, Unavailable
from connectors.etsy.keys import KEYSTRING, REFRESH_TOKEN, SHARED_SECRET
from connectors.etsy.scopes import Scope
from connectors.http import maybe_object, retry_after_seconds

# Used where a 429 names no time: the limit of a second is the one that is met most.
_DEFAULT_WAIT_SECONDS = 1.0
_ABOUT_KEYS = re.compile(r"x-api-key|api key|shared secret", re.IGNORECASE)


class TokenRefused(NeedsReconnect):
    """Etsy does not take the access token: once, a new one is asked for."""


class Invalid(Refused):
    """Etsy refuses what the request says; nothing of it was done."""


class NotFound(Invalid):
    """What was asked for does not exist (any more)."""


class Conflict(Invalid):
    """What was to be changed has changed meanwhile (409): to be read again."""


class ServerError(Unavailable):
    """Etsy itself answered with an error of its own (500), which it also does for bad input.

    Whether anything was done it does not say.
    """


def check_status(response: httpx.Response, scope: Scope | None) -> None:
    """Raise what an answer means other than success; `scope` is what the call needs, if any."""
    status = response.status_code
    if status in (200, 201, 204):
        return
    body = maybe_object(response)
    said = _said(body)
    if status == 429:
        raise throttled(response, said)
    if status in (401, 403) and body is not None:
        raise _refused_access(status, said, scope)
    raise _other(status, said, known=body is not None)


def check_token(response: httpx.Response) -> None:
    """Raise what the token endpoint means other than success."""
    status = response.status_code
    if status == 200:
        return
    body = maybe_object(response)
    said = _said(body)
    if status == 429:
        raise throttled(response, said)
    kind = (body or {}).get("error")
    if kind == "invalid_grant":
        raise NeedsReconnect(
            "The seller's consent is over: a changed password ends it, and so do 90 days without "
            "a call. The seller has to agree once more.",
            said=said,
            field=REFRESH_TOKEN,
        )
    if kind in ("invalid_client", "unauthorized_client"):
        raise _wrong_keys(said)
    if body is not None and status < 500:
        raise Refused("Etsy refused to hand out an access token.", said=said)
    raise _other(status, said, known=body is not None)


def throttled(response: httpx.Response, said: str | None) -> RateLimited:
    """Say that Etsy throttles us, and for how long."""
    wait = timedelta(seconds=retry_after_seconds(response, _DEFAULT_WAIT_SECONDS))
    return RateLimited("Etsy asks us to slow down.", retry_after=wait, said=said)


def _refused_access(status: int, said: str | None, scope: Scope | None) -> StoreError:
    if said and _ABOUT_KEYS.search(said):
        return _wrong_keys(said)
    if status == 401:
        return TokenRefused(
            "Etsy no longer lets us into this shop.", said=said, field=REFRESH_TOKEN
        )
    if scope is not None and said and ("scope" in said.lower() or scope.key in said):
        return NeedsReconnect(
            f"The seller has not agreed that Stockroom may {scope.purpose}.",
            said=said,
            field=REFRESH_TOKEN,
            missing_scopes=(scope.key,),
        )
    return Invalid("Etsy does not allow what was asked for.", said=said)


def _wrong_keys(said: str | None) -> NeedsReconnect:
    """Say that the application is not let in, whoever the seller is."""
    about_secret = said is not None and "shared secret" in said.lower()
    return NeedsReconnect(
        "Etsy does not accept the keystring and shared secret of the app (any more). Take both "
        "from etsy.com/developers/your-apps.",
        said=said,
        field=SHARED_SECRET if about_secret else KEYSTRING,
    )


def _other(status: int, said: str | None, *, known: bool) -> StoreError:
    if status >= 500:
        kind = ServerError if known else Unavailable
        return kind(f"Etsy has trouble of its own (HTTP {status}).", said=said)
    if not known:
        if 300 <= status < 400:
            return Refused(f"Something in front of Etsy sends us elsewhere (HTTP {status}).")
        return Unavailable(f"Something in front of Etsy answered for it (HTTP {status}).")
    if status == 404:
        return NotFound("Etsy does not have what was asked for.", said=said)
    if status == 409:
        return Conflict("The listing was changed at Etsy at the same moment.", said=said)
    if status in (400, 422):
        return Invalid("Etsy refused the request as invalid.", said=said)
    return Refused(f"Etsy refused the request (HTTP {status}).", said=said)


def _said(body: Mapping[str, Any] | None) -> str | None:
    """Read Etsy's own words: the longer ones where there are two."""
    for key in ("error_description", "error"):
        words = (body or {}).get(key)
        if isinstance(words, str) and words.strip():
            return words.strip()
    return None
