"""Which location each unit of an order line is taken from.

A line is told to the rest of the product in parts, one for each location that
gave units or got some back. A part is named by its line *and* its location, so
it never moves: when a fulfilment order goes to another location, the old part
is no longer named, which gives its units back, and a new one is. Whatever moves
and splits happened in between, and in whatever order they are heard of, the
parts follow from the order's latest state alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from connectors.shopify.lines import LineStock


@dataclass(frozen=True, slots=True)
class Share:
    """Units of a line in one fulfilment order: all of them, and those not yet sent."""

    place: str
    total: int
    remaining: int


@dataclass(frozen=True, slots=True)
class Returned:
    """Units of a line that a refund put back on the shelf of a place; None where it names none."""

    place: str | None
    units: int
    were_unsent: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What a line took from one location; `taken` is below zero where units came back to
    a location that had not given them.
    """

    place: str | None
    ordered: int
    taken: int
    committed: int


def part_id(line_id: str, place: str | None) -> str:
    """Name a part for ever; a line of which no location is known keeps its own id."""
    return line_id if place is None else f"{line_id}@{place.rpartition('/')[2]}"


def parts(
    ordered: int,
    stock: LineStock,
    shares: Sequence[Share],
    returned: Sequence[Returned] = (),
    *,
    others: Iterable[str] = (),
) -> list[Part]:
    """Divide a line over its locations; the sums over the parts are always the line's own.

    The line says how many units were taken and are committed, its fulfilment orders
    only where. What they do not account for (units written off before they were
    sent, numbers read a moment apart) counts at the place that has most of the line;
    for a line that left its fulfilment orders, at a place that got units back, or
    else at one of the `others` that send the order.
    """
    if not shares:
        named = {each.place for each in returned if each.place} or set(others)
        if not named:
            return [Part(None, ordered, stock.taken, stock.committed)]
        shares = [Share(min(named), 0, 0)]
    total, unsent = _by_place(shares, "total"), _by_place(shares, "remaining")
    home = min(total, key=lambda place: (-total[place], place))
    back: dict[str, int] = {}
    cancelled: dict[str, int] = {}
    for each in returned:
        place = each.place or home
        back[place] = back.get(place, 0) + each.units
        if each.were_unsent:
            cancelled[place] = cancelled.get(place, 0) + each.units
    committed = _fit(stock.committed, [unsent], home)
    sent = {place: units - unsent[place] for place, units in total.items()}
    # Units cancelled before they were sent may have left their fulfilment order or not.
    gone = _fit(
        stock.taken + sum(back.values()) - stock.committed,
        [_each(max, sent, cancelled), _each(min, sent, cancelled)],
        home,
    )
    gross = {place: committed.get(place, 0) + gone.get(place, 0) for place in committed | gone}
    first = _fit(ordered, [gross], home)
    found = [
        Part(
            place=place,
            ordered=first.get(place, 0),
            taken=gross.get(place, 0) - back.get(place, 0),
            committed=committed.get(place, 0),
        )
        for place in sorted({home, *gross, *back, *first})
    ]
    used = [each for each in found if each.ordered or each.taken or each.committed]
    return used or [each for each in found if each.place == home]


def _by_place(shares: Iterable[Share], field: str) -> dict[str, int]:
    sums: dict[str, int] = {}
    for share in shares:
        sums[share.place] = sums.get(share.place, 0) + max(0, getattr(share, field))
    return sums


def _each(
    choose: Callable[[int, int], int], one: Mapping[str, int], other: Mapping[str, int]
) -> dict[str, int]:
    return {place: choose(one.get(place, 0), other.get(place, 0)) for place in {*one, *other}}


def _fit(units: int, wanted: Sequence[Mapping[str, int]], home: str) -> dict[str, int]:
    """Give units to the places that want them, one list after the other; the rest goes home."""
    given: dict[str, int] = {}
    for wishes in wanted:
        for place in sorted(wishes):
            taken = min(units, max(0, wishes[place]))
            given[place] = given.get(place, 0) + taken
            units -= taken
    given[home] = given.get(home, 0) + units
    return given
