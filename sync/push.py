"""Stock out: make each store show what it should, and read what it shows where we do not know."""

from __future__ import annotations

from connectors.protocol import Connector
from storage.rows import StoreRow
from sync.deps import Deps
from sync.push_compare import ComparingPusher
from sync.push_reread import RereadingPusher
from sync.work import with_store


async def push_store(deps: Deps, store_id: int) -> None:
    """Write what a store should show and does not; read what it may not show."""

    async def body(store: StoreRow, connector: Connector) -> bool:
        kind = ComparingPusher if connector.traits.compare_and_set else RereadingPusher
        return await kind(deps, store, connector).run()

    await with_store(deps, store_id, "push", body)
