"""What one order line does to the ledger, as a function of its latest state (R2)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineState:
    """The latest state of a line and what is booked for it.

    taken             units that its store took and did not give back
    committed         those of them still to be sent
    baseline_taken    units that our numbers already lacked when they were set
    booked_available  sum of what was booked for the line, in available
    booked_committed  the same, in committed
    """

    taken: int
    committed: int
    baseline_taken: int
    booked_available: int
    booked_committed: int


@dataclass(frozen=True, slots=True)
class Booking:
    """The one movement that brings the ledger up to a line's latest state."""

    on_hand_delta: int
    committed_delta: int

    @property
    def available_delta(self) -> int:
        return self.on_hand_delta - self.committed_delta


def outstanding(line: LineState) -> Booking:
    """Say what is still to be booked for a line.

    Booking a unit is (0, +1), shipping it (-1, -1), releasing it (0, -1), taking it
    back after shipping (+1, 0). All of them are the difference between what the line
    should have done to (available, committed) by now and what was booked for it.
    """
    available = line.baseline_taken - line.taken - line.booked_available
    committed = line.committed - line.booked_committed
    return Booking(on_hand_delta=available + committed, committed_delta=committed)


def booking_key(store_id: int, order_id: str, line_id: str, number: int) -> str:
    """Name the n-th booking of a line.

    Not the state it reaches: an order edited 2 -> 1 -> 2 reaches one state twice.
    """
    return f"order:{store_id}:{order_id}:{line_id}:{number}"


def early_baseline(*, taken: int, committed: int, deducted: int, still_counted: bool) -> int:
    """Say how much of a line from before our numbers were set they already lack.

    Numbers copied from the store lack what the line took, as far as the store took it
    off. A person's own count still holds the units to be sent when they said so
    (`still_counted`). Units that the store still lacks of a line that gave them back are
    left as they are: nobody knows whether its number was corrected since.
    """
    return taken - committed if still_counted else min(taken, deducted)
