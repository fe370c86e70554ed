"""Stocking items where a person agreed to it: one call each, with nothing for sale yet.

Our number then goes there like any other: read past the store's orders, raised under the
guard on raises (R5). A call that was lost, or whose worker died, is made again: the store
does it once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.protocol import Connector, StocksItems, WriteOutcome
from storage import refusals, stocking, stores
from storage.rows import StoreRow
from storage.stocking import Due
from sync import retry
from sync.deps import Deps
from sync.flight import RESEND
from sync.incidents import TOLD_ITEMS, IncidentKind, report, resolve
from sync.stocking import REFUSED

UNANSWERED = "The store gave no answer when the item was to be stocked there."
NO_REASON = "The store gave no reason."


@dataclass(frozen=True, slots=True)
class Stocked:
    """What a call came to: `shown` stands at the item's location now, None: it is not stocked."""

    item: Due
    asked_at: datetime
    shown: int | None = None


@dataclass(frozen=True, slots=True)
class Setback:
    """A call that did not succeed: tried again, and told of where there is a reason."""

    refusals: int
    reason: str | None
    retry_at: datetime


def setback(outcome: WriteOutcome, refusals: int, now: datetime) -> Setback:
    """Say what follows a call that did not succeed, after some in a row before it.

    An unanswered one is made again soon; if that goes on it is told like a refusal (R7).
    """
    again = refusals + 1
    if outcome.kind == "unknown" and again <= retry.TOLERATED:
        return Setback(again, None, now + RESEND)
    reason = UNANSWERED if outcome.kind == "unknown" else outcome.reason or NO_REASON
    rest: timedelta = retry.next_item_try(again)
    return Setback(again, reason, now + rest)


class Stocker:
    """Stocks the items of one store, one at a time."""

    def __init__(self, deps: Deps, store: StoreRow, connector: Connector) -> None:
        self._deps = deps
        self._store = store
        self._connector = connector

    async def stock(self) -> Stocked | None:
        """Stock the next item; None where there is none. Raises StoreError."""
        if not isinstance(self._connector, StocksItems):
            return None
        asked_at = self._deps.clock.now()
        async with self._deps.database.transaction() as session:
            item = await stocking.due(session, self._store.id, asked_at)
        if item is None:
            return None
        # A store that refused a key wants another one for the next try.
        key = f"stock:{item.id}:{item.refusals}"
        outcome = await self._connector.stock_at(item.ref, item.location, key)
        shown = outcome.current
        if outcome.kind != "applied":
            shown = await self._standing(item)
        if shown is None:
            await self._failed(item, outcome)
            return Stocked(item, asked_at)
        known = await self._record(item, shown)
        return Stocked(item, asked_at, shown if known else None)

    async def _standing(self, item: Due) -> int | None:
        """Read whether an item stands there all the same: somebody else has stocked it."""
        for level in await self._connector.levels([item.ref]):
            if level.location == item.location:
                return level.available
        return None

    async def _record(self, item: Due, shown: int) -> bool:
        now = self._deps.clock.now()
        async with self._deps.database.transaction() as session:
            await stores.pushed(session, self._store.id, now)
            if not await stocking.stocked(session, item.id, shown=shown, as_of=now):
                return False  # taken back meanwhile: it stays as the store has it
            if item.refusals and await refusals.refused(session, self._store.id) == 0:
                await resolve(
                    session,
                    self._deps.queue,
                    workspace_id=self._store.workspace_id,
                    store_id=self._store.id,
                    kinds=[IncidentKind.ITEM_REFUSED],
                    now=now,
                )
        return True

    async def _failed(self, item: Due, outcome: WriteOutcome) -> None:
        """Rest the item, and report it with the store's own words (R6)."""
        now = self._deps.clock.now()
        met = setback(outcome, item.refusals, now)
        async with self._deps.database.transaction() as session:
            wanted = await stocking.not_stocked(
                session,
                item.id,
                refusals=met.refusals,
                reason=met.reason,
                retry_at=met.retry_at,
            )
            if not wanted or met.reason is None:
                return
            refused = await stocking.refused(session, self._store.id)
            await report(
                session,
                self._deps.queue,
                workspace_id=self._store.workspace_id,
                store_id=self._store.id,
                kind=IncidentKind.ITEM_REFUSED,
                subject=REFUSED,
                facts={
                    "targets": [one.id for one in refused],
                    "items": [
                        {"sku": one.sku, "title": one.place, "reason": one.reason}
                        for one in refused[:TOLD_ITEMS]
                    ],
                    "count": len(refused),
                    "what": REFUSED,
                },
                now=now,
            )
