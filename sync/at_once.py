"""Reading a store at once, on demand: its orders, its listings, and what it shows."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit, stores
from storage.queue import work_key
from storage.rows import StoreRow
from sync.deps import Deps


async def sync_now(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    store_ids: Collection[int],
    actor: str,
) -> list[StoreRow]:
    """Queue all that is done for some stores anyway, ahead of its time; those that it is done for.

    Listings are read wholly. Of a store whose sync is on, orders too, and what it shows is read
    back, and what its platform keeps for it is copied; a paused one is not written to. Locks in
    the order of the stores' ids.
    """
    reached = []
    for store_id in sorted(store_ids):
        store = await stores.load(session, store_id, lock=True)
        if store is None or store.workspace_id != workspace_id or store.disconnected_at:
            continue
        work = ["products"]
        await stores.read_wholly(session, store_id)
        if store.sync_status != "off" and store.ships:
            await stores.audit_now(session, store_id)
            work += ["orders", "push"]
        if store.sync_status != "off" and store.tracks_fba:
            work += ["fba"]
        for kind in work:
            await deps.queue.enqueue(
                session, kind, key=work_key(kind, store_id), hurry=True, store_id=store_id
            )
        await audit.record(
            session, workspace_id, actor, "store.sync_now", deps.clock.now(), subject=store.name
        )
        reached.append(store)
    return reached
