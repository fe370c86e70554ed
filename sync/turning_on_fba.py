"""Turning sync on for a store of which nothing but FBA is followed, and changing where it is.

Nothing is ever written there, so there is no plan: sync is on once the first copy is booked.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.catalog import PLATFORMS
from storage import audit, fba, locations, stores, turn_ons
from storage.rows import StoreRow, TurnOnRow
from sync.deps import Deps
from sync.plan import PlanProblem
from sync.telling import tell_of_store
from sync.tracking import choose


async def start(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    store_id: int,
    marketplaces: Sequence[str],
    actor: str,
    channel: str | None,
) -> int:
    """Begin: the first copy is queued. The run's id. Raises PlanProblem."""
    store = await stores.load(session, store_id, lock=True)
    if store is None or store.workspace_id != workspace_id or store.disconnected_at is not None:
        raise PlanProblem("gone")
    if await turn_ons.running(session, store.id) is not None:
        raise PlanProblem("running")
    if store.sync_status != "off":
        raise PlanProblem("already_on")
    if not PLATFORMS[store.platform].tracks_fba:
        raise PlanProblem("gone")
    # What was linked when the merchant still shipped must not be written any more (R8).
    for place in await locations.of_store(session, store.id):
        await locations.decide(session, place.id, "unlinked", None)
    if not await choose(session, deps, store, marketplaces, ships=False):
        raise PlanProblem("gone")
    now = deps.clock.now()
    run = await turn_ons.begin(
        session,
        workspace_id=workspace_id,
        store_id=store.id,
        plan_id=None,
        phase="fba",
        actor=actor,
        channel=channel,
        now=now,
    )
    payload = {"turn_on_id": run, "phase": "fba", "done": 0, "total": 0}
    await tell_of_store(session, deps, store, "turn_on_progress", payload)
    return run


async def change(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    store_id: int,
    marketplaces: Sequence[str],
    actor: str,
) -> StoreRow:
    """Follow FBA in these marketplaces of a store in sync from now on. Raises PlanProblem."""
    store = await stores.load(session, store_id, lock=True)
    if store is None or store.workspace_id != workspace_id or store.disconnected_at is not None:
        raise PlanProblem("gone")
    if store.sync_status == "off":
        raise PlanProblem("off")
    before = [one.country for one in await fba.of_store(session, store.id) if one.tracked]
    if not await choose(session, deps, store, marketplaces, ships=store.ships):
        raise PlanProblem("gone")
    after = [one.country for one in await fba.of_store(session, store.id) if one.tracked]
    await audit.record(
        session,
        workspace_id,
        actor,
        "store.fba",
        deps.clock.now(),
        subject=store.name,
        detail={"before": before, "after": after},
    )
    return store


async def finish(session: AsyncSession, deps: Deps, store: StoreRow, run: TurnOnRow) -> None:
    """Set sync to on, once every marketplace that is followed was asked, and tell of it."""
    now = deps.clock.now()
    await stores.turn_on_tracking(session, store.id, now)
    await turn_ons.set_phase(session, run.id, "done", done_at=now)
    places = [one for one in await fba.of_store(session, store.id) if one.tracked]
    there = [one for one in places if one.has_fba]
    payload = {
        "turn_on_id": run.id,
        "mode": "fba",
        "skus": sum(one.skus for one in there),
        "countries": [one.country for one in there],
        "without": [one.country for one in places if not one.has_fba],
    }
    await tell_of_store(session, deps, store, "turn_on_done", payload)
