"""What a person agreed that syncing does at a store beyond quantities, and what to leave out (R9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.catalog import PLATFORMS
from storage import audit, listings, store_settings, stores, turn_ons
from storage.queue import Queue
from storage.rows import StoreRow
from sync import ledger
from sync.deps import Deps

RENEWED = "renewed"  # the mark that a connector sets for each renewal
AUTO_RENEW = "auto_renew"  # whether listings that are sold out or expired are renewed


class AgreementProblem(Exception):
    """It cannot be changed: the store is gone, or sync is just being turned on."""

    def __init__(self, code: Literal["gone", "running"]) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Standing:
    """One agreement at one store: how it was answered, or stands where nobody was asked yet."""

    key: str
    required: bool
    stands: bool


def standing(store: StoreRow) -> tuple[Standing, ...]:
    """List what syncing a store does beyond quantities, and how that was answered."""
    return tuple(
        Standing(one.key, one.required, bool(store.settings.get(one.key, one.default)))
        for one in PLATFORMS[store.platform].agreements
    )


def renews(store: StoreRow) -> bool:
    """Say whether a store renews listings that are sold out or expired."""
    return any(one.key == AUTO_RENEW and one.stands for one in standing(store))


async def keep(
    session: AsyncSession,
    queue: Queue,
    store: StoreRow,
    answers: Mapping[str, bool],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Keep what a person answered, in the transaction that confirms what they saw."""
    held = {one.key: one.stands for one in standing(store)}
    changed = {
        key: answer
        for key, answer in answers.items()
        if key in held and (answer != held[key] or key not in store.settings)
    }
    if not changed:
        return
    await store_settings.put(session, store.id, changed)
    await audit.record(
        session,
        store.workspace_id,
        actor,
        "store.agreements",
        now,
        subject=store.name,
        detail=changed,
    )
    if AUTO_RENEW in changed:
        await listings.set_renewed(session, store.id, renews=changed[AUTO_RENEW])
        await ledger.wake_push(session, queue, [store.id])


async def look(session: AsyncSession, workspace_id: int, store_id: int) -> StoreRow:
    """Load the store whose renewals are asked about. Raises AgreementProblem."""
    return await _load(session, workspace_id, store_id, lock=False)


async def set_renewing(
    session: AsyncSession,
    deps: Deps,
    *,
    workspace_id: int,
    store_id: int,
    actor: str,
    on: bool,
) -> StoreRow:
    """Switch the renewal of sold-out and expired listings on or off. Raises AgreementProblem."""
    store = await _load(session, workspace_id, store_id, lock=True)
    await keep(session, deps.queue, store, {AUTO_RENEW: on}, actor=actor, now=deps.clock.now())
    return store


async def _load(session: AsyncSession, workspace_id: int, store_id: int, *, lock: bool) -> StoreRow:
    store = await stores.load(session, store_id, lock=lock)
    if store is None or store.workspace_id != workspace_id or store.disconnected_at is not None:
        raise AgreementProblem("gone")
    if await turn_ons.running(session, store_id) is not None:
        raise AgreementProblem("running")
    return store
