"""One run: a world under a seed, played to its end, rested, and judged."""

from __future__ import annotations

import bisect
import contextlib
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from simulator.judge import Judge
from simulator.line import Trouble
from simulator.oracle import Oracle
from simulator.people import AT_ONCE, People
from simulator.plot import Act, Setting, draw
from simulator.shapes import SHAPES, Shape
from simulator.store import Store
from simulator.world import MortalDatabase, SimulatedWorld
from tests.engine.world import Crash, SimulatedClock

UNTOUCHED = "NEVER"  # not tracked by its store: nobody of ours may write it (R8)
UNTOUCHED_AT = 17
# Once nothing goes wrong any more, all numbers are right within this: what is given up after a
# crash (a lease of two minutes, a feed's ten) is read back, with some polls between.
CONVERGES_WITHIN = timedelta(minutes=40)
AUDIT_HOURS = 0.25
TOLD_EVERY = 20_000  # acts
# How often somebody looks at the alerts while the world goes on.
ANSWERED_EVERY = timedelta(hours=1)
LATE_ROW = 600.0  # seconds; far beyond what any of the platforms promises
RECONNECTED_AFTER = 150.0  # seconds until somebody sees the alert and gives us access anew


@dataclass
class Report:
    """What a run was like."""

    seed: int
    acts: int
    judge: Judge
    faults: Counter[str]
    seconds: float
    converged: timedelta
    oracle_oversold: int = 0
    oracle_refused: int = 0
    plain_oversold: int = 0
    plain_wrong: int = 0
    crashes: int = 0


