"""Taking back what somebody did to stock: its own plan first, then inverse movements.

A product is taken back wholly or not at all. It is left as it is where its number was set anew
since, or where less would be on the shelf than is sold and still to be sent. What a copy brought
is taken back only with sync off: what the store shows came from it, and stays. Of a first push
the store's earlier numbers are put back, and then its sync is turned off (`returning.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit, ledger, prospects, returning, stores, turn_ons, undo
from storage.ledger import Movement
from storage.prospects import Shift
from storage.returning import Earlier
from storage.undo import Act, UndoLine
from sync import breaker, lifecycle
from sync import ledger as posting
from sync import returning as returns
from sync.deps import Deps

Why = Literal["recounted", "committed"]


class UndoProblem(Exception):
    """It cannot be undone: `gone`, `undone` already, `running`: its store is being turned on.

    `nothing`: no line of it can be taken back; `changed`: not what the person saw; `paused`:
    nothing is written to its store now, so nothing can be put back there.
    """

    def __init__(
        self, code: Literal["gone", "undone", "running", "nothing", "changed", "paused"]
    ) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Refused:
    """A product that is left as it is, the level that is the cause, and why."""

    line: UndoLine
    why: Why


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What taking an act back would do.

    lines       levels that go back, each by `-units`
    refused     products that are left as they are
    shifts      what stores in sync would show then
    turns_off   the store whose sync is turned off with it
    returns     listings of a first push that go back to what they showed before it
    stays       those that do not
    """

    act: Act
    lines: tuple[UndoLine, ...]
    refused: tuple[Refused, ...]
    shifts: tuple[Shift, ...]
    turns_off: str | None
    returns: tuple[Earlier, ...] = ()
    stays: tuple[Earlier, ...] = ()

    @property
    def seal(self) -> str:
        """Name what the plan does, whatever orders did to the levels meanwhile."""
        did = [(line.product_id, line.warehouse_id, line.units) for line in self.lines]
        left = [(one.line.product_id, one.why) for one in self.refused]
        back = [(one.target_id, one.earlier, one.left) for one in (*self.returns, *self.stays)]
        return hashlib.sha256(repr((did, left, back, self.turns_off)).encode()).hexdigest()[:16]


async def plan_undo(session: AsyncSession, workspace_id: int, act_id: int) -> UndoPlan:
    """Work out what taking an act back would do. Raises UndoProblem."""
    act = await undo.load(session, workspace_id, act_id)
    return await _plan(session, workspace_id, act)


async def undo_act(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    act_id: int,
    actor: str,
    seal: str,
) -> UndoPlan:
    """Take back what the person saw in the plan, once. Raises UndoProblem."""
    act = await undo.load(session, workspace_id, act_id)
    # The store's row comes before stock rows, here as everywhere.
    store = None
    if act is not None and act.store_id is not None:
        store = await stores.load(session, act.store_id, lock=True)
    act = await undo.load(session, workspace_id, act_id, lock=True)
    touched = [] if act is None else await undo.lines(session, act.id)
    await ledger.ensure_levels(
        session,
        workspace_id=workspace_id,
        places={(line.product_id, line.warehouse_id) for line in touched},
    )
    plan = await _plan(session, workspace_id, act)
    if plan.seal != seal:
        raise UndoProblem("changed")
    if plan.returns and store is not None:
        change_set = await _change_set(session, deps, workspace_id, plan.act, actor)
        await returns.begin(session, deps, store, plan.returns, actor=actor)
        await _record(session, deps, workspace_id, plan, actor, change_set)
        return plan
    if plan.turns_off is not None:
        await lifecycle.turn_off(
            session,
            deps,
            workspace_id=workspace_id,
            store_id=plan.act.store_id or 0,
            actor=actor,
        )
    await _book(session, deps, workspace_id, plan, actor)
    return plan


async def _plan(session: AsyncSession, workspace_id: int, act: Act | None) -> UndoPlan:
    if act is None:
        raise UndoProblem("gone")
    if act.undone_by is not None:
        raise UndoProblem("undone")
    off = await _turned_off(session, act)
    if act.kind == "first_push":
        return await _plan_return(session, act, off)
    lines, refused = _judge(await undo.lines(session, act.id))
    if not lines:
        raise UndoProblem("nothing")
    found = await prospects.shifts(
        session, workspace_id, [(one.product_id, one.warehouse_id, -one.units) for one in lines]
    )
    # Of what nobody counts any more nothing is written: stores go on showing what they show.
    uncounted = {one.product_id for one in lines if one.alone and not one.elsewhere}
    shifts = tuple(
        shift
        for shift in found
        if shift.now != shift.becomes
        and shift.product_id not in uncounted
        and (off is None or shift.store_id != act.store_id)
    )
    return UndoPlan(act, lines, refused, shifts, off)


