"""What pushing to any store has in common: readings, probes, alarms, the look ahead.

Level-triggered: after every call the next one is chosen anew, drops first. A write is a
difference from a number we know; it is written down before it is sent and only its
answer moves what we believe (ENGINE.md part B).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.protocol import Connector
from storage import attempts, refusals, rereads, stores, targets, turn_ons, wants
from storage.rows import StoreRow
from storage.targets import Read, Reread, WantsReading
from storage.wants import Wanted
from sync.accepted import Accepted
from sync.deps import Deps
from sync.flight import Flight
from sync.incidents import IncidentKind, report, resolve
from sync.push_refusals import tell_refusals
from sync.stocker import Stocker
from sync.work import read_back_every

RAISE_ALARM = timedelta(minutes=15)  # ENGINE.md A5: a raise that waits this long is an incident
UNREADABLE_REST = timedelta(hours=6)  # until an item without a number is asked for again
# How often a number is read while a write of which nobody will tell may still lift it: as
# often as is usual between two questions about one that can be asked about.
LOOK_AGAIN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Reading:
    """What some targets show, by target id; read between `lo` and `hi` on the store's clock."""

    wanting: Sequence[WantsReading]
    numbers: dict[int, int]
    lo: datetime
    hi: datetime


@dataclass(frozen=True, slots=True)
class Overwrites:
    """What is written at once over numbers just read.

    unsure  targets of which the answer will not tell what they show
    again   targets that may be looked at once more in this run
    """

    writes: Sequence[Wanted] = ()
    unsure: Sequence[int] = ()
    again: frozenset[int] = frozenset()


