"""Which location each unit of an order line is taken from.

A line is told to the rest of the product in parts, one for each location that
gave units or got some back. A part is named by its line *and* its location, so
it never moves: when a fulfilment order goes to another location, the old part
is no longer named, which gives its units back, and a new one is. Whatever moves
and splits happened in between, and in whatever order they are heard of, the
parts follow from the order's latest state alone.

Units of which Shopify does not tell the place (their location was deleted, or where
they are sent from may not be read) are a part of the line that is not `located`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from connectors.protocol import PLACE_MARK
from connectors.shopify.lines import LineStock

_Place = str | None


@dataclass(frozen=True, slots=True)
class Share:
    """Units of a line in one fulfilment order: all of them, and those not yet sent.

    `place` is None where the location was deleted.
    """

    place: str | None
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
    a location that had not given them. Where it is not `located`, `place` is a guess.
    """

    place: str | None
    ordered: int
    taken: int
    committed: int
    located: bool = True


def part_id(line_id: str, place: str | None) -> str:
    """Name a part for ever; a line of which no location is known keeps its own id."""
    return line_id if place is None else f"{line_id}{PLACE_MARK}{place.rpartition('/')[2]}"


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
    for a line that left its fulfilment orders, at a place that got units back. One
    that nothing tells of is guessed to be at one of the `others` that send the order.
    """
    if not shares:
        named = {each.place for each in returned if each.place}
        if not named:
            guess = min(others, default=None)
            return [Part(guess, ordered, stock.taken, stock.committed, located=False)]
        shares = [Share(min(named), 0, 0)]
    total, unsent = _by_place(shares, "total"), _by_place(shares, "remaining")
    home = min(total, key=lambda place: (-total[place], _order(place)))
    nameless = None if None in total else home
    back: dict[_Place, int] = {}
    cancelled: dict[_Place, int] = {}
    for each in returned:
        place = each.place or nameless
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
            located=place is not None,
        )
        for place in sorted({home, *gross, *back, *first}, key=_order)
    ]
    used = [each for each in found if each.ordered or each.taken or each.committed]
    return used or [each for each in found if each.place == home]


def _order(place: _Place) -> tuple[bool, str]:
    """Sort places; the one that is not told comes last."""
    return place is None, place or ""


def _by_place(shares: Iterable[Share], field: str) -> dict[_Place, int]:
    sums: dict[_Place, int] = {}
    for share in shares:
        sums[share.place] = sums.get(share.place, 0) + max(0, getattr(share, field))
    return sums


def _each(
    choose: Callable[[int, int], int], one: Mapping[_Place, int], other: Mapping[_Place, int]
) -> dict[_Place, int]:
    return {place: choose(one.get(place, 0), other.get(place, 0)) for place in {*one, *other}}


def _fit(units: int, wanted: Sequence[Mapping[_Place, int]], home: _Place) -> dict[_Place, int]:
    """Give units to the places that want them, one list after the other; the rest goes home."""
    given: dict[_Place, int] = {}
    for wishes in wanted:
        for place in sorted(wishes, key=_order):
            taken = min(units, max(0, wishes[place]))
            given[place] = given.get(place, 0) + taken
            units -= taken
    given[home] = given.get(home, 0) + units
    return given
