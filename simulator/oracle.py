"""What nobody could have done better, and what a plain loop would have done (ENGINE B4).

Both live through the trace of a run: the same attempts to buy at the same moments, the
same lags until an order can be listed. The oracle polls by the run's own timetable, knows
exactly the rows of those answers, and writes at once without any fault. The plain loop
reads orders every ten minutes and pushes what changed; the last write wins.
"""

from __future__ import annotations

import heapq
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from simulator.store import Store

PLAIN_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing that happened: `units` wanted, or back on sale, or added by an adjustment."""

    at: datetime
    kind: str
    store: str
    sku: str
    units: int
    lag: timedelta
    number: int


@dataclass
class Outcome:
    """How a way of working did."""

    oversold: int = 0
    refused: int = 0
    wrong: int = 0


@dataclass
class _World:
    """Numbers and what is known, while a trace is lived through once more."""

    numbers: dict[tuple[str, str], int]
    physical: dict[str, int]
    ledger: dict[str, int]
    outcome: Outcome = field(default_factory=Outcome)
    unread: dict[str, list[tuple[datetime, str, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )


class Oracle:
    """Lives through a trace in other ways."""

    def __init__(
        self,
        stores: Sequence[Store],
        trace: Sequence[Trace],
        opening: dict[str, int],
        end: datetime,
    ) -> None:
        self._delays = {store.name: timedelta(seconds=sum(store.shape.applies) / 2)
                        for store in stores}  # fmt: skip
        self._trace = trace
        self._opening = opening
        self._end = end

    def best(self, polls: Iterable[tuple[datetime, str]]) -> Outcome:
        """Know what each poll tells, and write at once."""
        return self._live([(at, "poll", name) for at, name in polls])

    def plain(self, begun: datetime) -> Outcome:
        """Read and push every ten minutes."""
        rounds, at = [], begun + PLAIN_EVERY
        while at <= self._end + PLAIN_EVERY:
            rounds.append((at, "round", ""))
            at += PLAIN_EVERY
        return self._live(rounds)

    def _live(self, looks: Sequence[tuple[datetime, str, str]]) -> Outcome:
        names = list(self._delays)
        world = _World(
            numbers={(name, sku): n for name in names for sku, n in self._opening.items()},
            physical=dict(self._opening),
            ledger=dict(self._opening),
        )
        order = itertools.count()
        queue: list[tuple[datetime, int, str, object]] = [
            *((one.at, next(order), "trace", one) for one in self._trace),
            *((at, next(order), kind, name) for at, kind, name in looks),
        ]
        heapq.heapify(queue)
        while queue:
            at, _, kind, what = heapq.heappop(queue)
            landed: list[tuple[datetime, tuple[str, str], int]] = []
            if kind == "land" and isinstance(what, tuple):
                world.numbers[what[0]] = what[1]
            elif isinstance(what, Trace):
                landed = self._happens(world, what)
            elif kind == "poll":
                landed = self._polled(world, at, str(what))
            else:
                landed = self._round(world, at)
            for lands, key, number in landed:
                heapq.heappush(queue, (lands, next(order), "land", (key, number)))
        for (_, sku), number in world.numbers.items():
            world.outcome.wrong += max(0, number) != max(0, world.physical[sku])
        return world.outcome

    def _happens(self, world: _World, one: Trace) -> list[tuple[datetime, tuple[str, str], int]]:
        key, units = (one.store, one.sku), one.units
        match one.kind:
            case "buy":
                if world.numbers[key] < units:
                    if world.physical[one.sku] >= units:
                        world.outcome.refused += units
                    return []
                short = max(0, units - world.physical[one.sku])
                world.outcome.oversold += min(units, short)
                world.numbers[key] -= units
                world.physical[one.sku] -= units
                world.unread[one.store].append((one.at + one.lag, one.sku, -units))
            case "back":
                world.numbers[key] += units
                world.physical[one.sku] += units
                world.unread[one.store].append((one.at, one.sku, units))
            case "adjust":
                world.physical[one.sku] += units
                return self._tell(world, one.at, one.sku, units, but="")
        return []

    def _tell(
        self, world: _World, at: datetime, sku: str, units: int, *, but: str
    ) -> list[tuple[datetime, tuple[str, str], int]]:
        """Change the ledger and every store but one: by a difference, or late and absolutely."""
        world.ledger[sku] += units
        landing = []
        for name, delay in self._delays.items():
            if name == but:
                continue
            if delay:
                landing.append((at + delay, (name, sku), max(0, world.ledger[sku])))
            else:
                world.numbers[name, sku] += units
        return landing

    def _polled(
        self, world: _World, at: datetime, name: str
    ) -> list[tuple[datetime, tuple[str, str], int]]:
        read: list[tuple[datetime, str, int]] = []
        left: list[tuple[datetime, str, int]] = []
        for row in world.unread[name]:
            (read if row[0] <= at else left).append(row)
        world.unread[name] = left
        landing = []
        for _, sku, units in read:
            landing += self._tell(world, at, sku, units, but=name)
        return landing

    def _round(self, world: _World, at: datetime) -> list[tuple[datetime, tuple[str, str], int]]:
        """Read every store's orders, then push the ledger's number of whatever changed."""
        before = dict(world.ledger)
        for name in self._delays:
            rows, world.unread[name] = world.unread[name], []
            for row in rows:
                if row[0] <= at:
                    world.ledger[row[1]] += row[2]
                else:
                    world.unread[name].append(row)
        landing = []
        for sku, number in world.ledger.items():
            if number == before[sku]:
                continue
            for name, delay in self._delays.items():
                if delay:
                    landing.append((at + delay, (name, sku), max(0, number)))
                else:
                    world.numbers[name, sku] = max(0, number)
        return landing
