"""Tokens that end: renewed in time, once, by whichever process comes first."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import sqlalchemy as sa

from connectors.errors import Unavailable
from connectors.services import MemoryCredentials, Services
from storage import credentials, tables
from storage.credentials import StoredCredentials
from storage.database import Database
from storage.secrets import Vault, new_key
from tests.connectors.shopify.world import World

NOW = datetime(2026, 11, 23, tzinfo=UTC)


class Grants(httpx.AsyncBaseTransport):
    """A line that counts how often a token was asked for, and takes its time over it."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.count = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/access_token"):
            self.count += 1
            for _ in range(20):  # let everybody else come to the same point
                await asyncio.sleep(0)
        return await self.inner.handle_async_request(request)


class NoTokens(httpx.AsyncBaseTransport):
    """A line on which nobody answers who asks for a token."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/access_token"):
            return httpx.Response(503, content=b"<html>")
        return await self.inner.handle_async_request(request)


@pytest.fixture
def grants(world: World) -> Grants:
    world.line.inner = made = Grants(world.line.inner)
    return made


def given(world: World) -> dict[str, str]:
    shop = world.shop
    return {"shop": "alpha", "client_id": shop.client_id, "client_secret": shop.client_secret}


async def live(world: World, grants: Grants, one: Services, other: Services) -> None:
    """Two processes use one store for two days."""
    values = given(world)
    async with (
        world.connected(values, services=one) as first,
        world.connected(values, services=other) as second,
    ):
        for granted in (1, 2, 3):
            await asyncio.gather(*(each.check() for each in (first, second, first, second)))
            assert grants.count == granted
            await asyncio.gather(first.check(), second.check())
            assert grants.count == granted
            world.clock.time += timedelta(hours=23, minutes=56)  # it would end in 4 minutes
        world.shop.rotate_token("revoked by hand")
        await asyncio.gather(first.check(), second.check())
        assert grants.count == 4


async def test_two_processes_renew_once(world: World, grants: Grants) -> None:
    shared = MemoryCredentials(given(world))
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
                platform="shopify",
                account_id="1",
                name="Alpha",
                connected_at=NOW,
            )
            .returning(tables.store.c.id)
        )
        assert store is not None
        await credentials.save(session, vault, store, given(world))
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
    assert kept["access_token"] == world.shop.token
    assert kept["client_secret"] == world.shop.client_secret


async def test_a_refused_renewal_leaves_what_was_stored(world: World, grants: Grants) -> None:
    shared = MemoryCredentials(given(world))
    services = Services(credentials=shared)
    async with world.connected(given(world), services=services) as connector:
        await connector.check()
        token = world.shop.token
        world.clock.time += timedelta(hours=24)
        world.line.break_off(httpx.ConnectError("refused"), when="before")
        with pytest.raises(Unavailable):
            await connector.check()
        async with shared.lease() as lease:
            assert lease.values["access_token"] == token
        await connector.check()
    assert grants.count == 2


async def test_writes_for_which_no_token_could_be_had_were_not_sent(world: World) -> None:
    world.stock(2)
    world.line.inner = NoTokens(world.line.inner)
    async with world.connected(given(world)) as connector:
        with pytest.raises(Unavailable) as lost:
            await connector.set_levels([world.write("S0", 3), world.write("S1", 3)])
    assert not lost.value.sent
    assert world.calls == []


async def test_writes_whose_token_is_refused_and_not_replaced_were_not_sent(world: World) -> None:
    world.stock(1)
    async with world.connected(given(world)) as connector:
        await connector.check()
        world.shop.rotate_token()
        world.line.inner = NoTokens(world.line.inner)
        with pytest.raises(Unavailable) as lost:
            await connector.set_levels([world.write("S0", 3)])
    assert not lost.value.sent
    assert world.shown() == {"S0": 5}
