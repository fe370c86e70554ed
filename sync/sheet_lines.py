"""Reading lines of SKU and units as people paste and save them: pure, and forgiving only where safe.

What cannot be meant in one way is a fault of its line; no line is dropped without one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sync.limits import LIMIT
from sync.sheet import FORMULA_STARTS
from sync.sku import sku_key

SheetKind = Literal["count", "receive"]
FaultCode = Literal[
    "no_lines",
    "heading",
    "quote",
    "one_column",
    "many_columns",
    "no_sku",
    "no_number",
    "formula",
    "not_whole",
    "negative",
    "too_large",
    "conflict",
    "warehouse",
    "unknown",
]

SEPARATORS = ("\t", ";", ",")
# Headings that people and their programs use. Of several, the first in the list counts:
# an export of ours with a column "counted" added still holds "on hand".
SKU_HEADINGS = ("sku", "seller sku", "product sku", "item sku", "variant sku", "item")
UNIT_HEADINGS = (
    "counted", "count", "received", "units", "quantity", "qty", "pieces", "on hand", "stock",
)  # fmt: skip
WAREHOUSE_HEADINGS = ("warehouse",)
# Excel writes Unicode text with a mark in front, and blanks of several kinds into numbers.
MARK = "\ufeff"
BLANKS = re.compile("[ \u00a0\u2009\u202f]")
LIKE_A_NUMBER = re.compile("[-+\N{MINUS SIGN}]?[0-9][0-9.,' \u00a0\u2009\u202f]*")


@dataclass(frozen=True, slots=True)
class SheetLine:
    """What one SKU's lines say; `number` is that of the first."""

    number: int
    sku: str
    units: int
    warehouse: str = ""  # as a column of that name says, if there is one


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line, and the text or line number that it is about."""

    number: int
    code: FaultCode
    about: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines that were read, how many of them said a SKU again, and what is wrong."""

    lines: tuple[SheetLine, ...]
    repeats: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Columns:
    sku: int = 0
    units: int = 1
    warehouse: int | None = None
    named: bool = False


Row = tuple[int, list[str]]


def read_sheet(text: str, kind: SheetKind) -> Sheet:
    """Read a sheet: SKU and units per line, separated by comma, semicolon or tab.

    Units of a count that is said twice must agree; deliveries of one SKU add up.
    """
    # Postgres keeps no NUL, and nobody types half a character.
    plain = text.replace("\0", "").encode("utf-8", "replace").decode("utf-8").removeprefix(MARK)
    rows = _rows(plain)
    if not rows:
        return Sheet((), 0, (Fault(1, "no_lines"),))
    columns = _headings(rows[0])
    if isinstance(columns, Fault):
        return Sheet((), 0, (columns,))
    rows = rows[1:] if columns.named else rows
    read = [_line(number, row, columns, kind) for number, row in rows]
    faults = [one for one in read if isinstance(one, Fault)]
    lines, repeats, conflicts = _merged([x for x in read if isinstance(x, SheetLine)], kind)
    found = sorted([*faults, *conflicts], key=lambda fault: fault.number)
    if not (lines or found):
        found = [Fault(rows[0][0] if rows else 1, "no_lines")]
    return Sheet(tuple(lines), repeats, tuple(found))


def _rows(text: str) -> list[Row]:
    """Divide into lines and cells by the separator that makes sense of most lines."""
    return max((list(_divided(text, separator)) for separator in SEPARATORS), key=_sense)


def _sense(rows: Sequence[Row]) -> tuple[int, int]:
    """Count the lines that have a number beside something, then those of several cells."""
    several = [row for _, row in rows if len(row) > 1]
    return sum(any(map(LIKE_A_NUMBER.fullmatch, row)) for row in several), len(several)


def _divided(text: str, separator: str) -> Iterator[Row]:
    """Yield the lines that hold something, each with the number of its first row of text."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    number = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a cell beyond any sense, as an unclosed quotation mark makes one
            yield number, ["\n"]
            return
        cells = [cell.strip(f" \t\u00a0{MARK}") if "\n" not in cell else "\n" for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells
        number = reader.line_num + 1


def _headings(first: Row) -> _Columns | Fault:
    """Read a first line that names its columns; without one, SKU comes first."""
    number, cells = first
    names = [" ".join(cell.replace("_", " ").split()).casefold() for cell in cells]
    skus, units = _named(names, SKU_HEADINGS), _named(names, UNIT_HEADINGS)
    if skus is None or any(LIKE_A_NUMBER.fullmatch(name) for name in names):
        return _Columns()
    if units is None and len(names) == 2:
        units = 1 - skus
    if units is None:
        return Fault(number, "heading")
    return _Columns(skus, units, _named(names, WAREHOUSE_HEADINGS), named=True)


def _named(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)


def _line(number: int, cells: list[str], columns: _Columns, kind: SheetKind) -> SheetLine | Fault:
    if "\n" in cells:
        return Fault(number, "quote")
    if len(cells) == 1 and not columns.named:
        return Fault(number, "one_column", cells[0])
    if len(cells) > 2 and not columns.named:
        return Fault(number, "many_columns")
    sku, typed = _cell(cells, columns.sku), _cell(cells, columns.units)
    if not sku:
        return Fault(number, "no_sku")
    if not typed:
        return Fault(number, "no_number", sku)
    units = _whole(typed)
    if units is None:
        return Fault(number, "formula" if typed.startswith("=") else "not_whole", typed)
    if units < 0:
        return Fault(number, "negative", typed)
    if units >= LIMIT:
        return Fault(number, "too_large", typed)
    house = "" if columns.warehouse is None else _cell(cells, columns.warehouse)
    return SheetLine(number, sku, units, house)


def _cell(cells: Sequence[str], at: int) -> str:
    """Read a cell; the mark that keeps our own exports from being formulas is taken off."""
    text = cells[at] if at < len(cells) else ""
    return text[1:] if text.startswith("'") and text[1:2] in FORMULA_STARTS else text


def _whole(typed: str) -> int | None:
    plain = BLANKS.sub("", typed).replace("\N{MINUS SIGN}", "-")
    if not re.fullmatch("[+-]?[0-9]+", plain):
        return None
    return int(plain) if len(plain) <= 18 else LIMIT * (-1 if plain.startswith("-") else 1)


def _merged(
    lines: Sequence[SheetLine], kind: SheetKind
) -> tuple[list[SheetLine], int, list[Fault]]:
    held: dict[str, SheetLine] = {}
    faults = []
    repeats = 0
    for line in lines:
        key = sku_key(line.sku)
        before = held.setdefault(key, line)
        if before is line:
            continue
        if kind == "count" and before.units != line.units:
            faults.append(Fault(line.number, "conflict", str(before.number)))
            continue
        repeats += 1
        if kind == "receive":
            held[key] = replace(before, units=before.units + line.units)
            if held[key].units >= LIMIT:
                faults.append(Fault(line.number, "too_large", str(held[key].units)))
    return list(held.values()), repeats, faults
