"""What other places do to each number, and which places change at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from storage.plans import Prospect
from storage.rows import LocationRow
from sync.choices import LocationChoice
from sync.limits import Limits
from sync.place_changes import changes, copied
from sync.relocation_forecast import Shelves, foresee

FRONT, BACK, ATTIC, SHELF = 1, 2, 10, 11


def at(place: int, now: int | None, **other: Any) -> Prospect:
    base = Prospect(7, place, 5, "r1", writable=True, now=now)
    return replace(base, **other)


def shelves(**other: Any) -> Shelves:
    base = Shelves(
        houses={FRONT: [ATTIC], BACK: [SHELF]},
        copied=(),
        available={(5, ATTIC): 9},
        counted={(5, ATTIC)},
        limits=Limits(0, None),
    )
    return replace(base, **other)


def becomes(prospects: list[Prospect], ground: Shelves) -> list[tuple[str, int | None]]:
    return [(line.kind, line.becomes) for line in foresee(prospects, ground)]


def test_a_place_follows_its_warehouse_and_an_uncounted_one_is_left() -> None:
    found = becomes([at(FRONT, 4), at(BACK, 4)], shelves())
    assert found == [("up", 9), ("uncounted", None)]


def test_a_copied_number_is_set_for_every_place_that_shows_it() -> None:
    ground = shelves(houses={FRONT: [ATTIC], BACK: [ATTIC]}, copied={BACK})
    assert becomes([at(FRONT, 9), at(BACK, 4)], ground) == [("down", 4), ("same", 4)]


def test_what_the_store_has_not_taken_off_yet_comes_off_a_copied_number() -> None:
    ground = shelves(copied={BACK}, undeducted={(7, BACK): 1})
    assert becomes([at(BACK, 4)], ground) == [("down", 3)]


def test_orders_come_off_and_a_sum_is_kept_within_the_limits() -> None:
    ground = shelves(
        houses={FRONT: [ATTIC, SHELF]},
        available={(5, ATTIC): 9, (5, SHELF): 6},
        taken={(5, FRONT): 2},
        limits=Limits(1, 10),
    )
    [line] = foresee([at(FRONT, 4)], ground)
    assert (line.becomes, line.parts) == (10, (7, 6))


def test_a_number_that_the_limits_only_hide_is_not_lowered_by_a_copy() -> None:
    ground = shelves(copied={FRONT}, limits=Limits(2, None))
    assert becomes([at(FRONT, 7)], ground) == [("same", 7)]


def test_what_is_left_out_or_not_writable_is_left_alone() -> None:
    ground = shelves(houses={FRONT: [ATTIC], BACK: []})
    found = becomes([at(FRONT, 4, writable=False), at(BACK, 4)], ground)
    assert found == [("left_alone", None), ("left_alone", None)]


def place(number: int, decision: str, *houses: int) -> LocationRow:
    first = houses[0] if houses else None
    return LocationRow(number, str(number), f"P{number}", True, True, decision, first, list(houses))


@pytest.mark.parametrize(
    ("before", "choice", "kind"),
    [
        (place(1, "open"), LocationChoice(1, "new", None), "linked"),
        (place(1, "unlinked"), LocationChoice(1, "link", ATTIC), "linked"),
        (place(1, "linked", ATTIC), LocationChoice(1, "link", SHELF), "moved"),
        (place(1, "linked", ATTIC), LocationChoice(1, "new", None, also=(ATTIC,)), "moved"),
        (place(1, "linked", ATTIC), LocationChoice(1, "link", ATTIC, also=(SHELF,)), "summed"),
        (place(1, "linked", ATTIC), LocationChoice(1, "link", ATTIC, also_new=True), "summed"),
        (place(1, "linked", ATTIC, SHELF), LocationChoice(1, "link", ATTIC), "summed"),
        (place(1, "linked", ATTIC), LocationChoice(1, "none", None), "left_out"),
        (place(1, "open"), LocationChoice(1, "none", None), "set_aside"),
        (place(1, "unlinked"), LocationChoice(1, "none", None), None),
        (place(1, "linked", ATTIC, SHELF), LocationChoice(1, "link", ATTIC, also=(SHELF,)), None),
    ],
)
def test_what_changes_about_a_place(
    before: LocationRow, choice: LocationChoice, kind: str | None
) -> None:
    assert [change.kind for change in changes([before], [choice])] == ([kind] if kind else [])


def test_of_places_that_get_one_warehouse_the_named_one_is_copied() -> None:
    before = [place(number, "unlinked") for number in (1, 2, 3)] + [place(4, "linked", ATTIC)]
    choices = [
        LocationChoice(1, "link", ATTIC),
        LocationChoice(2, "link", ATTIC),
        LocationChoice(3, "new", None),
        LocationChoice(4, "link", ATTIC),
    ]
    assert copied(changes(before, choices), (2,)) == {2, 3}
