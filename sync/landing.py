"""What the answer to a write makes of its target: pure rules (ENGINE.md part B)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connectors.protocol import StoreTraits, WriteOutcome
from storage.accepted import Ended, OpenWrite
from storage.attempts import Attempt, Flying, Item, Landed
from sync import asking, retry


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
    shown, kind, before = flying.shown, _kind(outcome), None
    # Refused as it was sent, and another number made of it: what is told counts as written.
    moved = kind == "rejected" and outcome.current is not None
    rejected, refusals, retry_at = None, 0, None
    match kind:
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
            if moved and shown is not None and outcome.current is not None:
                shown += outcome.current - item.from_value
        case "accepted":
            # Not refused yet, nor taken: its refusals count on if this is another.
            before, shown = shown, None
            rejected, refusals = flying.rejected, flying.refusals
        case _:
            shown = None
    accepted = kind == "accepted"
    given_up = times.answered + asking.GIVE_UP
    written = "applied" if moved else kind
    lands_by = _lands_by(written, outcome, times)
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
        window=_window(attempt.read_from, lands_by, times.traits),
        pending=(outcome.current if moved else item.to_value)
        if compares_nothing or accepted
        else None,
        pending_until=given_up if accepted else _lands_soon_by(written, times),
        looming=item.to_value if kind in ("accepted", "unknown") else None,
        handle=outcome.handle if accepted else None,
        poll_at=asking.next_ask(times.now, times.now) if accepted else None,
        accepted_until=given_up if accepted else None,
        shown_before=before,
        moved=moved,
    )


def _kind(outcome: WriteOutcome) -> str:
    """Name the answer; what a store accepts without a name for it cannot be asked about."""
    return "unknown" if outcome.kind == "accepted" and not outcome.handle else outcome.kind


def _lands_soon_by(kind: str, times: Times) -> datetime | None:
    """Say by when a write has landed unless its store only accepted it, None where none is."""
    traits = times.traits
    match kind:
        case "applied" if traits.apply_lag or not traits.compare_and_set:
            return times.answered + traits.apply_lag
        case "unknown":
            return times.sent_by + traits.abandoned + traits.apply_lag
        case _:
            return None


def _lands_by(kind: str, outcome: WriteOutcome, times: Times) -> datetime | None:
    """Say by when a write that may be on its way has landed, None where none is.

    One without an answer may have been accepted, and its name been lost.
    """
    soon = _lands_soon_by(kind, times)
    if soon is None or kind != "unknown" or outcome.direct:
        return soon
    return soon + times.traits.settles_within


def _window(
    read_from: datetime | None, lands_by: datetime | None, traits: StoreTraits
) -> tuple[datetime, datetime] | None:
    if read_from is None or lands_by is None:
        return None
    return read_from, lands_by + traits.clock_margin


def end(write: OpenWrite, outcome: WriteOutcome, times: Times) -> Ended | None:
    """Say what the end of an accepted write makes of its target; None while it is open.

    Applied is not believed: it is read back once it can be seen. One of which the store
    knows nothing, or says nothing for too long, may have landed as well, or land yet.
    """
    kind, reason, refusals = str(outcome.kind), None, write.refusals
    lands_by: datetime | None = None
    pending_until = None
    match kind:
        case "accepted" if not asking.is_given_up(write.accepted_at, times.now):
            return None
        case "applied":
            lands_by = pending_until = times.answered + times.traits.apply_lag
        case "rejected":
            refusals += 1
            reason = outcome.reason or "The store gave no reason."
        case "unsent" | "stale":
            pass
        case _:
            kind = "unknown"
            skew = times.answered - times.now
            late = write.accepted_at + skew + times.traits.settles_within
            lands_by = max(times.answered, late) + times.traits.apply_lag
            pending_until = times.answered
    return Ended(
        attempt_id=write.attempt_id,
        position=write.position,
        target_id=write.target_id,
        outcome=kind,
        value=write.to_value,
        version=write.version,
        lands_by=lands_by,
        pending_until=pending_until,
        window=_window(write.read_from, lands_by, times.traits),
        rejected=reason,
        refusals=refusals,
        retry_at=times.now + retry.next_item_try(refusals) if reason else None,
    )
