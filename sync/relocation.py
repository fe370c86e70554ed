"""Changing places or warehouses of a store while its sync stays on, once a person confirmed it.

One transaction with the store's row held, so that no order page comes between. Stock is
locked before targets, as everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit, plans, relocations, stores
from storage import ledger as movements
from storage.ledger import Movement
from storage.plans import PlanLineRow
from storage.queue import work_key
from storage.relocations import BegunLine, IdleLine
from storage.rows import StoreRow
from sync import incidents, ledger, stocking
from sync.booking import LineState, booking_key, outstanding
from sync.choices import Choices
from sync.deps import Deps
from sync.forecast import holds
from sync.incidents import IncidentKind
from sync.line_finder import UNKNOWN_LOCATION
from sync.linking import link
from sync.newcomers import ask_locations
from sync.plan import PlanProblem, PlanSummary
from sync.relocation_plan import (
    Relocation,
    idle_of,
    lines_of,
    make_change_plan,
    names_of,
    relocation,
)


@dataclass(frozen=True, slots=True)
class Relocated:
    """The places are kept as chosen now; `again`: they were so before this press."""

    store: StoreRow
    again: bool = False


async def confirm_change(
    session: AsyncSession,
    deps: Deps,
    *,
    plan_id: UUID,
    actor: str,
    workspace_id: int,
    stock_items: bool = False,
) -> Relocated | PlanSummary:
    """Do what a plan says, once, or return the newer plan that has to be read first.

    `stock_items`: the person agreed that what is not stocked at a location is (R9). Raises
    PlanProblem.
    """
    plan = await plans.load(session, workspace_id, plan_id)
    store = None if plan is None else await stores.load(session, plan.store_id, lock=True)
    if plan is None or store is None or store.disconnected_at is not None:
        raise PlanProblem("gone")
    # Read again under the store's lock: of two presses the second meets what the first did.
    plan = await plans.load(session, workspace_id, plan_id)
    if plan is None:
        raise PlanProblem("gone")
    if plan.confirmed_at is not None:
        return Relocated(store, again=True)
    if store.sync_status == "off" or not store.ships:
        raise PlanProblem("off")
    asked = datetime.fromisoformat(plan.figures["asked"])
    found = await relocation(session, store, Choices.from_json(plan.choices), asked)
    idle = await idle_of(session, found)
    present = await lines_of(session, found, idle)
    known = await plans.lines(session, plan_id)
    if found.before() != plan.figures["before"] or not _holds(found, known, present):
        return await make_change_plan(session, deps, store.id, found.choices, asked)
    now = deps.clock.now()
    await plans.confirm(session, plan_id, actor=actor, now=now)
    if stock_items:
        await stocking.allow(session, store, actor=actor, now=now, plan_id=plan_id)
    await _carry_out(session, deps, found, idle, plan_id, actor)
    return Relocated(store)


def _holds(found: Relocation, known: Sequence[PlanLineRow], present: Sequence[PlanLineRow]) -> bool:
    """Say whether a plan that a person read is still the plan.

    Other places that only orders of the new ones bring into it, or take out of it, are no
    news.
    """
    told = {line.location_id for line in known} & {line.location_id for line in present}
    told |= {change.place.id for change in found.changes}
    return holds(
        [line for line in known if line.location_id in told],
        [line for line in present if line.location_id in told],
    )


async def _carry_out(
    session: AsyncSession,
    deps: Deps,
    found: Relocation,
    idle: Sequence[IdleLine],
    plan_id: UUID,
    actor: str,
) -> None:
    store, now = found.store, deps.clock.now()
    touched = await relocations.products(session, [change.place.id for change in found.changes])
    receives = await link(
        session,
        store.workspace_id,
        [change.choice for change in found.changes],
        await names_of(session, found),
        now=now,
        early_orders_counted=_early(found),
    )
    change_set = await movements.add_change_set(
        session,
        workspace_id=store.workspace_id,
        store_id=store.id,
        kind="relocate",
        actor=actor,
        note=f"Places of {store.name} changed",
        now=now,
    )
    touched |= await _begin(session, found, idle, receives, change_set, now)
    over = await _retarget(session, found, plan_id)
    await stocking.begin(session, deps.queue, store, now)
    touched |= await relocations.products(session, list(receives))
    await ledger.follow(
        session, deps.queue, workspace_id=store.workspace_id, product_ids=touched, now=now
    )
    await _wake(session, deps, store, now)
    await _tell(session, deps, store, over, now)
    await audit.record(
        session,
        store.workspace_id,
        actor,
        "store.relocate",
        now,
        subject=store.name,
        detail={
            "plan": str(plan_id),
            "change_set": change_set,
            "mode": found.choices.mode,
            "open_units": found.choices.open_units,
            "places": {str(change.place.id): change.kind for change in found.changes},
        },
    )


def _early(found: Relocation) -> dict[int, bool | None]:
    """Say of each place what holds for orders of before that are met late."""
    return {
        change.place.id: found.still_counted
        if change.kind == "linked"
        else False
        if change.place.id in found.copied
        else change.place.early_orders_counted
        for change in found.changes
    }


async def _begin(
    session: AsyncSession,
    found: Relocation,
    idle: Sequence[IdleLine],
    receives: Mapping[int, int],
    change_set: int,
    now: datetime,
) -> set[int]:
    """Let the effect of order lines at new places begin at this moment; their products."""
    begun: list[BegunLine] = []
    booked: list[Movement] = []
    for line in idle:
        house = receives[line.location_id]
        baseline = _baseline(found, line) + line.booked_available
        due = outstanding(
            LineState(
                taken=line.taken,
                committed=line.committed,
                baseline_taken=baseline,
                booked_available=line.booked_available,
                booked_committed=line.booked_committed,
            )
        )
        moves = due.on_hand_delta != 0 or due.committed_delta != 0
        number = line.bookings + moves
        begun.append(
            BegunLine(
                id=line.id,
                location_remote_id=line.location_remote_id,
                listing_id=line.listing_id,
                product_id=line.product_id,
                warehouse_id=house,
                baseline_taken=baseline,
                booked_available=line.booked_available + due.available_delta,
                booked_committed=line.booked_committed + due.committed_delta,
                bookings=number,
            )
        )
        if moves:
            booked.append(
                Movement(
                    product_id=line.product_id,
                    warehouse_id=house,
                    on_hand_delta=due.on_hand_delta,
                    committed_delta=due.committed_delta,
                    cause="order",
                    cause_key=booking_key(
                        found.store.id, line.order_remote_id, line.remote_id, number
                    ),
                    change_set_id=change_set,
                    order_line_id=line.id,
                )
            )
    await relocations.begin_lines(session, begun)
    await movements.post(session, workspace_id=found.store.workspace_id, movements=booked, now=now)
    return {line.product_id for line in begun}


def _baseline(found: Relocation, line: IdleLine) -> int:
    """Say how much of what a line took our numbers lack already."""
    if not found.early(line):
        return 0
    if found.choices.mode == "copy":
        return min(line.taken, line.deducted)
    return line.taken - line.committed if found.still_counted else line.taken


async def _retarget(session: AsyncSession, found: Relocation, plan_id: UUID) -> set[int]:
    """Make, change and drop targets; those about which nothing is kept back any more."""
    linked, moved = found.linked, {change.place.id for change in found.of("moved")}
    changed = moved | {change.place.id for change in found.of("summed")}
    over = set(
        await relocations.drop_targets(
            session, [change.place.id for change in found.of("left_out")]
        )
    )
    over |= set(await relocations.let_go(session, changed))
    await relocations.make_targets(
        session, found.store.id, plan_id, linked, copied=found.copied, fence=found.asked
    )
    await relocations.read_anew(session, moved & found.copied, found.asked)
    if found.choices.mode == "copy":
        await relocations.let_wait(session, (linked | moved) - found.copied)
    return over


async def _wake(session: AsyncSession, deps: Deps, store: StoreRow, now: datetime) -> None:
    """Have the new targets read, and the orders that decide what the readings say."""
    await stores.bring_forward(session, store.id, "orders", now)
    await deps.queue.enqueue(session, "orders", key=work_key("orders", store.id), store_id=store.id)
    await ledger.wake_push(session, deps.queue, [store.id])


async def _tell(
    session: AsyncSession, deps: Deps, store: StoreRow, over: set[int], now: datetime
) -> None:
    """Close the incidents that this answers."""
    for held in await incidents.open_incidents(session, store.workspace_id):
        if held.store_id != store.id:
            continue
        unknown_place = held.kind == IncidentKind.UNKNOWN_ITEM_ORDER and (
            held.facts.get("reason") == UNKNOWN_LOCATION
        )
        drifted = held.kind == IncidentKind.DRIFT and over.issuperset(held.facts["targets"])
        if unknown_place or drifted:
            await incidents.resolve(
                session,
                deps.queue,
                workspace_id=store.workspace_id,
                store_id=store.id,
                kinds=[IncidentKind(held.kind)],
                subject=held.subject,
                now=now,
            )
    await ask_locations(session, deps.queue, store=store, now=now)