class Run:
    """Plays the acts of one run."""

    def __init__(
        self,
        database: MortalDatabase,
        seed: int,
        setting: Setting,
        shapes: Sequence[Shape] = SHAPES,
    ) -> None:
        self.seed = seed
        self.setting = setting
        clock = SimulatedClock()
        self.judge = Judge()
        chances = random.Random(f"faults {seed}")
        self.trouble = Trouble(chances, 0.0)  # nothing goes wrong before all is set up
        self.skus = [f"SKU-{number:02}" for number in range(setting.skus)]
        self.stores = [self._store(shape.taking(setting.direct), clock) for shape in shapes]
        self.world = SimulatedWorld(database, self.stores, clock, self.trouble, self.judge)
        self.people = People(self.stores, self.skus, self.trouble, self.judge)
        self.opening: dict[str, int] = {}
        self._began = clock.now()
        self._works_at = clock.now()
        self._answers_at = clock.now() + ANSWERED_EVERY
        self._due: deque[Act] = deque()
        self.judge.meanwhile = self._meanwhile

    def _store(self, shape: Shape, clock: SimulatedClock) -> Store:
        numbers = dict.fromkeys(self.skus, self.setting.opening)
        numbers[UNTOUCHED] = UNTOUCHED_AT
        return Store(shape, clock, numbers, frozenset({UNTOUCHED}))

    async def play(
        self,
        events: int,
        keep: Collection[int] | None = None,
        *,
        stop_at_once: bool = False,
        tell: Callable[[str], None] = lambda _: None,
    ) -> Report:
        """Play the acts, or only those to keep, let everything rest, and judge.

        `stop_at_once`: at the first thing that never may happen; what was wrong is enough.
        `tell` hears how far it has come, now and then.
        """
        begun = time.perf_counter()
        acts = draw(self.seed, events, self.setting, len(self.stores))
        if keep is not None:
            acts = [act for act in acts if act.number in keep]
        await self._begin()
        self._due = deque(acts)
        told = 0
        while self._due and not (stop_at_once and self.judge.failed):
            if (done := len(acts) - len(self._due)) >= told + TOLD_EVERY:
                told = done
                seconds = time.perf_counter() - begun
                tell(f"{done} acts in {seconds:.0f} s, {len(self.judge.where)} findings")
            if self._at(self._due[0]) > self.world.clock.now():
                await self._go_on_until(self._at(self._due[0]))
            elif self._due[0].kind in AT_ONCE:
                self._meanwhile()
            else:
                await self._do_later(self._due.popleft())
        converged = timedelta()
        if not (stop_at_once and self.judge.failed):
            converged = await self._come_to_rest(stop_at_once=stop_at_once)
            await self._judge()
        await self.world.turns.finish()
        report = Report(
            seed=self.seed,
            acts=len(acts),
            judge=self.judge,
            faults=self.trouble.seen,
            seconds=time.perf_counter() - begun,
            converged=converged,
            crashes=self.world.turns.crashed,
        )
        self._compare(report)
        return report

    async def _begin(self) -> None:
        """Turn everything on; some orders are older than our numbers."""
        for number, store in enumerate(self.stores):
            for sku in self.skus[:3]:
                # One of them becomes listable only after the numbers were copied (ENGINE A3).
                lag = LATE_ROW if sku == self.skus[1] else 0.0
                sale = store.sell(sku, 1 + number % 2, lag)
                self.trouble.seen["late_row"] += bool(lag)
                if sale is not None:
                    self.people.ordered(store, sale)
        await self.world.open(audit_hours=AUDIT_HOURS)
        # The first store's number is copied; the units that the others had sold by then come on
        # top of it, so that what is available is what the first store shows.
        self.people.truth = {sku: self.stores[0].available(sku) for sku in self.skus}
        await self.world.pass_time(240)
        self._began = self.world.clock.now()
        self.opening = dict(self.people.truth)
        self.trouble.rate = self.setting.trouble
        late = self.trouble.seen["late_row"]
        self.trouble.seen.clear()
        self.trouble.seen["late_row"] = late
        self.judge.polls.clear()

    async def _go_on_until(self, at: datetime) -> None:
        """Let time go on, with the machines at work every few seconds of it."""
        clock = self.world.clock
        while self._works_at < at:
            clock.time = max(clock.now(), self._works_at)
            await self.world.tick()
            self._works_at = clock.now() + timedelta(seconds=self.world.chances.uniform(2, 9))
            if clock.now() >= self._answers_at:
                await self.world.answer()
                self._answers_at = clock.now() + ANSWERED_EVERY
        clock.time = max(clock.now(), at)

    def _at(self, act: Act) -> datetime:
        return self._began + timedelta(seconds=act.at)

    def _meanwhile(self) -> None:
        """Let people do what is due by now, also while the engine is between two calls."""
        while self._due and self._due[0].kind in AT_ONCE:
            if self._at(self._due[0]) > self.world.clock.now():
                return
            follows = self.people.do(self._due.popleft())
            if follows is not None:
                self._due.appendleft(follows)

    async def _do_later(self, act: Act) -> None:
        """Do what takes the database itself."""
        match act.kind:
            case "adjust":
                await self._adjust(self.skus[act.sku], act)
            case "token":
                self._token(self.stores[act.store], act)
            case "reconnect":
                await self.world.reconnect(self.stores[act.store])
            case "cut":
                await self.world.cut()

    async def _adjust(self, sku: str, act: Act) -> None:
        units = int(act.units * (4 if act.draw < 0.6 else -1))
        with contextlib.suppress(Crash):
            held, self.world.mortal.trouble = self.world.mortal.trouble, None
            try:
                await self.world.adjust(sku, units)
            finally:
                self.world.mortal.trouble = held
            self.people.adjusted(sku, units)

    def _token(self, store: Store, act: Act) -> None:
        """Take our access away; a person reconnects after some minutes."""
        store.locked = True
        later = replace(act, at=act.at + RECONNECTED_AFTER, kind="reconnect")
        bisect.insort(self._due, later, key=lambda one: one.at)

    async def _come_to_rest(self, *, stop_at_once: bool) -> timedelta:
        """End all trouble, and wait until everything is right; how long that took."""
        self.trouble.heal()
        self.world.mortal.trouble = None
        await self.world.turns.finish()
        for store in self.stores:
            store.busy_until = store.down_until = None
        begun = self.world.clock.now()
        while self.world.clock.now() - begun < CONVERGES_WITHIN:
            await self.world.pass_time(120)
            asked = await self.world.answer()
            if stop_at_once and self.judge.failed:
                break
            if not asked and await self._right():
                break
        return self.world.clock.now() - begun

    async def _right(self) -> bool:
        ours = await self.world.levels()
        return all(ours.get(sku) == truth for sku, truth in self.people.truth.items()) and all(
            max(0, store.available(sku)) == max(0, truth) and not store.unsettled()
            for store in self.stores
            for sku, truth in self.people.truth.items()
        )

    async def _judge(self) -> None:
        await self.world.pass_time(300)  # what is right stays right
        while await self.world.answer():  # a hand's work may be found that late
            await self.world.pass_time(300)
        ours = await self.world.levels()
        for sku, truth in self.people.truth.items():
            self.judge.ledger(sku, ours.get(sku, 0), truth)
            for store in self.stores:
                self.judge.rest(store, sku, truth)
        for store in self.stores:
            self.judge.forbidden += store.available(UNTOUCHED) != UNTOUCHED_AT
        self.judge.unbalanced = len(await self.world.imbalances())

    def _compare(self, report: Report) -> None:
        """Let the oracle and a plain loop live through the same trace (ENGINE B4)."""
        end = self.world.clock.now()
        oracle = Oracle(self.stores, self.people.trace, self.opening, end)
        best = oracle.best(self.judge.polls)
        plain = oracle.plain(self._began)
        report.oracle_oversold, report.oracle_refused = best.oversold, best.refused
        report.plain_oversold, report.plain_wrong = plain.oversold, plain.wrong
