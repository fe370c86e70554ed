"""What a plan says of each listing, and when a person has to read it again."""

from __future__ import annotations

import pytest

from storage.plans import PlanLineRow, Prospect
from sync.choices import Choices, LocationChoice
from sync.forecast import Ground, forecast, holds
from sync.limits import Limits


def prospect(listing: int, now: int, *, location: int = 1, writable: bool = True) -> Prospect:
    return Prospect(listing, location, listing, f"ref{listing}", writable, now)


def ground(
    *,
    available: dict[tuple[int, int], int] | None = None,
    buffer: int = 0,
    maximum: int | None = None,
) -> Ground:
    held = available or {}
    return Ground({1: 9, 2: 9}, held, set(held), {"ref1": 2}, Limits(buffer, maximum))


KEEP = Choices("keep", (LocationChoice(1, "link", 9),))


@pytest.mark.parametrize(
    ("now", "available", "kind", "becomes"),
    [
        (3, 8, "up", 8),
        (8, 3, "down", 3),
        (8, 0, "to_zero", 0),
        (8, -2, "to_zero", 0),
        (0, 3, "from_zero", 3),
        (3, 3, "same", 3),
        (-1, 0, "same", 0),
    ],
)
def test_keep_says_what_our_number_does(now: int, available: int, kind: str, becomes: int) -> None:
    (line,) = forecast([prospect(1, now)], KEEP, ground(available={(1, 9): available}))
    assert (line.kind, line.becomes) == (kind, becomes)


def test_keep_takes_open_units_off_when_they_are_still_counted() -> None:
    choices = Choices("keep", KEEP.locations, open_units="in_numbers")
    (line,) = forecast([prospect(1, 8)], choices, ground(available={(1, 9): 8}))
    assert line.becomes == 6


def test_what_nobody_counted_or_may_write_is_not_written() -> None:
    lines = forecast([prospect(1, 8), prospect(2, 8, writable=False)], KEEP, ground())
    assert [(line.kind, line.becomes) for line in lines] == [
        ("uncounted", None),
        ("left_alone", None),
    ]


def test_buffer_and_maximum_bound_what_is_shown() -> None:
    held = ground(available={(1, 9): 8, (2, 9): 99}, buffer=2, maximum=20)
    lines = forecast([prospect(1, 8), prospect(2, 1)], KEEP, held)
    assert [line.becomes for line in lines] == [6, 20]


def test_copy_takes_the_number_of_the_named_location() -> None:
    choices = Choices(
        "copy", (LocationChoice(1, "link", 9), LocationChoice(2, "link", 9)), copy_from=(2,)
    )
    lines = forecast([prospect(1, 8), prospect(1, 5, location=2)], choices, ground())
    assert [(line.kind, line.becomes) for line in lines] == [("down", 5), ("same", 5)]


def lines(*kinds: str) -> list[PlanLineRow]:
    return [PlanLineRow(number, 1, kind, 1, 1) for number, kind in enumerate(kinds)]


@pytest.mark.parametrize(
    ("before", "after", "still"),
    [
        (lines("up", "same"), lines("up", "same"), True),
        (lines("up", "same"), lines("up"), False),
        (lines("up", "same"), lines("up", "to_zero"), False),
        (lines("to_zero", "same"), lines("to_zero", "up"), True),
        (lines(*["same"] * 20), lines(*["down"] * 5 + ["same"] * 15), True),
        (lines(*["same"] * 20), lines(*["down"] * 6 + ["same"] * 14), False),
    ],
)
def test_r10_a_confirmation_holds_for_the_plan_that_was_read(
    before: list[PlanLineRow], after: list[PlanLineRow], still: bool
) -> None:
    assert holds(before, after) is still
