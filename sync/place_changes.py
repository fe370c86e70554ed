"""What other choices change about a store's places: pure rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from sync.choices import LocationChoice

Kind = Literal["linked", "moved", "summed", "left_out", "set_aside"]


class Place(Protocol):
    """A place as it is kept now; `decision` is open, linked or unlinked."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def decision(self) -> str: ...
    @property
    def warehouse_id(self) -> int | None: ...
    @property
    def warehouse_ids(self) -> Sequence[int]: ...


P = TypeVar("P", bound=Place)


@dataclass(frozen=True, slots=True)
class Change(Generic[P]):
    """One place of which something changes.

    linked     it had no warehouse
    moved      another warehouse receives what it counts and what its orders take
    summed     only what is added to that warehouse's stock changes
    left_out   it has no warehouse any more
    set_aside  nobody had decided about it: it is left out from now on
    """

    kind: Kind
    place: P
    choice: LocationChoice

    @property
    def starts_anew(self) -> bool:
        """Whether its numbers may be copied: another warehouse stands for it."""
        return self.kind in ("linked", "moved")


def changes(places: Iterable[P], choices: Iterable[LocationChoice]) -> list[Change[P]]:
    """List the places of which the choices change something."""
    held = {place.id: place for place in places}
    found = []
    for choice in choices:
        place = held.get(choice.location_id)
        kind = None if place is None else _kind(place, choice)
        if place is not None and kind is not None:
            found.append(Change(kind, place, choice))
    return found


def _kind(place: Place, choice: LocationChoice) -> Kind | None:
    if choice.decision == "none":
        if place.decision == "linked":
            return "left_out"
        return "set_aside" if place.decision == "open" else None
    if place.decision != "linked":
        return "linked"
    if choice.decision == "new" or choice.warehouse_id != place.warehouse_id:
        return "moved"
    same = {choice.warehouse_id, *choice.also} == set(place.warehouse_ids)
    return None if same and not choice.also_new else "summed"


def shared(found: Iterable[Change[P]]) -> dict[int, list[P]]:
    """Gather the places that get one existing warehouse together, by that warehouse."""
    serves: dict[int, list[P]] = {}
    for change in found:
        if change.starts_anew and change.choice.warehouse_id is not None:
            serves.setdefault(change.choice.warehouse_id, []).append(change.place)
    return {house: places for house, places in serves.items() if len(places) > 1}


def copied(found: Sequence[Change[P]], copy_from: Collection[int]) -> set[int]:
    """Name the places whose numbers a copy takes: of those that share one, the named one."""
    together = {place.id for places in shared(found).values() for place in places}
    return {
        change.place.id
        for change in found
        if change.starts_anew and (change.place.id not in together or change.place.id in copy_from)
    }
