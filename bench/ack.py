"""How soon Slack hears from us, and the person sees the answer, against a bare Bolt app."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import psycopg
from cryptography.fernet import Fernet

from bench.bare_app import KEPT
from bench.catalogue import make_shop, stock_up
from bench.figure import Figure, Ratio, percentile
from bench.ground import Ground
from bench.process import STOCKROOM, Running, cores, running
from bench.slack_end import SlackEnd, command, signed, slack_end, submission
from bot.slack.ids import Call
from flows import turn_on
from storage.database import Database
from storage.secrets import Vault
from sync.clock import SystemClock

RATE = 50  # requests a second, evenly spaced, whatever became of those before
SPIN = 0.002  # seconds before a request in which we look at the clock instead of sleeping
PATIENCE = 60.0  # seconds for the last answers of a round

Send = Callable[[Running, int, str], Coroutine[Any, Any, float]]


@dataclass(frozen=True)
class Size:
    """Listings of the store asked about; rounds of so many seconds, ours and bare in turn."""

    listings: int
    rounds: int
    seconds: float


@dataclass
class Times:
    """Milliseconds from when a request was due to its ack, and to the visible answer."""

    ack: list[float] = field(default_factory=list)
    visible: list[float] = field(default_factory=list)


async def measure(ground: Ground, size: Size) -> list[Ratio]:
    key = Fernet.generate_key().decode()
    with ground.database() as url, tempfile.TemporaryDirectory() as folder:
        drafts = await prepare(url, Vault([key]), size)
        async with slack_end() as end:
            ours = {**end.settings(), "DATABASE_URL": url, "STOCKROOM_SECRET_KEY": key}
            async with (
                running((*STOCKROOM, "bot"), ours, Path(folder) / "bot.log") as bot,
                running(("-m", "bench.bare_app"), ours, Path(folder) / "bare.log") as bare,
                await psycopg.AsyncConnection.connect(url, autocommit=True) as connection,
                aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client,
            ):
                load = _Load(client, end, connection, drafts)
                with _apart(bot, bare):
                    return await _rounds(load, bot, bare, size)


async def _rounds(load: _Load, bot: Running, bare: Running, size: Size) -> list[Ratio]:
    """Load one after the other, in turn, and pool the rounds of each."""
    loads: dict[str, tuple[Running, Send]] = {
        "bare status": (bare, load.status),
        "status": (bot, load.status),
        "bare step": (bare, load.step),
        "bare kept step": (bare, load.kept_step),
        "step": (bot, load.step),
    }
    times = {name: Times() for name in loads}
    for number in range(size.rounds + 1):
        for name, (side, send) in loads.items():
            # The first round only warms up: people are looked up, plans are made.
            await load.round(side, send, times[name] if number else Times(), size.seconds)
    return [
        Ratio(
            f"{what}, p{per_cent} at {RATE}/s",
            percentile(getattr(times[ours], which), per_cent),
            percentile(getattr(times[floor], which), per_cent),
            "ms",
            most=1.5 if aimed and per_cent == 99 else None,
        )
        for what, ours, floor, which, aimed in (
            ("ack of /stock status", "status", "bare status", "ack", True),
            ("answer to /stock status seen", "status", "bare status", "visible", True),
            ("wizard step against one that knows nothing", "step", "bare step", "ack", False),
            ("wizard step against one with a draft", "step", "bare kept step", "ack", True),
        )
        for per_cent in (50, 99)
    ]


class _Load:
    """Sends requests at their time and notes when the answers came."""

    def __init__(
        self,
        client: aiohttp.ClientSession,
        end: SlackEnd,
        connection: psycopg.AsyncConnection,
        drafts: list[UUID],
    ) -> None:
        self._client = client
        self._end = end
        self._connection = connection
        self._drafts = drafts

    async def round(self, side: Running, send: Send, times: Times, seconds: float) -> None:
        """Send at the rate for some seconds, then wait for every answer."""
        begun = time.perf_counter() + 0.05
        sent: list[asyncio.Task[float]] = []
        names: list[str] = []
        due = [begun + place / RATE for place in range(_requests(seconds))]
        for place, at in enumerate(due):
            await _until(at)
            names.append(uuid4().hex)
            sent.append(asyncio.create_task(send(side, place, names[-1])))
        acked = await asyncio.gather(*sent)
        times.ack += [(ack - at) * 1000 for ack, at in zip(acked, due, strict=True)]
        if send == self.status:  # a step's answer is its ack
            async with asyncio.timeout(PATIENCE):
                await self._end.until_seen(names)
            times.visible += [
                (self._end.seen[name] - at) * 1000 for name, at in zip(names, due, strict=True)
            ]

    async def status(self, side: Running, person: int, name: str) -> float:
        """Type `/stock status`; when its ack was here."""
        return (await self._post(side, command(self._end, _user(person), name)))[0]

    async def step(self, side: Running, person: int, name: str) -> float:
        """Submit the wizard's first step; when the next view was here."""
        return await self._step(side, person, name, Call.WIZARD)

    async def kept_step(self, side: Running, person: int, name: str) -> float:
        """The same to the bare wizard that keeps its draft."""
        return await self._step(side, person, name, KEPT)

    async def _step(self, side: Running, person: int, name: str, callback: str) -> float:
        """Submit a step, then put its draft back."""
        metadata = json.dumps({"draft": str(self._drafts[person]), "revision": 0})
        fields = submission(_user(person), name, callback, metadata)
        acked, answer = await self._post(side, fields)
        if json.loads(answer).get("response_action") != "update" or b"Step 2 of 4" not in answer:
            raise AssertionError(f"no next step: {answer[:500]!r}")
        await self._connection.execute(
            "update draft set step = %s, answers = '{}', revision = 0 where id = %s",
            (turn_on.FIRST, self._drafts[person]),
        )
        return acked

    async def _post(self, side: Running, fields: dict[str, str]) -> tuple[float, bytes]:
        body, headers = signed(fields)
        url = f"{side.url}/slack/events"
        async with self._client.post(url, data=body, headers=headers) as response:
            answer = await response.read()
            if response.status != 200:
                raise AssertionError(f"answered {response.status}: {answer[:200]!r}")
        return time.perf_counter(), answer


