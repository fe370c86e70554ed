"""What the answers of eBay's REST APIs mean, read once.

An error is told by its errorId, not by its category: being throttled is a "REQUEST"
error too. The token endpoint has a shape of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from connectors.ebay.keys import CLIENT_ID, REFRESH_TOKEN
from connectors.ebay.scopes import Scope
from connectors.errors import NeedsReconnect, RateLimited, Refused, StoreError, Unavailable
from connectors.http import maybe_object

# eBay names no time with a 429 and has no headers about its limits: wait longer each time.
_DEFAULT_WAIT = timedelta(seconds=1)
# eBay: REST response components, errors of OAuth and of access
_THROTTLED, _NO_PERMISSION = 2001, 1100
# eBay: the identifier that was sent is not known (each API has its own number for it)
UNKNOWN = frozenset({25702, 25710, 25713})
# eBay: system errors of the Inventory, Fulfillment, Account and Identity APIs
_SYSTEM = frozenset({25001, 30500, 20500, 140000})


class TokenRefused(NeedsReconnect):
    """eBay does not take the access token: once, a new one is asked for."""


class Busy(RateLimited):
    """Throttled, without a word on how long: wait longer each time."""


class Invalid(Refused):
    """eBay refuses what the request says; nothing of it was done."""


class NotFound(Invalid):
    """What was asked for does not exist."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of an `errors` list."""

    number: int
    said: str


def check_status(response: httpx.Response, scope: Scope) -> None:
    """Raise what an answer means other than success; `scope` is what the call needs.

    A 207 tells the fate of each entry, and so may any status that comes with `responses`.
    """
    status = response.status_code
    body = maybe_object(response)
    if status in (200, 201, 204, 207) or (body and isinstance(body.get("responses"), list)):
        return
    fault = first_fault(body or {})
    number, said = (fault.number, fault.said) if fault else (0, None)
    if number == _THROTTLED or status == 429:
        raise busy(said)
    if status == 401:
        raise TokenRefused(
            "eBay no longer lets us into this account.", said=said, field=REFRESH_TOKEN
        )
    if number == _NO_PERMISSION or (status == 403 and body is not None):
        raise NeedsReconnect(
            f"The seller has not agreed that we may {scope.purpose}.",
            said=said,
            field=REFRESH_TOKEN,
            missing_scopes=(scope.key,),
        )
    raise _other(status, number, said, known=body is not None)


def _other(status: int, number: int, said: str | None, *, known: bool) -> StoreError:
    if status >= 500 or number in _SYSTEM:
        return Unavailable(f"eBay has trouble of its own (HTTP {status}).", said=said)
    if not known:
        if 300 <= status < 400:
            return Refused(f"Something in front of eBay sends us elsewhere (HTTP {status}).")
        return Unavailable(f"Something in front of eBay answered for it (HTTP {status}).")
    if status == 404 or number in UNKNOWN:
        return NotFound("eBay does not have what was asked for.", said=said)
    if status in (400, 409):
        return Invalid("eBay refused the request as invalid.", said=said)
    return Refused(f"eBay refused the request (HTTP {status}).", said=said)


def check_token(response: httpx.Response) -> None:
    """Raise what the token endpoint means other than success."""
    if response.status_code == 200:
        return
    given = maybe_object(response)
    body = given or {}
    kind = body.get("error")
    text = body.get("error_description")
    said = text if isinstance(text, str) else None
    if response.status_code == 429:
        raise busy(said)
    if kind == "invalid_grant":
        raise NeedsReconnect(
            "The seller's consent was withdrawn or has expired, or it was given to another "
            "application. The seller has to agree once more.",
            said=said,
            field=REFRESH_TOKEN,
        )
    if kind in ("invalid_client", "unauthorized_client"):
        raise NeedsReconnect(
            "eBay does not accept the App ID and Cert ID. Take both from one keyset, and from "
            "the Production one, not the Sandbox one.",
            said=said,
            field=CLIENT_ID,
        )
    if kind == "invalid_scope":
        raise NeedsReconnect(
            "The seller agreed to less than Stockroom needs.", said=said, field=REFRESH_TOKEN
        )
    if given is not None and response.status_code < 500:
        raise Refused("eBay refused to hand out an access token.", said=said)
    raise _other(response.status_code, 0, said, known=False)


def busy(said: str | None) -> Busy:
    """Say that eBay throttles us."""
    return Busy("eBay asks us to slow down.", retry_after=_DEFAULT_WAIT, said=said)


def first_fault(body: Mapping[str, Any]) -> Fault | None:
    """Find the error that an object names first; warnings are none."""
    faults = body.get("errors")
    first = next(iter(faults), None) if isinstance(faults, list) else None
    if not isinstance(first, dict):
        return None
    number = first.get("errorId")
    said = first.get("longMessage") or first.get("message") or ""
    return Fault(number if isinstance(number, int) else 0, str(said))
