"""Credentials at rest and on lease."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import psycopg
import pytest
import sqlalchemy as sa
from psycopg.errors import LockNotAvailable

from connectors.services import CredentialService
from storage import credentials, tables
from storage.credentials import NoCredentials, StoredCredentials
from storage.database import Database
from storage.secrets import KeyLost, Vault, new_key

NOW = datetime(2026, 11, 23, tzinfo=UTC)
OLD, NEW = {"refresh_token": "rt-1"}, {"refresh_token": "rt-2"}
KEY = new_key()


@pytest.fixture
def vault() -> Vault:
    return Vault([KEY])


@pytest.fixture
async def stores(database: Database) -> list[int]:
    async with database.transaction() as session:
        workspace = await session.scalar(
            sa.insert(tables.workspace)
            .values(team_id="T1", created_at=NOW)
            .returning(tables.workspace.c.id)
        )
        rows = [
            {
                "workspace_id": workspace,
                "platform": "etsy",
                "account_id": str(n),
                "name": f"Shop {n}",
                "connected_at": NOW,
            }
            for n in range(12)
        ]
        made = sa.insert(tables.store).returning(tables.store.c.id)
        return list(await session.scalars(made, rows))


async def save(database: Database, vault: Vault, store_id: int, values: dict[str, str]) -> None:
    async with database.transaction() as session:
        await credentials.save(session, vault, store_id, values)


async def load(database: Database, vault: Vault, store_id: int) -> dict[str, str]:
    async with database.session() as session:
        return await credentials.load(session, vault, store_id)


async def test_what_was_saved_is_loaded_and_sealed_at_rest(
    database: Database, vault: Vault, stores: list[int]
) -> None:
    await save(database, vault, stores[0], OLD)
    await save(database, vault, stores[1], NEW)
    assert await load(database, vault, stores[0]) == OLD
    async with database.session() as session:
        raw = list(await session.scalars(sa.select(tables.credential.c.ciphertext)))
    assert len(raw) == 2
    assert all(b"rt-" not in sealed for sealed in raw)
    await save(database, vault, stores[0], NEW)
    assert await load(database, vault, stores[0]) == NEW


async def test_a_store_without_credentials_says_so(
    database: Database, vault: Vault, stores: list[int]
) -> None:
    with pytest.raises(NoCredentials, match=f"store {stores[0]} has no credentials"):
        await load(database, vault, stores[0])
    service = StoredCredentials(database, vault, stores[0])
    with pytest.raises(NoCredentials):
        await service.lease().__aenter__()
    await save(database, vault, stores[0], OLD)
    async with service.lease() as lease:
        assert lease.values == OLD


async def test_all_are_sealed_anew_and_the_old_key_can_go(
    database: Database, vault: Vault, stores: list[int]
) -> None:
    for n, store_id in enumerate(stores):
        await save(database, vault, store_id, {"token": f"t-{n}"})
    newest = new_key()
    async with database.transaction() as session:
        assert await credentials.rotate_all(session, Vault([newest, KEY])) == len(stores)
    for n, store_id in enumerate(stores):
        assert await load(database, Vault([newest]), store_id) == {"token": f"t-{n}"}
    with pytest.raises(KeyLost):
        await load(database, vault, stores[0])


async def test_rotating_nothing_is_nothing(database: Database, vault: Vault) -> None:
    async with database.transaction() as session:
        assert await credentials.rotate_all(session, vault) == 0


async def test_nothing_is_renewed_between_reading_and_sealing_anew(
    database: Database, database_url: str, vault: Vault, stores: list[int]
) -> None:
    """Else the rotation would put back a refresh token that the platform has withdrawn."""

    class Interrupted(Vault):
        def rotate(self, sealed: bytes) -> bytes:
            with psycopg.connect(database_url) as other:
                other.execute("set lock_timeout = '20ms'")
                with pytest.raises(LockNotAvailable):
                    other.execute("update credential set saved_at = now()")
            return super().rotate(sealed)

    await save(database, vault, stores[0], OLD)
    async with database.transaction() as session:
        assert await credentials.rotate_all(session, Interrupted([KEY])) == 1


async def test_one_renewal_at_a_time_over_all_processes(
    database: Database, database_url: str, vault: Vault, stores: list[int]
) -> None:
    """Twenty callers find an expired token; only the first may use the refresh token."""
    await save(database, vault, stores[0], OLD)
    other = Database(database_url)  # as another process would have it
    renewals = 0

    async def call(service: CredentialService) -> None:
        nonlocal renewals
        async with service.lease() as lease:
            if lease.values == OLD:
                renewals += 1
                await asyncio.sleep(0.02)  # the platform thinks
                await lease.save(NEW)
            assert lease.values == NEW

    services = [StoredCredentials(base, vault, stores[0]) for base in (database, other)]
    async with asyncio.timeout(10):
        await asyncio.gather(*(call(services[n % 2]) for n in range(20)))
    await other.close()
    assert renewals == 1
    assert await load(database, vault, stores[0]) == NEW


async def test_a_renewal_is_committed_before_it_is_used(
    database: Database, vault: Vault, stores: list[int]
) -> None:
    await save(database, vault, stores[0], OLD)

    async def crash_after_saving() -> None:
        async with StoredCredentials(database, vault, stores[0]).lease() as lease:
            await lease.save(NEW)
            assert await load(database, vault, stores[0]) == NEW  # as others see it
            raise RuntimeError("the next call failed")

    with pytest.raises(RuntimeError, match="the next call failed"):
        await crash_after_saving()
    async with StoredCredentials(database, vault, stores[0]).lease() as lease:
        assert lease.values == NEW


async def test_many_stores_renew_side_by_side(
    database: Database, vault: Vault, stores: list[int]
) -> None:
    """More leases than the pool has connections, all held until the last has begun."""
    everybody = asyncio.Barrier(len(stores))

    async def renew(store_id: int) -> None:
        await save(database, vault, store_id, OLD)
        async with StoredCredentials(database, vault, store_id).lease() as lease:
            await everybody.wait()
            await lease.save(NEW)

    async with asyncio.timeout(10):
        await asyncio.gather(*(renew(store_id) for store_id in stores))
    assert [await load(database, vault, store_id) for store_id in stores] == [NEW] * len(stores)
