"""Listings that are linked to no product: looked through, set aside, and taken back."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit, listings, newcomers, stores
from storage.listings import UnlinkedListing
from sync.deps import Deps
from sync.newcomers import ask


async def set_aside(
    session: AsyncSession, deps: Deps, *, workspace_id: int, listing_id: int, actor: str
) -> UnlinkedListing | None:
    """Leave a listing out for good: of two with one SKU, the other is linked then.

    None when it is not to be decided any more: gone, linked, or decided by its alert.
    """
    return await _decide(
        session, deps, workspace_id, listing_id, actor, aside=True, act="listing.set_aside"
    )


async def take_back(
    session: AsyncSession, deps: Deps, *, workspace_id: int, listing_id: int, actor: str
) -> UnlinkedListing | None:
    """Let a listing that was set aside be linked by its SKU again."""
    return await _decide(
        session, deps, workspace_id, listing_id, actor, aside=False, act="listing.take_back"
    )


async def _decide(
    session: AsyncSession,
    deps: Deps,
    workspace_id: int,
    listing_id: int,
    actor: str,
    *,
    aside: bool,
    act: str,
) -> UnlinkedListing | None:
    found = await listings.unlinked_by_id(session, workspace_id, listing_id)
    if found is None:
        return None
    store = await stores.load(session, found.store_id, lock=True)
    if store is None or not await listings.set_aside(session, listing_id, aside=aside):
        return None
    now = deps.clock.now()
    before = await newcomers.new(session, store.id, since=store.connected_at)
    await listings.link(session, workspace_id=workspace_id, store_id=store.id, now=now)
    await audit.record(
        session, workspace_id, actor, act, now, subject=f"{store.name}: {found.sku or found.title}"
    )
    after = await newcomers.new(session, store.id, since=store.connected_at)
    if len(after) > len(before):  # what is linked now is new to a store in sync: people are asked
        await ask(session, deps.queue, store=store, since=store.connected_at, now=now)
    return found
