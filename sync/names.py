"""Names of warehouses: unique in a workspace, whatever locations are called."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from storage.warehouses import name_key
from sync.choices import LocationChoice


@dataclass(frozen=True, slots=True)
class Naming:
    """What a location's warehouse will be called; `warehouse_id` None for a new one."""

    location_id: int
    warehouse_id: int | None
    name: str


def name_warehouses(
    choices: Sequence[LocationChoice],
    *,
    locations: Mapping[int, str],
    warehouses: Mapping[int, str],
    store: str,
) -> list[Naming]:
    """Name the warehouse of each linked location after the location.

    One warehouse for several locations takes the first one's name. A name that
    another warehouse bears gets the store's name appended, then a number.
    """
    renamed = {choice.warehouse_id for choice in choices if choice.decision == "link"}
    taken = {name_key(name) for held, name in warehouses.items() if held not in renamed}
    named: list[Naming] = []
    done: set[int] = set()
    for choice in choices:
        if choice.decision == "none" or choice.warehouse_id in done:
            continue
        if choice.warehouse_id is not None:
            done.add(choice.warehouse_id)
        name = _free(locations[choice.location_id], store, taken)
        taken.add(name_key(name))
        named.append(Naming(choice.location_id, choice.warehouse_id, name))
    return named


def name_new(
    choices: Sequence[LocationChoice], *, warehouses: Mapping[int, str], store: str
) -> list[Naming]:
    """Name the warehouse that is made for a store without locations after the store.

    What exists keeps its name. A name that is taken gets a number.
    """
    name = free_name(store, warehouses.values())
    return [
        Naming(choice.location_id, None, name)
        for choice in choices
        if choice.decision == "new" or choice.also_new
    ]


def free_name(wanted: str, names: Iterable[str]) -> str:
    """Return a name that none of these is, with a number where it has to be told apart."""
    taken = {name_key(name) for name in names}
    name, number = wanted, 2
    while name_key(name) in taken:
        name, number = f"{wanted} {number}", number + 1
    return name


def _free(wanted: str, store: str, taken: Collection[str]) -> str:
    candidates = [wanted, f"{wanted} ({store})"]
    for name in candidates:
        if name_key(name) not in taken:
            return name
    number = 2
    while name_key(f"{wanted} ({store} {number})") in taken:
        number += 1
    return f"{wanted} ({store} {number})"
