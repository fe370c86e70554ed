"""What a line books is a function of its latest state, however it got there."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sync.booking import LineState, early_baseline, outstanding

states = st.integers(0, 20).flatmap(lambda taken: st.tuples(st.just(taken), st.integers(0, taken)))


def book(line: LineState) -> LineState:
    due = outstanding(line)
    return replace(
        line,
        booked_available=line.booked_available + due.available_delta,
        booked_committed=line.booked_committed + due.committed_delta,
    )


@given(history=st.lists(states, min_size=1), baseline=st.integers(0, 20))
def test_r2_only_the_latest_state_counts(history: list[tuple[int, int]], baseline: int) -> None:
    line = LineState(0, 0, baseline, 0, 0)
    for taken, committed in history:
        line = book(replace(line, taken=taken, committed=committed))
    taken, committed = history[-1]
    assert line.booked_available == baseline - taken
    assert line.booked_committed == committed


@given(state=states)
def test_r2_a_repetition_books_nothing(state: tuple[int, int]) -> None:
    line = book(LineState(*state, 0, 0, 0))
    again = outstanding(line)
    assert (again.on_hand_delta, again.committed_delta) == (0, 0)


def test_the_four_everyday_movements() -> None:
    booked = book(LineState(3, 3, 0, 0, 0))
    assert (booked.booked_available, booked.booked_committed) == (-3, 3)
    shipped = outstanding(replace(booked, committed=0))
    assert (shipped.on_hand_delta, shipped.committed_delta) == (-3, -3)
    released = outstanding(replace(booked, taken=0, committed=0))
    assert (released.on_hand_delta, released.committed_delta) == (0, -3)
    returned = outstanding(replace(book(replace(booked, committed=0)), taken=2))
    assert (returned.on_hand_delta, returned.committed_delta) == (1, 0)


@given(state=states)
def test_an_early_line_leaves_available_as_it_was_copied(state: tuple[int, int]) -> None:
    taken, committed = state
    baseline = early_baseline(taken=taken, committed=committed, deducted=taken, still_counted=False)
    due = outstanding(LineState(taken, committed, baseline, 0, 0))
    assert (due.available_delta, due.committed_delta) == (0, committed)


@given(state=states)
def test_an_early_line_that_is_still_counted_is_taken_off(state: tuple[int, int]) -> None:
    taken, committed = state
    baseline = early_baseline(taken=taken, committed=committed, deducted=taken, still_counted=True)
    due = outstanding(LineState(taken, committed, baseline, 0, 0))
    assert (due.on_hand_delta, due.committed_delta) == (0, committed)


@given(state=states)
def test_an_early_line_that_its_store_has_not_taken_off_yet_comes_off(
    state: tuple[int, int],
) -> None:
    taken, committed = state
    baseline = early_baseline(taken=taken, committed=committed, deducted=0, still_counted=False)
    due = outstanding(LineState(taken, committed, baseline, 0, 0))
    assert (due.available_delta, due.committed_delta) == (-taken, committed)


def test_units_that_a_store_kept_off_after_giving_up_an_order_are_taken_at_face_value() -> None:
    baseline = early_baseline(taken=0, committed=0, deducted=2, still_counted=False)
    assert outstanding(LineState(0, 0, baseline, 0, 0)).available_delta == 0
