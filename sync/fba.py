"""FBA in: what the platform's own warehouses hold becomes the stock of read-only ones of ours.

Once a day and on demand, marketplace by marketplace. A list is booked whole or not at all:
only a whole one that lacks a SKU says that there is none of it.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.errors import NeedsReconnect, RateLimited, StoreError, Unavailable
from connectors.protocol import Connector, FbaLevel, TracksFba
from storage import audit, fba, ledger, stores, turn_ons
from storage.fba import MarketplaceRow
from storage.ledger import Movement
from storage.rows import StoreRow
from sync import turning_on_fba
from sync.deps import Deps
from sync.fba_match import Match, match
from sync.sku import sku_key
from sync.work import in_sync, usual, with_store


async def copy_fba(deps: Deps, store_id: int) -> None:
    """Copy what a store's platform keeps for it in every marketplace that is tracked.

    A store whose sync is off is copied only while it is being turned on.
    """

    async def body(store: StoreRow, connector: Connector) -> bool:
        return await _copy(deps, store, connector)

    await with_store(deps, store_id, "fba", body)


async def _copy(deps: Deps, store: StoreRow, connector: Connector) -> bool:
    async with deps.database.transaction() as session:
        wanted = store.tracks_fba and await in_sync(session, store)
        places = [one for one in await fba.of_store(session, store.id) if one.tracked]
    if not wanted or not isinstance(connector, TracksFba):
        return False
    begun = deps.clock.now()
    refused: StoreError | None = None
    for place in places:
        try:
            await _copy_one(deps, store, place, connector)
        except (NeedsReconnect, RateLimited, Unavailable):
            raise
        except StoreError as error:  # one marketplace does not hold up the others (R6)
            refused = refused or error
    if refused is not None:
        raise refused
    await _complete(deps, store.id, begun)
    return True


async def _copy_one(
    deps: Deps, store: StoreRow, place: MarketplaceRow, connector: TracksFba
) -> None:
    begun = deps.clock.now()
    # Asked for alone: an empty list does not say which marketplace it is of.
    lists = [levels async for levels in connector.fba_levels([place.remote_id])]
    async with deps.database.transaction() as session:
        warehouse = await fba.lock(session, store.id, place.remote_id, begun)
        if warehouse is None:
            return
        if lists:
            levels = [level for each in lists for level in each]
            await _book(session, deps, store, place, warehouse, levels, begun)
        else:  # no list is no list of zeros: what was copied stays, with its age
            await fba.nothing_there(session, store.id, place.remote_id, begun)


async def _book(
    session: AsyncSession,
    deps: Deps,
    store: StoreRow,
    place: MarketplaceRow,
    warehouse: int,
    levels: list[FbaLevel],
    begun: datetime,
) -> None:
    """Make the warehouse hold what the list says; what the list lacks is not there."""
    now = deps.clock.now()
    known = await fba.listings(session, store.id, {sku_key(level.sku) for level in levels})
    found = match(levels, known)
    units = await _units(session, store.workspace_id, found, now)
    held = await fba.levels(session, warehouse)
    deltas = {product: number - held.get(product, 0) for product, number in units.items()}
    deltas |= {product: -number for product, number in held.items() if product not in units}
    moved = {product: delta for product, delta in deltas.items() if delta or product not in held}
    if moved:
        change_set = await ledger.add_change_set(
            session,
            workspace_id=store.workspace_id,
            store_id=store.id,
            kind="fba",
            actor=audit.SYSTEM,
            note=f"What {store.name} keeps in FBA {place.country}",
            now=now,
        )
        await ledger.post(
            session,
            workspace_id=store.workspace_id,
            movements=[
                Movement(
                    product_id=product,
                    warehouse_id=warehouse,
                    on_hand_delta=delta,
                    committed_delta=0,
                    cause="fba",
                    cause_key=f"fba:{warehouse}:{begun.isoformat()}:{product}",
                    change_set_id=change_set,
                )
                for product, delta in sorted(moved.items())
            ],
            now=now,
        )
    await fba.copied(
        session,
        store.id,
        place.remote_id,
        begun=begun,
        skus=len(levels) - sum(found.left_out.values()),
        left_out=found.left_out,
    )


async def _units(
    session: AsyncSession, workspace_id: int, found: Match, now: datetime
) -> Counter[int]:
    """Add up by product, those that no listing names made or found by their SKU."""
    named = [(level.sku, sku_key(level.sku), level.title) for level in found.unlisted]
    products = await fba.products(session, workspace_id, named, now)
    units = Counter(found.units)
    for level in found.unlisted:
        units[products[sku_key(level.sku)]] += level.fulfillable
    return units


async def _complete(deps: Deps, store_id: int, begun: datetime) -> None:
    """Have it copied again a day after this began, and end a turn-on that waited for it."""
    async with deps.database.transaction() as session:
        store = await stores.load(session, store_id, lock=True)
        run = await turn_ons.running(session, store_id)
        if store is None or (store.sync_status == "off" and run is None):
            return  # turned off meanwhile
        await stores.set_due(session, store_id, "fba", begun + usual(store, "fba"))
        if run is not None and run.phase == "fba":
            await turning_on_fba.finish(session, deps, store, run)
