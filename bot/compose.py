"""The composition root: the one place that names concrete classes."""

from __future__ import annotations

import asyncio
import os
import socket
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bot.defaults import address
from bot.failures import NotRight
from bot.settings import Settings
from bot.slack.surface import SlackSettings
from connectors.catalog import finish_consent, open_connector
from connectors.errors import NeedsReconnect
from connectors.protocol import Connector
from connectors.services import Services
from storage import credentials, embedded, schema
from storage.budgets import StoredBudget
from storage.database import Database
from storage.marks import StoredMarks
from storage.own_listings import StoredListings
from storage.queue import Queue
from storage.rows import StoreRow
from storage.secrets import KeyLost, Vault
from sync.clock import Clock, SystemClock
from sync.deps import Deps, OpenStore


@dataclass(frozen=True)
class House:
    """One process of ours, put together."""

    settings: Settings
    deps: Deps


def slack_settings(settings: Settings) -> SlackSettings:
    """Say what the Slack side is told; for commands that demanded its token."""
    token, signing = settings.slack_bot_token, settings.slack_signing_secret
    if token is None:
        raise NotRight("SLACK_BOT_TOKEN is not set.")
    return SlackSettings(
        bot_token=token.reveal(),
        signing_secret=signing.reveal() if signing else "",
        api_url=settings.slack_api_url,
        public_url=settings.public_url,
    )


@asynccontextmanager
async def database_url(settings: Settings) -> AsyncIterator[str]:
    """Yield DATABASE_URL, or the address of the embedded Postgres, running meanwhile."""
    if settings.database_url is not None:
        yield settings.database_url.reveal()
        return
    server = embedded.running(settings.data_dir / "postgres")
    url = await asyncio.to_thread(server.__enter__)
    try:
        yield url
    finally:
        await asyncio.to_thread(server.__exit__, None, None, None)


@asynccontextmanager
async def open_house(settings: Settings, *, migrate: bool = False) -> AsyncIterator[House]:
    """Yield everything connected.

    Raises OldSchema or NewerSchema, unless told to migrate, and DatabaseUnreachable.
    """
    async with database_url(settings) as url:
        if migrate:
            await asyncio.to_thread(schema.migrate, url)
        database = Database(url, pooler=settings.pooler)
        try:
            await schema.require_current(database)
            yield House(settings, _deps(settings, database))
        finally:
            await database.close()


def _deps(settings: Settings, database: Database) -> Deps:
    keys = [key.reveal() for key in settings.secret_keys]
    vault = Vault(keys) if keys else _NoKey()
    clock = SystemClock()
    return Deps(
        database=database,
        queue=Queue(database),
        clock=clock,
        vault=vault,
        open_store=_store_opener(database, vault, clock),
        try_credentials=_try_credentials,
        finish_consent=finish_consent,
        # Unique over machines and over processes that were given the same number again.
        worker=f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}",
    )


def _store_opener(database: Database, vault: Vault, clock: Clock) -> OpenStore:
    budget = StoredBudget(database, clock.now)

    @asynccontextmanager
    async def open_store(store: StoreRow) -> AsyncIterator[Connector]:
        try:
            async with database.session() as session:
                values = await credentials.load(session, vault, store.id)
        except (credentials.NoCredentials, KeyLost) as error:
            raise NeedsReconnect(f"Its credentials cannot be used: {error}.") from error
        kept = credentials.StoredCredentials(database, vault, store.id)
        async with open_connector(
            store.platform,
            values,
            settings=store.settings,
            base_url=address(store.platform, store.base_url, values),
            services=Services(
                kept,
                budget,
                StoredMarks(database, store.id),
                StoredListings(database, store.id),
            ),
        ) as connector:
            yield connector

    return open_store


def _try_credentials(
    platform: str,
    values: Mapping[str, str],
    base_url: str | None,
    settings: Mapping[str, Any],
    services: Services,
) -> AbstractAsyncContextManager[Connector]:
    reached = address(platform, base_url, values)
    return open_connector(platform, values, settings=settings, base_url=reached, services=services)


class _NoKey(Vault):
    """Stands in where a command works without a key; it must never come to be used."""

    def __init__(self) -> None:
        pass

    def _refuse(self) -> NotRight:
        return NotRight("STOCKROOM_SECRET_KEY is not set.")

    def seal(self, values: Mapping[str, str]) -> bytes:
        raise self._refuse()

    def open(self, sealed: bytes) -> dict[str, str]:
        raise self._refuse()

    def rotate(self, sealed: bytes) -> bytes:
        raise self._refuse()
