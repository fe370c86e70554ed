"""One database, two shops behind sockets, and processes of ours that come and go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from bot.compose import open_house
from bot.settings import load
from sandbox.shopify.serve import serving
from sandbox.shopify.shop import Shop
from sandbox.slack.manifest import Manifest
from sandbox.slack.server import serve
from sandbox.slack.workspace import Workspace
from storage import locations, stores
from storage.database import Database, DatabaseUnreachable
from storage.queue import Queue
from sync import plan, show
from sync.choices import Choices, LocationChoice
from sync.deps import Deps
from sync.health import check_ledger
from sync.ledger import wake_push
from sync.open_orders import read_open_orders
from tests.processes.people import People, Truth
from tests.processes.process import Ours, start_stockroom, start_worker
from tests.processes.shelf import change_stock
from tests.processes.states import SHOPS, STOCK, make_shop
from tests.processes.worker import TIMING
from tests.runtime.command import KEY, ROOT, environment

REST_WITHIN = 45.0  # seconds, on a busy machine
POLL = 0.1

_LEVELS = text("""
    select p.sku, s.on_hand, s.committed from stock s join product p on p.id = s.product_id""")

# What is still under way, by name; nothing is when all of these are 0.
_UNDER_WAY = text("""
    select
        (select count(*) from attempt where done_at is null) as in_flight,
        (select count(*) from target where shown is null or stale_at is not null) as unknown,
        (select count(*) from target
         where greatest(shown, 0) <> greatest(desired + held + braked, 0)) as to_write,
        (select count(*) from store where disconnected_at is null
         and (sync_status <> 'on' or read_to is null or read_to < :since)) as orders_to_read,
        (select count(*) from turn_on where done_at is null) as turning_on""")

_BELIEFS = text("""
    select t.id, t.desired, t.version, t.shown, t.held, t.acked_version, t.written_at,
        t.attempt_id, array(select i.outcome from attempt_item i where i.target_id = t.id)
    from target t order by t.id""")

# The states that worlds begin from are played days ago, so that a clock tells of their silence.
_ALARMS = text("""
    select kind, subject, facts from incident where kind not in ('oversold', 'stream_silent')""")


class World:
    """The merchant's side of it all, and what can be seen from outside."""

    def __init__(
        self,
        deps: Deps,
        env: dict[str, str],
        shops: list[Shop],
        address: str,
        http: httpx.AsyncClient,
        logs: Path,
        seed: int,
    ) -> None:
        self.deps = deps
        self.env = env
        self.shops = {shop.name: shop for shop in shops}
        self.people = People(http, address, Truth(dict(STOCK)), self._adjust, seed)
        self._http = http
        self._address = address
        self._logs = logs
        self._started: list[Ours] = []

    # Processes

    def worker(self, *words: str) -> Ours:
        """Start a worker with a clock, perhaps with a trap (worker.py)."""
        return self._keep(start_worker(self.env, self._log(), *words))

    async def stockroom(self, part: str) -> Ours:
        """Start `stockroom worker` or `stockroom clock`."""
        return self._keep(await start_stockroom(self.env, self._log(), part))

    def _log(self) -> Path:
        return self._logs / f"{len(self._started)}.log"

    def _keep(self, process: Ours) -> Ours:
        self._started.append(process)
        return process

    async def end(self) -> None:
        for process in self._started:
            await process.end()

    # People

    async def _adjust(self, sku: str, units: int, key: str) -> None:
        """Book an adjustment; while the database is away, again under its key."""
        async with asyncio.timeout(REST_WITHIN):
            while True:
                try:
                    return await change_stock(self.deps, sku, units, key)
                except DatabaseUnreachable:
                    await asyncio.sleep(POLL)

    async def turn_on(self) -> None:
        """Confirm that the newest store's numbers be copied, into the warehouse if there is one."""
        async with self.deps.database.transaction() as session:
            store = (await stores.every(session))[-1]
            places = await locations.of_store(session, store.id)
            warehouses = await show.list_warehouses(session, store.workspace_id)
        choices = Choices(
            mode="copy",
            locations=tuple(
                LocationChoice(place.id, "link", warehouses[0].id)
                if warehouses
                else LocationChoice(place.id, "new", None)
                for place in places
            ),
            open_units=None,
        )
        open_orders = await read_open_orders(self.deps, store.id)
        async with self.deps.database.transaction() as session:
            made = await plan.make_plan(session, self.deps, store.id, choices, open_orders)
        async with self.deps.database.transaction() as session:
            confirmed = await plan.confirm_plan(
                session,
                self.deps,
                plan_id=made.id,
                actor="U1",
                channel=None,
                workspace_id=store.workspace_id,
            )
        assert isinstance(confirmed, plan.Confirmed)

    async def forget_shown(self, store_id: int) -> None:
        """Let everything that a store shows be unknown, and wake its pusher."""
        async with self.deps.database.transaction() as session:
            await session.execute(
                text("update target set shown = null where store_id = :store"),
                {"store": store_id},
            )
            await wake_push(session, self.deps.queue, [store_id])

    async def slow_down(self, shop: str, seconds: float) -> None:
        """Let a shop take its time with the next write."""
        fault = {"kind": "slow", "count": 1, "seconds": seconds, "only": "mutation"}
        answer = await self._http.post(f"{self._address}/_sandbox/{shop}/faults", json=fault)
        answer.raise_for_status()

    # Time that nobody wants to wait for

    async def age_leases(self) -> None:
        """Let the time pass for which a dead worker's writes are left to it."""
        # Whoever is frozen may hold one of them; that one keeps its time.
        await self.execute("""
            update attempt set lease_until = now() where id in (
                select id from attempt where done_at is null for update skip locked)""")

    async def age_heartbeats(self) -> None:
        """Let the time pass after which workers that say nothing count as dead."""
        await self.execute(
            "update procrastinate_workers set last_heartbeat = now() - interval '1 minute'"
        )

    async def still(self) -> None:
        """Put off everything that is done by the clock."""
        await self.execute("""
            update store set orders_due_at = now() + interval '1 hour',
                push_due_at = now() + interval '1 hour',
                products_due_at = now() + interval '1 hour'""")

    async def poll(self) -> None:
        """Let orders be polled again."""
        await self.execute("update store set orders_due_at = now()")

    # What can be seen

    async def beliefs(self) -> list[tuple[Any, ...]]:
        """What we believe of every target, and what was answered to every write."""
        async with self.deps.database.session() as session:
            return [tuple(row) for row in await session.execute(_BELIEFS)]

    async def execute(self, statement: str) -> None:
        async with self.deps.database.transaction() as session:
            await session.execute(text(statement))

    async def number(self, question: str) -> int:
        async with self.deps.database.session() as session:
            return int(await session.scalar(text(question)) or 0)

    async def shown(self, shop: str) -> dict[str, int]:
        """What a shopper can buy, by plain HTTP."""
        answer = await self._http.get(f"{self._address}/_sandbox/{shop}/available")
        numbers: dict[str, list[int]] = answer.json()["available"]
        return {sku: sum(each) for sku, each in numbers.items()}

    async def differences(self) -> dict[str, Any]:
        """Compare ledger and shops with the truth; empty when they agree."""
        found: dict[str, Any] = {}
        async with self.deps.database.session() as session:
            rows = (await session.execute(_LEVELS)).all()
            connected = [store.name for store in await stores.every(session)]
        levels = {row.sku: (row.on_hand, row.committed) for row in rows}
        if levels != self.people.truth.levels():
            found["ledger"] = _apart(levels, self.people.truth.levels())
        for name, shop in self.shops.items():
            if shop.title in connected and (shown := await self.shown(name)) != (
                wanted := self.people.truth.shown()
            ):
                found[name] = _apart(shown, wanted)
        return found

    async def come_back(self) -> None:
        """Wait until the database answers again."""
        await self._until_none(self._away, REST_WITHIN)

    async def until(self, question: str, within: float = REST_WITHIN) -> None:
        """Wait until a question to the database is answered with more than 0."""
        until = time.monotonic() + within
        while not await self.number(question):
            assert time.monotonic() < until, f"still not: {question}\n{self._said()}"
            await asyncio.sleep(POLL)

    async def agree(self, within: float = REST_WITHIN) -> None:
        """Wait until ledger and shops agree with the truth."""
        await self._until_none(self.differences, within)

    async def rest(self, within: float = REST_WITHIN) -> None:
        """Wait until nothing is under way, orders are read past now, and all is true."""
        since = datetime.now(UTC)
        await self._until_none(lambda: self._unrest(since), within)

    async def _until_none(
        self, look: Callable[[], Awaitable[dict[str, Any]]], within: float
    ) -> None:
        until = time.monotonic() + within
        while found := await look():
            if time.monotonic() > until:
                raise AssertionError(f"no rest after {within:.0f} s: {found}\n{self._said()}")
            await asyncio.sleep(POLL)

    def _said(self) -> str:
        return "\n".join(each.said() for each in self._started)

    async def _away(self) -> dict[str, Any]:
        try:
            await self.deps.database.check()
        except DatabaseUnreachable as error:
            return {"database": str(error)}
        return {}

    async def _unrest(self, since: datetime) -> dict[str, Any]:
        async with self.deps.database.session() as session:
            row = (await session.execute(_UNDER_WAY, {"since": since})).mappings().one()
        under_way = {name: count for name, count in row.items() if count}
        return under_way or await self.differences()

    async def check(self) -> None:
        """After the last process stopped: all is true, and nothing was left behind."""
        assert await self.differences() == {}
        async with self.deps.database.session() as session:
            assert await check_ledger(session) == []  # R1
            assert [dict(row) for row in (await session.execute(_ALARMS)).mappings()] == []
        doing = "select count(*) from procrastinate_jobs where status = 'doing'"
        assert await self.number(doing) == 0