class Pusher(ABC):
    """One run over one store."""

    def __init__(self, deps: Deps, store: StoreRow, connector: Connector) -> None:
        self._deps = deps
        self._store = store
        self._connector = connector
        self._traits = connector.traits
        self._flight = Flight(deps, store, connector)
        self._stocker = Stocker(deps, store, connector)
        self._accepted = Accepted(deps, store, connector)
        self._passed: set[int] = set()  # read in this run with nothing to show for it
        # A level may be this much older than its answer says.
        self._quiet = self._traits.reading_age + self._traits.clock_margin

    async def run(self) -> bool:
        """Work until nothing is left to do now; whether the store was asked anything."""
        if not self._store.ships:  # nothing but FBA is followed there (R8)
            return False
        if self._store.sync_status == "off":
            async with self._deps.database.transaction() as session:
                if await turn_ons.running(session, self._store.id) is None:
                    return False
        asked = False
        while not self._flight.held_up and (
            await self._flight.resend()
            or await self._drop()
            or await self._accepted.ask()
            or await self._settle(audit=False)
            or await self._raise()
            or await self._stock()
            or await self._settle(audit=True)
        ):
            asked = True
        await self._look_ahead()
        return asked

    @abstractmethod
    async def _drop(self) -> bool:
        """Lower one batch of what stands too high; whether the store was asked."""

    @abstractmethod
    async def _raise(self) -> bool:
        """Raise one batch of what may rise now; whether the store was asked."""

    @abstractmethod
    def _overwrites(
        self, locked: Sequence[Reread], reading: Reading, raised_before: datetime | None
    ) -> Overwrites:
        """Choose what a reading calls for at once; raises only where `raised_before` is given."""

    async def _stock(self) -> bool:
        """Have one item stocked; what stands there then is a reading like any other."""
        done = await self._stocker.stock()
        if done is not None and done.shown is not None:
            item = WantsReading(done.item.id, done.item.ref, done.item.location)
            await self._use(
                Reading(
                    wanting=[item],
                    numbers={item.id: done.shown},
                    lo=done.asked_at + self._connector.skew - self._quiet,
                    hi=self._now() + self._traits.clock_margin,
                )
            )
        return done is not None

    def _now(self) -> datetime:
        """The time on the store's clock."""
        return self._deps.clock.now() + self._connector.skew

    def _orders_settled(self, store: StoreRow) -> datetime | None:
        """Say which increases a store's orders have been read past, lag included (R5)."""
        if store.orders_read_at is None:
            return None
        return store.orders_read_at - self._traits.order_lag - self._traits.clock_margin

    async def _settle(self, *, audit: bool) -> bool:
        """Read one batch that is unknown or, for the audit, not read back for long."""
        async with self._deps.database.transaction() as session:
            store = await stores.load(session, self._store.id)
            if store is None:
                return False
            # Without a comparison nothing is raised from a reading that is not its own.
            settled = self._orders_settled(store) if self._traits.compare_and_set else None
            wanting = await targets.wanting_reading(
                session,
                store.id,
                now=self._deps.clock.now(),
                quiet_before=self._now() - self._quiet - self._traits.clock_margin,
                read_to=store.read_to,
                audit_before=self._audit_before() if audit else None,
                raised_before=settled,
                over_accepted=self._traits.compare_and_set and store.sync_status == "on",
                passed=self._passed,
                limit=self._traits.read_batch,
            )
        if not wanting:
            return False
        await self._use(await self._read(wanting), raised_before=settled)
        return True

    def _audit_before(self) -> datetime:
        return self._deps.clock.now() - read_back_every(self._store)

    async def _read(self, wanting: Sequence[WantsReading]) -> Reading:
        """Read live what some targets show, in as few calls as the store takes."""
        refs = sorted({item.ref for item in wanting})
        asked_at = self._deps.clock.now()
        shown: dict[tuple[str, str], int] = {}
        for first in range(0, len(refs), self._traits.read_batch):
            levels = await self._connector.levels(refs[first : first + self._traits.read_batch])
            shown.update({(level.ref, level.location or ""): level.available for level in levels})
        return Reading(
            wanting=wanting,
            numbers={
                item.id: shown[item.ref, item.location]
                for item in wanting
                if (item.ref, item.location) in shown
            },
            # Only the answer tells how far the store's clock is from ours.
            lo=asked_at + self._connector.skew - self._quiet,
            hi=self._now() + self._traits.clock_margin,
        )

    async def _use(self, reading: Reading, *, raised_before: datetime | None = None) -> None:
        """Write what a reading calls for at once, and keep the rest as probes."""
        now = self._deps.clock.now()
        async with self._deps.database.transaction() as session:
            locked = await targets.lock_read(session, sorted(reading.numbers))
            chosen = self._overwrites(locked, reading, raised_before)
            written = {write.id for write in chosen.writes}
            attempt = await self._flight.take_off(
                session,
                chosen.writes,
                read_from=None if self._traits.compare_and_set else reading.lo,
                unsure=chosen.unsure,
            )
            left = [
                Read(row.id, reading.numbers[row.id]) for row in locked if row.id not in written
            ]
            kept = await targets.save_probes(session, left, lo=reading.lo, hi=reading.hi)
            await rereads.wait_on(
                session, left, store_now=self._now(), look_again=self._now() + LOOK_AGAIN
            )
            self._passed |= {item.id for item in reading.wanting} - kept - chosen.again
            missing = sorted({item.id for item in reading.wanting} - reading.numbers.keys())
            if missing:
                await refusals.unreadable(
                    session,
                    missing,
                    reason="The store shows no stock of this item at this location.",
                    retry_at=now + UNREADABLE_REST,
                )
        if kept:
            # Not with the targets held: an order page locks them after the store's row.
            async with self._deps.database.transaction() as session:
                await self._want_orders(session, past=reading.hi)
        if attempt is not None:
            await self._flight.send(attempt)

    async def _want_orders(self, session: AsyncSession, *, past: datetime) -> None:
        """Ask for an order reading at the moment when waiting readings can settle."""
        at = past + self._traits.order_lag + self._traits.clock_margin - self._connector.skew
        await stores.bring_forward(session, self._store.id, "orders", at)

    async def _look_ahead(self) -> None:
        """Make the next round due when something that waits will be ready."""
        now = self._deps.clock.now()
        async with self._deps.database.transaction() as session:
            await self._accepted.look_ahead(session)
            if await refusals.forgive(session, self._store.id):
                await tell_refusals(
                    session, self._deps.queue, store=self._store, refused={}, better=True, now=now
                )
            lease = await attempts.next_lease(session, self._store.id)
            if lease is not None:
                await stores.bring_forward(session, self._store.id, "push", lease)
            waiting = await wants.oldest_raise(session, self._store.id)
            if waiting is not None:
                at = max(waiting + self._traits.order_lag + self._traits.clock_margin, now)
                await stores.bring_forward(session, self._store.id, "orders", at)
            if waiting is not None and now - waiting > RAISE_ALARM:
                await report(
                    session,
                    self._deps.queue,
                    workspace_id=self._store.workspace_id,
                    store_id=self._store.id,
                    kind=IncidentKind.RAISE_WAITING,
                    facts={"since": waiting.isoformat()},
                    now=now,
                )
            else:
                await resolve(
                    session,
                    self._deps.queue,
                    workspace_id=self._store.workspace_id,
                    store_id=self._store.id,
                    kinds=[IncidentKind.RAISE_WAITING],
                    now=now,
                )
