"""Reading sheets of SKU and units: what people paste, and what is wrong with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.sheet_lines import SheetKind, read_sheet


def read(text: str, kind: SheetKind = "count") -> list[tuple[int, str, int]]:
    sheet = read_sheet(text, kind)
    assert sheet.faults == ()
    return [(line.number, line.sku, line.units) for line in sheet.lines]


@pytest.mark.parametrize(
    "text",
    [
        "MUG,8\nCUP,5",
        "MUG;8\r\nCUP;5\r\n",
        "MUG\t8\nCUP\t5\n\n",
        "\ufeffMUG , 8\nCUP , +5",
        '"MUG","8",,\n"CUP","5"',
        "MUG,8\rCUP,5",
        "mug,8\n'CUP,5".replace("'", ""),
    ],
)
def test_every_way_to_write_two_columns(text: str) -> None:
    assert [(n, sku.upper(), units) for n, sku, units in read(text)] == [
        (1, "MUG", 8),
        (2, "CUP", 5),
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("SKU,Count\nMUG,8", [(2, "MUG", 8)]),
        ("Quantity;Title;SKU\n8;Big mug;MUG", [(2, "MUG", 8)]),
        ("SKU;Stück\nMUG;8", [(2, "MUG", 8)]),
        # an export of ours, with a column added beside it
        (
            "SKU,Title,Warehouse,On hand,Committed,Available,Counted\n'=MUG,A,Main,3,1,2,8",
            [(2, "=MUG", 8)],
        ),
        ("\n\nMUG,1 000\n", [(3, "MUG", 1000)]),
        ("MUG;12\u202f500", [(1, "MUG", 12500)]),
        ("A;B,5\nC;D,6", [(1, "A;B", 5), (2, "C;D", 6)]),
        ("A,B\t5", [(1, "A,B", 5)]),
        ("00123,4", [(1, "00123", 4)]),
        ("123,4", [(1, "123", 4)]),
        ('5" pipe,4', [(1, '5" pipe', 4)]),
        ("mug,0", [(1, "mug", 0)]),
        ("MUG,999999999", [(1, "MUG", 999_999_999)]),
        ("MUG\0,3", [(1, "MUG", 3)]),
    ],
)
def test_headings_numbers_and_odd_skus(text: str, wanted: list[tuple[int, str, int]]) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize(
    ("text", "number", "code"),
    [
        ("", 1, "no_lines"),
        (" \n\ufeff\n", 1, "no_lines"),
        ("SKU,Count\n", 1, "no_lines"),
        ("SKU,Title,Where\nMUG,Big,here", 1, "heading"),
        ("MUG,8\nCUP", 2, "one_column"),
        ("MUG,8\nCUP,1,000", 2, "many_columns"),
        ("MUG,8\n,5", 2, "no_sku"),
        ("SKU,Count\nMUG", 2, "no_number"),
        ("MUG,=A1+1", 1, "formula"),
        ("MUG,five", 1, "not_whole"),
        ("Artikel;Menge\nMUG;5", 1, "not_whole"),  # a heading we do not know is never dropped
        ("MUG;1,5", 1, "not_whole"),
        ("MUG\t5.0", 1, "not_whole"),
        ("MUG,٣", 1, "not_whole"),
        ("MUG,-1", 1, "negative"),
        ("MUG,\N{MINUS SIGN}1", 1, "negative"),
        ("MUG,-99999999999999999999", 1, "negative"),
        ("MUG,1000000000", 1, "too_large"),
        ("MUG,99999999999999999999999999", 1, "too_large"),
        ("MUG,8\n mug ,9", 2, "conflict"),
        ('MUG,8\n"CUP,5\nPOT,3', 2, "quote"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, number: int, code: str) -> None:
    (fault,) = read_sheet(text, "count").faults
    assert (fault.number, fault.code) == (number, code)


def test_a_sku_said_again_counts_once_and_is_received_twice() -> None:
    counted = read_sheet("MUG,8\nCUP,1\nmug,8", "count")
    assert ([line.units for line in counted.lines], counted.repeats) == ([8, 1], 1)
    received = read_sheet("MUG,8\nCUP,1\nmug,4", "receive")
    assert ([line.units for line in received.lines], received.repeats) == ([12, 1], 1)
    (fault,) = read_sheet("MUG,999999999\nMUG,999999999", "receive").faults
    assert (fault.number, fault.code) == (2, "too_large")


@given(st.text(alphabet=st.sampled_from("ab1,;\t\n\r\" -='\0\ufeffSKU"), max_size=60))
def test_no_line_is_dropped_in_silence(text: str) -> None:
    """Whatever is pasted, it is read, told as wrong, or was empty."""
    for kind in ("count", "receive"):
        sheet = read_sheet(text, kind)
        assert sheet.lines or sheet.faults
        assert all(line.sku and 0 <= line.units < 10**9 for line in sheet.lines)


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[A-Z][A-Z0-9 /\"',;-]{0,8}[A-Z]", fullmatch=True), st.integers(0, 10**6)
        ),
        min_size=1,
        max_size=8,
        unique_by=lambda row: row[0].casefold(),
    ),
    st.sampled_from(",;\t"),
)
def test_what_a_spreadsheet_saves_is_read_back(rows: list[tuple[str, int]], separator: str) -> None:
    import csv
    import io

    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows([("SKU", "Count"), *rows])
    assert [(sku, units) for _, sku, units in read(out.getvalue())] == rows
