"""The life of a store's sync after it was turned on: paused, resumed, turned off, disconnected."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit, credentials, returning, stores, turn_ons
from storage import ledger as movements
from storage.rows import StoreRow
from sync import ledger
from sync.booking import booking_key
from sync.deps import Deps
from sync.incidents import IncidentKind, resolve

OpenLines = Literal["release", "keep"]

# What is over when a store's numbers are no longer kept.
OF_SYNC = (
    IncidentKind.DRIFT,
    IncidentKind.ITEM_REFUSED,
    IncidentKind.RAISE_WAITING,
    IncidentKind.BREAKER,
    IncidentKind.STORE_DOWN,
    IncidentKind.THROTTLED,
    IncidentKind.UNKNOWN_ITEM_ORDER,
    IncidentKind.NEW_LISTINGS,
    IncidentKind.RENAMED,
    IncidentKind.ORDER_GONE,
    IncidentKind.ORDER_HIDDEN,
    IncidentKind.NEW_LOCATION,
    IncidentKind.FBA_UNREAD,
)
STREAMS_OF_SYNC = ("orders", "fba")  # nobody waits for these when sync is off


class LifecycleProblem(Exception):
    """What was asked does not fit the store's state, or the store is gone."""

    def __init__(
        self, code: Literal["gone", "off", "not_on", "not_paused", "only_tracked"]
    ) -> None:
        super().__init__(code)
        self.code = code


async def pause(
    session: AsyncSession, deps: Deps, *, workspace_id: int, store_id: int, actor: str
) -> StoreRow:
    """Go on reading a store's orders, but write nothing to it. Raises LifecycleProblem."""
    store = await _load(session, workspace_id, store_id)
    if store.sync_status != "on":
        raise LifecycleProblem("not_on")
    if not store.ships:
        raise LifecycleProblem("only_tracked")
    await stores.set_sync_status(session, store_id, "paused")
    await _note(session, deps, store, actor, "store.pause")
    return store


async def resume(
    session: AsyncSession, deps: Deps, *, workspace_id: int, store_id: int, actor: str
) -> StoreRow:
    """Write to a paused store again, beginning with what changed meanwhile."""
    store = await _load(session, workspace_id, store_id)
    if store.sync_status != "paused":
        raise LifecycleProblem("not_paused")
    await stores.set_sync_status(session, store_id, "on")
    # Nobody watched what was changed by hand: every number is read back before it is trusted.
    await stores.audit_now(session, store_id)
    await ledger.wake_push(session, deps.queue, [store_id])
    await _note(session, deps, store, actor, "store.resume")
    return store


async def turn_off(
    session: AsyncSession, deps: Deps, *, workspace_id: int, store_id: int, actor: str
) -> StoreRow:
    """Stop reading a store's orders and writing to it; its stock stays as it is.

    Also gives up a turn-on that is under way.
    """
    store = await _load(session, workspace_id, store_id)
    run = await turn_ons.running(session, store_id)
    if store.sync_status == "off" and run is None:
        raise LifecycleProblem("off")
    await _stop(session, deps, store)
    await _note(session, deps, store, actor, "store.turn_off")
    return store


async def turn_off_restored(session: AsyncSession, deps: Deps) -> list[StoreRow]:
    """Turn every store of a restored database off, as of its last reading; those it was on for.

    What was written and booked since the backup is not in it: what it believes of the stores
    is old, and a person has to see a plan before anything is written over (R10).
    """
    stopped = []
    for one in await stores.every(session):
        store = await stores.load(session, one.id, lock=True)
        if store is None or (
            store.sync_status == "off" and await turn_ons.running(session, store.id) is None
        ):
            continue
        await _stop(session, deps, store, since=store.orders_read_at)
        await _note(session, deps, store, audit.SYSTEM, "store.restored")
        stopped.append(store)
    return stopped


async def disconnect(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    store_id: int,
    actor: str,
    open_lines: OpenLines,
) -> StoreRow:
    """Forget a store's credentials; its units still to be sent are released or kept as asked."""
    store = await _load(session, workspace_id, store_id)
    if open_lines == "release":  # first: stock rows come before targets
        await _release(session, deps, store, actor)
    if store.sync_status != "off" or await turn_ons.running(session, store_id) is not None:
        await _stop(session, deps, store)
    await credentials.forget(session, store_id)
    await stores.disconnect(session, store_id, deps.clock.now())
    await resolve(
        session,
        deps.queue,
        workspace_id=workspace_id,
        store_id=store_id,
        kinds=[IncidentKind.NEEDS_RECONNECT],
        now=deps.clock.now(),
    )
    await _note(session, deps, store, actor, "store.disconnect")
    return store


async def _load(session: AsyncSession, workspace_id: int, store_id: int) -> StoreRow:
    store = await stores.load(session, store_id, lock=True)
    if store is None or store.workspace_id != workspace_id or store.disconnected_at is not None:
        raise LifecycleProblem("gone")
    return store


async def _stop(
    session: AsyncSession, deps: Deps, store: StoreRow, *, since: datetime | None = None
) -> None:
    """Turn a store off, as of `since` where that is not now."""
    now = deps.clock.now()
    run = await turn_ons.running(session, store.id)
    if run is not None:
        await turn_ons.set_phase(session, run.id, "stopped", done_at=now)
    await stores.turn_off_sync(session, store.id, since or now)
    await returning.forget(session, store.id)
    await resolve(
        session,
        deps.queue,
        workspace_id=store.workspace_id,
        store_id=store.id,
        kinds=OF_SYNC,
        now=now,
    )
    for stream in STREAMS_OF_SYNC:
        await resolve(
            session,
            deps.queue,
            workspace_id=store.workspace_id,
            store_id=store.id,
            kinds=[IncidentKind.STREAM_SILENT],
            subject=stream,
            now=now,
        )


async def _release(session: AsyncSession, deps: Deps, store: StoreRow, actor: str) -> None:
    """Book every unit that the store's orders hold as free again."""
    now = deps.clock.now()
    change_set = await movements.add_change_set(
        session,
        workspace_id=store.workspace_id,
        store_id=store.id,
        kind="release",
        actor=actor,
        note=f"Released the open orders of {store.name}",
        now=now,
    )
    lines = await turn_ons.open_lines(session, store.id)
    await turn_ons.mark_released(session, store.id)
    released = [
        movements.Movement(
            product_id=line.product_id,
            warehouse_id=line.warehouse_id,
            on_hand_delta=0,
            committed_delta=-line.booked_committed,
            cause="order",
            cause_key=booking_key(
                store.id, line.order_remote_id, line.remote_id, line.bookings + 1
            ),
            change_set_id=change_set,
            order_line_id=line.id,
        )
        for line in lines
    ]
    await movements.post(session, workspace_id=store.workspace_id, movements=released, now=now)
    await ledger.follow(
        session,
        deps.queue,
        workspace_id=store.workspace_id,
        product_ids={line.product_id for line in lines},
        now=now,
    )


async def _note(session: AsyncSession, deps: Deps, store: StoreRow, actor: str, act: str) -> None:
    await audit.record(
        session, store.workspace_id, actor, act, deps.clock.now(), subject=store.name
    )
