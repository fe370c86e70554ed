"""Open orders that no poll meets any more: read by id once a day, released when they are gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.catalog import PLATFORMS
from connectors.protocol import Connector, RemoteOrder
from storage import orders, stores
from storage.orders import UnmetOrder
from storage.rows import StoreRow
from sync.deps import Deps
from sync.incidents import IncidentKind, report, resolve
from sync.order_page import take_in

EVERY = timedelta(hours=24)  # ENGINE.md A2: a daily pass
BATCH = 250  # orders read by id and booked in one transaction
TOLD_ORDERS = 10  # as many order names as a message takes without hiding its point


async def look_after_unmet(
    deps: Deps, store: StoreRow, connector: Connector, *, whole_since: datetime | None
) -> None:
    """Read by id the open orders that were not met for a day.

    `whole_since` is when a reading of the whole history began that has just ended: what
    it did not meet is too old for it. An order that its store no longer has is
    released, and shown until the next look. One that is only too old to be shown keeps
    its units: it may still be open.
    """
    begun = deps.clock.now()
    last = store.lines_checked_at
    if whole_since is None and last is not None and begun - last < EVERY:
        return
    before = whole_since or begun - EVERY
    await _over(deps, store, IncidentKind.ORDER_GONE)
    hidden: list[UnmetOrder] = []
    while True:
        async with deps.database.transaction() as session:
            unmet = await orders.unmet(session, store.id, before=before, limit=BATCH)
        if not unmet:
            break
        found = await connector.orders_by_id([order.remote_id for order in unmet])
        hidden += await _take_in(deps, store, connector, unmet, found)
    if hidden:
        async with deps.database.transaction() as session:
            held = await stores.load(session, store.id, lock=True)
            if held is not None and held.sync_status != "off":
                await _tell(session, deps, held, IncidentKind.ORDER_HIDDEN, hidden)
    else:
        await _over(deps, store, IncidentKind.ORDER_HIDDEN)
    async with deps.database.transaction() as session:
        await stores.lines_checked(session, store.id, begun)


async def _take_in(
    deps: Deps,
    store: StoreRow,
    connector: Connector,
    unmet: list[UnmetOrder],
    found: list[RemoteOrder],
) -> list[UnmetOrder]:
    """Book what was found, and release what is gone; returns what is too old to be shown."""
    now = deps.clock.now()
    kept = {order.id for order in found}
    missing = [order for order in unmet if order.remote_id not in kept]
    async with deps.database.transaction() as session:
        held = await stores.load(session, store.id, lock=True)
        if held is None:
            return []
        shown = PLATFORMS[held.platform].shows_orders(held.scopes)
        hidden = [order for order in missing if shown and order.placed_at < now - shown]
        gone = [order for order in missing if order not in hidden]
        await orders.met(session, held.id, [order.remote_id for order in hidden], now)
        await take_in(
            session,
            deps.queue,
            store=held,
            traits=connector.traits,
            page=[*found, *(_nothing(order, now + connector.skew) for order in gone)],
            booking=held.sync_status != "off",
            now=now,
        )
        if gone and held.sync_status != "off":
            await _tell(session, deps, held, IncidentKind.ORDER_GONE, gone)
    return hidden


async def _tell(
    session: AsyncSession,
    deps: Deps,
    store: StoreRow,
    kind: IncidentKind,
    missing: Sequence[UnmetOrder],
) -> None:
    """Tell of orders that the store no longer shows."""
    await report(
        session,
        deps.queue,
        workspace_id=store.workspace_id,
        store_id=store.id,
        kind=kind,
        subject=missing[0].remote_id if kind is IncidentKind.ORDER_GONE else "",
        facts={
            "count": len(missing),
            "orders": [order.name for order in missing[:TOLD_ORDERS]],
        },
        now=deps.clock.now(),
    )


async def _over(deps: Deps, store: StoreRow, kind: IncidentKind) -> None:
    async with deps.database.transaction() as session:
        await resolve(
            session,
            deps.queue,
            workspace_id=store.workspace_id,
            store_id=store.id,
            kinds=[kind],
            now=deps.clock.now(),
        )


def _nothing(order: UnmetOrder, at: datetime) -> RemoteOrder:
    """Make the state of an order that is gone: nothing of it is taken any more."""
    return RemoteOrder(
        id=order.remote_id,
        name=order.name,
        created_at=order.placed_at,
        updated_at=at,
        state="cancelled",
        lines=(),
    )
