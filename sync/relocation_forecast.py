"""What other places or warehouses do to each listing's number: the pure part of the plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from storage.plans import PlanLineRow, Prospect
from sync.forecast import change_kind, copied_from
from sync.limits import Limits

# A warehouse: its id, or the place that a new one is made for, in words.
House = int | str


@dataclass(frozen=True, slots=True)
class Shelves:
    """What a forecast is made of.

    houses      place -> the warehouses that will stand for it, the receiving one first;
                none: it is left out
    copied      places whose number becomes ours
    available   (product, warehouse) -> what we have there
    counted     those of them that somebody counted
    taken       (product, place) -> units of its orders that are still to come off our numbers
    undeducted  (listing, place) -> units sold that the store's own number still holds
    """

    houses: Mapping[int, Sequence[House]]
    copied: Collection[int]
    available: Mapping[tuple[int, House], int]
    counted: Collection[tuple[int, House]]
    limits: Limits
    taken: Mapping[tuple[int, int], int] = field(default_factory=dict)
    undeducted: Mapping[tuple[int, int], int] = field(default_factory=dict)


def foresee(prospects: Sequence[Prospect], shelves: Shelves) -> list[PlanLineRow]:
    """Say for each listing at each place what it shows now and will show."""
    stock, counted = _stock(prospects, shelves)
    return [_line(prospect, shelves, stock, counted) for prospect in prospects]


def _stock(
    prospects: Iterable[Prospect], shelves: Shelves
) -> tuple[dict[tuple[int, House], int], set[tuple[int, House]]]:
    """Work out what will stand in the warehouses: orders taken off, then copies set."""
    stock, counted = dict(shelves.available), set(shelves.counted)
    for (product, place), units in shelves.taken.items():
        for house in shelves.houses.get(place, ())[:1]:
            stock[product, house] = stock.get((product, house), 0) - units
    for prospect, shown in copied_from(prospects, shelves.copied):
        place = prospect.location_id
        first, *others = shelves.houses[place]
        here = prospect.product_id, first
        ours = stock.get(here, 0)
        beside = sum(stock.get((prospect.product_id, house), 0) for house in others)
        if here in counted and shelves.limits.hides(shown, ours, beside):
            continue
        stock[here] = shown - shelves.undeducted.get((prospect.listing_id, place), 0)
        counted.add(here)
    return stock, counted


def _line(
    prospect: Prospect,
    shelves: Shelves,
    stock: Mapping[tuple[int, House], int],
    counted: Collection[tuple[int, House]],
) -> PlanLineRow:
    places = [(prospect.product_id, house) for house in shelves.houses[prospect.location_id]]
    parts = tuple(stock[place] for place in places if place in stock)
    listing, location, now = prospect.listing_id, prospect.location_id, prospect.now
    if not prospect.stocked:
        known = any(place in counted for place in places)
        becomes = shelves.limits.shown(sum(parts)) if known else None
        return PlanLineRow(listing, location, "not_stocked", None, becomes, parts if known else ())
    if not prospect.writable or not places:
        return PlanLineRow(listing, location, "left_alone", now, None)
    if now is None or not any(place in counted for place in places):
        return PlanLineRow(listing, location, "uncounted", now, None)
    becomes = shelves.limits.shown(sum(parts))
    return PlanLineRow(listing, location, change_kind(max(0, now), becomes), now, becomes, parts)
