"""The line from the engine to a simulated store, with everything that goes wrong on it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from connectors.errors import NeedsReconnect, RateLimited, Unavailable
from connectors.pace import read_again
from connectors.protocol import (
    Account,
    LevelWrite,
    OrderPage,
    RemoteLevel,
    RemoteListing,
    RemoteLocation,
    RemoteOrder,
    StoreTraits,
    WriteOutcome,
)
from simulator.store import PLACE, Feed, Store
from simulator.turns import Turns
from tests.engine.world import Crash

PAGE = 50
CALL = (0.05, 0.6)  # seconds that one takes, from, to
WRITES = 3.0  # times as many faults as at readings
FAULTS = (
    "throttled",
    "down",
    "error_before",
    "error_after",
    "timed_out_before",
    "timed_out_after",
    "lands_late",
    "partial",
    "not_applied",
    "killed_before_call",
    "killed_after_call",
)
_ids = count(1)


class Trouble:
    """What goes wrong, how often, and how often it did."""

    def __init__(self, chances: random.Random, rate: float) -> None:
        self.chances = chances
        self.rate = rate
        self.seen: Counter[str] = Counter()

    def draw(self, *possible: str, often: float = 1.0) -> str | None:
        """Draw a fault, or none; `often` times as likely as usual."""
        if self.chances.random() >= self.rate * often:
            return None
        fault = self.chances.choice(possible)
        self.seen[fault] += 1
        return fault

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        self.rate = 0.0


class Line:
    """A connector to one simulated store."""

    def __init__(self, store: Store, trouble: Trouble, turns: Turns, judge: Any) -> None:
        self._store = store
        self._trouble = trouble
        self._turns = turns
        self._judge = judge

    @property
    def traits(self) -> StoreTraits:
        return self._store.shape.traits

    @property
    def skew(self) -> timedelta:
        return timedelta(seconds=self._store.shape.skew)

    async def check(self) -> Account:
        return Account(self._store.name, self._store.name, "EUR", frozenset())

    async def locations(self) -> list[RemoteLocation]:
        return [RemoteLocation(PLACE, "Main", True, True)] if self.traits.locations else []

    async def listings(self, since: datetime | None = None) -> AsyncIterator[list[RemoteListing]]:
        await self._reading()
        yield [
            RemoteListing(
                ref=sku,
                sku=sku,
                title=sku,
                state="active",
                tracked=sku not in self._store.untouchable,
                channel="merchant",
                levels=(self._level(sku),),
            )
            for sku in sorted(self._store.numbers)
        ]

    async def levels(self, refs: Sequence[str]) -> list[RemoteLevel]:
        return await read_again(lambda: self._levels(refs), "levels", self._sleep)

    async def _levels(self, refs: Sequence[str]) -> list[RemoteLevel]:
        await self._call()
        found = [self._level(ref) for ref in refs if ref in self._store.numbers]
        self._after(self._trouble.draw("error_after", "killed_after_call"))
        return found

    def _level(self, sku: str) -> RemoteLevel:
        location = PLACE if self.traits.locations else None
        return RemoteLevel(sku, location, self._store.available(sku), 0, self._store.now())

    async def set_levels(self, writes: Sequence[LevelWrite]) -> list[WriteOutcome]:
        # A request that leaves after its lease is beyond what any lease can promise where
        # nothing is compared: there a worker stands still after its request, not before.
        given = self._store.now()
        await self._call(may_freeze=self.traits.compare_and_set)
        store = self._store
        self._judge.writes(store, writes, given)
        feed = bool(self.traits.settles_within) and len(writes) > self.traits.direct_up_to
        # Writes are few beside readings, and what goes wrong with them matters most.
        fault = self._trouble.draw(
            "error_after", "timed_out_before", "timed_out_after", "lands_late", "lands_late",
            "killed_after_call", "partial", *(["not_applied"] * 3 if feed else []),
            often=WRITES,
        )  # fmt: skip
        if fault == "timed_out_before":
            return [WriteOutcome("unknown", direct=not feed) for _ in writes]
        outcomes = self._feed(writes, fault) if feed else self._write(writes, fault)
        await self._turns.pause()
        if fault == "killed_after_call":
            raise Crash
        if fault in ("error_after", "timed_out_after", "lands_late"):
            return [WriteOutcome("unknown", direct=not feed) for _ in writes]
        self._judge.answered(writes, outcomes)
        return outcomes

    def _write(self, writes: Sequence[LevelWrite], fault: str | None) -> list[WriteOutcome]:
        store, chances = self._store, self._trouble.chances
        taken = len(writes)
        if fault == "partial" and len(writes) > 1:
            taken = chances.randrange(1, len(writes))
        late = chances.uniform(*store.shape.applies)
        if fault == "lands_late":
            late = chances.uniform(5, 28)  # ENGINE B1, and nobody waits for its answer
        at = store.clock.now() + timedelta(seconds=late)
        outcomes = []
        for number, write in enumerate(writes):
            if number >= taken:
                outcomes.append(WriteOutcome("unsent"))
            elif late:
                store.land_at(at, write)
                outcomes.append(WriteOutcome("applied"))
            else:
                outcomes.append(store.take(write))
        return outcomes

    def _feed(self, writes: Sequence[LevelWrite], fault: str | None) -> list[WriteOutcome]:
        """Accept writes that land minutes later, each feed at its own pace, or never."""
        store, chances = self._store, self._trouble.chances
        name = f"feed-{next(_ids)}"
        lands = store.clock.now() + timedelta(seconds=chances.uniform(*store.shape.feed))
        done = fault != "not_applied"
        told = lands + timedelta(seconds=chances.uniform(0, 30))
        store.feeds[name] = Feed(told, "applied" if done else "unsent")
        if done:
            for write in writes:
                store.land_at(lands, write)
        return [WriteOutcome("accepted", handle=f"{name}:{write.ref}") for write in writes]

    async def settle(self, handles: Sequence[str]) -> list[WriteOutcome]:
        return await read_again(lambda: self._settle(handles), "settle", self._sleep)

    async def _settle(self, handles: Sequence[str]) -> list[WriteOutcome]:
        await self._call()
        now, outcomes = self._store.clock.now(), []
        for handle in handles:
            feed = self._store.feeds[handle.partition(":")[0]]
            waits = now < feed.told
            outcomes.append(
                WriteOutcome("accepted", handle=handle) if waits else WriteOutcome(feed.outcome)
            )
        self._after(self._trouble.draw("error_after", "killed_after_call"))
        return outcomes

    async def orders_by_id(self, ids: Sequence[str]) -> list[RemoteOrder]:
        await self._reading()
        return self._store.by_ids(ids)

    async def orders(self, since: datetime | str) -> AsyncIterator[OrderPage]:
        """Read page by page, while the store goes on between two pages."""
        begun = self._store.now()
        overlap = self.traits.order_lag + self.traits.clock_margin
        cursor = since.isoformat() if isinstance(since, datetime) else since
        at = read_to = datetime.fromisoformat(cursor)
        self._judge.polled(self._store)
        await self._reading()
        given: dict[str, datetime] = {}
        while True:
            found = self._store.changed_since(at, but=given, limit=PAGE + 1)
            page, rest = found[:PAGE], found[PAGE:]
            given |= {order.id: order.updated_at for order in page}
            self._store.listed |= {order.id for order in page}
            if not rest:
                yield OrderPage(tuple(page), max(read_to, begun - overlap).isoformat())
                self._moment()  # the store goes on in the second of its last row
                return
            # From the last one's second on, so that others of that second are not missed.
            at = page[-1].updated_at
            self._trouble.seen["equal_stamps_at_a_page_edge"] += rest[0].updated_at == at
            # So far as what was not listable yet cannot be stamped earlier: a reading that
            # breaks off goes on from there.
            read_to = max(read_to, min(at, begun) - overlap)
            yield OrderPage(tuple(page), read_to.isoformat())
            self._after(self._trouble.draw("killed_after_call"))
            await self._reading()

    async def _reading(self) -> None:
        """Make a call that only reads: as every connector does, again where it broke off."""
        await read_again(self._call, "orders", self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self._store.clock.time += timedelta(seconds=seconds)
        self._judge.meanwhile()

    async def _call(self, *, may_freeze: bool = True) -> None:
        """Wait for our turn, take a moment, and fail before anything is done, if it comes so."""
        await self._turns.pause(may_freeze=may_freeze)
        store = self._store
        self._moment()
        if store.locked:
            self._trouble.seen["token_dead"] += 1
            raise NeedsReconnect("The token is not valid any more.")
        if store.busy_until is not None and store.clock.now() < store.busy_until:
            self._trouble.seen["throttled"] += 1
            raise RateLimited("Too many calls.", retry_after=timedelta(seconds=20))
        if store.down_until is not None and store.clock.now() < store.down_until:
            raise Unavailable("It answered 503.", sent=False)
        match self._trouble.draw("throttled", "down", "error_before", "killed_before_call"):
            case "throttled":
                store.busy_until = store.clock.now() + timedelta(seconds=30)
                raise RateLimited("Too many calls.", retry_after=timedelta(seconds=30))
            case "down":
                store.down_until = store.clock.now() + timedelta(seconds=60)
                raise Unavailable("It answered 503.", sent=False)
            case "error_before":
                raise Unavailable("It answered 500.", sent=False)
            case "killed_before_call":
                raise Crash

    def _moment(self) -> None:
        """Let a moment pass, in which people go on."""
        self._store.clock.time += timedelta(seconds=self._trouble.chances.uniform(*CALL))
        self._judge.meanwhile()

    def _after(self, fault: str | None) -> None:
        if fault == "killed_after_call":
            raise Crash
        if fault == "error_after":
            raise Unavailable("It answered 500.")
