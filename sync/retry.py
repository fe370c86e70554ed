"""When to try again, and when a failure is worth an alert: pure functions."""

from __future__ import annotations

from datetime import timedelta

from connectors.errors import NeedsReconnect, RateLimited, Refused, StoreError, Unavailable
from sync.incidents import IncidentKind

# The longest wait between two tries: a store that is down, or whose token is dead, is
# asked often enough that its return is noticed within a coffee break.
LONGEST = timedelta(minutes=15)
# A single 500 or one full bucket is everyday life; this many in a row is not.
TOLERATED = 2
# The longest wait between two tries of one item that its store refuses (R7: never for ever).
LONGEST_ITEM = timedelta(hours=24)
FIRST_ITEM = timedelta(minutes=5)


def next_try(error: StoreError, failures: int, usual: timedelta) -> timedelta:
    """Say how long to wait after the n-th failure in a row (1 is the first).

    `usual` is the distance between two ordinary rounds of this work.
    """
    if isinstance(error, RateLimited):
        return max(error.retry_after, usual)
    doubled: timedelta = usual * 2 ** min(failures - 1, 10)
    return min(doubled, max(LONGEST, usual))


def next_item_try(refusals: int) -> timedelta:
    """Say how long an item rests after its n-th refusal in a row."""
    doubled: timedelta = FIRST_ITEM * 2 ** min(refusals - 1, 10)
    return min(doubled, LONGEST_ITEM)


def incident_of(error: StoreError, failures: int) -> IncidentKind | None:
    """Name the incident that a failure is, or None while it is still everyday life."""
    match error:
        case NeedsReconnect():
            return IncidentKind.NEEDS_RECONNECT
        case RateLimited():
            return IncidentKind.THROTTLED if failures > TOLERATED else None
        case Refused():
            return IncidentKind.STORE_DOWN
        case Unavailable():
            return IncidentKind.STORE_DOWN if failures > TOLERATED else None
        case _:
            return IncidentKind.STORE_DOWN


def is_of_its_own(error: StoreError) -> bool:
    """Say whether one kind of work is refused, of which the store's other work need not hear.

    So it is where a permission is missing that nothing else needs.
    """
    if isinstance(error, NeedsReconnect):
        return bool(error.missing_scopes)
    return not isinstance(error, (RateLimited, Unavailable))


def health_after(error: StoreError, failures: int) -> str:
    """Name the store's health after a failure."""
    if isinstance(error, NeedsReconnect):
        return "needs_reconnect"
    return "failing" if incident_of(error, failures) else "degraded"
