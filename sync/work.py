"""One piece of work with one store: opened, watched, and told of when it fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.errors import NeedsReconnect, RateLimited, StoreError, Unavailable
from connectors.protocol import Connector
from storage import incidents, stores, turn_ons
from storage.rows import StoreRow
from sync import retry
from sync.deps import Deps
from sync.incidents import IncidentKind, report, resolve

Work = Literal["orders", "products", "push", "fba"]

# How often the clock queues each kind of work when the store's settings do not say.
USUAL: dict[Work, timedelta] = {
    "orders": timedelta(seconds=60),  # the poll is the truth; oversell grows with it (ENGINE B4)
    "products": timedelta(minutes=15),  # DESIGN section 4: changed listings within 15 minutes
    "push": timedelta(seconds=60),  # a sweep for wake-ups that were lost; a few indexed reads
    "fba": timedelta(hours=24),  # DESIGN section 4: at confirm, then every 24 hours
}


# How often everything that a store shows is read back, when its settings do not say.
READ_BACK = timedelta(hours=6)


def read_back_every(store: StoreRow) -> timedelta:
    """Say how long a number of a store goes without being read back."""
    hours = store.settings.get("audit_every_hours")
    return READ_BACK if hours is None else timedelta(hours=float(hours))


def usual(store: StoreRow, work: Work) -> timedelta:
    """Say how far apart two ordinary rounds of a store's work are."""
    seconds = store.settings.get(f"{work}_every_seconds")
    return USUAL[work] if seconds is None else timedelta(seconds=float(seconds))


async def with_store(
    deps: Deps,
    store_id: int,
    work: Work,
    body: Callable[[StoreRow, Connector], Awaitable[bool]],
) -> None:
    """Run `body` with a store and its connector; it returns whether the store was asked.

    A failure of the store becomes its health, an incident where it is worth one, and
    the time of the next try. An answer after failures ends them.
    """
    async with deps.database.transaction() as session:
        store = await stores.load(session, store_id)
    if store is None or store.disconnected_at is not None:
        return
    try:
        async with deps.open_store(store) as connector:
            asked = await body(store, connector)
    except StoreError as error:
        await _failed(deps, store_id, work, error)
    else:
        if asked:
            await _answered(deps, store_id, work)


async def _failed(deps: Deps, store_id: int, work: Work, error: StoreError) -> None:
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        store = await stores.load(session, store_id, lock=True)
        if store is None:
            return
        failures, throttled = _in_a_row(store, error)
        times = throttled if isinstance(error, RateLimited) else failures
        # What is done once a day is tried again as soon as what is done each quarter of an hour.
        wait = retry.next_try(error, times, min(usual(store, work), retry.LONGEST))
        # Sync may have been turned off meanwhile; products are read in any case.
        if work == "products" or await in_sync(session, store):
            await stores.set_due(session, store_id, work, now + wait)
        kind, subject = retry.incident_of(error, times), _subject(store, work, error)
        if work == "fba" and retry.is_of_its_own(error):
            kind, subject = IncidentKind.FBA_UNREAD, work
        else:
            health = retry.health_after(error, times)
            await stores.set_health(
                session, store_id, health, failures=failures, throttled=throttled
            )
        if kind is not None and not await _told(session, store, work, kind):
            await report(
                session,
                deps.queue,
                workspace_id=store.workspace_id,
                store_id=store_id,
                kind=kind,
                subject=subject,
                facts={"problem": str(error), "said": error.said, "work": work},
                now=now,
            )


def _in_a_row(store: StoreRow, error: StoreError) -> tuple[int, int]:
    """Count failures in a row, and how often in a row the store asked us to wait.

    Whoever gets further is not tried less and less often: what is left would only grow.
    """
    failures, throttled = (0, 0) if error.got_further else (store.failures, store.throttled)
    return (
        (failures, throttled + 1) if isinstance(error, RateLimited) else (failures + 1, throttled)
    )


async def in_sync(session: AsyncSession, store: StoreRow) -> bool:
    """Say whether a store's sync is on or paused, or just being turned on."""
    return store.sync_status != "off" or await turn_ons.running(session, store.id) is not None


def _deciding(store: StoreRow) -> Work:
    """Name the stream that runs most often: it has the last word on a store's health.

    So two streams do not take turns in opening and closing one incident.
    """
    return "orders" if store.sync_status != "off" and store.ships else "products"


def _subject(store: StoreRow, work: Work, error: StoreError) -> str:
    """Name whose trouble a failure is: the store's, as one whole, or that of one stream.

    Failures that pass by are counted together, and an answer of the deciding stream ends
    the count: so many in a row are the store's own trouble.
    """
    match error:
        case NeedsReconnect():
            return ""
        case RateLimited() | Unavailable():
            return _deciding(store)
        case _:
            return work


async def _told(session: AsyncSession, store: StoreRow, work: Work, kind: IncidentKind) -> bool:
    """Say whether the deciding stream has told of this trouble: one store down is one message."""
    deciding = _deciding(store)
    if work == deciding:
        return False
    return await incidents.is_open(session, store.workspace_id, store.id, kind, deciding)


async def _answered(deps: Deps, store_id: int, work: Work) -> None:
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        store = await stores.load(session, store_id)
        if store is None:
            return
        over: dict[IncidentKind, str] = {
            IncidentKind.STORE_DOWN: work,
            IncidentKind.THROTTLED: work,
        }
        if work == "fba":
            over[IncidentKind.FBA_UNREAD] = work
        if work == _deciding(store) and (store.failures or store.throttled):
            await stores.set_health(session, store_id, "ok")
            over[IncidentKind.NEEDS_RECONNECT] = ""
        for kind, subject in over.items():
            await resolve(
                session,
                deps.queue,
                workspace_id=store.workspace_id,
                store_id=store_id,
                kinds=[kind],
                subject=subject,
                now=now,
            )
