"""The stores' credentials, sealed; renewed by one process at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.secrets import Vault
from storage.tables import credential

# Connectors keep it among the credentials; it is no secret, and stands in a column of its own.
ENDS_AT = "refresh_token_expires_at"


class NoCredentials(LookupError):
    """The store has no credentials: it is not connected, or was disconnected."""


async def save(
    session: AsyncSession, vault: Vault, store_id: int, values: Mapping[str, str]
) -> None:
    """Seal a store's credentials, in place of those it had."""
    ends_at = values.get(ENDS_AT)
    row = insert(credential).values(
        store_id=store_id,
        ciphertext=vault.seal(values),
        saved_at=sa.func.now(),
        ends_at=None if ends_at is None else datetime.fromisoformat(ends_at),
    )
    renewed = {
        "ciphertext": row.excluded.ciphertext,
        "saved_at": row.excluded.saved_at,
        "ends_at": row.excluded.ends_at,
    }
    await session.execute(row.on_conflict_do_update(index_elements=["store_id"], set_=renewed))


async def load(session: AsyncSession, vault: Vault, store_id: int) -> dict[str, str]:
    """Open a store's credentials. Raises NoCredentials, KeyLost."""
    sealed = await session.scalar(
        sa.select(credential.c.ciphertext).where(credential.c.store_id == store_id)
    )
    if sealed is None:
        raise NoCredentials(f"store {store_id} has no credentials")
    return vault.open(sealed)


async def ends_at(session: AsyncSession, store_id: int) -> datetime | None:
    """Say from when on only a person can renew a store's access; None where that is not known."""
    found: datetime | None = await session.scalar(
        sa.select(credential.c.ends_at).where(credential.c.store_id == store_id)
    )
    return found


async def forget(session: AsyncSession, store_id: int) -> None:
    """Drop a store's credentials."""
    await session.execute(sa.delete(credential).where(credential.c.store_id == store_id))


async def rotate_all(session: AsyncSession, vault: Vault) -> int:
    """Seal all credentials again with the newest key; returns how many. Raises KeyLost."""
    # Locked, so that nothing renewed meanwhile is put back.
    found = sa.select(credential.c.store_id, credential.c.ciphertext).with_for_update()
    rows = (await session.execute(found.order_by(credential.c.store_id))).all()
    stores = sa.func.unnest(sa.bindparam("stores", type_=sa.ARRAY(sa.BigInteger)))
    sealed = sa.func.unnest(sa.bindparam("sealed", type_=sa.ARRAY(sa.LargeBinary)))
    given = sa.select(stores.label("store_id"), sealed.label("ciphertext")).subquery()
    await session.execute(
        sa.update(credential)
        .values(ciphertext=given.c.ciphertext)
        .where(credential.c.store_id == given.c.store_id),
        {
            "stores": [row.store_id for row in rows],
            "sealed": [vault.rotate(row.ciphertext) for row in rows],
        },
    )
    return len(rows)


class StoredLease:
    """A store's credentials as last stored, while nobody else renews them."""

    def __init__(self, owner: StoredCredentials, values: Mapping[str, str]) -> None:
        self._owner = owner
        self._values = dict(values)

    @property
    def values(self) -> Mapping[str, str]:
        return self._values

    async def save(self, values: Mapping[str, str]) -> None:
        """Store renewed credentials; returns once they are committed."""
        await self._owner.store(values)
        self._values = dict(values)


class StoredCredentials:
    """One store's credentials for its connector: leased by one holder over all processes."""

    def __init__(self, database: Database, vault: Vault, store_id: int) -> None:
        self._database = database
        self._vault = vault
        self._store_id = store_id

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[StoredLease]:
        """Wait for every other lease of this store, and hold off new ones. Raises NoCredentials.

        The lock is not a row's: `save` commits in between, and a lease must outlive that.
        """
        async with self._database.exclusive(f"credential:{self._store_id}"):
            async with self._database.session() as session:
                values = await load(session, self._vault, self._store_id)
            yield StoredLease(self, values)

    async def store(self, values: Mapping[str, str]) -> None:
        async with self._database.transaction() as session:
            await save(session, self._vault, self._store_id, values)
