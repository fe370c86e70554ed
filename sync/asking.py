"""When a store is asked what became of a write that it accepted: pure functions."""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.protocol import StoreTraits

# Walmart advises 15 minutes, 1 h, 2 h, then every 4 h; stock is worth asking for earlier,
# and a question is cheap (platforms/walmart.md, "Feed time").
FIRST = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15))
OFTEN = timedelta(minutes=15)
SELDOM = timedelta(hours=4)
# No platform promises an end; within this nearly all writes have come to theirs.
USUALLY_OVER = timedelta(hours=4)
GIVE_UP = timedelta(hours=24)
# Writes that are due to be asked about this soon go along with those that are due now.
TOGETHER = timedelta(seconds=30)


def next_ask(accepted_at: datetime, now: datetime) -> datetime:
    """Say when to ask next about a write, given that it was asked about by now."""
    age = now - accepted_at
    for after in FIRST:
        if age < after:
            return accepted_at + after
    step = OFTEN if age < USUALLY_OVER else SELDOM
    return accepted_at + (age // step + 1) * step


def is_given_up(accepted_at: datetime, now: datetime) -> bool:
    """Say whether an answer is no longer waited for."""
    return now - accepted_at >= GIVE_UP


def hangs_after(traits: StoreTraits) -> timedelta:
    """Say how long a write may be open before people are told."""
    return traits.settles_within or USUALLY_OVER
