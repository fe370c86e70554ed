"""Open orders that no poll meets any more: read by id once a day, released when they are gone."""

from __future__ import annotations

from datetime import datetime, timedelta

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
    released, and shown until the next look.
    """
    begun = deps.clock.now()
    last = store.lines_checked_at
    if whole_since is None and last is not None and begun - last < EVERY:
        return
    before = whole_since or begun - EVERY
    async with deps.database.transaction() as session:
        await resolve(
            session,
            deps.queue,
            workspace_id=store.workspace_id,
            store_id=store.id,
            kinds=[IncidentKind.ORDER_GONE],
            now=begun,
        )
    while True:
        async with deps.database.transaction() as session:
            unmet = await orders.unmet(session, store.id, before=before, limit=BATCH)
        if not unmet:
            break
        found = await connector.orders_by_id([order.remote_id for order in unmet])
        await _take_in(deps, store, connector, unmet, found)
    async with deps.database.transaction() as session:
        await stores.lines_checked(session, store.id, begun)


async def _take_in(
    deps: Deps,
    store: StoreRow,
    connector: Connector,
    unmet: list[UnmetOrder],
    found: list[RemoteOrder],
) -> None:
    now = deps.clock.now()
    kept = {order.id for order in found}
    gone = [order for order in unmet if order.remote_id not in kept]
    async with deps.database.transaction() as session:
        held = await stores.load(session, store.id, lock=True)
        if held is None:
            return
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
            await report(
                session,
                deps.queue,
                workspace_id=held.workspace_id,
                store_id=held.id,
                kind=IncidentKind.ORDER_GONE,
                subject=gone[0].remote_id,
                facts={
                    "count": len(gone),
                    "orders": [order.name for order in gone[:TOLD_ORDERS]],
                },
                now=now,
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
