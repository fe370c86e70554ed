"""Following what a platform keeps in its own warehouses (FBA): where, chosen by a person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.errors import RateLimited, Unavailable
from connectors.protocol import TracksFba
from storage import fba, stores, warehouses
from storage.queue import work_key
from storage.rows import StoreRow
from sync.deps import Deps
from sync.names import free_name

# Amazon lets an account be asked once a minute where it sells; that changes once a year.
FRESH = timedelta(minutes=10)


async def read_marketplaces(deps: Deps, store_id: int) -> None:
    """Learn where a store's account sells, from what was read last where that is new enough.

    Slow; raises StoreError where nothing was ever read, or only a person can help.
    """
    async with deps.database.transaction() as session:
        store = await stores.load(session, store_id)
        known = await fba.of_store(session, store_id)
    now = deps.clock.now()
    if store is None or any(now - one.seen_at < FRESH for one in known):
        return
    try:
        async with deps.open_store(store) as connector:
            if not isinstance(connector, TracksFba):
                return
            found = await connector.marketplaces()
    except (RateLimited, Unavailable):
        if known:
            return
        raise
    async with deps.database.transaction() as session:
        rows = [(one.id, one.name, one.country, one.suspended) for one in found]
        await fba.save(session, store_id, rows, now)


async def choose(
    session: AsyncSession,
    deps: Deps,
    store: StoreRow,
    marketplaces: Collection[str],
    *,
    ships: bool,
) -> int:
    """Follow FBA in these marketplaces, beginning now; none: not at all. How many they are.

    The store is locked. `ships`: the merchant sends goods, too. One that the account left
    since it was chosen is not followed.
    """
    now = deps.clock.now()
    known = {one.remote_id: one for one in await fba.of_store(session, store.id)}
    chosen = [known[one] for one in dict.fromkeys(marketplaces) if one in known]
    if marketplaces and not chosen:
        return 0
    for place in chosen:
        if place.warehouse_id is None:
            made = await _make_warehouse(session, store, place.country, now)
            await fba.set_warehouse(session, store.id, place.remote_id, made)
    await fba.track(session, store.id, [place.remote_id for place in chosen])
    way = "merchant" if not chosen else "both" if ships else "platform"
    await stores.set_fulfilment(session, store.id, way)
    await stores.set_due(session, store.id, "fba", now if chosen else None)
    if chosen:
        await deps.queue.enqueue(
            session, "fba", key=work_key("fba", store.id), hurry=True, store_id=store.id
        )
    return len(chosen)


async def _make_warehouse(
    session: AsyncSession, store: StoreRow, country: str, now: datetime
) -> int:
    held = await warehouses.every(session, store.workspace_id)
    name = free_name(f"{store.name} FBA {country}", [house.name for house in held])
    return await warehouses.add(session, store.workspace_id, name, now, kind="fba")
