"""Items that are not stocked at a location: left alone until a person agrees to have them stocked.

That is agreed to once per store, holds for items that come later too, and can be taken
back (R9). Only on platforms where each item is stocked location by location.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.catalog import PLATFORMS
from storage import audit, stocking, stores, turn_ons
from storage.facts import StoreFigures
from storage.queue import Queue
from storage.rows import StoreRow
from storage.stocking import CONSENT, Unstocked
from sync import ledger
from sync.deps import Deps
from sync.incidents import IncidentKind, resolve

NAMED = 5  # items that are named of each location; a plan's file has them all
REFUSED = "stocking"  # subject of the incident that a store refuses to stock items


class StockingProblem(Exception):
    """It cannot be agreed to, or taken back: `code` says why.

    `gone`; `running` while sync is being turned on; `off`: it is asked when sync is turned on;
    `changed`: there is more to be stocked than the person saw, or somebody else has decided.
    """

    def __init__(self, code: Literal["gone", "running", "off", "changed"]) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Consent:
    """Who agreed that a store's items are stocked, and when."""

    by: str
    at: datetime


def offered(platform: str) -> bool:
    """Say whether a platform's items are stocked location by location, and we can do it."""
    traits = PLATFORMS[platform].traits
    return traits.locations and traits.stocks_items


def consent_of(store: StoreRow) -> Consent | None:
    """Read what was agreed to for a store."""
    held = store.settings.get(CONSENT)
    if held is None or not offered(store.platform):
        return None
    return Consent(held["by"], datetime.fromisoformat(held["at"]))


async def allow(
    session: AsyncSession, store: StoreRow, *, actor: str, now: datetime, plan_id: UUID | None
) -> None:
    """Keep that a person agreed, in the transaction that confirms what they saw."""
    if not offered(store.platform) or consent_of(store) is not None:
        return
    await stocking.allow(session, store.id, actor=actor, now=now)
    detail = {"allowed": True, "plan": None if plan_id is None else str(plan_id)}
    await audit.record(
        session,
        store.workspace_id,
        actor,
        "store.stocking",
        now,
        subject=store.name,
        detail=detail,
    )


async def begin(session: AsyncSession, queue: Queue, store: StoreRow, now: datetime) -> None:
    """Let what is to be stocked by now be stocked; nothing where nobody agreed."""
    if not offered(store.platform):
        return
    products = await stocking.begin(session, store.id)
    if products:
        await ledger.follow(
            session, queue, workspace_id=store.workspace_id, product_ids=products, now=now
        )
        await ledger.wake_push(session, queue, [store.id])


async def with_missing(
    session: AsyncSession, workspace_id: int, figures: dict[int, StoreFigures]
) -> dict[int, StoreFigures]:
    """Add to the figures of stores what is not stocked there and left alone."""
    platforms = [key for key in PLATFORMS if offered(key)]
    missing = await stocking.missing(session, workspace_id, platforms)
    return {
        store: replace(row, not_stocked=missing.get(store, 0)) for store, row in figures.items()
    }


# The settings of a store -----------------------------------------------------------------


async def look(
    session: AsyncSession, workspace_id: int, store_id: int
) -> tuple[StoreRow, tuple[Unstocked, ...]]:
    """Count what is not stocked at a store's linked locations. Raises StockingProblem."""
    store = await _load(session, workspace_id, store_id)
    return store, tuple(await stocking.at_places(session, store_id, named=NAMED))


async def agree(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    store_id: int,
    actor: str,
    seen: int,
) -> StoreRow:
    """Agree in a store's settings, and begin. `seen`: how many items the person was told of.

    Raises StockingProblem.
    """
    store = await _load(session, workspace_id, store_id, lock=True)
    if store.sync_status == "off":
        raise StockingProblem("off")
    if consent_of(store) is None:
        # R10: what is done is what was looked at.
        found = await stocking.at_places(session, store_id, named=NAMED)
        if sum(one.items for one in found) > seen:
            raise StockingProblem("changed")
        now = deps.clock.now()
        await allow(session, store, actor=actor, now=now, plan_id=None)
        await begin(session, deps.queue, store, now)
    return store


async def take_back(
    session: AsyncSession, deps: Deps, *, workspace_id: int, store_id: int, actor: str
) -> StoreRow:
    """Stock no more items of a store; what is stocked already stays. Raises StockingProblem."""
    store = await _load(session, workspace_id, store_id, lock=True)
    if consent_of(store) is None:
        return store
    now = deps.clock.now()
    await stocking.withdraw(session, store.id)
    await resolve(
        session,
        deps.queue,
        workspace_id=workspace_id,
        store_id=store.id,
        kinds=[IncidentKind.ITEM_REFUSED],
        subject=REFUSED,
        now=now,
    )
    await audit.record(
        session,
        workspace_id,
        actor,
        "store.stocking",
        now,
        subject=store.name,
        detail={"allowed": False},
    )
    return store


async def _load(
    session: AsyncSession, workspace_id: int, store_id: int, *, lock: bool = False
) -> StoreRow:
    store = await stores.load(session, store_id, lock=lock)
    here = store is not None and store.workspace_id == workspace_id
    if store is None or not here or store.disconnected_at is not None:
        raise StockingProblem("gone")
    if not offered(store.platform):
        raise StockingProblem("gone")
    if await turn_ons.running(session, store_id) is not None:
        raise StockingProblem("running")
    return store
