"""Orders in: the poll is the truth, whatever woke it."""

from __future__ import annotations

from datetime import datetime

from connectors.protocol import Connector
from storage import turn_ons
from storage.rows import StoreRow
from sync.deps import Deps
from sync.looking_back import reading_from
from sync.order_reading import complete, read_pages
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
    if not store.ships or (store.sync_status == "off" and run is None):
        return False
    begun = deps.clock.now()
    baseline = run is not None and run.phase == "orders"
    since: str | datetime = begun - connector.traits.order_history
    if store.orders_cursor is not None and not baseline:
        since = await reading_from(deps, store, store.orders_cursor, begun)
    if not await read_pages(deps, store, connector, since):
        return True
    await look_after_unmet(deps, store, connector, whole_since=begun if baseline else None)
    await complete(deps, store, connector, begun)
    return True
