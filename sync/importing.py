"""Products in: what a store sells, from the moment it is connected, sync on or off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.protocol import Connector, RemoteListing, RemoteLocation, StoreTraits
from storage import listings, locations, stores
from storage.listings import LevelRow, ListingRow
from storage.rows import StoreRow
from sync import stocking
from sync.access import tell_ending
from sync.agreements import renews
from sync.deps import Deps
from sync.newcomers import ask, ask_locations
from sync.sku import sku_key
from sync.telling import tell_of_store
from sync.work import with_store

FULL_EVERY = timedelta(hours=24)  # DESIGN section 4: a full pass daily
# A change stamped while the last import ran, or by a clock a little behind ours, is met again.
OVERLAP = timedelta(minutes=10)


async def import_products(deps: Deps, store_id: int) -> None:
    """Read a store's locations and its listings: all of them daily, else the changed ones."""

    async def body(store: StoreRow, connector: Connector) -> bool:
        await _import(deps, store, connector)
        return True

    await with_store(deps, store_id, "products", body)


async def _import(deps: Deps, store: StoreRow, connector: Connector) -> None:
    begun = deps.clock.now()
    places = _places(await connector.locations(), connector.traits)
    async with deps.database.transaction() as session:
        await locations.save(session, store.id, places)
    since = _since(store, begun)
    news = since is None
    async for page in connector.listings(since):
        news = news or bool(page)
        async with deps.database.transaction() as session:
            await _save(session, store, page, begun)
    async with deps.database.transaction() as session:
        if since is None:
            await listings.mark_gone(session, store.id, begun)
        if news:  # judging links looks at every listing of the store
            await listings.link(
                session, workspace_id=store.workspace_id, store_id=store.id, now=deps.clock.now()
            )
        await stores.imported(session, store.id, begun=begun, full=since is None)
        held = await stores.load(session, store.id)
        if held is None:
            return
        await ask_locations(session, deps.queue, store=held, now=deps.clock.now())
        if news:
            await ask(session, deps.queue, store=held, since=begun, now=deps.clock.now())
        await stocking.begin(session, deps.queue, held, deps.clock.now())
        await tell_ending(session, deps.queue, store=held, now=deps.clock.now())
        if store.products_full_at is None:
            await _tell_read(session, deps, held)


async def _tell_read(session: AsyncSession, deps: Deps, store: StoreRow) -> None:
    """Let whoever connected the store see that its products were read."""
    person = await stores.connected_by(session, store.id)
    if person is not None:
        await tell_of_store(session, deps, store, "products_read", {"person": person})


def _places(
    found: Sequence[RemoteLocation], traits: StoreTraits
) -> list[tuple[str, str, bool, bool]]:
    """List (id, name, active, ours) of a store's places.

    A store without locations is one place, whatever it calls it: people never see its name.
    """
    if traits.locations:
        return [(place.id, place.name, place.active, place.ours) for place in found]
    if not found:
        return [("", "", True, True)]
    return [
        (place.id, "" if place.ours else place.name, place.active, place.ours) for place in found
    ]


def _since(store: StoreRow, now: datetime) -> datetime | None:
    """Say from when on changes are wanted; None for everything."""
    if store.products_full_at is None or store.products_changed_at is None:
        return None
    if now - store.products_full_at >= FULL_EVERY:
        return None
    return store.products_changed_at - OVERLAP


async def _save(
    session: AsyncSession, store: StoreRow, page: list[RemoteListing], begun: datetime
) -> None:
    await listings.save_page(
        session,
        workspace_id=store.workspace_id,
        store_id=store.id,
        listings=[
            ListingRow(
                ref=item.ref,
                sku=item.sku,
                sku_key=sku_key(item.sku),
                title=item.title,
                state=item.state,
                tracked=item.tracked,
                channel=item.channel,
            )
            for item in {item.ref: item for item in page}.values()
        ],
        levels=[
            LevelRow(level.ref, level.location or "", level.available, level.as_of)
            for level in {
                (level.ref, level.location): level for item in page for level in item.levels
            }.values()
        ],
        renews=renews(store),
        now=begun,
    )
