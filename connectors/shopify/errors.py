"""What Shopify's answers mean, read once.

HTTP 200 is no proof of success: throttling, missing permissions and inner
failures all come as 200 with an `errors` list.
"""

from __future__ import annotations

import re
from datetime import timedelta

import httpx

from connectors.errors import NeedsReconnect, RateLimited, Refused, StoreError, Unavailable
from connectors.http import Row, retry_after_seconds

# Used where a 429 names no time: the edge protection forgets within seconds.
_DEFAULT_WAIT_SECONDS = 2.0
_SCOPE = re.compile(r"`(\w+)`")
_BLOCKED = {
    402: "Shopify has frozen this shop until its bill is paid.",
    403: "Shopify does not let this app use the shop.",
    404: "There is no open Shopify shop at this address.",
    423: "Shopify has locked this shop.",
}


class Throttled(RateLimited):
    """The cost bucket is too empty for the query; nothing was done."""


class TooExpensive(Refused):
    """The query asks for more points than one query may."""


def check_status(response: httpx.Response) -> None:
    """Raise what a status other than 200 means."""
    status = response.status_code
    if status == 200:
        return
    said = _words(response)
    if status == 401:
        raise NeedsReconnect("Shopify no longer accepts the access token.", said=said)
    if status == 429:
        wait = retry_after_seconds(response, _DEFAULT_WAIT_SECONDS)
        raise RateLimited(
            "Shopify asks us to slow down.", retry_after=timedelta(seconds=wait), said=said
        )
    if status in _BLOCKED:
        raise Refused(_BLOCKED[status], said=said)
    if status >= 500:
        raise Unavailable(f"Shopify has trouble of its own (HTTP {status}).", said=said)
    raise Refused(f"Shopify refused the request (HTTP {status}).", said=said)


def check_errors(body: Row) -> None:
    """Raise what the top-level `errors` of an answer mean."""
    given = body.raw("errors")
    if not given:
        return
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise Refused("Shopify refused the request.", said=str(given))
    # One cause is enough; the worst one that a person can act on comes first.
    raise min((_error(Row(each), body) for each in given), key=_urgency)


def _error(error: Row, body: Row) -> StoreError:
    said = error.text("message") if "message" in error else None
    extensions = error.row("extensions") if "extensions" in error else Row({})
    code = extensions.text("code") if "code" in extensions else ""
    if code == "THROTTLED":
        return Throttled(
            "Shopify asks us to slow down.", retry_after=_until_affordable(body), said=said
        )
    if code == "ACCESS_DENIED":
        scopes = _scopes(extensions, said)
        named = " or ".join(scopes) or "a permission"
        return NeedsReconnect(
            f"Shopify does not let this app go on without {named}.",
            said=said,
            missing_scopes=scopes,
        )
    if code in ("INTERNAL_SERVER_ERROR", "TIMEOUT"):
        return Unavailable("Shopify has trouble of its own.", said=said)
    if code == "SHOP_INACTIVE":
        return Refused("Shopify says that the shop is not active.", said=said)
    if code == "MAX_COST_EXCEEDED":
        return TooExpensive("The query asks for too much at once.", said=said)
    return Refused(f"Shopify refused the request ({code or 'no code'}).", said=said)


def _urgency(error: StoreError) -> int:
    kinds: tuple[type[StoreError], ...] = (NeedsReconnect, Refused, Unavailable, RateLimited)
    return next(place for place, kind in enumerate(kinds) if isinstance(error, kind))


def _scopes(extensions: Row, said: str | None) -> tuple[str, ...]:
    wanted = extensions.raw("requiredAccess")
    return tuple(_SCOPE.findall(wanted if isinstance(wanted, str) else said or ""))


def _until_affordable(body: Row) -> timedelta:
    cost = body.row("extensions").row("cost")
    bucket = cost.row("throttleStatus")
    missing = cost.number("requestedQueryCost") - bucket.number("currentlyAvailable")
    return timedelta(seconds=max(0.0, missing) / bucket.number("restoreRate"))


def _words(response: httpx.Response) -> str | None:
    """Find the store's own words in an error body, whatever its shape."""
    try:
        body = response.json()
    except ValueError:
        return None
    said = body.get("errors") or body.get("error_description") if isinstance(body, dict) else None
    return said if isinstance(said, str) else None
