"""Orders in: the poll is the truth, whatever woke it."""

from __future__ import annotations

from datetime import datetime

from connectors.protocol import Connector
from storage import stores, targets, turn_ons
from storage.rows import StoreRow
from sync import ledger, newcomers, turning_on
from sync.deps import Deps
from sync.drift import tell_drift
from sync.order_page import take_in
from sync.unmet import look_after_unmet
from sync.work import with_store


async def read_orders(deps: Deps, store_id: int) -> None:
    """Read every order that changed in one store, page by page, and settle what waited.

    Each page is one transaction: rows, cursor, movements, targets (R3). A store whose
    sync is off is read only while it is being turned on.
    """

    async def body(store: StoreRow, connector: Connector) -> bool:
        return await _read(deps, store, connector)

    await with_store(deps, store_id, "orders", body)


async def _read(deps: Deps, store: StoreRow, connector: Connector) -> bool:
    async with deps.database.transaction() as session:
        run = await turn_ons.running(session, store.id)
    if store.sync_status == "off" and run is None:
        return False
    begun = deps.clock.now()
    baseline = run is not None and run.phase == "orders"
    since: str | datetime = begun - connector.traits.order_history
    if store.orders_cursor is not None and not baseline:
        since = store.orders_cursor
    async for page in connector.orders(since):
        async with deps.database.transaction() as session:
            # Read again under its lock: a poll that slept while sync was turned on
            # must book, not just remember.
            held = await stores.load(session, store.id, lock=True)
            if held is None or held.disconnected_at is not None:
                return True
            await take_in(
                session,
                deps.queue,
                store=held,
                traits=connector.traits,
                page=page.orders,
                booking=held.sync_status != "off",
                now=deps.clock.now(),
            )
            await stores.save_cursor(session, store.id, page.cursor)
    await look_after_unmet(deps, store, connector, whole_since=begun if baseline else None)
    await _complete(deps, store, connector, begun)
    return True


async def _complete(deps: Deps, store: StoreRow, connector: Connector, begun: datetime) -> None:
    """Note how far orders are read now, and do what waited for it."""
    traits = connector.traits
    read_to = begun + connector.skew - traits.order_lag - traits.clock_margin
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        await stores.orders_complete(session, store.id, begun=begun, read_to=read_to)
        held = await stores.load(session, store.id, lock=True)
        if held is None:
            return
        settled = await targets.settle_probes(
            session,
            store.id,
            read_to=held.read_to or read_to,
            now=now,
            hold=held.settings.get("on_drift", "ask") == "ask",
        )
        if held.sync_status != "off":
            await tell_drift(session, deps.queue, store=held, settled=settled, now=now)
        await ledger.wake_push(session, deps.queue, [store.id])
    await _book_what_is_known(deps, store.id)


async def _book_what_is_known(deps: Deps, store_id: int) -> None:
    """Make numbers ours that are now known to be shown, for whoever asked for that.

    Apart from the readings that settled them: those lock targets, and stock comes
    before targets. A process that dies in between leaves it to the next reading.
    """
    async with deps.database.transaction() as session:
        held = await stores.load(session, store_id, lock=True)
        if held is None:
            return
        await newcomers.take_over(session, deps, held)
        run = await turn_ons.running(session, store_id)
        if run is not None:
            await turning_on.advance(session, deps, held, run)
