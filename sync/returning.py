"""Undoing a first push: a store goes back to what it showed before, then its sync is off.

Until then it is in sync as ever, with other numbers to show: what it showed before our first
push, less what it sold by itself since. So nothing that is written here goes another way than
any write, and what it sells meanwhile is not put back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from storage import returning, turn_ons
from storage.returning import Earlier
from storage.rows import StoreRow, TurnOnRow
from sync import ledger, lifecycle
from sync.deps import Deps
from sync.incidents import TOLD_ITEMS
from sync.telling import tell_of_store

# What a store refuses for so long it may refuse for ever; sync is turned off all the same.
PATIENCE = timedelta(minutes=30)


async def begin(
    session: AsyncSession,
    deps: Deps,
    store: StoreRow,
    places: Sequence[Earlier],
    *,
    actor: str,
) -> None:
    """Begin to put earlier numbers back; the store's row is locked."""
    now = deps.clock.now()
    await returning.begin(session, places, now)
    run = await turn_ons.begin(
        session,
        workspace_id=store.workspace_id,
        store_id=store.id,
        plan_id=None,
        phase="returning",
        actor=actor,
        channel=None,
        now=now,
    )
    await ledger.wake_push(session, deps.queue, [store.id])
    seen = await returning.progress(session, store.id)
    await tell_of_store(
        session,
        deps,
        store,
        "turn_on_progress",
        {"turn_on_id": run, "phase": "returning", "done": seen.done, "total": seen.total},
    )


async def advance(
    session: AsyncSession, deps: Deps, store: StoreRow, run: TurnOnRow, store_now: datetime
) -> None:
    """Turn sync off once every number is back, or has not come back for too long."""
    seen = await returning.progress(session, store.id, store_now)
    given = {"turn_on_id": run.id, "done": seen.done, "total": seen.total}
    if seen.done < seen.total and deps.clock.now() - run.started_at <= PATIENCE:
        await tell_of_store(
            session, deps, store, "turn_on_progress", {**given, "phase": "returning"}
        )
        return
    left = await returning.not_back(session, store.id, store_now, limit=TOLD_ITEMS)
    await turn_ons.set_phase(session, run.id, "done", done_at=deps.clock.now())
    await lifecycle.turn_off(
        session,
        deps,
        workspace_id=store.workspace_id,
        store_id=store.id,
        actor=run.actor,
    )
    await tell_of_store(
        session, deps, store, "turn_on_done", {**given, "mode": "returning", "left": left}
    )