async def _until(at: float) -> None:
    """Wait for a moment more exactly than a sleep does; answers are still taken meanwhile."""
    if (left := at - time.perf_counter() - SPIN) > 0:
        await asyncio.sleep(left)
    while time.perf_counter() < at:  # noqa: ASYNC110 - there is no event for a moment
        await asyncio.sleep(0)


def _requests(seconds: float) -> int:
    return max(1, round(RATE * seconds))


def _user(person: int) -> str:
    return f"U0PERSON{person:03}"


async def prepare(url: str, vault: Vault, size: Size) -> list[UUID]:
    """Write a store in sync, one to be turned on, and a manager with a draft for each request.

    In one round everybody acts once: a draft that moved on is put back before the next.
    """
    shops = [make_shop("alpha", size.listings), make_shop("beta", size.listings)]
    database = Database(url)
    now = SystemClock().now()
    _, beta = await stock_up(database, vault, shops, address="http://127.0.0.1:1", now=now)
    await database.close()
    drafts = [uuid4() for _ in range(_requests(size.seconds))]
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("delete from target where store_id = %s", (beta,))
        await connection.execute("update store set sync_status = 'off' where id = %s", (beta,))
        for person, draft in enumerate(drafts):
            await connection.execute(
                "insert into person (workspace_id, slack_user, role, since) "
                "values (1, %s, 'manager', %s)",
                (_user(person), now),
            )
            await connection.execute(
                "insert into draft (id, workspace_id, slack_user, store_id, flow, step, updated_at)"
                " values (%s, 1, %s, %s, %s, %s, %s)",
                (draft, _user(person), beta, turn_on.FLOW, turn_on.FIRST, now),
            )
        await connection.execute("analyze")
    return drafts


@contextmanager
def _apart(*servers: Running) -> Iterator[None]:
    """Keep the servers on one core and us on the others, where there are several."""
    ours = cores()
    if len(ours) > 1 and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(ours[:-1]))
        for server in servers:
            server.pin(ours[-1])
        try:
            yield
        finally:
            os.sched_setaffinity(0, set(ours))
    else:
        yield


FIGURE = Figure("ack", measure, full=Size(10_000, 3, 5), tiny=Size(10, 1, 0.2))
