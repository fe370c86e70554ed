"""What turning sync on would do to each listing: the pure part of a plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from storage.plans import PlanLineRow, Prospect
from sync.choices import Choices

# ENGINE/DESIGN section 6: a confirmation holds while no class grows by more than this.
GROWTH_UNITS = 5
GROWTH_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Ground:
    """What a forecast is made of.

    warehouse_of  location -> the warehouse its stock is in; None for one still to be made
    available     (product, warehouse) -> what we have there, counted products only
    open_units    ref -> units of the store's open orders
    """

    warehouse_of: Mapping[int, int | None]
    available: Mapping[tuple[int, int], int]
    open_units: Mapping[str, int]
    buffer: int
    maximum: int | None


def forecast(prospects: Sequence[Prospect], choices: Choices, ground: Ground) -> list[PlanLineRow]:
    """Say for each listing at each linked location what it shows now and will show.

    What a store sold while its sync was off (`counted`) is not known before its orders
    are read; whoever shows the plan has to say that it comes off in addition.
    """
    copied = _copied(prospects, choices, ground)
    lines = []
    for prospect in prospects:
        becomes = _becomes(prospect, choices, ground, copied)
        kind = _kind(prospect, becomes)
        lines.append(
            PlanLineRow(
                prospect.listing_id,
                prospect.location_id,
                kind,
                prospect.now,
                None if kind == "left_alone" else becomes,
            )
        )
    return lines


def _copied(
    prospects: Sequence[Prospect], choices: Choices, ground: Ground
) -> dict[tuple[int, int | str], int]:
    """Sum what the copied locations show by (product, warehouse or new location)."""
    taken: Counter[tuple[int, int | str]] = Counter()
    sources = set(choices.copied_locations)
    for prospect in prospects:
        if prospect.location_id in sources and prospect.writable and prospect.now is not None:
            taken[prospect.product_id, _place(prospect, ground)] += prospect.now
    return dict(taken)


def _place(prospect: Prospect, ground: Ground) -> int | str:
    held = ground.warehouse_of[prospect.location_id]
    return f"new {prospect.location_id}" if held is None else held


def _becomes(
    prospect: Prospect,
    choices: Choices,
    ground: Ground,
    copied: Mapping[tuple[int, int | str], int],
) -> int | None:
    place = _place(prospect, ground)
    if choices.mode == "copy":
        available = copied.get((prospect.product_id, place))
    else:
        available = None
        if isinstance(place, int):
            available = ground.available.get((prospect.product_id, place))
        if available is not None and choices.open_units == "in_numbers":
            available -= ground.open_units.get(prospect.ref, 0)
    if available is None:
        return None
    capped = available - ground.buffer
    return max(0, capped if ground.maximum is None else min(capped, ground.maximum))


def _kind(prospect: Prospect, becomes: int | None) -> str:
    if not prospect.writable:
        return "left_alone"
    if becomes is None or prospect.now is None:
        return "uncounted"
    now = max(0, prospect.now)
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
