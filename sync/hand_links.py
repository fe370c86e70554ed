"""Listings that their SKU links to nothing: set aside, or linked by hand, and taken back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit, facts, listings, newcomers, stores, unlinked
from storage.rows import StoreRow
from storage.unlinked import UnlinkedListing
from sync.deps import Deps
from sync.newcomers import ask

Change = Callable[[UnlinkedListing], Awaitable[str | None]]


async def set_aside(
    session: AsyncSession, deps: Deps, *, workspace_id: int, listing_id: int, actor: str
) -> UnlinkedListing | None:
    """Leave a listing out for good: of two with one SKU, the other is linked then.

    None when it is not to be decided any more: gone, linked, or decided by its alert.
    """

    async def change(found: UnlinkedListing) -> str | None:
        done = await unlinked.set_aside(session, found.id, aside=True)
        return _named(found) if done else None

    return await _decide(
        session, deps, workspace_id, listing_id, actor, "listing.set_aside", change
    )


async def take_back(
    session: AsyncSession, deps: Deps, *, workspace_id: int, listing_id: int, actor: str
) -> UnlinkedListing | None:
    """Let a listing that a person set aside, or linked, be linked by its SKU again."""

    async def change(found: UnlinkedListing) -> str | None:
        if found.product is not None:
            done = bool(await unlinked.choose(session, [found.id], None))
        else:
            done = await unlinked.set_aside(session, found.id, aside=False)
        return _named(found) if done else None

    return await _decide(
        session, deps, workspace_id, listing_id, actor, "listing.take_back", change
    )


async def link_to(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    listing_id: int,
    product_id: int,
    actor: str,
) -> UnlinkedListing | None:
    """Link a listing to the product that a person chose, whatever its SKU is and becomes.

    None when there is nothing to decide, or the workspace has no such product (R13).
    """

    async def change(found: UnlinkedListing) -> str | None:
        product = await facts.product_by_id(session, workspace_id, product_id)
        if product is None or not await unlinked.choose(session, [found.id], product.id):
            return None
        return f"{_named(found)} to {product.sku}"

    return await _decide(session, deps, workspace_id, listing_id, actor, "listing.link", change)


async def share(
    session: AsyncSession, deps: Deps, *, workspace_id: int, listing_id: int, actor: str
) -> UnlinkedListing | None:
    """Let all listings of a store that bear one SKU show the one product of that SKU."""

    async def change(found: UnlinkedListing) -> str | None:
        same = await unlinked.same_sku(session, found.id)
        if not same:
            return None
        product_id = await unlinked.product_of_sku(session, found.id, deps.clock.now())
        await unlinked.choose(session, same, product_id)
        return _named(found)

    return await _decide(session, deps, workspace_id, listing_id, actor, "listing.share", change)


async def set_all_aside(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    store_ids: Collection[int],
    actor: str,
) -> int:
    """Set aside every listing without SKU of some stores of the workspace; how many."""
    held = [await stores.load(session, store_id) for store_id in sorted(store_ids)]
    ours = [store for store in held if store is not None and store.workspace_id == workspace_id]
    number = await unlinked.set_all_aside(session, [store.id for store in ours])
    if number:
        await audit.record(
            session,
            workspace_id,
            actor,
            "listing.set_all_aside",
            deps.clock.now(),
            subject=", ".join(store.name for store in ours),
            detail={"listings": number},
        )
    return number


async def _decide(
    session: AsyncSession,
    deps: Deps,
    workspace_id: int,
    listing_id: int,
    actor: str,
    act: str,
    change: Change,
) -> UnlinkedListing | None:
    """Change what stands for a listing, link anew, and ask about what is in sync by that."""
    found = await unlinked.by_id(session, workspace_id, listing_id)
    store = None if found is None else await stores.load(session, found.store_id, lock=True)
    if found is None or store is None:
        return None
    now = deps.clock.now()
    before = await _new(session, store)
    subject = await change(found)
    if subject is None:
        return None
    await listings.link(session, workspace_id=workspace_id, store_id=store.id, now=now)
    await audit.record(session, workspace_id, actor, act, now, subject=subject)
    if await _new(session, store) - before:  # what is new to a store in sync is asked about
        await ask(session, deps.queue, store=store, since=store.connected_at, now=now)
    return found


async def _new(session: AsyncSession, store: StoreRow) -> set[int]:
    found = await newcomers.new(session, store.id, since=store.connected_at)
    return {one.id for one in found}


def _named(found: UnlinkedListing) -> str:
    return f"{found.store}: {found.sku or found.title}"
