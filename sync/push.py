"""Stock out: make each store show what it should, and read what it shows where we do not know.

Level-triggered: after every call the next one is chosen anew, drops first. A write
is a difference from a number we know; it is written down before it is sent and only
its answer moves what we believe (ENGINE.md part B, stores with compare-and-set).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.protocol import Connector
from storage import attempts, stores, targets, turn_ons
from storage.attempts import Wanted
from storage.rows import StoreRow
from storage.targets import Read, Reread, WantsReading
from sync.deps import Deps
from sync.flight import Flight
from sync.incidents import IncidentKind, report, resolve
from sync.targets import write_after_reading
from sync.work import with_store

# Read back everything that a store shows this often, when its settings do not say.
AUDIT_EVERY = timedelta(hours=6)
RAISE_ALARM = timedelta(minutes=15)  # ENGINE.md A5: a raise that waits this long is an incident
UNREADABLE_REST = timedelta(hours=6)  # until an item without a number is asked for again


async def push_store(deps: Deps, store_id: int) -> None:
    """Write what a store should show and does not; read what it may not show."""

    async def body(store: StoreRow, connector: Connector) -> bool:
        return await _Pusher(deps, store, connector).run()

    await with_store(deps, store_id, "push", body)


class _Pusher:
    """One run over one store."""

    def __init__(self, deps: Deps, store: StoreRow, connector: Connector) -> None:
        self._deps = deps
        self._store = store
        self._connector = connector
        self._traits = connector.traits
        self._flight = Flight(deps, store, connector)
        self._passed: set[int] = set()  # read in this run without a probe to show for it

    async def run(self) -> bool:
        """Work until nothing is left to do now; whether the store was asked anything."""
        if self._store.sync_status == "off":
            async with self._deps.database.transaction() as session:
                if await turn_ons.running(session, self._store.id) is None:
                    return False
        asked = False
        while (
            await self._flight.resend()
            or await self._drop()
            or await self._read(audit=False)
            or await self._raise()
            or await self._read(audit=True)
        ):
            asked = True
        await self._look_ahead()
        return asked

    def _now(self) -> datetime:
        """The time on the store's clock."""
        return self._deps.clock.now() + self._connector.skew

    async def _drop(self) -> bool:
        async with self._deps.database.transaction() as session:
            wanted = await attempts.wanted_drops(
                session,
                self._store.id,
                now=self._deps.clock.now(),
                limit=self._traits.write_batch,
            )
            attempt = await self._flight.take_off(session, wanted)
        return attempt is not None and await self._flight.send(attempt)

    async def _raise(self) -> bool:
        async with self._deps.database.transaction() as session:
            store = await stores.load(session, self._store.id)
            if store is None or store.orders_read_at is None:
                return False
            # R5: orders were read, lag included, past the newest increase behind the raise.
            settled = store.orders_read_at - self._traits.order_lag - self._traits.clock_margin
            wanted = await attempts.wanted_raises(
                session,
                self._store.id,
                now=self._deps.clock.now(),
                raised_before=settled,
                limit=self._traits.write_batch,
            )
            attempt = await self._flight.take_off(session, wanted)
        return attempt is not None and await self._flight.send(attempt)

    async def _read(self, *, audit: bool) -> bool:
        """Read one batch; lower at once what must not stand, keep the rest as probes."""
        quiet = self._traits.reading_age + self._traits.clock_margin
        async with self._deps.database.transaction() as session:
            store = await stores.load(session, self._store.id)
            if store is None:
                return False
            wanting = await targets.wanting_reading(
                session,
                store.id,
                now=self._deps.clock.now(),
                quiet_before=self._now() - quiet - self._traits.clock_margin,
                read_to=store.read_to,
                audit_before=self._audit_before() if audit else None,
                passed=self._passed,
                limit=self._traits.read_batch,
            )
        if not wanting:
            return False
        asked_at = self._deps.clock.now()
        levels = await self._connector.levels(sorted({item.ref for item in wanting}))
        # Only the answer tells how far the store's clock is from ours.
        started, ended = asked_at + self._connector.skew, self._now()
        shown = {(level.ref, level.location or ""): level.available for level in levels}
        numbers = {
            item.id: shown[item.ref, item.location]
            for item in wanting
            if (item.ref, item.location) in shown
        }
        await self._use(wanting, numbers, lo=started - quiet, hi=ended + self._traits.clock_margin)
        return True

    def _audit_before(self) -> datetime:
        hours = self._store.settings.get("audit_every_hours")
        every = AUDIT_EVERY if hours is None else timedelta(hours=float(hours))
        return self._deps.clock.now() - every

    async def _use(
        self,
        wanting: list[WantsReading],
        numbers: dict[int, int],
        *,
        lo: datetime,
        hi: datetime,
    ) -> None:
        now = self._deps.clock.now()
        async with self._deps.database.transaction() as session:
            locked = await targets.lock_read(session, sorted(numbers))
            writes = [
                write for row in locked if (write := _write(row, numbers[row.id])) is not None
            ]
            written = {write.id for write in writes}
            attempt = await self._flight.take_off(session, writes)
            kept = await targets.save_probes(
                session,
                [Read(row.id, numbers[row.id]) for row in locked if row.id not in written],
                lo=lo,
                hi=hi,
            )
            self._passed |= {item.id for item in wanting} - kept
            missing = sorted({item.id for item in wanting} - numbers.keys())
            if missing:
                await targets.unreadable(
                    session,
                    missing,
                    reason="The store shows no stock of this item there.",
                    retry_at=now + UNREADABLE_REST,
                )
        if kept:
            # Not with the targets held: an order page locks them after the store's row.
            async with self._deps.database.transaction() as session:
                await self._want_orders(session, past=hi)
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
            lease = await attempts.next_lease(session, self._store.id)
            if lease is not None:
                await stores.bring_forward(session, self._store.id, "push", lease)
            waiting = await attempts.oldest_raise(session, self._store.id)
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


def _write(row: Reread, reading: int) -> Wanted | None:
    """Choose the write that a reading calls for at once: only ever a drop."""
    if not row.writable or row.goal is None:
        return None
    if row.shown is not None and not (row.stale and row.goal < row.shown):
        return None
    value = write_after_reading(reading=reading, goal=row.goal, shown=row.shown)
    return None if value is None else Wanted(row.id, reading, value, row.version)
