"""Tokens of fifteen minutes: renewed in time, once, by whichever process comes first."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import httpx
import pytest
import sqlalchemy as sa

from connectors.errors import NeedsReconnect, Unavailable
from connectors.services import MemoryCredentials, Services
from sandbox.walmart import Fault
from storage import credentials, tables
from storage.credentials import StoredCredentials
from storage.database import Database
from storage.secrets import Vault, new_key
from tests.connectors.walmart.world import World, handles, kinds

NOW = datetime(2026, 11, 23, tzinfo=UTC)


class Grants(httpx.AsyncBaseTransport):
    """A line that counts how often a token was asked for, and takes its time over it."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.count = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/v3/token"):
            self.count += 1
            for _ in range(20):  # let everybody else come to the same point
                await asyncio.sleep(0)
        return await self.inner.handle_async_request(request)


@pytest.fixture
def grants(world: World) -> Grants:
    world.line.inner = made = Grants(world.line.inner)
    return made


async def live(world: World, grants: Grants, one: Services, other: Services) -> None:
    """Two processes use one account for half an hour."""
    async with (
        world.connected(services=one) as first,
        world.connected(services=other) as second,
    ):
        for granted in (1, 2, 3):
            await asyncio.gather(*(each.check() for each in (first, second, first, second)))
            assert grants.count == granted
            world.pass_time(minutes=11)
            await asyncio.gather(first.check(), second.check())
            assert grants.count == granted
            world.pass_time(minutes=1)  # it would end in 3 minutes
        world.shop.keys.expire()
        await asyncio.gather(first.check(), second.check())
        assert grants.count == 4


async def test_two_processes_renew_once(world: World, grants: Grants) -> None:
    shared = MemoryCredentials(world.keys)
    await live(world, grants, Services(credentials=shared), Services(credentials=shared))


async def test_two_processes_renew_once_over_one_database(
    world: World, grants: Grants, database: Database, database_url: str
) -> None:
    vault = Vault([new_key()])
    async with database.transaction() as session:
        workspace = await session.scalar(
            sa.insert(tables.workspace)
            .values(team_id="T1", created_at=NOW)
            .returning(tables.workspace.c.id)
        )
        store = await session.scalar(
            sa.insert(tables.store)
            .values(
                workspace_id=workspace,
                platform="walmart",
                account_id="1",
                name="Alpha",
                connected_at=NOW,
            )
            .returning(tables.store.c.id)
        )
        assert store is not None
        await credentials.save(session, vault, store, world.keys)
    elsewhere = Database(database_url)
    try:
        one, other = (
            Services(credentials=StoredCredentials(each, vault, store))
            for each in (database, elsewhere)
        )
        await live(world, grants, one, other)
    finally:
        await elsewhere.close()
    async with database.session() as session:
        kept = await credentials.load(session, vault, store)
    assert kept["access_token"] == world.line.exchanges[-1].headers["wm_sec.access_token"]
    assert kept["client_secret"] == world.shop.client_secret


async def test_a_token_is_stored_before_it_is_used(world: World) -> None:
    """Whoever dies between the two leaves it to the next one."""
    shared = MemoryCredentials(world.keys)
    async with world.connected(services=Services(credentials=shared)) as connector:
        # The token has come; the call that would use it never leaves.
        world.line.meanwhile = [
            lambda: world.line.break_off(httpx.ConnectError("no route"), when="before")
        ]
        with pytest.raises(Unavailable):
            await connector.check()
    async with shared.lease() as lease:
        assert lease.values["access_token"] == "token-alpha-1"
    async with world.connected(services=Services(credentials=shared)) as connector:
        await connector.check()
    assert world.calls.count("POST /v3/token") == 1


async def test_a_refused_token_is_replaced_once_and_the_call_repeated(world: World) -> None:
    world.stock(1)
    async with world.connected() as connector:
        await connector.levels(["S0"])
        world.shop.keys.expire()
        begun = len(world.calls)
        assert kinds(await connector.set_levels([world.write("S0", 2)])) == ["applied"]
        assert world.calls[begun:] == ["PUT /v3/inventory", "POST /v3/token", "PUT /v3/inventory"]
        world.shop.faults.switch_on(Fault("dead_token", only="write"))
        begun = len(world.calls)
        with pytest.raises(NeedsReconnect, match="access token"):
            await connector.set_levels([world.write("S0", 3)])
        assert world.calls[begun:] == ["PUT /v3/inventory", "POST /v3/token", "PUT /v3/inventory"]
        world.shop.faults.clear()
        assert kinds(await connector.set_levels([world.write("S0", 3)])) == ["applied"]
    assert world.shop.available("S0") == 3


async def test_a_refused_renewal_leaves_what_was_stored(world: World, grants: Grants) -> None:
    shared = MemoryCredentials(world.keys)
    async with world.connected(services=Services(credentials=shared)) as connector:
        await connector.check()
        world.pass_time(minutes=15)
        world.line.break_off(httpx.ConnectError("refused"), when="before")
        with pytest.raises(Unavailable):
            await connector.check()
        async with shared.lease() as lease:
            assert lease.values["access_token"] == "token-alpha-1"
        await connector.check()
    assert grants.count == 2


@pytest.mark.parametrize("count", [3, 301])  # by calls, and by a feed
async def test_a_renewal_without_an_answer_leaves_its_writes_unsent(
    world: World, count: int
) -> None:
    """What was surely not sent may be sent again at once; what may have been has to be read."""
    skus = world.stock(count)
    async with world.connected() as connector:
        await connector.check()
        await connector.levels(skus)
        world.shop.keys.expire()
        world.shop.faults.switch_on(Fault("maintenance", only="token"))
        with pytest.raises(Unavailable, match="HTTP 503") as lost:
            await connector.set_levels(world.raises(skus, 9))
        assert not lost.value.sent
        world.shop.faults.clear()
        sent = await connector.set_levels(world.raises(skus, 9))
    assert set(kinds(sent)) == {"applied" if count == 3 else "accepted"}


async def test_a_renewal_without_an_answer_is_told_of_what_was_not_sent_only(world: World) -> None:
    skus = world.stock(20)
    async with world.connected() as connector:
        await connector.levels(skus)
        world.line.meanwhile = [
            lambda: None,
            world.shop.keys.expire,
            lambda: world.shop.faults.switch_on(Fault("maintenance", only="token")),
        ]
        found = kinds(await connector.set_levels(world.raises(skus, 9)))
    assert (found.count("applied"), found.count("unsent")) == (2, 18)
    assert [world.shop.available(sku) for sku in skus].count(9) == 2


async def test_keys_that_are_reset_while_a_feed_runs_lose_nothing(world: World) -> None:
    skus = world.stock(301)
    async with world.connected() as connector:
        sent = handles(await connector.set_levels(world.raises(skus, 9)))
        assert len(sent) == 301
        world.shop.rotate_keys()
        world.pass_time(minutes=16)
        with pytest.raises(NeedsReconnect, match="does not accept the client id and secret"):
            await connector.settle(sent)
    async with world.connected() as connector:
        assert set(kinds(await connector.settle(sent))) == {"applied"}
