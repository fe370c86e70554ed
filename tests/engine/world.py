"""The real engine on real Postgres, local shops, and a clock that only the test moves."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from cryptography.fernet import Fernet
from sqlalchemy import text

from bot.defaults import address
from bot.jobs import STORE_WORK
from connectors.catalog import finish_consent
from connectors.protocol import Connector
from connectors.services import Services
from connectors.shopify.platform import open_shop
from sandbox.shopify import Shop, create_app
from storage import credentials, locations
from storage.budgets import StoredBudget
from storage.credentials import StoredCredentials
from storage.database import Database
from storage.marks import StoredMarks
from storage.own_listings import StoredListings
from storage.queue import Queue
from storage.rows import StoreRow
from storage.secrets import Vault
from sync import adjust, plan, show
from sync.adjust import Adjusted
from sync.choices import Choices, LocationChoice, Mode, OpenUnits
from sync.deps import Deps
from sync.due import wake_due
from sync.open_orders import read_open_orders
from sync.stores import StoreSummary, connect_store, list_stores

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STEP = timedelta(seconds=5)


class SimulatedClock:
    """Time as the test tells it."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class Crash(BaseException):
    """A worker killed where it stands: no handler of ours may catch it."""


def operation(request: httpx.Request) -> str:
    """Name a call to a Shopify shop."""
    if request.url.path.endswith("/oauth/access_token"):
        return "Token"
    name: str = json.loads(request.content)["operationName"]
    return name


