"""What is written over a number that was just read (ENGINE.md B1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.targets import Reread, WantsReading
from sync.lowering import lower, may_raise, whole_products, write_after_reading

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
READ_FROM = NOON - timedelta(seconds=5)
LATELY = NOON - timedelta(seconds=3)
LONG_AGO = NOON - timedelta(hours=1)

ROW = Reread(
    id=1,
    shown=6,
    stale=False,
    goal=4,
    version=1,
    writable=True,
    unsettled_until=None,
    pending=None,
    pending_until=None,
    touched_at=LONG_AGO,
    raised_at=LONG_AGO,
)


def lowered(reading: int, **how: object) -> tuple[int, bool] | None:
    row = replace(ROW, **how)  # type: ignore[arg-type]  # fields of the row
    chosen = lower(row, reading, read_from=READ_FROM, now=NOON)
    return None if chosen is None else (chosen.value, chosen.sure)


@given(reading=st.integers(-5, 50), goal=st.integers(0, 50), shown=st.integers(-5, 50) | st.none())
def test_r5_a_reading_alone_never_raises(reading: int, goal: int, shown: int | None) -> None:
    value = write_after_reading(reading=reading, goal=goal, shown=shown)
    assert value is None or (0 <= value < reading)


def test_a_refused_drop_is_repeated_as_a_difference() -> None:
    """Shows 5 by a sale we have not read; believed 6, wanted 4: 3 keeps the sale subtracted."""
    assert write_after_reading(reading=5, goal=4, shown=6) == 3
    assert write_after_reading(reading=5, goal=4, shown=None) == 4
    assert write_after_reading(reading=3, goal=4, shown=None) is None


@pytest.mark.parametrize(
    ("reading", "how", "expected"),
    [
        (6, {}, (4, True)),
        (5, {}, (3, True)),  # a sale that we have not read stays subtracted
        (8, {}, (4, True)),  # more than we believe: still no more than wanted
        (1, {}, (0, True)),
        (0, {}, None),
        (6, {"goal": 6}, None),
        (6, {"goal": 7}, None),  # a raise is another matter
        (6, {"touched_at": LATELY}, (4, False)),  # too near: forced under, then unknown
        (5, {"touched_at": LATELY}, (4, False)),
        (3, {"touched_at": LATELY}, None),
        (9, {"shown": None}, (4, False)),
        (4, {"shown": None}, None),  # never up while nobody knows
        (2, {"shown": None}, None),
        (6, {"writable": False}, None),
        (6, {"goal": None}, None),
    ],
)
def test_lower(reading: int, how: dict[str, object], expected: tuple[int, bool] | None) -> None:
    assert lowered(reading, **how) == expected


@pytest.mark.parametrize(
    ("reading", "pending", "expected"),
    [
        (9, 4, None),  # low enough and on its way: not sent again
        (9, 3, None),
        (9, 5, (4, False)),
        (3, 5, (3, False)),  # a higher one would land over what is low enough now
    ],
)
def test_lower_while_an_earlier_write_may_still_land(
    reading: int, pending: int, expected: tuple[int, bool] | None
) -> None:
    soon = NOON + timedelta(seconds=9)
    waiting = {
        "shown": None,
        "pending": pending,
        "pending_until": soon,
        "unsettled_until": soon,
    }
    assert lowered(reading, **waiting) == expected
    # A higher one that landed after the reading began is not in it for certain.
    lately = waiting | {"unsettled_until": LATELY}
    assert (lowered(reading, **lately) is None) == (reading <= 4 and pending <= 4)
    landed = waiting | {"unsettled_until": LONG_AGO}
    assert lowered(reading, **landed) == ((4, False) if reading > 4 else None)
    # It may land for hours yet, but is no longer waited for: it may be lost as well.
    missed = waiting | {"pending_until": NOON}
    assert (lowered(reading, **missed) is None) == (reading <= 4 and pending <= 4)


@given(
    reading=st.integers(-5, 50),
    goal=st.integers(0, 50),
    shown=st.integers(-5, 50) | st.none(),
    pending=st.integers(0, 50) | st.none(),
    near=st.booleans(),
)
def test_r5_nothing_above_goal_or_reading_is_written_over_a_reading(
    reading: int, goal: int, shown: int | None, pending: int | None, near: bool
) -> None:
    row = replace(
        ROW,
        goal=goal,
        shown=shown,
        pending=pending,
        pending_until=NOON + timedelta(seconds=9),
        unsettled_until=NOON + timedelta(seconds=9),
        touched_at=LATELY if near else LONG_AGO,
    )
    chosen = lower(row, reading, read_from=READ_FROM, now=NOON)
    assert chosen is None or 0 <= chosen.value <= min(goal, max(reading, 0))


@pytest.mark.parametrize(
    ("reading", "how", "expected"),
    [
        (6, {"goal": 9}, True),
        (5, {"goal": 9}, False),  # not what we believe
        (7, {"goal": 9}, False),
        (6, {"goal": 6}, False),
        (6, {"goal": 9, "touched_at": LATELY}, False),
        (6, {"goal": 9, "raised_at": NOON}, False),  # orders not read past the increase
        (6, {"goal": 9, "writable": False}, False),
        (-2, {"goal": 0, "shown": -2}, False),  # at or below 0 is 0 to a shopper
        (-2, {"goal": 1, "shown": -2}, True),
    ],
)
def test_r5_may_raise(reading: int, how: dict[str, object], expected: bool) -> None:
    row = replace(ROW, **how)  # type: ignore[arg-type]  # fields of the row
    assert may_raise(row, reading, read_from=READ_FROM, raised_before=READ_FROM) is expected


def wanting(*refs: str) -> list[WantsReading]:
    return [WantsReading(number, ref, "") for number, ref in enumerate(refs)]


@pytest.mark.parametrize(
    ("refs", "chosen"),
    [
        (("1:1", "1:2", "2:3"), 2),  # the limit falls between two products
        (("1:1", "2:2", "2:3"), 1),  # product 2 waits whole
        (("1:1", "1:2", "1:3"), 2),  # too large for any batch
        (("7", "8", "9"), 2),  # simple ones go together whatever they are
        (("7", "1:1", "1:2"), 1),
        (("1:1", "1:2"), 2),  # nothing is cut
        (("1:1", "11:2", "11:3"), 1),
    ],
)
def test_a_product_is_not_spread_over_two_batches(refs: tuple[str, ...], chosen: int) -> None:
    assert [item.ref for item in whole_products(wanting(*refs), 2)] == list(refs[:chosen])
