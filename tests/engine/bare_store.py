"""A simulated store that compares nothing: it sets what it is told, when it gets round to it.

Its orders become listable late, its levels may lag, its cancels may or may not restock.
The line to it breaks as it is told: one fault per call, in order. A call told `feed` is
only accepted, `feed_lost` and `feed_crash` too, but nobody hears of it; `lost_feed`
never arrives, and nobody knows that it was not accepted.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from connectors.errors import Unavailable
from connectors.protocol import (
    Account,
    Connector,
    LevelWrite,
    OrderPage,
    RemoteLevel,
    RemoteListing,
    RemoteLocation,
    RemoteOrder,
    RemoteOrderLine,
    StoreTraits,
    WriteOutcome,
)
from connectors.services import Services
from storage.database import Database
from tests.engine.world import Crash, SimulatedClock, World

TRAITS = StoreTraits(
    compare_and_set=False,
    locations=False,
    write_batch=100,
    read_batch=100,
    order_lag=timedelta(seconds=20),
    apply_lag=timedelta(),
    reading_age=timedelta(seconds=1),
    abandoned=timedelta(seconds=30),
    clock_margin=timedelta(seconds=1),
    key_life=timedelta(hours=1),
    order_history=timedelta(days=60),
)


class SoldOut(Exception):
    """A shopper wanted more than the store shows."""


@dataclass
class Sale:
    """One order of one line, as the store holds it."""

    id: str
    sku: str
    units: int
    created: datetime
    stamp: datetime
    listable: datetime
    state: str = "open"
    sent: bool = False
    deducted: int = 0
    restock_known: bool = True


@dataclass
class Feed:
    """Writes that were accepted together; `told` is when the store says what became of them."""

    id: str
    told: datetime | None
    fails: dict[str, str]

    def outcome(self, sku: str, now: datetime) -> WriteOutcome:
        if self.told is None or now < self.told:
            return WriteOutcome("accepted", handle=f"{self.id}:{sku}")
        if sku in self.fails:
            return WriteOutcome("rejected", reason=self.fails[sku])
        return WriteOutcome("applied")


@dataclass
class BareStore:
    """One store with its numbers by SKU."""

    name: str
    clock: SimulatedClock
    traits: StoreTraits = TRAITS
    undocumented: bool = False  # nobody says whether a cancel restocks
    numbers: dict[str, int] = field(default_factory=dict)
    sales: list[Sale] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    written: list[list[LevelWrite]] = field(default_factory=list)
    waiting: list[tuple[datetime, str, int]] = field(default_factory=list)
    before_call: dict[str, list[Callable[[], object]]] = field(default_factory=dict)
    refuse: dict[str, str] = field(default_factory=dict)
    stop_after: int | None = None  # writes of a batch that are still taken
    feeds: list[Feed] = field(default_factory=list)
    feed_lands: timedelta | None = timedelta(minutes=3)  # None: never
    feed_told: timedelta | None = timedelta(minutes=3)
    feed_fails: dict[str, str] = field(default_factory=dict)
    asked: list[datetime] = field(default_factory=list)  # what became of feeds
    _ids: Any = field(default_factory=lambda: itertools.count(1))

    # What people do in it

    def available(self, sku: str) -> int:
        self.apply()
        return self.numbers[sku]

    def sell(self, sku: str, units: int = 1, *, lag: timedelta = timedelta()) -> Sale:
        if self.available(sku) < units:
            raise SoldOut(sku)
        now = self.clock.now()
        self.numbers[sku] -= units
        sale = Sale(
            f"{self.name}-{next(self._ids)}", sku, units, now, now, now + lag, deducted=units
        )
        self.sales.append(sale)
        return sale

    def cancel(self, sale: Sale, *, restock: bool = True) -> None:
        self.apply()
        sale.state, sale.stamp = "cancelled", self.clock.now()
        sale.restock_known = not self.undocumented
        if restock:
            self.numbers[sale.sku] += sale.units
            sale.deducted = 0

    def fulfil(self, sale: Sale) -> None:
        sale.sent, sale.state, sale.stamp = True, "closed", self.clock.now()

    def set_by_hand(self, sku: str, value: int) -> None:
        self.apply()
        self.numbers[sku] = value

    # What requests do to it

    def apply(self) -> None:
        """Let the writes land whose time has come, in the order of their times."""
        now = self.clock.now()
        for due in sorted(self.waiting):
            if due[0] <= now:
                self.waiting.remove(due)
                self.numbers[due[1]] = due[2]

    def deliver_late(self) -> None:
        """Let everything land that is still under way."""
        for _, sku, value in sorted(self.waiting):
            self.numbers[sku] = value
        self.waiting.clear()

    def accept(self, writes: Sequence[LevelWrite]) -> list[WriteOutcome]:
        """Take writes that land later, or fail then, or never come to an end."""
        now = self.clock.now()
        told = None if self.feed_told is None else now + self.feed_told
        feed = Feed(f"feed-{len(self.feeds) + 1}", told, dict(self.feed_fails))
        self.feeds.append(feed)
        for write in writes:
            if self.feed_lands is not None and write.ref not in feed.fails:
                self.waiting.append((now + self.feed_lands, write.ref, write.value))
        return [WriteOutcome("accepted", handle=f"{feed.id}:{write.ref}") for write in writes]

    def orders_now(self) -> list[RemoteOrder]:
        now = self.clock.now()
        return [self._order(sale) for sale in self.sales if sale.listable <= now]

    def _order(self, sale: Sale) -> RemoteOrder:
        gone = sale.state == "cancelled"
        return RemoteOrder(
            id=sale.id,
            name=f"#{sale.id}",
            created_at=_second(sale.created),
            updated_at=_second(sale.stamp),
            state=sale.state,  # type: ignore[arg-type]
            lines=(
                RemoteOrderLine(
                    id="1",
                    ref=sale.sku,
                    sku=sale.sku,
                    ordered=sale.units,
                    taken=0 if gone else sale.units,
                    committed=0 if gone or sale.sent else sale.units,
                    deducted=0 if gone and self.undocumented else sale.deducted,
                    restock_known=sale.restock_known,
                ),
            ),
        )


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


class BareConnector:
    """The line to a simulated store."""

    skew = timedelta()

    def __init__(self, store: BareStore) -> None:
        self._store = store

    @property
    def traits(self) -> StoreTraits:
        return self._store.traits

    def _call(self, name: str) -> str | None:
        store = self._store
        store.calls.append(name)
        for act in [store.before_call[name].pop(0)] if store.before_call.get(name) else []:
            act()
        store.clock.time += timedelta(milliseconds=300)
        fault = store.faults[name].pop(0) if store.faults.get(name) else None
        if fault == "crash_before":
            raise Crash
        if fault == "lost" and name != "write":
            raise Unavailable("The store did not answer in time.")
        return fault

    async def check(self) -> Account:
        return Account(self._store.name, self._store.name, "EUR", frozenset())

    async def locations(self) -> list[RemoteLocation]:
        return []

    async def listings(self, since: datetime | None = None) -> AsyncIterator[list[RemoteListing]]:
        now = self._store.clock.now()
        yield [
            RemoteListing(
                ref=sku,
                sku=sku,
                title=sku,
                state="active",
                tracked=True,
                channel="merchant",
                levels=(RemoteLevel(sku, None, number, 0, now),),
            )
            for sku, number in self._store.numbers.items()
        ]

    async def levels(self, refs: Sequence[str]) -> list[RemoteLevel]:
        self._call("levels")
        self._store.apply()
        now = self._store.clock.now()
        return [
            RemoteLevel(ref, None, self._store.numbers[ref], 0, now)
            for ref in refs
            if ref in self._store.numbers
        ]

    async def set_levels(self, writes: Sequence[LevelWrite]) -> list[WriteOutcome]:
        store = self._store
        fault = self._call("write")
        store.written.append(list(writes))
        now = store.clock.now()
        if fault == "lost_feed":
            return [WriteOutcome("unknown") for _ in writes]
        if fault is not None and fault.startswith("feed"):
            accepted = store.accept(writes)
            if fault == "feed_crash":
                raise Crash
            return accepted if fault == "feed" else [WriteOutcome("unknown") for _ in writes]
        outcomes = []
        for number, write in enumerate(writes):
            if store.stop_after is not None and number >= store.stop_after:
                outcomes.append(WriteOutcome("unsent"))
            elif store.traits.compare_and_set and store.available(write.ref) != write.expected:
                outcomes.append(WriteOutcome("stale", current=store.available(write.ref)))
            elif write.ref in store.refuse:
                outcomes.append(WriteOutcome("rejected", reason=store.refuse[write.ref]))
            else:
                late = timedelta(seconds=25) if fault == "late" else store.traits.apply_lag
                if fault != "lost":
                    store.waiting.append((now + late, write.ref, write.value))
                answered = fault is None or fault == "crash_after"
                outcomes.append(
                    WriteOutcome("applied") if answered else WriteOutcome("unknown", direct=True)
                )
        store.apply()
        if fault == "crash_after":
            raise Crash
        return outcomes

    async def settle(self, handles: Sequence[str]) -> list[WriteOutcome]:
        store = self._store
        fault = self._call("settle")
        store.asked.append(store.clock.now())
        feeds = {feed.id: feed for feed in store.feeds}
        outcomes = []
        for handle in handles:
            feed, _, sku = handle.partition(":")
            outcomes.append(feeds[feed].outcome(sku, store.clock.now()))
        if fault == "crash_after":
            raise Crash
        return outcomes

    async def orders_by_id(self, ids: Sequence[str]) -> list[RemoteOrder]:
        return [order for order in self._store.orders_now() if order.id in ids]

    async def orders(self, since: datetime | str) -> AsyncIterator[OrderPage]:
        """Read in two pages, so that a page is read while the store goes on."""
        fault = self._call("orders")
        found = sorted(self._store.orders_now(), key=lambda order: (order.updated_at, order.id))
        half = len(found) // 2
        yield OrderPage(tuple(found[:half]), "cursor")
        if fault == "crash_after":
            raise Crash
        yield OrderPage(tuple(found[half:]), "cursor")


class BareWorld(World):
    """One workspace with stores that compare nothing, and shops that do, if it has any."""

    def __init__(self, database: Database, *stores: BareStore, clock: SimulatedClock) -> None:
        super().__init__(database, clock=clock)
        self.stores = {store.name: store for store in stores}

    def _try(
        self,
        platform: str,
        values: Mapping[str, str],
        base_url: str | None,
        settings: Mapping[str, Any],
        services: Services,
    ) -> AbstractAsyncContextManager[Connector]:
        @asynccontextmanager
        async def opened() -> AsyncIterator[Connector]:
            yield BareConnector(self.stores[values["shop"]])

        return opened()

    async def link(self, name: str) -> int:
        """Connect a store and import its products; the store's id."""
        return await self.connect_with({"shop": name})


def feeding(traits: StoreTraits = TRAITS) -> StoreTraits:
    """A store that may accept a write and apply it hours later."""
    return replace(traits, settles_within=timedelta(hours=4))


def slow(traits: StoreTraits = TRAITS) -> StoreTraits:
    """A store that applies what it accepted some seconds later."""
    return replace(traits, apply_lag=timedelta(seconds=15), reading_age=timedelta(seconds=2))