class Wire(httpx.AsyncBaseTransport):
    """The line to the shops; breaks, delays and crashes as it is told, and counts calls.

    Faults are taken one per call, in order: `lost` never arrives, `unanswered` arrives
    and is not answered, `crash_before` and `crash_after` kill the worker around it;
    `asleep_before` and `asleep_after` let it stand still there until `wake` is set.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        clock: SimulatedClock,
        name: Callable[[httpx.Request], str] = operation,
    ) -> None:
        self._inner = inner
        self._clock = clock
        self._name = name
        self.calls: list[str] = []
        self.writes: list[dict[str, Any]] = []
        self.faults: dict[str, list[str]] = {}
        self.before_call: dict[str, list[Any]] = {}  # operation -> callables, one per call
        self.after_call: dict[str, list[Any]] = {}
        self.late: list[tuple[datetime, httpx.Request]] = []
        self.asleep, self.wake = asyncio.Event(), asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        name = self._name(request)
        self.calls.append(name)
        if name == "SetQuantities":
            self.writes.append(json.loads(request.content)["variables"])
        for act in _one(self.before_call, name):
            act()
        for fault in _one(self.faults, name):
            match fault:
                case "lost":
                    raise httpx.ReadTimeout("no answer", request=request)
                case "late":
                    self.late.append((self._clock.now(), request))
                    raise httpx.ReadTimeout("no answer", request=request)
                case "unanswered":
                    await self._pass_on(request)
                    raise httpx.ReadTimeout("no answer", request=request)
                case "crash_before":
                    raise Crash
                case "crash_after":
                    await self._pass_on(request)
                    raise Crash
                case "asleep_before":
                    await self._sleep()
                case "asleep_after":
                    response = await self._pass_on(request)
                    await self._sleep()
                    return response
        response = await self._pass_on(request)
        for act in _one(self.after_call, name):
            act()
        return response

    async def deliver_late(self) -> None:
        """Let the requests that were given up arrive now."""
        held, self.late = self.late, []
        for _, request in held:
            await self._pass_on(request)

    async def _sleep(self) -> None:
        self.asleep.set()
        await self.wake.wait()

    async def _pass_on(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        content = await response.aread()
        headers = {key: value for key, value in response.headers.items() if key != "content-length"}
        return httpx.Response(response.status_code, headers=headers, content=content)


def _one(planned: dict[str, list[Any]], name: str) -> list[Any]:
    return [planned[name].pop(0)] if planned.get(name) else []


class World:
    """One workspace with some shops, as the engine meets them."""

    def __init__(self, database: Database, *shops: Shop, clock: SimulatedClock) -> None:
        self.clock = clock
        self.database = database
        self.shops = {shop.name: shop for shop in shops}
        app = create_app(shops, sleep=clock.sleep)
        self.wire = Wire(httpx.ASGITransport(app), clock)
        self.base_urls = {"shopify": "http://shops.test/shopify/{shop}"}  # where platforms are
        self.new_stores: dict[str, dict[str, Any]] = {}  # what their stores start with
        self.vault = Vault([Fernet.generate_key().decode()])
        self.queue = Queue(database)
        self.workspace_id = 0
        self.actor = "U1"  # whoever turns sync on
        self._keys = itertools.count()

    def deps(self, worker: str = "worker-1") -> Deps:
        return Deps(
            database=self.database,
            queue=self.queue,
            clock=self.clock,
            vault=self.vault,
            open_store=self._open_store,
            try_credentials=self._try,
            finish_consent=self._finish_consent,
            worker=worker,
        )

    def _try(
        self,
        platform: str,
        values: Mapping[str, str],
        base_url: str | None,
        settings: Mapping[str, Any],
        services: Services,
    ) -> AbstractAsyncContextManager[Connector]:
        assert platform == "shopify"
        return open_shop(
            values,
            settings,
            address(platform, base_url, values),
            self.wire,
            services,
            clock=self.clock.now,
            sleep=self.clock.sleep,
        )

    async def _finish_consent(
        self,
        platform: str,
        values: Mapping[str, str],
        query: Mapping[str, str],
        base_url: str | None,
    ) -> dict[str, str]:
        return await finish_consent(platform, values, query, base_url, self.wire, self.clock.now)

    @asynccontextmanager
    async def _open_store(self, store: StoreRow) -> AsyncIterator[Connector]:
        async with self.database.session() as session:
            values = await credentials.load(session, self.vault, store.id)
        kept = Services(
            StoredCredentials(self.database, self.vault, store.id),
            StoredBudget(self.database, self.clock.now),
            StoredMarks(self.database, store.id),
            StoredListings(self.database, store.id),
        )
        opened = self._try(store.platform, values, store.base_url, store.settings, kept)
        async with opened as connector:
            yield connector

    # What people do

    async def begin(self, team: str = "T1") -> None:
        async with self.database.transaction() as session:
            found = await session.execute(
                text("""
                    insert into workspace (team_id, name, created_at)
                    values (:team, 'Test', :now) returning id"""),
                {"team": team, "now": START},
            )
            self.workspace_id = int(found.scalar_one())

    async def connect(self, shop: str, **settings: Any) -> int:
        """Connect a shop and import its products; the store's id."""
        return await self.connect_with(
            {"shop": shop, "access_token": self.shops[shop].token},
            base_url=self.base_urls["shopify"],
            **settings,
        )

    async def connect_with(
        self,
        values: Mapping[str, str],
        *,
        platform: str = "shopify",
        base_url: str | None = None,
        **settings: Any,
    ) -> int:
        store = await connect_store(
            self.deps(),
            workspace_id=self.workspace_id,
            actor="U1",
            platform=platform,
            values=values,
            base_url=base_url,
            settings=settings,
        )
        await self.work()
        return store.id

    async def choose(
        self,
        store_id: int,
        mode: Mode,
        *,
        warehouse_id: int | None = None,
        open_units: OpenUnits | None = None,
    ) -> plan.PlanSummary:
        """Make the plan of linking every location to one warehouse, or to a new one each."""
        async with self.database.transaction() as session:
            places = await locations.of_store(session, store_id)
        choices = Choices(
            mode=mode,
            locations=tuple(
                LocationChoice(place.id, "new" if warehouse_id is None else "link", warehouse_id)
                for place in places
            ),
            open_units=open_units,
        )
        open_orders = await read_open_orders(self.deps(), store_id)
        async with self.database.transaction() as session:
            return await plan.make_plan(session, self.deps(), store_id, choices, open_orders)

    async def confirm(self, plan_id: Any) -> plan.Confirmed | plan.PlanSummary:
        async with self.database.transaction() as session:
            return await plan.confirm_plan(
                session,
                self.deps(),
                plan_id=plan_id,
                actor=self.actor,
                channel=None,
                workspace_id=self.workspace_id,
            )

    async def turn_on(
        self,
        store_id: int,
        mode: Mode,
        *,
        warehouse_id: int | None = None,
        open_units: OpenUnits | None = None,
        wait: bool = True,
    ) -> None:
        made = await self.choose(store_id, mode, warehouse_id=warehouse_id, open_units=open_units)
        confirmed = await self.confirm(made.id)
        assert isinstance(confirmed, plan.Confirmed)
        if wait:
            await self.until_on(store_id)

    async def until_on(self, store_id: int, limit: timedelta = timedelta(minutes=40)) -> None:
        until = self.clock.now() + limit
        while (await self.summary(store_id)).sync_status != "on":
            assert self.clock.now() < until, "sync was not turned on in time"
            await self.run(STEP)

    async def adjust(self, sku: str, units: int) -> Adjusted:
        """Change on hand of a SKU in the workspace's first warehouse."""
        async with self.database.transaction() as session:
            product = await show.find_product(session, self.workspace_id, sku)
        assert product is not None
        return await self.change(product.id, await self.warehouse(), units)

    async def change(self, product_id: int, warehouse_id: int, units: int) -> Adjusted:
        async with self.database.transaction() as session:
            return await adjust.change_by(
                session,
                self.deps(),
                workspace_id=self.workspace_id,
                product_id=product_id,
                warehouse_id=warehouse_id,
                units=units,
                actor="U1",
                note="",
                key=str(next(self._keys)),
            )

    # Time and work

    async def run(self, duration: timedelta, *, step: timedelta = STEP) -> None:
        """Let time pass, the clock queue what is due, and a worker do it."""
        until = self.clock.now() + duration
        while self.clock.now() < until:
            self.clock.time += step
            await wake_due(self.deps())
            await self.work()

    async def rest(self, duration: timedelta = timedelta(minutes=8)) -> None:
        await self.run(duration, step=timedelta(seconds=20))

    async def work(self, worker: str = "worker-1") -> None:
        """Do all jobs that wait, in the order of their keys; a crash ends the worker."""
        for _ in range(100):
            jobs = await self._take()
            if not jobs:
                return
            for task, args in jobs:
                if task in STORE_WORK:
                    await STORE_WORK[task](self.deps(worker), int(args["store_id"]))
        raise AssertionError("the work does not end")

    async def _take(self) -> list[tuple[str, dict[str, Any]]]:
        async with self.database.transaction() as session:
            found = await session.execute(
                text("""
                    delete from procrastinate_jobs
                    where status = 'todo' and (scheduled_at is null or scheduled_at <= :now)
                    returning id, task_name, args"""),
                {"now": self.clock.now()},
            )
            return [(row.task_name, row.args) for row in sorted(found, key=lambda r: r.id)]

    # What can be seen

    async def summary(self, store_id: int) -> StoreSummary:
        async with self.database.transaction() as session:
            every = await list_stores(session, self.workspace_id)
        return next(store for store in every if store.id == store_id)

    async def level(self, sku: str) -> tuple[int, int, int]:
        """On hand, committed and available of a SKU in the first warehouse."""
        async with self.database.transaction() as session:
            product = await show.find_product(session, self.workspace_id, sku)
        assert product is not None
        found = product.warehouses[0]
        return found.on_hand, found.committed, found.available

    async def warehouse(self) -> int:
        async with self.database.transaction() as session:
            return (await show.list_warehouses(session, self.workspace_id))[0].id

    async def incidents(self) -> list[tuple[str, str, bool]]:
        """Kind, subject and whether it is open, in the order they were opened."""
        async with self.database.transaction() as session:
            found = await session.execute(
                text("select kind, subject, closed_at is null as open from incident order by id")
            )
            return [(row.kind, row.subject, row.open) for row in found]

    async def imbalances(self) -> list[str]:
        from sync.health import check_ledger

        async with self.database.transaction() as session:
            return await check_ledger(session)

    def shown(self, shop: str, sku: str) -> int:
        return self.shops[shop].available(sku)
