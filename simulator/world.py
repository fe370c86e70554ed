"""The world: the real engine and a real Postgres between simulated stores and people."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.jobs import STORE_WORK
from connectors.protocol import Connector
from connectors.services import Services
from connectors.shopify.platform import PLATFORM as ANY_PLATFORM
from simulator.judge import Judge
from simulator.line import Line, Trouble
from simulator.store import Store
from simulator.turns import Turns
from storage.database import Database, DatabaseUnreachable
from sync.breaker import release
from sync.drift import settle_drift
from sync.due import wake_due
from sync.stores import reconnect_store
from tests.engine.world import Crash, SimulatedClock, World

WORKERS = ("worker-1", "worker-2")
# People adjust far more in a large world than they do anywhere: by a usual limit the breaker
# would hold nearly everything back, and nothing would be proved.
BREAKER = 100  # percent of a store


class MortalDatabase(Database):
    """A database whose users may be killed right before or right after a commit."""

    trouble: Trouble | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        fault = None
        if self.trouble is not None:
            fault = self.trouble.draw("killed_before_commit", "killed_after_commit", *[""] * 8)
        async with super().transaction() as session:
            yield session
            if fault == "killed_before_commit":
                raise Crash
        if fault == "killed_after_commit":
            raise Crash


class SimulatedWorld(World):
    """One workspace with simulated stores, two workers and two clocks."""

    def __init__(
        self,
        database: MortalDatabase,
        stores: list[Store],
        clock: SimulatedClock,
        trouble: Trouble,
        judge: Judge,
    ) -> None:
        super().__init__(database, clock=clock)
        self.mortal = database
        self.stores = {store.name: store for store in stores}
        self.ids: dict[str, int] = {}
        self.trouble = trouble
        self.judge = judge
        self.chances = random.Random(trouble.chances.random())
        self.turns = Turns(self.chances)
        self.turns.now = clock.now
        self.turns.freeze = self._freeze
        judge.allowed = self._allowed
        self._on: set[str] = set()
        self._judged = 0  # the newest drift incident that was looked at

    def _try(
        self,
        platform: str,
        values: Mapping[str, str],
        base_url: str | None,
        settings: Mapping[str, Any],
        services: Services,
    ) -> AbstractAsyncContextManager[Connector]:
        @asynccontextmanager
        async def opened() -> AsyncIterator[Connector]:
            store = self.stores[values["shop"]]
            yield Line(store, self.trouble, self.turns, self.judge)

        return opened()

    def _allowed(self, store: Store) -> bool:
        return store.name in self._on

    def _freeze(self) -> timedelta | None:
        """Let a worker stand still at a call, now and then for longer than its lease."""
        if self.trouble.draw("frozen", *[""] * 12) != "frozen":
            return None
        return timedelta(seconds=self.chances.uniform(5, 150))

    # Beginning ------------------------------------------------------------------------------

    async def open(self, *, audit_hours: float) -> None:
        """Connect the stores; copy the first, keep our numbers in the others."""
        await self.begin()
        for number, store in enumerate(self.stores.values()):
            self.ids[store.name] = await self.connect_with(
                {"shop": store.name, "access_token": "-"},
                platform=ANY_PLATFORM.key,
                audit_every_hours=audit_hours,
                orders_every_seconds=store.shape.poll,
                breaker_percent=BREAKER,
            )
            warehouse = await self.warehouse() if number else None
            # From the confirmation on, a store may be written to (R10).
            self._on.add(store.name)
            await self.turn_on(
                self.ids[store.name],
                "keep" if number else "copy",
                warehouse_id=warehouse,
                open_units="extra" if number else None,
            )
        self.mortal.trouble = self.trouble

    # Time -----------------------------------------------------------------------------------

    async def pass_time(self, seconds: float) -> None:
        """Let time pass in uneven steps, with everything at work."""
        left = seconds
        while left > 0:
            step = min(left, self.chances.uniform(2, 9))
            left -= step
            self.clock.time += timedelta(seconds=step)
            await self.tick()

    async def tick(self) -> None:
        """Let both clocks queue what is due, and both workers do it, each in its turn."""
        await self.turns.thaw()
        for worker in WORKERS:
            try:
                await wake_due(self.deps(worker))
            except (Crash, DatabaseUnreachable):
                continue  # the other clock makes up for it
        for _ in range(40):
            try:
                jobs = await self._take()
            except Crash:
                jobs = []
            if not jobs:
                return
            await self.turns.run(
                [
                    (name, partial(self._job, task, store_id, worker))
                    for task, store_id, worker, name in self._spread(jobs)
                ]
            )

    def _spread(self, jobs: list[tuple[str, dict[str, Any]]]) -> list[tuple[str, int, str, str]]:
        """Give jobs to workers: wake-ups may be lost, doubled and out of order."""
        found = []
        for task, args in jobs:
            if task not in STORE_WORK:
                continue
            name = f"{task}:{args['store_id']}"
            if self.trouble.draw("wake_up_dropped", *[""] * 2) == "wake_up_dropped":
                continue
            times = 2 if self.trouble.draw("wake_up_doubled", *[""] * 2) else 1
            found += [(task, int(args["store_id"]), self.chances.choice(WORKERS), name)] * times
        if self.trouble.draw("wake_ups_reversed", *[""] * 2):
            found.reverse()
        # The queue runs one job of a store and kind at a time, unless one stands still so long
        # that it counts as dead; a doubled wake-up comes after the first.
        return found

    async def _job(self, task: str, store_id: int, worker: str) -> None:
        try:
            await STORE_WORK[task](self.deps(worker), store_id)
        except DatabaseUnreachable:
            self.trouble.seen["postgres_gone"] += 1

    # People and machines ----------------------------------------------------------------------

    async def cut(self) -> None:
        """End every connection to Postgres, as its restart does."""
        self.trouble.seen["postgres_cut"] += 1
        database = self.database
        async with Database.transaction(database) as session:
            await session.execute(
                text("""
                    select pg_terminate_backend(pid) from pg_stat_activity
                    where datname = current_database() and pid <> pg_backend_pid()""")
            )

    async def reconnect(self, store: Store) -> None:
        """Give a store fresh credentials."""
        store.locked = False
        held, self.mortal.trouble = self.mortal.trouble, None
        rate, self.trouble.rate = self.trouble.rate, 0.0
        await reconnect_store(
            self.deps(),
            workspace_id=self.workspace_id,
            actor="U1",
            store_id=self.ids[store.name],
            values={"shop": store.name, "access_token": "-"},
        )
        self.mortal.trouble, self.trouble.rate = held, rate

    async def answer(self) -> int:
        """Answer what people are asked; how many questions there were.

        About drift: put ours back; about a change that would empty much: let it out. Drift
        that explained itself meanwhile was asked about as well.
        """
        async with Database.transaction(self.database) as session:
            found = await session.execute(
                text("""
                    select i.id, s.name, i.closed_at is null as open, array(
                        select l.ref from target t join listing l on l.id = t.listing_id
                        where t.id in (select cast(one as bigint) from
                                       jsonb_array_elements_text(i.facts -> 'targets') one)) as refs
                    from incident i join store s on s.id = i.store_id
                    where i.kind = 'drift' and (i.closed_at is null or i.id > :judged)
                    order by i.id"""),
                {"judged": self._judged},
            )
            rows = list(found)
            for row in rows:
                for sku in row.refs if row.id > self._judged else ():
                    if (row.name, sku) not in self.judge.adjusted_by_hand:
                        self.judge.false_drift += 1
                        self.judge.where.append(f"drift was called for {sku} in {row.name}")
                self._judged = max(self._judged, row.id)
                if row.open:
                    await settle_drift(
                        session,
                        self.deps(),
                        workspace_id=self.workspace_id,
                        incident_id=row.id,
                        choice="put_back",
                        actor="U1",
                    )
            kept_back = await session.scalars(
                text("select id from incident where kind = 'breaker' and closed_at is null")
            )
            held = list(kept_back)
            for incident_id in held:
                self.trouble.seen["kept_back_by_the_breaker"] += 1
                await release(
                    session,
                    self.deps().queue,
                    workspace_id=self.workspace_id,
                    incident_id=incident_id,
                    now=self.clock.now(),
                )
        return sum(bool(row.open) for row in rows) + len(held)

    async def levels(self) -> dict[str, int]:
        """Read what is available of each SKU, as the ledger says."""
        async with Database.transaction(self.database) as session:
            found = await session.execute(
                text("""
                    select p.sku, sum(s.available) as available
                    from product p join stock s on s.product_id = p.id group by p.sku""")
            )
            return {row.sku: int(row.available) for row in found}
