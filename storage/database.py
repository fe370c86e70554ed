"""The way to Postgres: one engine, sessions, transactions and locks over all processes."""

from __future__ import annotations

import select
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine, ExceptionContext, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, PoolProxiedConnection

DRIVER = "postgresql+psycopg"

# One process takes 5 connections at rest and 10 in a rush; with the queue's 4 and the
# one it listens on, six processes stay within Postgres' own default of 100.
POOL_SIZE = 5
POOL_OVERFLOW = 5
POOL_WAIT = 30.0  # seconds for a free connection; longer means that something hangs
CONNECT_WAIT = 10  # seconds; a host that swallows packets must not hold a process for minutes

# Seconds between two statements of a transaction, after which Postgres ends it and lets its
# locks go: its process is frozen or cut off. Twice the time after which the queue counts a
# worker as dead. The longest pause of our own is two messages to Slack, of 10 s and one more
# try each. Waiting for a lock needs no limit of its own: it ends with whoever holds it.
IDLE_WAIT = 60.0


class BadDatabaseUrl(ValueError):
    """The database's address cannot be understood; the message never repeats it."""


class DatabaseUnreachable(Exception):
    """No connection could be made, or the one in use was lost. One line, no password."""


class Database:
    """One Postgres, reached through one pool of connections, in UTC.

    `pooler=True`: the address is a pgbouncer in transaction mode, which hands each
    transaction to another server connection, so that nothing may be prepared on one.
    `limit` is the statement that makes a connection let go of what a frozen process holds.
    """

    def __init__(self, url: str, *, pooler: bool = False, idle_wait: float = IDLE_WAIT) -> None:
        self.url = parse_url(url)
        self.pooler = pooler
        self._engine = create_async_engine(
            self.url,
            connect_args=connect_args(pooler=pooler),
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_timeout=POOL_WAIT,
        )
        # Locks are held while others work, so they must not take the workers' connections.
        self._lockers = create_async_engine(
            self.url, connect_args=connect_args(pooler=pooler), poolclass=NullPool
        )
        for engine in (self._engine, self._lockers):
            prepare(engine.sync_engine)
        sa.event.listen(self._engine.sync_engine, "checkout", _still_there)
        # A pgbouncer has a limit of its own, and would hand our settings to others.
        self.limit = (
            None if pooler else f"set idle_in_transaction_session_timeout = {idle_wait * 1000:.0f}"
        )
        if self.limit is not None:
            sa.event.listen(self._engine.sync_engine, "connect", self._limit)
            sa.event.listen(self._engine.sync_engine, "connect", _compile_nothing)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        self._at_once = async_sessionmaker(
            self._engine.execution_options(isolation_level="AUTOCOMMIT"), expire_on_commit=False
        )

    def session(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Open a session whose caller commits; what was not committed is rolled back."""
        return self._sessions()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Open a session that commits at the end; an exception rolls it back."""
        async with self._sessions() as session, session.begin():
            yield session

    @asynccontextmanager
    async def at_once(self) -> AsyncIterator[AsyncSession]:
        """Open a session whose every statement commits by itself, in one round trip.

        For reads and one write before somebody is answered.
        """
        async with self._at_once() as session:
            yield session

    @asynccontextmanager
    async def exclusive(self, name: str) -> AsyncIterator[None]:
        """Hold the lock of that name, alone over all processes; waits for it.

        It is tied to a connection of its own: a process that dies lets go of it.
        """
        async with self._lockers.begin() as connection:
            await connection.execute(
                sa.text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name}
            )
            yield

    def _limit(self, connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        _run_on(connection, self.limit or "")

    async def check(self) -> None:
        """Ask the database for a sign of life. Raises DatabaseUnreachable."""
        async with self._engine.connect() as connection:
            await connection.execute(sa.text("select 1"))

    async def close(self) -> None:
        await self._engine.dispose()
        await self._lockers.dispose()

    def __repr__(self) -> str:
        return f"Database({_shown(self.url)})"


def parse_url(url: str) -> URL:
    """Read a postgres:// or postgresql:// address. Raises BadDatabaseUrl."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    if parsed is None or parsed.drivername not in ("postgres", "postgresql", DRIVER):
        # Neither the text nor SQLAlchemy's words for it: both may hold the password.
        raise BadDatabaseUrl(
            "DATABASE_URL must look like postgresql://USER:PASSWORD@HOST:5432/DATABASE"
        )
    return parsed.set(drivername=DRIVER)


def connect_args(*, pooler: bool = False) -> dict[str, object]:
    """Say how psycopg connects."""
    args: dict[str, object] = {"connect_timeout": CONNECT_WAIT}
    return {**args, "prepare_threshold": None} if pooler else args


def prepare(engine: Engine) -> None:
    """Make an engine's connections speak UTC and its losses readable."""
    sa.event.listen(engine, "connect", _speak_utc)
    sa.event.listen(engine, "handle_error", _say_unreachable)


def _speak_utc(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    _run_on(connection, "set time zone 'UTC'")  # pgbouncer refuses it as a start-up option


def _compile_nothing(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Have no query compiled: for ours that takes longer than it ever saves."""
    _run_on(connection, "set jit = off")


def _run_on(connection: DBAPIConnection, statement: str) -> None:
    cursor = connection.cursor()
    cursor.execute(statement)
    cursor.close()
    connection.commit()


def _still_there(
    connection: DBAPIConnection, _: ConnectionPoolEntry, __: PoolProxiedConnection
) -> None:
    """Have a connection replaced that the server has ended, so that a restart fails nobody.

    Whatever there is to read on one at rest is its end; looking costs no round trip.
    """
    driver: psycopg.AsyncConnection = connection.driver_connection
    at_rest = select.poll()
    if not driver.closed:
        at_rest.register(driver.fileno(), select.POLLIN)
    if driver.closed or at_rest.poll(0):
        raise InvalidatePoolError


def _say_unreachable(context: ExceptionContext) -> DatabaseUnreachable | None:
    if context.connection is not None and not context.is_disconnect:
        return None
    url = context.engine.url if context.engine else None
    words = " ".join(str(context.original_exception).split())
    if url and url.password:
        words = words.replace(str(url.password), "***")
    happened = "cannot reach" if context.connection is None else "lost"
    return DatabaseUnreachable(f"{happened} {_shown(url) if url else 'the database'}: {words}")


def _shown(url: URL) -> str:
    """Spell an address without its secrets."""
    plain = url.set(drivername="postgresql").difference_update_query(["password", "sslpassword"])
    return plain.render_as_string(hide_password=True)
