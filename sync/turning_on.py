"""Turning sync on, driven forward by the order readings of its store (ENGINE.md B3).

Orders first, as the baseline; then every target is a conclusive reading like any
other: read live, settled once the orders have been read past it. When all are known
the opening numbers are booked, with the store's row held, so that no order page comes
between what is shown and what its orders say.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.catalog import PLATFORMS
from storage import ledger as movements
from storage import plans, returning, stores, turn_ons
from storage.ledger import Movement
from storage.plans import PlanRow
from storage.rows import StoreRow, TurnOnRow
from storage.turn_ons import EarlyLine
from sync import ledger, stocking
from sync.booking import LineState, booking_key, outstanding
from sync.choices import Choices
from sync.deps import Deps
from sync.limits import Limits
from sync.telling import tell_of_store

# A listing that sells so fast that no reading of it stands must not hold up the others;
# it begins as "not counted yet" and is read on.
PATIENCE = timedelta(minutes=30)


async def advance(session: AsyncSession, deps: Deps, store: StoreRow, run: TurnOnRow) -> None:
    """Take a run one step further, after the store's orders were read completely."""
    if run.phase == "orders":
        await turn_ons.place_lines(session, store.id)
        await turn_ons.make_targets(session, store.id, run.plan_id)
        await turn_ons.set_phase(session, run.id, "reading")
        await ledger.wake_push(session, deps.queue, [store.id])
    seen = await turn_ons.progress(session, store.id)
    waited = deps.clock.now() - run.started_at
    if run.phase == "reading" and (seen.known + seen.unreadable == seen.total or waited > PATIENCE):
        await _open(session, deps, store, run)
        return
    await tell_of_store(
        session,
        deps,
        store,
        "turn_on_progress",
        {"turn_on_id": run.id, "phase": "reading", "done": seen.known, "total": seen.total},
    )


async def _open(session: AsyncSession, deps: Deps, store: StoreRow, run: TurnOnRow) -> None:
    """Book the opening numbers and set sync to on."""
    now = deps.clock.now()
    plan = await plans.load(session, store.workspace_id, run.plan_id)
    if plan is None:  # a run keeps its plan
        raise LookupError(f"turn-on {run.id} has lost its plan")
    choices = Choices.from_json(plan.choices)
    change_set = await movements.add_change_set(
        session,
        workspace_id=store.workspace_id,
        store_id=store.id,
        kind="turn_on",
        actor=run.actor,
        note=f"Sync turned on for {store.name}",
        now=now,
    )
    still_counted = choices.mode == "keep" and choices.open_units == "in_numbers"
    counted = choices.mode == "keep" and choices.open_units == "counted"
    gap_since = store.off_since if counted else None
    asked = None if choices.mode == "copy" or counted else _asked(store, plan)
    await turn_ons.settle_early_lines(
        session,
        store.id,
        copied=choices.mode == "copy",
        still_counted=still_counted,
        gap_since=gap_since,
        asked=asked,
    )
    booked = [
        _booking(store.id, line, change_set)
        for line in await turn_ons.early_lines(session, store.id)
    ]
    await turn_ons.mark_booked(session, store.id)
    if choices.mode == "copy":
        await _copy(session, store, run, choices, change_set, deps)
    await movements.post(session, workspace_id=store.workspace_id, movements=booked, now=now)
    await turn_ons.fix_fences(session, store.id, gap_since or asked)
    if choices.mode == "keep":
        await returning.remember(session, store.id, change_set)
    await stores.turn_on_sync(session, store.id, now=now, early_orders_counted=still_counted)
    await turn_ons.set_phase(session, run.id, "done", done_at=now)
    await stocking.begin(session, deps.queue, store, now)
    touched = await turn_ons.products(session, store.id) | {m.product_id for m in booked}
    await ledger.follow(
        session, deps.queue, workspace_id=store.workspace_id, product_ids=touched, now=now
    )
    await ledger.wake_push(session, deps.queue, [store.id])
    seen = await turn_ons.progress(session, store.id)
    await tell_of_store(
        session,
        deps,
        store,
        "turn_on_done",
        {"turn_on_id": run.id, "mode": choices.mode, "known": seen.known, "total": seen.total},
    )


def _asked(store: StoreRow, plan: PlanRow) -> datetime | None:
    """Say from when on an order is none of those that the person was asked about.

    Of one that is as near to it as clocks can err, its units come off.
    """
    read_at = plan.figures.get("asked")
    margin = PLATFORMS[store.platform].traits.clock_margin
    return None if read_at is None else datetime.fromisoformat(read_at) - margin


def _booking(store_id: int, line: EarlyLine, change_set: int) -> Movement:
    due = outstanding(
        LineState(
            taken=line.taken,
            committed=line.committed,
            baseline_taken=line.baseline_taken,
            booked_available=line.booked_available,
            booked_committed=line.booked_committed,
        )
    )
    return Movement(
        product_id=line.product_id,
        warehouse_id=line.warehouse_id,
        on_hand_delta=due.on_hand_delta,
        committed_delta=due.committed_delta,
        cause="order",
        cause_key=booking_key(store_id, line.order_remote_id, line.remote_id, line.bookings + 1),
        change_set_id=change_set,
        order_line_id=line.id,
    )


async def _copy(
    session: AsyncSession,
    store: StoreRow,
    run: TurnOnRow,
    choices: Choices,
    change_set: int,
    deps: Deps,
) -> None:
    """Set available to what the store shows: it sets, it never adds.

    A number of ours that the store's own limits only hide stays. Before the lines are
    booked: what the store has sold and not taken off yet comes off then.
    """
    limits = Limits(store.buffer, store.maximum)
    openings = await turn_ons.openings(
        session, store.id, choices.copied_locations, store.workspace_id
    )
    await movements.post(
        session,
        workspace_id=store.workspace_id,
        movements=[
            Movement(
                product_id=opening.product_id,
                warehouse_id=opening.warehouse_id,
                on_hand_delta=opening.shown - opening.available,
                committed_delta=0,
                cause="copy",
                cause_key=f"copy:{run.id}:{opening.product_id}:{opening.warehouse_id}",
                change_set_id=change_set,
            )
            for opening in openings
            if not (
                opening.counted and limits.hides(opening.shown, opening.available, opening.beside)
            )
        ],
        now=deps.clock.now(),
    )
