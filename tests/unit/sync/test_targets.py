"""What a target believes after its store did something by itself (ENGINE.md B1, B2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.targets import Belief
from sync.targets import DISCARDED, Effect, own_effect

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def target(*, shown: int | None = 10, probe: bool = False, stale: bool = False) -> Belief:
    """A target read conclusively from 100 to 110; a probe from 200 to 210."""
    return Belief(
        id=1,
        listing_id=1,
        location="",
        shown=shown,
        shown_before=None,
        stale_at=at(150) if stale else None,
        effect_at=None,
        rebase_lo=at(100),
        rebase_hi=at(110),
        copied_lo=None,
        probe_shown=7 if probe else None,
        probe_lo=at(200) if probe else None,
        probe_hi=at(210) if probe else None,
        probe_after=0,
    )


def effect(lo: int, hi: int, change: int = -2, *, known: bool = True) -> Effect:
    return Effect(change, at(lo), at(hi), known)


@pytest.mark.parametrize(
    ("lo", "hi", "shown"),
    [
        (80, 90, 10),  # before the reading: in it
        (80, 100, None),  # touches it: cannot be known
        (105, 106, None),
        (110, 130, None),
        (90, 130, None),
        (111, 130, 8),  # after it
    ],
)
def test_an_effect_and_the_last_conclusive_reading(lo: int, hi: int, shown: int | None) -> None:
    assert own_effect(target(), effect(lo, hi)).shown == shown


@pytest.mark.parametrize(
    ("lo", "hi", "probe"),
    [(150, 190, (7, 0)), (190, 200, None), (205, 206, None), (210, 220, None), (211, 220, (7, -2))],
)
def test_an_effect_and_a_waiting_reading(lo: int, hi: int, probe: tuple[int, int] | None) -> None:
    after = own_effect(target(probe=True), effect(lo, hi))
    assert (after.probe_shown, after.probe_after) == (probe or (None, 0))


def test_a_life_that_ended_in_nothing_still_counts_for_readings() -> None:
    assert own_effect(target(), effect(90, 130, 0)).shown is None
    assert own_effect(target(probe=True), effect(190, 220, 0)).probe_hi is None


def test_an_undocumented_restock_leaves_nothing_to_rely_on() -> None:
    after = own_effect(target(probe=True), effect(300, 310, 2, known=False))
    assert (after.shown, after.probe_hi) == (None, None)


def test_an_order_explains_a_refusal() -> None:
    assert own_effect(target(stale=True), effect(120, 130)).stale_at is None
    assert own_effect(target(stale=True), effect(120, 130, 0)).stale_at is not None


def hot(**facts: Any) -> Belief:
    """A target whose store has sold around every reading but one, and a probe again."""
    return replace(target(shown=None, probe=True), discarded=DISCARDED - 1, **facts)


def test_readings_that_are_dropped_are_counted_until_one_is_taken_all_the_same() -> None:
    believed = replace(target(shown=None), discarded=0)
    for dropped in range(1, DISCARDED):
        believed = own_effect(
            replace(believed, probe_shown=7, probe_lo=at(200), probe_hi=at(210)), effect(205, 206)
        )
        assert (believed.probe_hi, believed.discarded) == (None, dropped)
    believed = replace(believed, probe_shown=7, probe_lo=at(200), probe_hi=at(210))
    assert own_effect(believed, effect(205, 206)).probe_unsure


@pytest.mark.parametrize(
    ("lo", "hi", "change", "known", "after"),
    [
        (205, 206, -2, True, 0),  # sold in the reading's moments: it is in it
        (205, 206, 2, True, 2),  # came back: it is not
        (190, 220, 0, True, 0),
        (211, 220, -2, True, -2),  # surely after it
        (211, 220, 2, False, 2),  # perhaps put back
    ],
)
def test_r5_a_reading_taken_all_the_same_is_the_highest_that_it_may_have_been(
    lo: int, hi: int, change: int, known: bool, after: int
) -> None:
    believed = own_effect(hot(), effect(lo, hi, change, known=known))
    assert (believed.shown, believed.probe_shown, believed.probe_after) == (None, 7, after)


@pytest.mark.parametrize(
    "facts",
    [{"opens": True}, {"shown": 10}],
    ids=["a number that is to become ours", "a number that is known"],
)
def test_a_doubtful_reading_is_not_taken_where_none_is_needed(facts: dict[str, Any]) -> None:
    assert own_effect(hot(**facts), effect(205, 206)).probe_hi is None


@pytest.mark.parametrize("facts", [{"unsure": True}, {"stale_at": at(150)}], ids=str)
def test_a_doubtful_reading_replaces_what_is_doubtful(facts: dict[str, Any]) -> None:
    after = own_effect(hot(shown=9, **facts), effect(205, 206, 0))
    assert (after.probe_shown, after.probe_unsure) == (7, True)


@given(st.lists(st.tuples(st.integers(111, 500), st.integers(-3, 3)), min_size=1))
def test_r2_effects_after_the_reading_commute(effects: list[tuple[int, int]]) -> None:
    def end(order: list[tuple[int, int]]) -> Belief:
        believed = target()
        for when, change in order:
            believed = own_effect(believed, effect(when, when, change))
        return believed

    assert end(effects) == end(effects[::-1])
    assert end(effects).shown == 10 + sum(change for _, change in effects)


@pytest.mark.parametrize(
    ("lo", "hi", "shown"),
    [
        (120, 129, 8),  # before the write's window
        (120, 130, None),  # touches it: the write may have swallowed it
        (139, 150, None),
        (141, 150, 8),  # after it
        (141, 160, None),  # touches the flight that is under way
    ],
)
def test_an_effect_and_the_windows_of_writes_that_compare_nothing(
    lo: int, hi: int, shown: int | None
) -> None:
    written = replace(target(), window_los=(at(130),), window_his=(at(140),), flight_lo=at(155))
    assert own_effect(written, effect(lo, hi)).shown == shown


@pytest.mark.parametrize(
    ("held", "change", "left"),
    [(-2, -2, 0), (-5, -2, -3), (-1, -2, 1), (3, 2, 1), (3, -2, 5), (0, -2, 0)],
)
def test_a_late_effect_explains_its_part_of_a_difference(held: int, change: int, left: int) -> None:
    """It lies between the reading without the difference (until 50) and the last (from 100)."""
    before = replace(target(), held=held, held_from=at(50))
    after = own_effect(before, effect(60, 70, change))
    assert (after.held, after.shown) == (left, 10)


@pytest.mark.parametrize(("lo", "hi"), [(40, 45), (45, 60), (90, 105), (120, 130)])
def test_an_effect_at_another_time_explains_no_difference(lo: int, hi: int) -> None:
    before = replace(target(), held=-2, held_from=at(50))
    assert own_effect(before, effect(lo, hi)).held == -2
