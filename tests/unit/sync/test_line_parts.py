"""Units whose place is not told stay with the parts of their line that are held."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connectors.protocol import RemoteOrderLine
from storage.orders import LineRow
from sync.line_parts import stay


def held(part: str, taken: int, committed: int, ordered: int | None = None) -> LineRow:
    return LineRow(
        order_id=1,
        remote_id=part,
        ref="item",
        sku="POT",
        location_remote_id=part.partition("@")[2] or None,
        listing_id=1,
        product_id=1,
        warehouse_id=1,
        ordered=max(taken, 0) if ordered is None else ordered,
        taken=taken,
        committed=committed,
        deducted=taken,
        baseline_taken=0,
        booked_available=-taken,
        booked_committed=committed,
        bookings=1,
        unbooked=None,
    )


def told(
    taken: int, committed: int, *, part: str = "7", ordered: int = 3, located: bool = False
) -> RemoteOrderLine:
    return RemoteOrderLine(part, "item", "POT", ordered, taken, committed, located=located)


def parts(
    lines: list[RemoteOrderLine], *rows: LineRow
) -> list[tuple[str, str | None, int, int, int]]:
    found = stay(lines, {row.remote_id: row for row in rows})
    return [(x.id, x.location, x.ordered, x.taken, x.committed) for x in found]


def test_a_line_that_nothing_is_held_of_is_left_as_it_is() -> None:
    lines = [told(3, 3)]
    assert stay(lines, {"70@A": held("70@A", 3, 3)}) == lines


def test_told_places_are_taken_as_they_are() -> None:
    lines = [told(3, 3, part="7@B", located=True)]
    assert stay(lines, {"7@A": held("7@A", 3, 3)}) == lines


def test_sent_units_stay_and_so_do_those_that_came_back_elsewhere() -> None:
    rows = (held("7@A", 3, 1), held("7@B", -2, 0))
    assert parts([told(1, 0)], *rows) == [("7@A", "A", 3, 3, 0), ("7@B", "B", 0, -2, 0)]


def test_a_cancelled_unit_leaves_the_part_that_still_has_it_to_send() -> None:
    rows = (held("7@A", 2, 0), held("7@B", 1, 1))
    assert parts([told(2, 0)], *rows) == [("7@A", "A", 2, 2, 0), ("7@B", "B", 1, 0, 0)]


def test_an_added_unit_joins_the_part_that_has_most() -> None:
    rows = (held("7@A", 1, 1), held("7@B", 2, 2))
    found = parts([told(4, 4, ordered=4)], *rows)
    assert found == [("7@A", "A", 1, 1, 1), ("7@B", "B", 3, 3, 3)]


def test_only_parts_that_are_not_told_of_receive_what_has_no_place() -> None:
    rows = (held("7@A", 1, 0), held("7@B", 2, 0))
    lines = [told(0, 0, part="7@A", ordered=1, located=True), told(2, 0, ordered=2)]
    assert [each[0::3] for each in parts(lines, *rows)] == [("7@A", 0), ("7@B", 2)]


def test_a_guessed_place_does_not_move_what_is_held_at_another() -> None:
    assert parts([told(3, 0, part="7@A")], held("7@B", 3, 0)) == [("7@B", "B", 3, 3, 0)]


_UNITS = st.integers(0, 9)


@given(st.lists(st.tuples(_UNITS, _UNITS), min_size=1, max_size=4), _UNITS, _UNITS)
def test_the_parts_are_always_the_whole_line(
    rows: list[tuple[int, int]], sent: int, unsent: int
) -> None:
    known = {f"7@{n}": held(f"7@{n}", a + b, b) for n, (a, b) in enumerate(rows)}
    found = stay([told(sent + unsent, unsent)], known)
    assert sum(each.taken for each in found) == sent + unsent
    assert sum(each.committed for each in found) == unsent
    assert all(0 <= each.committed <= each.taken for each in found)
    held_now = {part: (row.taken, row.committed) for part, row in known.items()}
    again = stay(
        [told(sum(a + b for a, b in rows), sum(b for _, b in rows))],
        known,
    )
    assert {each.id: (each.taken, each.committed) for each in again} == held_now
