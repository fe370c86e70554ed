"""`count`: a warehouse counted, or a delivery received, from a file."""

from __future__ import annotations

import argparse
import codecs
import sys
from pathlib import Path
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from bot.commands.stores import ACTOR, workspace_of
from bot.compose import open_house
from bot.failures import Failed, NotRight
from bot.settings import Settings
from bot.shifts import shows
from flows import count_words as words
from storage.people import WorkspaceRow
from storage.warehouses import WarehouseRow, name_key
from sync.counting import CountPlan, SheetProblem, book_sheet, plan_sheet
from sync.deps import Deps
from sync.sheet_lines import Fault, Sheet, SheetKind, read_sheet
from sync.show import list_warehouses

OK, FAILED, NOT_RIGHT = 0, 1, 2


async def count(settings: Settings, args: argparse.Namespace) -> int:
    """Print what a file would do, and book it with --yes.

    1: it was not booked though asked to be, or cannot be; 2: lines of the file are not right.
    """
    kind: SheetKind = "receive" if args.receive else "count"
    if args.yes and not (args.reason or "").strip():
        raise NotRight(words.GIVE_REASON)
    sheet = read_sheet(_text(args.file), kind)
    if sheet.faults:
        return _faults(sheet.faults, kind)
    async with open_house(settings) as house:
        async with house.deps.database.transaction() as session:
            workspace = await workspace_of(session, args.workspace)
            place = await _warehouse(session, workspace, args.warehouse)
            try:
                plan = await _plan(session, house.deps, workspace, place, kind, sheet)
                _print(plan)
                if not args.yes:
                    sys.stdout.write(f"{words.NOT_BOOKED}\n")
                    return OK
                if plan.unknown and not args.skip_unknown:
                    sys.stderr.write(f"{words.UNKNOWN_STOPS}\n")
                    return FAILED
                plan, _ = await book_sheet(
                    session,
                    house.deps,
                    workspace_id=workspace.id,
                    warehouse_id=place.id,
                    kind=kind,
                    sheet=sheet,
                    seen=plan.seen(),
                    actor=ACTOR,
                    note=args.reason.strip(),
                    key=str(uuid4()),
                )
            except SheetProblem as problem:
                if problem.faults:
                    return _faults(problem.faults, kind)
                raise Failed(words.GONE) from problem
    sys.stdout.write(f"{words.booked(kind, plan.warehouse, len(plan.lines))}\n")
    return OK


async def _plan(
    session: AsyncSession,
    deps: Deps,
    workspace: WorkspaceRow,
    place: WarehouseRow,
    kind: SheetKind,
    sheet: Sheet,
) -> CountPlan:
    """Plan on locked levels, so that what is printed is what is booked."""
    return await plan_sheet(
        session,
        deps,
        workspace_id=workspace.id,
        warehouse_id=place.id,
        kind=kind,
        sheet=sheet,
        lock=True,
    )


async def _warehouse(session: AsyncSession, workspace: WorkspaceRow, name: str) -> WarehouseRow:
    houses = await list_warehouses(session, workspace.id)
    for house in houses:
        if name_key(house.name) == name_key(name):
            return house
    raise Failed(words.no_warehouse(name, [house.name for house in houses]))


def _text(place: str) -> str:
    """Read a file as spreadsheet programs save it: UTF-8, or UTF-16 with its mark."""
    try:
        held = sys.stdin.buffer.read() if place == "-" else Path(place).read_bytes()
    except OSError as error:
        raise NotRight(words.cannot_read(place, type(error).__name__)) from error
    marked = held.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return held.decode("utf-16" if marked else "utf-8")
    except UnicodeDecodeError as error:
        raise NotRight(words.cannot_read(place, words.NOT_TEXT)) from error


def _faults(faults: tuple[Fault, ...], kind: SheetKind) -> int:
    sys.stderr.write("".join(f"{words.fault(one, kind)}\n" for one in faults))
    return NOT_RIGHT


def _print(plan: CountPlan) -> None:
    """Print the whole plan: nothing of it is kept back, whoever reads it may filter."""
    lines = [words.head(plan.kind, plan.warehouse, len(plan.lines))]
    lines += [f"  {label}: {plan.counts[kind]:,}" for kind, label in words.KINDS.items()]
    lines += [f"  {words.repeats(plan.kind, plan.repeats)}"] if plan.repeats else []
    lines += [words.LINES_TITLE, *(f"  {words.line(line)}" for line in plan.lines)]
    if plan.unknown:
        lines.append(words.unknown(len(plan.unknown)))
        lines += [f"  Line {line.number:,}: “{line.sku}”" for line in plan.unknown]
    if plan.shifts:
        lines.append(words.STORES_TITLE)
        lines += [f"  {shows(shift)}" for shift in plan.shifts]
    else:
        lines.append(words.NO_STORE_CHANGES)
    lines += [words.held(plan.held)] if plan.held else []
    sys.stdout.write("".join(f"{line}\n" for line in lines))
