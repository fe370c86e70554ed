"""One run: a world under a seed, played to its end, rested, and judged."""

from __future__ import annotations

import contextlib
import random
import time
from collections import Counter, deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from simulator.judge import Judge
from simulator.line import Trouble
from simulator.oracle import Oracle, Trace
from simulator.plot import Act, Setting, draw
from simulator.shapes import SHAPES, Shape
from simulator.store import Sale, Store
from simulator.world import MortalDatabase, SimulatedWorld
from tests.engine.world import Crash, SimulatedClock

UNTOUCHED = "NEVER"  # not tracked by its store: nobody of ours may write it (R8)
UNTOUCHED_AT = 17
# Once nothing goes wrong any more, all numbers are right within this: what is given up after a
# crash (a lease of two minutes, a feed's ten) is read back, with some polls between.
CONVERGES_WITHIN = timedelta(minutes=40)
AUDIT_HOURS = 0.25
# What people do in stores, in no time: also while the engine is between two calls.
AT_ONCE = frozenset(
    {"buy", "regret", "take_back", "cancel", "edit", "send", "return", "by_hand", "storm"}
)
LATE_ROW = 600.0  # seconds; far beyond what any of the platforms promises


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
    missing: list[str] = field(default_factory=list)


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
        self.stores = [self._store(shape, clock) for shape in shapes]
        self.world = SimulatedWorld(database, self.stores, clock, self.trouble, self.judge)
        self.truth = dict.fromkeys(self.skus, setting.opening)
        self.physical = dict.fromkeys(self.skus, setting.opening)
        self.opening: dict[str, int] = {}
        self.open: list[tuple[Store, Sale]] = []
        self.trace: list[Trace] = []
        self._began = clock.now()
        self._due: deque[Act] = deque()
        self.judge.meanwhile = self._meanwhile

    def _store(self, shape: Shape, clock: SimulatedClock) -> Store:
        numbers = dict.fromkeys(self.skus, self.setting.opening)
        numbers[UNTOUCHED] = UNTOUCHED_AT
        return Store(shape, clock, numbers, frozenset({UNTOUCHED}))

    async def play(
        self, events: int, keep: Collection[int] | None = None, *, stop_at_once: bool = False
    ) -> Report:
        """Play the acts, or only those to keep, let everything rest, and judge.

        `stop_at_once`: at the first thing that never may happen; what was wrong is enough.
        """
        begun = time.perf_counter()
        acts = draw(self.seed, events, self.setting, len(self.stores))
        if keep is not None:
            acts = [act for act in acts if act.number in keep]
        await self._begin()
        self._due = deque(acts)
        while self._due and not (stop_at_once and self.judge.failed):
            left = (self._at(self._due[0]) - self.world.clock.now()).total_seconds()
            if left > 0:
                await self.world.pass_time(left)
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
                    self.open.append((store, sale))
        await self.world.open(audit_hours=AUDIT_HOURS)
        # The first store's number is copied; the units that the others had sold by then come on
        # top of it, so that what is available is what the first store shows.
        for sku in self.skus:
            self.truth[sku] = self.physical[sku] = self.stores[0].available(sku)
        await self.world.pass_time(240)
        self._began = self.world.clock.now()
        self.opening = dict(self.truth)
        self.trouble.rate = self.setting.trouble
        late = self.trouble.seen["late_row"]
        self.trouble.seen.clear()
        self.trouble.seen["late_row"] = late
        self.judge.polls.clear()

    def _at(self, act: Act) -> datetime:
        return self._began + timedelta(seconds=act.at)

    def _meanwhile(self) -> None:
        """Let people do what is due by now, also while the engine is between two calls."""
        while self._due and self._due[0].kind in AT_ONCE:
            if self._at(self._due[0]) > self.world.clock.now():
                return
            self._do(self._due.popleft())

    def _do(self, act: Act) -> None:
        store, sku = self.stores[act.store], self.skus[act.sku]
        match act.kind:
            case "buy":
                self._buy(store, sku, act)
            case "regret":
                self._regret(store, sku, act)
            case "take_back":
                self._take_back(store, act)
            case "cancel":
                self._cancel(act)
            case "edit":
                self._edit(act)
            case "send":
                self._send(act)
            case "return":
                self._give_back(act)
            case "by_hand":
                if not store.unsettled():
                    self.trouble.seen["changed_by_hand"] += 1
                    self.judge.adjusted_by_hand.add((store.name, sku))
                    store.set_by_hand(sku, max(0, store.available(sku) + (-2, 3)[act.draw < 0.5]))
            case "storm":
                self.trouble.seen["storm_of_429"] += 1
                store.busy_until = store.clock.now() + timedelta(seconds=60 + 120 * act.draw)

    async def _do_later(self, act: Act) -> None:
        """Do what takes the database itself."""
        match act.kind:
            case "adjust":
                await self._adjust(self.skus[act.sku], act)
            case "token":
                await self._token(self.stores[act.store])
            case "cut":
                await self.world.cut()

    def _regret(self, store: Store, sku: str, act: Act) -> None:
        """Buy, and cancel within the same second: two versions of one order with one stamp."""
        sale = store.sell(sku, 1, 0)
        if sale is None:
            return
        self.judge.sale(1, self.physical[sku])
        self.truth[sku] -= 1
        self.physical[sku] -= 1
        self.trouble.seen["cancelled_within_its_second"] += 1
        self._note("buy", store, sku, 1, 0, act.number)
        self.open.append((store, sale))
        whole = sale.stamp.microsecond / 1e6
        later = act.at + min(0.4, (1 - whole) * 0.8)
        self._due.appendleft(replace(act, at=later, kind="take_back"))

    def _take_back(self, store: Store, act: Act) -> None:
        found = [one for one in self.open if one[0] is store and one[1].state == "open"]
        if not found:
            return
        picked = found[-1]
        self.open.remove(picked)
        units = store.cancel(picked[1], restock=True, said=True)
        self.truth[picked[1].sku] += units
        self.physical[picked[1].sku] += units
        self._note("back", store, picked[1].sku, units, 0, act.number)

    def _buy(self, store: Store, sku: str, act: Act) -> None:
        low, high = store.shape.lag
        lag = low + (high - low) * act.draw
        self.trouble.seen["orders_late"] += lag > 5
        sale = store.sell(sku, act.units, lag)
        self._note("buy", store, sku, act.units, lag, act.number)
        if sale is None:
            self.judge.turned_away(act.units, self.physical[sku])
            return
        self.judge.sale(act.units, self.physical[sku])
        self.truth[sku] -= act.units
        self.physical[sku] -= act.units
        self.open.append((store, sale))

    def _pick(self, act: Act) -> tuple[Store, Sale] | None:
        if not self.open:
            return None
        return self.open.pop(int(act.draw * len(self.open)))

    def _cancel(self, act: Act) -> None:
        picked = self._pick(act)
        if picked is None:
            return
        store, sale = picked
        silent = act.units == 1 and act.draw * 10 % 1 < store.shape.silent
        restock = act.draw * 100 % 1 < 0.6
        units = store.cancel(sale, restock=restock, said=not silent)
        self.trouble.seen["cancelled_in_silence"] += silent
        self.truth[sale.sku] += units
        self.physical[sale.sku] += units
        self._note("back", store, sale.sku, units, 0, act.number)

    def _edit(self, act: Act) -> None:
        picked = self._pick(act)
        if picked is None:
            return
        store, sale = picked
        change = store.edit(sale, 1 if act.draw < 0.5 else -1)
        self.open.append((store, sale))
        self.truth[sale.sku] -= change
        self.physical[sale.sku] -= change
        self._note("back", store, sale.sku, -change, 0, act.number)

    def _send(self, act: Act) -> None:
        picked = self._pick(act)
        if picked is not None:
            picked[0].send(picked[1])
            self.open.append(picked)

    def _give_back(self, act: Act) -> None:
        sent = [one for one in self.open if one[1].sent]
        if not sent:
            return
        store, sale = sent[int(act.draw * len(sent))]
        units = store.give_back(sale)
        self.truth[sale.sku] += units
        self.physical[sale.sku] += units
        self._note("back", store, sale.sku, units, 0, act.number)

    async def _adjust(self, sku: str, act: Act) -> None:
        units = int(act.units * (4 if act.draw < 0.6 else -1))
        with contextlib.suppress(Crash):
            held, self.world.mortal.trouble = self.world.mortal.trouble, None
            try:
                await self.world.adjust(sku, units)
            finally:
                self.world.mortal.trouble = held
            self.truth[sku] += units
            self.physical[sku] += units
            self._note("adjust", None, sku, units, 0, act.number)

    async def _token(self, store: Store) -> None:
        """Take our access away; a person reconnects after some minutes."""
        store.locked = True
        await self.world.pass_time(150)
        await self.world.reconnect(store)

    def _note(
        self, kind: str, store: Store | None, sku: str, units: int, lag: float, number: int
    ) -> None:
        name = "" if store is None else store.name
        self.trace.append(
            Trace(self.world.clock.now(), kind, name, sku, units, timedelta(seconds=lag), number)
        )

    async def _come_to_rest(self, *, stop_at_once: bool) -> timedelta:
        """End all trouble, and wait until everything is right; how long that took."""
        self.trouble.heal()
        self.world.mortal.trouble = None
        await self.world.turns.finish()
        for store in self.stores:
            store.busy_until = None
        begun = self.world.clock.now()
        while self.world.clock.now() - begun < CONVERGES_WITHIN:
            await self.world.pass_time(120)
            asked = await self.world.put_back()
            if stop_at_once and self.judge.failed:
                break
            if not asked and await self._right():
                break
        return self.world.clock.now() - begun

    async def _right(self) -> bool:
        ours = await self.world.levels()
        return all(ours.get(sku) == truth for sku, truth in self.truth.items()) and all(
            max(0, store.available(sku)) == max(0, truth) and not store.unsettled()
            for store in self.stores
            for sku, truth in self.truth.items()
        )

    async def _judge(self) -> None:
        await self.world.pass_time(300)  # what is right stays right
        while await self.world.put_back():  # a hand's work may be found that late
            await self.world.pass_time(300)
        ours = await self.world.levels()
        for sku, truth in self.truth.items():
            self.judge.ledger(sku, ours.get(sku, 0), truth)
            for store in self.stores:
                self.judge.rest(store, sku, truth)
        for store in self.stores:
            self.judge.forbidden += store.available(UNTOUCHED) != UNTOUCHED_AT
        self.judge.unbalanced = len(await self.world.imbalances())

    def _compare(self, report: Report) -> None:
        """Let the oracle and a plain loop live through the same trace (ENGINE B4)."""
        end = self.world.clock.now()
        oracle = Oracle(self.stores, self.trace, self.opening, end)
        best = oracle.best(self.judge.polls)
        plain = oracle.plain(self._began)
        report.oracle_oversold, report.oracle_refused = best.oversold, best.refused
        report.plain_oversold, report.plain_wrong = plain.oversold, plain.wrong
