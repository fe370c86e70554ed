"""The judge: what must never happen on the way, and what must be so at rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from connectors.protocol import LevelWrite, WriteOutcome
from simulator.store import Store

# A sale that became listable a moment before a write was sent can be known to nobody (B1).
VISIBLE_FOR = timedelta(seconds=2)


@dataclass
class Judge:
    """Counts what went wrong; `where` says where, for a person who looks for the cause."""

    raises_over_a_visible_sale: int = 0
    drops_that_raised: int = 0  # by a sale in the moment before them
    forbidden: int = 0  # writes where none may go (R8)
    false_drift: int = 0
    lost: int = 0
    doubled: int = 0
    wrong_at_rest: int = 0
    unbalanced: int = 0  # R1
    silent: int = 0  # items that are held up without an incident (R7)
    where: list[str] = field(default_factory=list)
    oversold: int = 0
    refused: int = 0  # units that were there and could not be bought
    sold: int = 0
    writes_sent: int = 0
    polls: list[tuple[datetime, str]] = field(default_factory=list)
    adjusted_by_hand: set[tuple[str, str]] = field(default_factory=set)
    meanwhile: Callable[[], None] = lambda: None  # lets people act during a call
    allowed: Any = None  # (store) -> whether anything may be written to it now

    def writes(self, store: Store, writes: Sequence[LevelWrite], given: datetime) -> None:
        """Look at writes as they arrive; `given` is when we gave them to the network."""
        self.writes_sent += len(writes)
        for write in writes:
            if write.ref in store.untouchable or not self.allowed(store):
                self.forbidden += 1
                self.where.append(f"{store.name} was sent {write} where none may go (R8)")
            if store.shape.traits.compare_and_set:
                continue  # the comparison itself protects (B0)
            stands = store.available(write.ref)
            if write.value <= stands or not store.unread_before(write.ref, given - VISIBLE_FOR):
                continue
            if write.expected is not None and write.value <= write.expected:
                self.drops_that_raised += 1  # a drop must not wait, so nobody can prevent it (B2)
            else:
                self.raises_over_a_visible_sale += 1
                self.where.append(
                    f"{store.name} {write.ref}: {stands} -> {write.value} over a visible sale"
                )

    def answered(self, writes: Sequence[LevelWrite], outcomes: Sequence[WriteOutcome]) -> None:
        """Look at the answers: as many as writes, always."""
        if len(writes) != len(outcomes):
            raise AssertionError("a store answers for each write")

    def polled(self, store: Store) -> None:
        """Note when a store's orders were asked for: the oracle polls by the same timetable."""
        self.polls.append((store.clock.now(), store.name))

    def sale(self, units: int, physical: int) -> None:
        """Count a sale, and how far beyond what there was it went (B4)."""
        self.sold += units
        self.oversold += min(units, max(0, units - physical))

    def turned_away(self, units: int, physical: int) -> None:
        """Count what was there and could not be bought (B4)."""
        if physical >= units:
            self.refused += units

    def ledger(self, sku: str, ours: int, truth: int) -> None:
        """Compare the ledger with the truth at rest."""
        if ours == truth:
            return
        # Too many of ours: sales were missed. Too few: some were counted twice.
        if ours > truth:
            self.lost += ours - truth
        else:
            self.doubled += truth - ours
        self.where.append(f"{sku}: the ledger says {ours}, right is {truth}")

    def rest(self, store: Store, sku: str, truth: int) -> None:
        """Compare what a store shows with the truth at rest."""
        shows = max(0, store.available(sku))
        if shows != max(0, truth):
            self.wrong_at_rest += 1
            self.where.append(f"{store.name} shows {shows} of {sku}, right is {max(0, truth)}")

    @property
    def failed(self) -> bool:
        """Say whether anything happened that never may."""
        return bool(
            self.lost
            or self.doubled
            or self.wrong_at_rest
            or self.raises_over_a_visible_sale
            or self.false_drift
            or self.forbidden
            or self.unbalanced
            or self.silent
        )


def grouped(where: Sequence[str]) -> dict[str, int]:
    """Count equal findings."""
    found: dict[str, int] = defaultdict(int)
    for one in where:
        found[one] += 1
    return dict(found)