async def _plan_return(session: AsyncSession, act: Act, off: str | None) -> UndoPlan:
    """Say what each listing of a first push goes back to."""
    store = await stores.load(session, act.store_id or 0)
    if off is None or store is None:
        raise UndoProblem("gone")
    if store.sync_status == "paused":
        raise UndoProblem("paused")
    found = await returning.earlier(session, act.id)
    goes = tuple(one for one in found if one.left is None)
    if not goes:
        raise UndoProblem("nothing")
    stays = tuple(one for one in found if one.left is not None)
    return UndoPlan(act, (), (), (), off, goes, stays)


async def _turned_off(session: AsyncSession, act: Act) -> str | None:
    """Name the store whose sync an undo turns off: what it shows came with the act, or went."""
    if act.kind not in ("turn_on", "first_push") or act.store_id is None:
        return None
    store = await stores.load(session, act.store_id)
    if store is None or store.disconnected_at is not None:
        return None
    if await turn_ons.running(session, store.id) is not None:
        raise UndoProblem("running")
    return None if store.sync_status == "off" else store.name


def _judge(found: Sequence[UndoLine]) -> tuple[tuple[UndoLine, ...], tuple[Refused, ...]]:
    """Tell apart what goes back and what is left as it is, product by product."""
    refused: dict[int, Refused] = {}
    for line in found:
        why = _why_not(line)
        if why is not None:
            refused.setdefault(line.product_id, Refused(line, why))
    goes = tuple(one for one in found if one.product_id not in refused and one.units)
    return goes, tuple(refused.values())


def _why_not(line: UndoLine) -> Why | None:
    if line.recounted:
        return "recounted"
    if line.units > 0 and line.on_hand - line.units < line.committed:
        return "committed"
    return None


async def _book(
    session: AsyncSession, deps: Deps, workspace_id: int, plan: UndoPlan, actor: str
) -> None:
    now, act = deps.clock.now(), plan.act
    change_set = await _change_set(session, deps, workspace_id, act, actor)
    movements = [
        Movement(
            product_id=line.product_id,
            warehouse_id=line.warehouse_id,
            on_hand_delta=-line.units,
            committed_delta=0,
            cause="undo",
            cause_key=f"undo:{act.id}:{line.product_id}:{line.warehouse_id}",
            change_set_id=change_set,
        )
        for line in plan.lines
    ]
    # Before anything follows: nobody says any more how many there are, so nothing is written.
    await ledger.post(session, workspace_id=workspace_id, movements=movements, now=now)
    alone = {(line.product_id, line.warehouse_id) for line in plan.lines if line.alone}
    await undo.uncount(session, alone)
    await posting.follow(
        session,
        deps.queue,
        workspace_id=workspace_id,
        product_ids={line.product_id for line in plan.lines},
        change_set_id=change_set,
        now=now,
    )
    await breaker.over(
        session, deps.queue, workspace_id=workspace_id, change_set_id=act.id, now=now
    )
    await _record(session, deps, workspace_id, plan, actor, change_set)


async def _change_set(
    session: AsyncSession, deps: Deps, workspace_id: int, act: Act, actor: str
) -> int:
    """Note that an act is undone; the change set that does it."""
    return await ledger.add_change_set(
        session,
        workspace_id=workspace_id,
        store_id=act.store_id,
        kind="undo",
        actor=actor,
        note=act.note,
        now=deps.clock.now(),
        undoes=act.id,
    )


async def _record(
    session: AsyncSession,
    deps: Deps,
    workspace_id: int,
    plan: UndoPlan,
    actor: str,
    change_set: int,
) -> None:
    act, lines = plan.act, len(plan.lines) + len(plan.returns)
    await audit.record(
        session,
        workspace_id,
        actor,
        "stock.undo",
        deps.clock.now(),
        subject=act.store or act.note,
        detail={"act": act.id, "kind": act.kind, "lines": lines, "set": change_set},
    )