@asynccontextmanager
async def world(database_url: str, logs: Path, seed: int) -> AsyncIterator[World]:
    """Serve shops and Slack beside a database in one of the known states."""
    shops = [make_shop(name, lambda: datetime.now(UTC)) for name in SHOPS]
    slack = Workspace(Manifest.load(ROOT / "manifest.yml"))
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(serving(shops))
        slack_address = await stack.enter_async_context(serve(slack))
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=30, trust_env=False))
        env = environment(
            DATABASE_URL=database_url,
            STOCKROOM_SECRET_KEY=KEY,
            SLACK_API_URL=f"{slack_address}/api/",
            SLACK_BOT_TOKEN=slack.app.bot_token,
        )
        await _move_stores(database_url, address)
        house = await stack.enter_async_context(open_house(load(env)))
        # The bot's side: it queues and books, but runs no jobs.
        deps = replace(house.deps, queue=Queue(house.deps.database, TIMING))
        made = World(deps, env, shops, address, http, logs, seed)
        stack.push_async_callback(made.end)
        yield made


async def _move_stores(database_url: str, address: str) -> None:
    """Tell the stores where their shops are served this time."""
    database = Database(database_url)
    async with database.transaction() as session:
        await session.execute(
            text("update store set base_url = cast(:address as text) || '/shopify/{shop}'"),
            {"address": address},
        )
    await database.close()


def _apart(found: dict[str, Any], wanted: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Pair what was found with what is true, where they differ."""
    return {
        sku: (found.get(sku), wanted.get(sku))
        for sku in sorted(found.keys() | wanted.keys())
        if found.get(sku) != wanted.get(sku)
    }
