"""A simulated store: its numbers, its orders, and what people do in it."""

from __future__ import annotations

import bisect
import itertools
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from connectors.protocol import LevelWrite, RemoteOrder, RemoteOrderLine, WriteOutcome
from simulator.shapes import Shape
from tests.engine.world import SimulatedClock

PLACE = "L1"  # the one location of a store that has any
EDITED_AGAIN_AFTER = timedelta(minutes=10)


@dataclass
class Sale:
    """One order of one line as the store holds it; `units` still wanted, `back` returned.

    ordered  what the line names, which an edit changes
    """

    id: str
    sku: str
    ordered: int
    units: int
    created: datetime
    stamp: datetime
    listable: datetime
    state: Literal["open", "closed", "cancelled"] = "open"
    sent: bool = False
    back: int = 0
    deducted: int = 0  # units that the store's own number lacks because of it
    restock_known: bool = True
    edited: datetime | None = None


@dataclass
class Feed:
    """Writes accepted together; the store says what became of them from `told` on."""

    told: datetime
    outcome: Literal["applied", "unsent"]


@dataclass
class Store:
    """One store. Its clock runs `skew` ahead of ours; its stamps are whole seconds of it."""

    shape: Shape
    clock: SimulatedClock
    numbers: dict[str, int] = field(default_factory=dict)
    untouchable: frozenset[str] = frozenset()  # SKUs that nobody of ours may write (R8)
    locked: bool = False  # our access was taken away
    busy_until: datetime | None = None  # it answers 429 until then
    down_until: datetime | None = None  # and 503 until then
    feeds: dict[str, Feed] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)  # orders that were ever handed out
    _sales: dict[str, Sale] = field(default_factory=dict)
    _log: list[tuple[datetime, str]] = field(default_factory=list)
    # The newest of each SKU; older ones were handed out long ago.
    _recent: dict[str, deque[Sale]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=50))
    )
    _waiting: list[tuple[datetime, int, LevelWrite]] = field(default_factory=list)
    _answers: dict[str, WriteOutcome] = field(default_factory=dict)
    _ids: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def name(self) -> str:
        return self.shape.name

    def now(self) -> datetime:
        return self.clock.now() + timedelta(seconds=self.shape.skew)

    # What people do in it ------------------------------------------------------------------

    def available(self, sku: str) -> int:
        """Say what a shopper can buy now."""
        self._apply()
        return self.numbers[sku]

    def sell(self, sku: str, units: int, lag: float) -> Sale | None:
        """Let somebody buy; None where too few are shown."""
        if self.available(sku) < units:
            return None
        self.numbers[sku] -= units
        now = self.now()
        sale = Sale(
            id=f"{self.name}-{next(self._ids)}",
            sku=sku,
            ordered=units,
            units=units,
            created=now,
            stamp=now,
            listable=now + timedelta(seconds=lag),
            deducted=units,
        )
        self._sales[sale.id] = sale
        self._changed(sale)
        return sale

    def cancel(self, sale: Sale, *, restock: bool, said: bool) -> int:
        """Cancel an order; the units that are ours to sell again.

        `restock`: the store puts them back on its own number; `said`: and says so.
        """
        self._apply()
        units = sale.units - sale.back
        sale.state, sale.restock_known = "cancelled", said
        sale.units = sale.back = 0
        if restock:
            self.numbers[sale.sku] += units
        if restock or not said:
            sale.deducted = 0
        self._changed(sale)
        return units

    def edit(self, sale: Sale, change: int) -> int:
        """Change how many units are wanted, as far as there are any; the change.

        Not before it was read, nor again before that was: nothing tells what an order was at
        first, nor that it was edited and edited back.
        """
        if sale.id not in self.listed:
            return 0
        if sale.edited is not None and sale.edited > self.now() - EDITED_AGAIN_AFTER:
            return 0
        if sale.units + change < 1 or self.available(sale.sku) < change:
            return 0
        sale.edited = self.now()
        self.numbers[sale.sku] -= change
        sale.units += change
        sale.ordered += change
        sale.deducted += change
        self._changed(sale)
        return change

    def send(self, sale: Sale) -> None:
        """Ship an order."""
        sale.sent, sale.state = True, "closed"
        self._changed(sale)

    def give_back(self, sale: Sale) -> int:
        """Take back one unit that was sent, onto the shelf; how many."""
        if not sale.sent or sale.back >= sale.units:
            return 0
        self._apply()
        sale.back += 1
        sale.deducted -= 1
        self.numbers[sale.sku] += 1
        self._changed(sale)
        return 1

    def set_by_hand(self, sku: str, value: int) -> int:
        """Change a number as nobody should; by how much."""
        change = value - self.available(sku)
        self.numbers[sku] = value
        return change

    def _changed(self, sale: Sale) -> None:
        """Stamp an order; one that was hidden for long shows once somebody touches it."""
        sale.stamp = self.now()
        promised = self.shape.traits.order_lag / 2
        if sale.created < sale.stamp and sale.listable > sale.stamp + promised:
            sale.listable = sale.stamp + promised
        self._log.append((sale.stamp, sale.id))
        self._recent[sale.sku].append(sale)

    # What requests do to it ----------------------------------------------------------------

    def _apply(self) -> None:
        """Let the writes land whose time has come, in the order of their times."""
        now = self.clock.now()
        due = sorted((one for one in self._waiting if one[0] <= now), key=lambda one: one[:2])
        self._waiting = [one for one in self._waiting if one[0] > now]
        for _, _, write in due:
            self._take(write)

    def land_at(self, at: datetime, write: LevelWrite) -> None:
        """Let a write arrive at a moment of ours; what it compares, it compares then."""
        self._waiting.append((at, next(self._ids), write))

    def unsettled(self) -> bool:
        """Say whether any write is still to land."""
        return bool(self._waiting)

    def take(self, write: LevelWrite) -> WriteOutcome:
        """Take a write that arrives now."""
        self._apply()
        return self._take(write)

    def _take(self, write: LevelWrite) -> WriteOutcome:
        """Set a number; where compared, if it is the expected one, and never twice for a key."""
        if self.shape.traits.compare_and_set:
            if write.key in self._answers:
                return self._answers[write.key]
            if self.numbers[write.ref] != write.expected:
                return WriteOutcome("stale", current=self.numbers[write.ref])
        self.numbers[write.ref] = write.value
        self._answers[write.key] = WriteOutcome("applied")
        return self._answers[write.key]

    def changed_since(
        self, since: datetime, *, but: Mapping[str, datetime], limit: int
    ) -> list[RemoteOrder]:
        """List the first orders changed since that are listable, oldest change first.

        `but`: those that were handed out already, with their stamps.
        """
        now, found = self.now(), dict[str, Sale]()
        for place in range(bisect.bisect_left(self._log, (since, "")), len(self._log)):
            stamp, sale_id = self._log[place]
            sale = self._sales[sale_id]
            is_old = sale.stamp != stamp or but.get(sale_id) == _whole(stamp)
            if is_old or sale.listable > now:
                continue
            found[sale_id] = sale
            if len(found) == limit:
                break
        in_order = sorted(found.values(), key=lambda one: (one.stamp, one.id))
        return [self._order(sale) for sale in in_order]

    def by_ids(self, ids: Iterable[str]) -> list[RemoteOrder]:
        """Read orders by their ids."""
        return [self._order(self._sales[one]) for one in ids if one in self._sales]

    def unread_before(self, sku: str, moment: datetime) -> bool:
        """Say whether an order of a SKU was listable by then and has never been handed out.

        One that became listable later than its platform promises is nobody's fault.
        """
        promised = self.shape.traits.order_lag
        return any(
            sale.listable <= moment
            and sale.listable - sale.created <= promised
            and sale.id not in self.listed
            for sale in self._recent[sku]
        )

    def _order(self, sale: Sale) -> RemoteOrder:
        taken = sale.units - sale.back
        return RemoteOrder(
            id=sale.id,
            name=f"#{sale.id}",
            created_at=_whole(sale.created),
            updated_at=_whole(sale.stamp),
            state=sale.state,
            lines=(
                RemoteOrderLine(
                    id="1",
                    ref=sale.sku,
                    sku=sale.sku,
                    ordered=sale.ordered,
                    taken=taken,
                    committed=0 if sale.sent or sale.state == "cancelled" else taken,
                    location=PLACE if self.shape.traits.locations else None,
                    deducted=sale.deducted,
                    restock_known=sale.restock_known,
                ),
            ),
        )


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
