"""Defects to plant in the engine: each must be found, or the simulation proves nothing.

The naive variants of ENGINE.md part B, and what else an engine like this is known to get
wrong. They replace functions of the engine from outside; the engine knows nothing of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from connectors.protocol import LevelWrite
from storage import targets as stored_targets
from sync import flight, ledger, order_page, push_reread, pusher, targets
from sync import landing as landings
from sync.work import USUAL

Patch = AbstractContextManager[object]
FAR = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A defect: its name, and the patches that plant it."""

    name: str
    plant: Callable[[], Sequence[Patch]]


def _land(change: Callable[..., Any]) -> Callable[[], Sequence[Patch]]:
    """Plant a change of what an answer makes of a target."""
    sound = landings.land

    def wrong(attempt: Any, flying: Any, item: Any, outcome: Any, times: Any) -> Any:
        return change(sound, attempt, flying, item, outcome, times)

    return lambda: [patch.object(flight, "land", wrong)]


def _absolute(sound: Any, attempt: Any, flying: Any, item: Any, outcome: Any, times: Any) -> Any:
    landed = sound(attempt, flying, item, outcome, times)
    return replace(landed, shown=item.to_value) if landed.outcome == "applied" else landed


def _as_applied(kind: str) -> Any:
    def change(sound: Any, attempt: Any, flying: Any, item: Any, outcome: Any, times: Any) -> Any:
        if outcome.kind == kind:
            outcome = replace(outcome, kind="applied", handle=None)
        return sound(attempt, flying, item, outcome, times)

    return change


def _as_failed(sound: Any, attempt: Any, flying: Any, item: Any, outcome: Any, times: Any) -> Any:
    landed = sound(attempt, flying, item, outcome, times)
    if outcome.kind != "unknown":
        return landed
    return replace(landed, shown=flying.shown, unsettled_until=None, window=None, pending=None)


def _not_waited_for(
    sound: Any, attempt: Any, flying: Any, item: Any, outcome: Any, times: Any
) -> Any:
    none = replace(times.traits, abandoned=timedelta(), settles_within=timedelta())
    return sound(attempt, flying, item, outcome, replace(times, traits=none))


def _sent_anew() -> Sequence[Patch]:
    """A store that knows the key says what became of it: only another key makes this naive."""
    numbers = itertools.count()

    def another_key(**given: Any) -> LevelWrite:
        return LevelWrite(**{**given, "key": f"{given['key']}:{next(numbers)}"})

    def believed(sound: Any, attempt: Any, flying: Any, item: Any, outcome: Any, times: Any) -> Any:
        return sound(replace(attempt, sends=1), flying, item, outcome, times)

    return [patch.object(flight, "LevelWrite", another_key), *_land(believed)()]


def _no_guard() -> Sequence[Patch]:
    async def no_reading(*given: Any) -> None:
        return None

    return [
        patch.object(pusher.Pusher, "_orders_settled", lambda *_: FAR),
        patch.object(push_reread, "read_changes", no_reading),
    ]


def _first_difference() -> Sequence[Patch]:
    sound = stored_targets.settle_probes

    async def wrong(*given: Any, **named: Any) -> Any:
        return await sound(*given, **{**named, "read_to": FAR})

    return [patch.object(stored_targets, "settle_probes", wrong)]


def _restock_assumed() -> Sequence[Patch]:
    sound = targets.own_effect

    def wrong(target: Any, effect: Any) -> Any:
        return sound(target, replace(effect, restock_known=True))

    return [patch.object(order_page, "own_effect", wrong)]


def _nobody_wakes() -> Sequence[Patch]:
    async def asleep(*given: Any) -> None:
        return None

    return [
        patch.object(ledger, "wake_push", asleep),
        patch.dict(USUAL, {"push": timedelta(hours=6)}),
    ]


def _never_resent() -> Sequence[Patch]:
    async def no(self: Any) -> bool:
        return False

    return [patch.object(flight.Flight, "resend", no)]


def _own_ignored() -> Sequence[Patch]:
    return [patch.object(targets, "_shown_after", lambda target, shown, effect: shown)]


MUTANTS = (
    Mutant("an answer sets what is shown, not by a difference", _land(_absolute)),
    Mutant("no guard on raises", _no_guard),
    Mutant(
        "no baseline for orders older than our numbers",
        lambda: [patch.object(order_page, "_with_baseline", lambda row, *_: row)],
    ),
    Mutant("an own order does not lower what is shown", _own_ignored),
    Mutant(
        "an own order near a write is not doubted",
        lambda: [patch.object(targets, "_may_be_swallowed", lambda *_: False)],
    ),
    Mutant("no answer counts as done", _land(_as_applied("unknown"))),
    Mutant("no answer counts as failed", _land(_as_failed)),
    Mutant("what was given up is not waited for", _land(_not_waited_for)),
    Mutant("accepted counts as shown", _land(_as_applied("accepted"))),
    Mutant("a cancel is taken to restock", _restock_assumed),
    Mutant("drift is called on the first difference", _first_difference),
    Mutant("what had no answer is sent under another key, its refusal believed", _sent_anew),
    Mutant(
        "an equal stamp counts as old news",
        lambda: [
            patch.object(
                order_page,
                "_is_old",
                lambda order, stamp: stamp is not None and order.updated_at <= stamp,
            )
        ],
    ),
    Mutant("a wake-up is lost, and no sweep comes", _nobody_wakes),
    Mutant("a dead worker's write is never taken up", _never_resent),
)
