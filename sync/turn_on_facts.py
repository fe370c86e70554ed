"""What the wizard of one store needs to know before anything is planned."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.catalog import PLATFORMS
from storage import facts, fba, locations, stores, warehouses
from storage.facts import NO_LISTINGS, ListingCounts
from storage.rows import LocationRow, StoreRow
from storage.warehouses import WarehouseRow
from sync.agreements import Standing, standing
from sync.stocking import consent_of

COUNTED = frozenset({"listings", "warehouses"})  # facts counted over thousands of rows


@dataclass(frozen=True, slots=True)
class FbaPlace:
    """A marketplace of the store's account, and the warehouse of ours that stands for it."""

    id: str
    name: str
    country: str
    suspended: bool
    tracked: bool
    warehouse: str | None


@dataclass(frozen=True, slots=True)
class TurnOnFacts:
    """What the wizard of one store needs to know.

    has_locations  each is linked to a warehouse; else the store shows the sum of several
    was_on         its orders were followed before, so it may have sold what we did not hear of
    off_days       full days since it was turned off then
    order_days     how many days back the store shows its orders
    cannot         what permissions that the store withholds leave undone, in words
    stocked_since  when a person agreed that items are stocked where they are not; None: nobody
    agreements     what syncing does there beyond quantities, and how that was answered
    offers_fba     the platform ships, too; `fulfilment`: who did when sync was on last
    """

    store_id: int
    store_name: str
    platform: str
    platform_title: str
    has_locations: bool
    sync_status: str
    importing: bool
    running: bool
    was_on: bool
    off_days: int | None
    order_days: int
    cannot: tuple[str, ...]
    locations: tuple[LocationRow, ...]
    warehouses: tuple[WarehouseRow, ...]
    listings: ListingCounts
    stock_exists: bool
    stocked_since: datetime | None = None
    agreements: tuple[Standing, ...] = ()
    offers_fba: bool = False
    fulfilment: str = "merchant"
    marketplaces: tuple[FbaPlace, ...] = ()


async def turn_on_facts(
    session: AsyncSession,
    workspace_id: int,
    store_id: int,
    now: datetime,
    *,
    without: Collection[str] = (),
) -> TurnOnFacts | None:
    """Gather what the wizard shows; None when the workspace has no such store.

    `without`: what is left empty, of COUNTED.
    """
    ground = await stores.ground(session, workspace_id, store_id)
    if ground is None:
        return None
    store = ground.store
    platform = PLATFORMS[store.platform]
    was_on = store.on_since is not None and store.off_since is not None and store.ships
    houses = () if "warehouses" in without else await warehouses.of_workspace(session, workspace_id)
    listings = (
        NO_LISTINGS if "listings" in without else await facts.listing_counts(session, store.id)
    )
    return TurnOnFacts(
        store_id=store.id,
        store_name=store.name,
        platform=store.platform,
        platform_title=platform.title,
        has_locations=platform.traits.locations,
        sync_status=store.sync_status,
        importing=store.products_full_at is None,
        running=ground.running,
        was_on=was_on,
        off_days=(now - store.off_since).days if was_on and store.off_since else None,
        order_days=_order_days(store),
        cannot=_cannot(store),
        locations=tuple(
            place for place in await locations.of_store(session, store.id) if place.active
        ),
        warehouses=tuple(houses),
        listings=listings,
        stock_exists=ground.stock_exists,
        agreements=standing(store),
        offers_fba=platform.tracks_fba,
        fulfilment=store.fulfilment,
        marketplaces=await _marketplaces(session, store) if platform.tracks_fba else (),
        stocked_since=agreed.at if (agreed := consent_of(store)) else None,
    )


async def _marketplaces(session: AsyncSession, store: StoreRow) -> tuple[FbaPlace, ...]:
    return tuple(
        FbaPlace(one.remote_id, one.name, one.country, one.suspended, one.tracked, one.warehouse)
        for one in await fba.of_store(session, store.id)
    )


def _order_days(store: StoreRow) -> int:
    usual = PLATFORMS[store.platform].traits.order_history
    seconds = store.settings.get("order_history_seconds", usual.total_seconds())
    return timedelta(seconds=float(seconds)).days


def _cannot(store: StoreRow) -> tuple[str, ...]:
    """Say what the permissions that the last check did not find leave undone."""
    if store.scopes is None:
        return ()
    optional = PLATFORMS[store.platform].optional_scopes
    return tuple(
        f"{what} ({scope})" for scope, what in optional.items() if scope not in store.scopes
    )
