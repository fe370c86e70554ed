"""What the answer to a write makes of its target: pure rules (ENGINE.md part B)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.protocol import StoreTraits, WriteOutcome
from storage.attempts import Attempt, Flying, Item, Landed
from sync import retry


@dataclass(frozen=True, slots=True)
class Times:
    """When a write was answered; all but `now` on the store's clock.

    sent_by  the latest moment at which it may have been given to the network
    """

    traits: StoreTraits
    now: datetime
    answered: datetime
    sent_by: datetime


def land(
    attempt: Attempt, flying: Flying, item: Item, outcome: WriteOutcome, times: Times
) -> Landed:
    """Say what one answer makes of its target.

    A write is acknowledged as a difference, so that what was booked meanwhile stands.
    """
    shown, kind = flying.shown, str(outcome.kind)
    rejected, refusals, retry_at = None, 0, None
    match outcome.kind:
        case "applied":
            if shown is not None:
                shown += item.to_value - item.from_value
        case "stale":
            # After a resending a refusal proves nothing: the first sending may be what
            # changed the number.
            if attempt.sends > 1:
                shown, kind = None, "unclear"
        case "rejected":
            refusals = flying.refusals + 1
            rejected = outcome.reason or "The store gave no reason."
            retry_at = times.now + retry.next_item_try(refusals)
        case _:
            shown = None
    lands_by = _lands_by(outcome, times)
    # What compares nothing may have swallowed an own effect of the store meanwhile.
    compares_nothing = attempt.read_from is not None and lands_by is not None
    return Landed(
        target_id=flying.id,
        outcome=kind,
        shown=shown,
        version=item.version,
        rejected=rejected,
        refusals=refusals,
        retry_at=retry_at,
        unsettled_until=lands_by,
        window=_window(attempt, lands_by, times) if compares_nothing else None,
        pending=item.to_value if compares_nothing else None,
    )


def _lands_by(outcome: WriteOutcome, times: Times) -> datetime | None:
    """Say by when a write that may be on its way has landed, None where none is."""
    traits = times.traits
    match outcome.kind:
        case "applied" if traits.apply_lag or not traits.compare_and_set:
            return times.answered + traits.apply_lag
        case "accepted":
            return times.answered + traits.apply_lag
        case "unknown":
            return times.sent_by + traits.abandoned + traits.apply_lag
        case _:
            return None


def _window(
    attempt: Attempt, lands_by: datetime | None, times: Times
) -> tuple[datetime, datetime] | None:
    if attempt.read_from is None or lands_by is None:
        return None
    margin: timedelta = times.traits.clock_margin
    return attempt.read_from, lands_by + margin
