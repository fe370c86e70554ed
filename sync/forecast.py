"""What turning sync on would do to each listing: the pure part of a plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from storage.plans import PlanLineRow, Prospect
from sync.choices import Choices
from sync.limits import Limits

# ENGINE/DESIGN section 6: a confirmation holds while no class grows by more than this.
GROWTH_UNITS = 5
GROWTH_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Ground:
    """What a forecast is made of.

    warehouse_of  location -> the warehouse that receives; None for one still to be made
    available     (product, warehouse) -> what we have there
    counted       those of them that somebody counted
    open_units    ref -> units of the store's open orders
    limits        what the store keeps back and shows at most
    beside        location -> further warehouses whose stock is added
    undeducted    ref -> units sold that the store's own number still holds
    """

    warehouse_of: Mapping[int, int | None]
    available: Mapping[tuple[int, int], int]
    counted: Collection[tuple[int, int]]
    open_units: Mapping[str, int]
    limits: Limits
    beside: Mapping[int, Sequence[int]] = field(default_factory=dict)
    undeducted: Mapping[str, int] = field(default_factory=dict)


def forecast(prospects: Sequence[Prospect], choices: Choices, ground: Ground) -> list[PlanLineRow]:
    """Say for each listing at each linked location what it shows now and will show.

    For what is not stocked at its location that is what it shows once it is: nobody has
    agreed to that yet. What a store sold while its sync was off (`counted`) is not known before its orders
    are read; whoever shows the plan has to say that it comes off in addition.
    """
    copied = _copied(prospects, choices, ground)
    lines = []
    for prospect in prospects:
        parts = _parts(prospect, choices, ground, copied)
        becomes = None if parts is None else ground.limits.shown(sum(parts))
        kind = _kind(prospect, becomes)
        lines.append(
            PlanLineRow(
                prospect.listing_id,
                prospect.location_id,
                kind,
                prospect.now,
                None if kind == "left_alone" else becomes,
                () if kind == "left_alone" else tuple(parts or ()),
            )
        )
    return lines


def _copied(
    prospects: Sequence[Prospect], choices: Choices, ground: Ground
) -> dict[tuple[int, int | str], int]:
    """Sum what the copied locations show by (product, warehouse or new location)."""
    taken: Counter[tuple[int, int | str]] = Counter()
    for prospect, shown in copied_from(prospects, set(choices.copied_locations)):
        taken[prospect.product_id, _place(prospect, ground)] += shown
    return dict(taken)


def copied_from(
    prospects: Iterable[Prospect], places: Collection[int]
) -> list[tuple[Prospect, int]]:
    """Choose the listings whose numbers a copy takes at some places, each with its number.

    Of those that show one product at one place that is one: the first that is linked by its
    SKU, else the first (storage/targets.py).
    """
    found: dict[tuple[int, int], tuple[Prospect, int]] = {}
    for one in sorted(prospects, key=lambda one: (one.chosen, one.listing_id)):
        if one.location_id in places and one.writable and one.now is not None:
            found.setdefault((one.product_id, one.location_id), (one, one.now))
    return list(found.values())


def _place(prospect: Prospect, ground: Ground) -> int | str:
    held = ground.warehouse_of[prospect.location_id]
    return f"new {prospect.location_id}" if held is None else held


def _parts(
    prospect: Prospect,
    choices: Choices,
    ground: Ground,
    copied: Mapping[tuple[int, int | str], int],
) -> list[int] | None:
    """Say what the new number is the sum of, the receiving warehouse first; None: not counted."""
    place = _place(prospect, ground)
    here = (prospect.product_id, place) if isinstance(place, int) else None
    others = [(prospect.product_id, house) for house in ground.beside.get(prospect.location_id, ())]
    beside = [ground.available[other] for other in others if other in ground.available]
    ours = ground.available.get(here) if here is not None else None
    known = here is not None and here in ground.counted
    shown = copied.get((prospect.product_id, place))
    # What is stocked nowhere that is copied keeps our number, if it has one.
    if choices.mode == "copy" and not (shown is None and not prospect.stocked):
        if shown is None:
            return None
        if ours is None or not known or not ground.limits.hides(shown, ours, sum(beside)):
            ours = shown
        return [ours - ground.undeducted.get(prospect.ref, 0), *beside]
    if not (known or any(other in ground.counted for other in others)):
        return None
    taken = ground.open_units.get(prospect.ref, 0) if choices.open_units == "in_numbers" else 0
    return [*([(ours or 0) - taken] if known or ours or taken else []), *beside]


def _kind(prospect: Prospect, becomes: int | None) -> str:
    if not prospect.stocked:
        return "not_stocked"
    if not prospect.writable:
        return "left_alone"
    if becomes is None or prospect.now is None:
        return "uncounted"
    return change_kind(max(0, prospect.now), becomes)


def change_kind(now: int, becomes: int) -> str:
    """Name what happens to a shown number; neither is below zero."""
    if becomes == now:
        return "same"
    if becomes == 0:
        return "to_zero"
    if now == 0:
        return "from_zero"
    return "up" if becomes > now else "down"


def holds(confirmed: Collection[PlanLineRow], present: Collection[PlanLineRow]) -> bool:
    """Say whether a plan that a person read is still the plan.

    It is not when the set of listings changed, when one would newly go to zero, or
    when a class grew by more than max(5, 1 %).
    """
    before = {(line.listing_id, line.location_id): line.kind for line in confirmed}
    after = {(line.listing_id, line.location_id): line.kind for line in present}
    if before.keys() != after.keys():
        return False
    if any(kind == "to_zero" != before[key] for key, kind in after.items()):
        return False
    grown = Counter(after.values())
    grown.subtract(Counter(before.values()))
    sizes = Counter(before.values())
    return all(
        more <= max(GROWTH_UNITS, GROWTH_SHARE * sizes[kind])
        for kind, more in grown.items()
        if kind != "same"
    )
