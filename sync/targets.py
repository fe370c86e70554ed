"""What one target believes, and how its own store's orders move it (ENGINE.md part B).

Pure rules. All times are on the store's clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from storage.targets import Belief


@dataclass(frozen=True, slots=True)
class Effect:
    """What a store did to its own number at some moment between `lo` and `hi`."""

    change: int
    lo: datetime
    hi: datetime
    restock_known: bool

    def widened(self, margin: timedelta) -> Effect:
        """Allow for clock error and the rounding of the store's stamps."""
        return replace(self, lo=self.lo - margin, hi=self.hi + margin)


# Of so many readings in a row that the store sold around, the last is taken all the same (B5).
DISCARDED = 3


def _doubted(target: Belief, effect: Effect) -> Belief:
    """Drop a reading that may or may not have an effect in it; some time take it all the same.

    It is the highest number then that it may have been: what was sold is in it, what came
    back is not. Writing from that can raise too little, never too much. A number that is to
    become ours is never taken so.
    """
    discarded = min(target.discarded + 1, DISCARDED)
    is_wanted = target.shown is None or target.unsure or target.stale_at is not None
    if discarded < DISCARDED or target.opens or not is_wanted:
        return replace(
            target,
            probe_shown=None,
            probe_lo=None,
            probe_hi=None,
            probe_after=0,
            discarded=discarded,
        )
    after = target.probe_after + max(effect.change, 0)
    return replace(target, probe_after=after, probe_unsure=True, discarded=discarded)


def own_effect(target: Belief, effect: Effect) -> Belief:
    """Take in what the store did by itself, as its orders tell.

    An effect before the last conclusive reading is already in it; one that touches
    the reading may or may not be, so what is shown becomes unknown; a later one moves
    what is shown. A waiting reading is treated alike. One that touches a write which
    compared nothing may have been swallowed by it: unknown as well. A restock that the
    store does not document leaves nothing to rely on. An effect that comes to light after a
    difference was found explains its part of it. An accepted write that never lands
    swallows nothing: what was shown before it is moved by the same rules.
    """
    after = replace(target, effect_at=max(target.effect_at or effect.hi, effect.hi))
    if effect.change:
        after = replace(after, stale_at=None)  # an order explains the refusal: try again
        after = replace(after, returns_to=_returns_after(target, effect))
    if not effect.restock_known:
        after = replace(after, shown=None, shown_before=None)
        return after if target.probe_hi is None else _doubted(after, effect)
    after = replace(
        after,
        held=_still_held(target, effect),
        shown=_shown_after(target, target.shown, effect),
        shown_before=_shown_after(target, target.shown_before, effect),
    )
    if target.probe_lo is None or target.probe_hi is None or effect.hi < target.probe_lo:
        return after
    if effect.lo > target.probe_hi:
        return replace(after, probe_after=after.probe_after + effect.change)
    return _doubted(after, effect)


def _shown_after(target: Belief, shown: int | None, effect: Effect) -> int | None:
    if shown is None:
        return None
    if target.rebase_lo is not None and target.rebase_hi is not None:
        if effect.hi < target.rebase_lo:
            return shown
        if effect.lo <= target.rebase_hi:
            return None
    if _may_be_swallowed(target, effect):
        return None
    return shown + effect.change


def _returns_after(target: Belief, effect: Effect) -> int | None:
    """Move the number that the store returns to: what it sold by itself is not put back."""
    if target.returns_to is None:
        return None
    if target.copied_lo is not None and effect.hi < target.copied_lo:
        return target.returns_to  # the earlier number was read after it
    return target.returns_to + effect.change


def _still_held(target: Belief, effect: Effect) -> int:
    """Take out of an unexplained difference what a late order explains of it.

    It lies between the reading that did not have the difference and the last one. What is
    left may point the other way: somebody changed the number by hand as well.
    """
    if not target.held or target.held_from is None or target.rebase_lo is None:
        return target.held
    if target.held_from < effect.lo and effect.hi < target.rebase_lo:
        return target.held - effect.change
    return target.held


def _may_be_swallowed(target: Belief, effect: Effect) -> bool:
    if target.flight_lo is not None and effect.hi >= target.flight_lo:
        return True
    return any(
        effect.lo <= hi and lo <= effect.hi
        for lo, hi in zip(target.window_los, target.window_his, strict=True)
    )
