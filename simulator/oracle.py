"""What nobody could have done better, and what a plain loop would have done (ENGINE B4).

Both live through the trace of a run: the same attempts to buy at the same moments, the
same lags until an order can be listed. The oracle polls by the run's own timetable, knows
exactly the rows of those answers, and writes at once without any fault; its calls take as
long, and stores apply them as late, as the run's do on the average. The plain loop reads
orders every ten minutes and pushes what changed; the last write wins.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from simulator.line import CALL
from simulator.store import Store

PLAIN_EVERY = timedelta(minutes=10)
_CALL = timedelta(seconds=sum(CALL) / 2)


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing that happened: `units` wanted, or back on sale, or added by an adjustment.

    order  what was wanted, and what comes back, belong to it: nobody gives back what nobody got
    """

    at: datetime
    kind: str
    store: str
    sku: str
    units: int
    lag: timedelta
    order: str = ""


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
    refused: set[str] = field(default_factory=set)
    unread: dict[str, list[tuple[datetime, str, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )


@dataclass(frozen=True, slots=True)
class _Write:
    """A number that lands in a store: `units` more, or `units` whatever stood there."""

    at: datetime
    store: str
    sku: str
    units: int
    is_absolute: bool


class Oracle:
    """Lives through a trace in other ways."""

    def __init__(
        self,
        stores: Sequence[Store],
        trace: Sequence[Trace],
        opening: dict[str, int],
        end: datetime,
    ) -> None:
        self._shapes = {store.name: store.shape for store in stores}
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
        names = list(self._shapes)
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
            writes: list[_Write] = []
            if isinstance(what, _Write):
                self._land(world, what)
            elif isinstance(what, Trace):
                writes = self._happens(world, what)
            elif kind == "poll":
                writes = self._polled(world, at, str(what))
            else:
                writes = self._round(world, at)
            for write in writes:
                heapq.heappush(queue, (write.at, next(order), "land", write))
        for (_, sku), number in world.numbers.items():
            world.outcome.wrong += max(0, number) != max(0, world.physical[sku])
        return world.outcome

    def _land(self, world: _World, write: _Write) -> None:
        key = (write.store, write.sku)
        world.numbers[key] = write.units + (0 if write.is_absolute else world.numbers[key])

    def _happens(self, world: _World, one: Trace) -> list[_Write]:
        key, units = (one.store, one.sku), one.units
        match one.kind:
            case "buy":
                if world.numbers[key] < units:
                    world.refused.add(one.order)
                    if world.physical[one.sku] >= units:
                        world.outcome.refused += units
                    return []
                short = max(0, units - world.physical[one.sku])
                world.outcome.oversold += min(units, short)
                world.numbers[key] -= units
                world.physical[one.sku] -= units
                world.unread[one.store].append((one.at + one.lag, one.sku, -units))
            case "back" if one.order not in world.refused:
                world.numbers[key] += units
                world.physical[one.sku] += units
                world.unread[one.store].append((one.at, one.sku, units))
            case "adjust":
                world.physical[one.sku] += units
                return self._tell(world, one.at, {one.sku: units}, but="")
        return []

    def _polled(self, world: _World, at: datetime, name: str) -> list[_Write]:
        """Take in the rows that a reading met, when it is answered, and tell the other stores."""
        changes: Counter[str] = Counter()
        left = []
        for row in world.unread[name]:
            if row[0] <= at:
                changes[row[1]] += row[2]
            else:
                left.append(row)
        world.unread[name] = left
        return self._tell(world, at + _CALL, changes, but=name)

    def _tell(
        self, world: _World, at: datetime, changes: Mapping[str, int], *, but: str
    ) -> list[_Write]:
        """Change the ledger and every store but one: by a difference, or late and absolutely."""
        for sku, units in changes.items():
            world.ledger[sku] += units
        writes = []
        for name in self._shapes:
            if name == but:
                continue
            late = self._late(name, len(changes))
            for sku, units in changes.items():
                number = max(0, world.ledger[sku]) if late else units
                writes.append(_Write(at + _CALL + late, name, sku, number, bool(late)))
        return writes

    def _late(self, name: str, many: int) -> timedelta:
        """Say how late so many writes at once are applied, on the average."""
        shape = self._shapes[name]
        is_feed = bool(shape.traits.settles_within) and many > shape.traits.direct_up_to
        return timedelta(seconds=sum(shape.feed if is_feed else shape.applies) / 2)

    def _round(self, world: _World, at: datetime) -> list[_Write]:
        """Read every store's orders, then push the ledger's number of whatever changed."""
        before = dict(world.ledger)
        for name in self._shapes:
            rows, world.unread[name] = world.unread[name], []
            for row in rows:
                if row[0] <= at:
                    world.ledger[row[1]] += row[2]
                else:
                    world.unread[name].append(row)
        changed = {sku: max(0, n) for sku, n in world.ledger.items() if n != before[sku]}
        return [
            _Write(at + 2 * _CALL + self._late(name, len(changed)), name, sku, number, True)
            for name in self._shapes
            for sku, number in changed.items()
        ]
