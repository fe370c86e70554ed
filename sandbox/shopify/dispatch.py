"""Which location sends what: routing a sale, moving and splitting fulfilment orders.

Every act moves available and committed at the locations it touches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sandbox.shopify.model import Assigned, FulfillmentOrder, Item, Line, Location, Order
from sandbox.sold_out import SoldOut

Shares = list[tuple[Location, int]]


def route(
    wanted: Sequence[tuple[Item, int]], places: Sequence[Location], *, force: bool
) -> list[Shares]:
    """Choose where each line is sent from; SoldOut where too few are shown (unless forced).

    One place for the whole order if one has it all, else one place for the line,
    else the line is split over the places in their order.
    """
    for place in places:
        if all(_has(item, place, units) for item, units in wanted):
            return [[(place, units)] for _, units in wanted]
    return [_own_route(item, units, places, force=force) for item, units in wanted]


def _has(item: Item, place: Location, units: int) -> bool:
    level = item.levels.get(place.id)
    return level is not None and (not item.tracked or level.available >= units)


def _own_route(item: Item, units: int, places: Sequence[Location], *, force: bool) -> Shares:
    for place in places:
        if _has(item, place, units):
            return [(place, units)]
    stocked = [place for place in places if place.id in item.levels] or list(places[:1])
    shares: dict[str, int] = {}
    left = units
    for place in stocked:
        level = item.levels.get(place.id)
        shares[place.id] = min(left, max(0, level.available)) if level else 0
        left -= shares[place.id]
    if not stocked or (left and not force and item.tracked):
        raise SoldOut(item.sku)
    shares[stocked[0].id] += left
    return [(place, shares[place.id]) for place in stocked if shares[place.id]]


class Dispatch:
    """The fulfilment orders of one shop.

    `index_lag` says how late their changes can be searched, `routing_lag` is how
    late a sale gets its first ones.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        gid: Callable[[str], str],
        index_lag: Callable[[], timedelta],
    ) -> None:
        self._now = now
        self._gid = gid
        self._index_lag = index_lag
        self.routing_lag = timedelta()

    def assign(self, order: Order, line: Line, shares: Shares) -> None:
        """Give units of a line to locations."""
        for place, units in shares:
            found = self._open_at(order, place) or self._new(order, place)
            self._add(found, line, units)
            _stock(order, line, place, available=-units, committed=units)
            self._touch(found)

    def send(self, order: Order, line: Line, units: int) -> None:
        """Send units, oldest fulfilment order first."""
        for each, part in _parts(order, line):
            sent = min(units, part.remaining)
            if sent:
                units -= sent
                part.remaining -= sent
                _stock(order, line, each.location, committed=-sent)
                self._touch(each)
                _close_if_done(each)

    def withdraw(self, order: Order, line: Line, units: int, *, restock: bool) -> Shares:
        """Take unsent units out, newest fulfilment order first; answer from where."""
        shares: Shares = []
        for each, part in reversed(list(_parts(order, line))):
            taken = min(units, part.remaining)
            if taken:
                units -= taken
                shares.append((each.location, taken))
                back = taken if restock else 0
                _stock(order, line, each.location, available=back, committed=-taken)
                _take_out(each, part, taken)
                self._touch(each)
                _close_if_done(each)
        return shares

    def put_back(self, order: Order, line: Line, units: int, to: Location | None) -> Shares:
        """Put units that were sent back on the shelf: at `to`, else where they came from."""
        places = [each.location for each, part in _parts(order, line) if part.sent]
        place = to or places[0]
        _stock(order, line, place, available=units)
        return [(place, units)]

    def home(self, order: Order, line: Line) -> Location | None:
        """Find the place that still has units of a line to send."""
        open_ones = [each.location for each, part in _parts(order, line) if part.remaining]
        return open_ones[0] if open_ones else None

    def move(
        self,
        order: Order,
        to: Location,
        *,
        line: Line | None = None,
        units: int | None = None,
        source: Location | None = None,
    ) -> None:
        """Let `to` send what others were to send: everything unsent, or units of one line.

        ValueError where nothing can be moved or `to` does not stock it.
        """
        found = [
            each
            for each in order.fulfillments
            if not each.closed and each.location is not to and source in (None, each.location)
        ]
        chosen = [
            (each, [part for part in each.lines if part.remaining and line in (None, part.line)])
            for each in found
        ]
        chosen = [(each, parts) for each, parts in chosen if parts]
        if not chosen:
            raise ValueError("there is nothing to move")
        for _, parts in chosen:
            for part in parts:
                if part.line.variant and to.id not in part.line.variant.item.levels:
                    raise ValueError(f"{part.line.sku} is not stocked at {to.name}")
        for each, parts in chosen:
            self._move_one(order, each, to, parts, units)

    def split(self, order: Order, line: Line, units: int) -> None:
        """Put units of a line into a fulfilment order of their own, at the same place."""
        for each, part in _parts(order, line):
            if part.remaining >= units and (part.remaining > units or len(each.lines) > 1):
                _take_out(each, part, units)
                self._add(self._new(order, each.location), line, units)
                self._touch(each)
                return
        raise ValueError("there is nothing to split")

    def _move_one(
        self,
        order: Order,
        source: FulfillmentOrder,
        to: Location,
        parts: Sequence[Assigned],
        units: int | None,
    ) -> None:
        moved = [
            (part, part.remaining if units is None else min(units, part.remaining))
            for part in parts
        ]
        for part, count in moved:
            _stock(order, part.line, source.location, available=count, committed=-count)
            _stock(order, part.line, to, available=-count, committed=count)
        whole = len(moved) == len(source.lines) and all(n == part.total for part, n in moved)
        there = self._open_at(order, to)
        self._touch(source)
        if whole and there is None:
            source.location = to
            return
        target = self._new(order, to)
        for part, count in moved:
            self._add(target, part.line, count)
        if whole:
            _retire(source)
        else:
            for part, count in moved:
                _take_out(source, part, count)
            _close_if_done(source)
        if there is not None:
            self._merge(there, target)

    def _merge(self, there: FulfillmentOrder, target: FulfillmentOrder) -> None:
        """Recreate the unsent units of one fulfilment order in another, and close it."""
        for part in list(there.lines):
            if part.remaining:
                self._add(target, part.line, part.remaining)
        if any(part.sent for part in there.lines):
            for part in list(there.lines):
                _take_out(there, part, part.remaining)
            there.closed = True
        else:
            _retire(there)
        self._touch(there)

    def _open_at(self, order: Order, place: Location) -> FulfillmentOrder | None:
        found = (each for each in order.fulfillments if not each.closed and each.location is place)
        return next(found, None)

    def _new(self, order: Order, place: Location) -> FulfillmentOrder:
        first = not order.fulfillments
        at = self._stamp(self._now() + (self.routing_lag if first else timedelta()))
        made = FulfillmentOrder(self._gid("FulfillmentOrder"), place, at, at)
        order.fulfillments.append(made)
        self._touch(made)
        return made

    def _add(self, to: FulfillmentOrder, line: Line, units: int) -> None:
        same = next((part for part in to.lines if part.line is line), None)
        if same is None:
            to.lines.append(Assigned(self._gid("FulfillmentOrderLineItem"), line, units, units))
        else:
            same.total += units
            same.remaining += units

    def _touch(self, touched: FulfillmentOrder) -> None:
        now = max(self._now(), touched.created_at)
        touched.updated_at = self._stamp(now)
        touched.indexed.append((now + self._index_lag(), touched.updated_at))

    def _stamp(self, moment: datetime) -> datetime:
        return moment.astimezone(UTC).replace(microsecond=0)


def _parts(order: Order, line: Line) -> Iterator[tuple[FulfillmentOrder, Assigned]]:
    for each in order.fulfillments:
        if not each.hidden:
            yield from ((each, part) for part in each.lines if part.line is line)


def _take_out(source: FulfillmentOrder, part: Assigned, units: int) -> None:
    part.total -= units
    part.remaining -= units
    if not part.total:
        source.lines.remove(part)


def _close_if_done(touched: FulfillmentOrder) -> None:
    touched.closed = all(part.remaining == 0 for part in touched.lines)


def _retire(source: FulfillmentOrder) -> None:
    source.closed = source.hidden = True


def _stock(
    order: Order, line: Line, place: Location, *, available: int = 0, committed: int = 0
) -> None:
    """Move stock for a line, where the item still exists and is tracked."""
    if order.test or line.variant is None or not line.variant.item.tracked:
        return
    level = line.variant.item.levels.get(place.id)
    if level is not None:
        level.available += available
        level.committed += committed
