"""A store's routine: how often it is read and read back, and what becomes of drift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.catalog import PLATFORMS
from storage import audit, store_settings, stores
from storage.rows import StoreRow
from sync.breaker import PERCENT
from sync.deps import Deps
from sync.drift import ON_DRIFT, puts_back
from sync.work import Work, read_back_every, usual

OnDrift = Literal["ask", "put_back"]

# What people choose from, in seconds. Orders that are read seldom let more be oversold
# (ENGINE B4); silence is an alarm after a quarter of an hour, so ten minutes are the most.
ORDERS = (30, 60, 120, 180, 300, 600)
PRODUCTS = (300, 900, 1800, 3600)
BREAKER = (5, 10, 25, 50)  # percent of a store that one change may empty or multiply at once
READ_BACK = (3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)


class RoutineProblem(Exception):
    """It cannot be set: the store is gone, somebody else was faster, or it is too often.

    `least`: for `often`, the seconds that the platform leaves between two readings of orders.
    """

    def __init__(self, code: Literal["gone", "changed", "often"], least: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.least = least


@dataclass(frozen=True, slots=True)
class Routine:
    """Seconds between two readings of orders, of changed listings, and of every number.

    `breaker`: percent of the store that one change by hand may empty or multiply (R14).
    """

    orders: int
    products: int
    read_back: int
    on_drift: OnDrift
    breaker: int


def routine_of(store: StoreRow) -> Routine:
    """Read a store's routine out of its settings."""
    return Routine(
        orders=round(usual(store, "orders").total_seconds()),
        products=round(usual(store, "products").total_seconds()),
        read_back=round(read_back_every(store).total_seconds()),
        on_drift="put_back" if puts_back(store) else "ask",
        breaker=round(float(store.settings.get("breaker_percent", PERCENT))),
    )


def least_orders(store: StoreRow) -> int:
    """Say how many seconds the platform leaves at least between two readings of orders."""
    return round(PLATFORMS[store.platform].orders_every.total_seconds())


async def look(session: AsyncSession, workspace_id: int, store_id: int) -> StoreRow:
    """Load the store whose routine is asked about. Raises RoutineProblem."""
    return await _load(session, workspace_id, store_id, lock=False)


async def set_routine(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    store_id: int,
    actor: str,
    before: Routine,
    wanted: Routine,
) -> StoreRow:
    """Save what a person chose over what they saw. Raises RoutineProblem."""
    store = await _load(session, workspace_id, store_id, lock=True)
    held = routine_of(store)
    if held == wanted:
        return store
    if held != before:
        raise RoutineProblem("changed")
    least = least_orders(store)
    if wanted.orders != held.orders and wanted.orders < least:
        raise RoutineProblem("often", least)
    await store_settings.put(session, store.id, _settings(held, wanted))
    now = deps.clock.now()
    works: Mapping[Work, int] = {"orders": wanted.orders, "products": wanted.products}
    for work, seconds in works.items():
        await stores.bring_forward(session, store.id, work, now + timedelta(seconds=seconds))
    await audit.record(
        session,
        workspace_id,
        actor,
        "store.routine",
        now,
        subject=store.name,
        detail={"before": asdict(held), "after": asdict(wanted)},
    )
    return store


def _settings(held: Routine, wanted: Routine) -> dict[str, Any]:
    """Name the settings that change; one that stands as it did is not fixed by the way."""
    every = {
        "orders_every_seconds": (held.orders, wanted.orders),
        "products_every_seconds": (held.products, wanted.products),
        "audit_every_hours": (held.read_back / 3600, wanted.read_back / 3600),
        ON_DRIFT: (held.on_drift, wanted.on_drift),
        "breaker_percent": (held.breaker, wanted.breaker),
    }
    return {key: after for key, (before, after) in every.items() if before != after}


async def _load(session: AsyncSession, workspace_id: int, store_id: int, *, lock: bool) -> StoreRow:
    store = await stores.load(session, store_id, lock=lock)
    if store is None or store.workspace_id != workspace_id or store.disconnected_at is not None:
        raise RoutineProblem("gone")
    return store
