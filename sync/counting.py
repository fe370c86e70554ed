"""Stock of many SKUs in one warehouse by a sheet: what it would do, and doing it in one act.

A count sets on hand, whatever is committed (ENGINE.md A1): a sale between the look and the
confirmation stays sold. What moved on hand meanwhile, such as a parcel that left, nobody can
tell from the sheet, so the plan is shown again. A delivery adds, and stands beside both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit, breaker, ledger, prospects, warehouses
from storage.ledger import Movement
from storage.prospects import Shift, SkuLevel
from sync import ledger as posting
from sync.breaker import WINDOW, is_jolt, trips
from sync.count_lines import Planned
from sync.deps import Deps
from sync.limits import LIMIT
from sync.sheet import to_csv
from sync.sheet_lines import Fault, Sheet, SheetKind, SheetLine
from sync.sku import sku_key

CAUSES: Mapping[SheetKind, str] = {"count": "count", "receive": "received"}


class SheetProblem(Exception):
    """A sheet that cannot be booked: nothing of it was.

    gone     the warehouse is no longer there
    changed  on hand, or the products themselves, changed since the plan was shown
    faults   lines that fit no product or place as it stands
    """

    def __init__(
        self, code: Literal["gone", "changed", "faults"], faults: Sequence[Fault] = ()
    ) -> None:
        super().__init__(code)
        self.code = code
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class CountPlan:
    """What a sheet would do.

    unknown  lines whose SKU no product has: left out
    shifts   listings in sync whose number changes, and what they would show
    held     stores that so much would change in that it is kept back (R14)
    """

    kind: SheetKind
    warehouse_id: int
    warehouse: str
    lines: tuple[Planned, ...]
    unknown: tuple[SheetLine, ...]
    repeats: int
    shifts: tuple[Shift, ...]
    held: tuple[str, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        return Counter(line.kind for line in self.lines)

    def seen(self) -> dict[int, int | None]:
        """Say what the person sees of each product: on hand, None where it was not counted."""
        return {line.product_id: line.before if line.counted else None for line in self.lines}


async def plan_sheet(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    warehouse_id: int,
    kind: SheetKind,
    sheet: Sheet,
    lock: bool = False,
) -> CountPlan:
    """Work out what a sheet without faults would do; with `lock`, levels stay as they are read.

    Raises SheetProblem.
    """
    name = await _name(session, workspace_id, warehouse_id)
    keys = {sku_key(line.sku) for line in sheet.lines}
    levels = await prospects.levels_by_sku(session, workspace_id, warehouse_id, keys)
    if lock:
        places = [(level.product_id, warehouse_id) for level in levels]
        await ledger.ensure_levels(session, workspace_id=workspace_id, places=places)
        levels = await prospects.levels_by_sku(session, workspace_id, warehouse_id, keys)
    known = {level.sku_key: level for level in levels}
    lines = [
        _planned(line, known[sku_key(line.sku)], kind)
        for line in sheet.lines
        if sku_key(line.sku) in known
    ]
    faults = [*_elsewhere(sheet, name), *_beyond(lines)]
    if not lines:
        faults += [Fault(line.number, "unknown", line.sku) for line in sheet.lines]
    if faults:
        raise SheetProblem("faults", faults)
    changes = [(line.product_id, warehouse_id, line.difference) for line in lines if line.books]
    shifts = await prospects.shifts(session, workspace_id, changes)
    return CountPlan(
        kind=kind,
        warehouse_id=warehouse_id,
        warehouse=name,
        lines=tuple(lines),
        unknown=tuple(line for line in sheet.lines if sku_key(line.sku) not in known),
        repeats=sheet.repeats,
        shifts=tuple(shift for shift in shifts if shift.now != shift.becomes),
        held=await _held(session, deps, shifts),
    )


async def book_sheet(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    warehouse_id: int,
    kind: SheetKind,
    sheet: Sheet,
    seen: Mapping[int, int | None] | None,
    actor: str,
    note: str,
    key: str,
) -> tuple[CountPlan, int]:
    """Book a sheet in one change set: what it did, and the change set's id.

    `seen`: what the person was shown; None where plan and booking are one act. The breaker
    watches like at any change by hand. Raises SheetProblem.
    """
    plan = await plan_sheet(
        session,
        deps,
        workspace_id=workspace_id,
        warehouse_id=warehouse_id,
        kind=kind,
        sheet=sheet,
        lock=True,
    )
    if seen is not None and _moved(plan, seen):
        raise SheetProblem("changed")
    now = deps.clock.now()
    change_set = await ledger.add_change_set(
        session,
        workspace_id=workspace_id,
        store_id=None,
        kind=CAUSES[kind],
        actor=actor,
        note=note,
        now=now,
    )
    movements = [
        Movement(
            product_id=line.product_id,
            warehouse_id=warehouse_id,
            on_hand_delta=line.difference,
            committed_delta=0,
            cause=CAUSES[kind],
            cause_key=f"sheet:{key}:{line.product_id}",
            change_set_id=change_set,
        )
        for line in plan.lines
        if line.books
    ]
    await posting.post(
        session,
        deps.queue,
        workspace_id=workspace_id,
        movements=movements,
        change_set_id=change_set,
        now=now,
    )
    await audit.record(
        session,
        workspace_id,
        actor,
        f"stock.{kind}",
        now,
        subject=plan.warehouse,
        detail={
            "warehouse": warehouse_id,
            "why": note,
            "change_set": change_set,
            "left_out": len(plan.unknown),
            **plan.counts,
        },
    )
    return plan, change_set


def plan_csv(plan: CountPlan) -> str:
    """Write a whole plan as a table: every line, then those that are left out."""
    return to_csv(
        ("Line", "SKU", "Title", "On hand now", "On hand then", "Difference", "Available then"),
        [
            *(
                (x.number, x.sku, x.title, x.before, x.after, x.difference, x.available)
                for x in plan.lines
            ),
            *((x.number, x.sku, "no product has this SKU: left out") for x in plan.unknown),
        ],
    )


async def _name(session: AsyncSession, workspace_id: int, warehouse_id: int) -> str:
    houses = await warehouses.of_workspace(session, workspace_id)
    for house in houses:
        if house.id == warehouse_id:
            return house.name
    raise SheetProblem("gone")


def _planned(line: SheetLine, level: SkuLevel, kind: SheetKind) -> Planned:
    return Planned(
        number=line.number,
        product_id=level.product_id,
        sku=level.sku,
        title=level.title,
        before=level.on_hand,
        after=line.units + (level.on_hand if kind == "receive" else 0),
        committed=level.committed,
        counted=level.counted,
        books=kind == "count" or line.units != 0,
    )


def _elsewhere(sheet: Sheet, warehouse: str) -> list[Fault]:
    """Find lines that name another warehouse than the one that was chosen."""
    here = warehouses.name_key(warehouse)
    return [
        Fault(line.number, "warehouse", line.warehouse)
        for line in sheet.lines
        if line.warehouse and warehouses.name_key(line.warehouse) != here
    ]


def _beyond(lines: Sequence[Planned]) -> list[Fault]:
    return [Fault(x.number, "too_large", str(x.after)) for x in lines if abs(x.after) > LIMIT]


def _moved(plan: CountPlan, seen: Mapping[int, int | None]) -> bool:
    """Say whether what the person saw is no longer so."""
    now = plan.seen()
    return now != seen if plan.kind == "count" else now.keys() != seen.keys()


async def _held(session: AsyncSession, deps: Deps, shifts: Sequence[Shift]) -> tuple[str, ...]:
    """Name the stores in which the breaker would keep these changes back."""
    jolted = Counter(
        shift.store_id
        for shift in shifts
        if not shift.uncounted and is_jolt(shift.now, shift.becomes)
    )
    since = deps.clock.now() - WINDOW
    shaken = await breaker.shaken(session, sorted(jolted), since=since) if jolted else []
    names = {shift.store_id: shift.store for shift in shifts}
    return tuple(
        names[store.store_id]
        for store in shaken
        if trips(store.jolted + jolted[store.store_id], store.targets, store.percent)
    )
