"""`stockroom run` as a process of its own, on a database of ours, with shops and Slack at hand."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from bench.catalogue import stock_up
from bench.ground import Ground
from bench.process import STOCKROOM, Running, running
from bench.shops import Street, served
from bench.slack_end import slack_end
from sandbox.shopify import Shop
from storage.database import Database
from storage.secrets import Vault
from sync.clock import SystemClock

SETTLED = timedelta(minutes=1)  # since when nothing happened: what follows is told apart from it


@dataclass(frozen=True)
class Site:
    """Everything but the process: `start` it once the database is as a figure wants it."""

    database: Database
    street: Street
    stores: list[int]
    now: datetime
    environment: dict[str, str]
    folder: Path

    @asynccontextmanager
    async def start(self) -> AsyncIterator[Running]:
        async with running((*STOCKROOM, "run"), self.environment, self.folder / "log") as process:
            yield process


@asynccontextmanager
async def site(
    ground: Ground, shops: Sequence[Shop], settings: dict[str, Any] | None = None
) -> AsyncIterator[Site]:
    """Serve the shops, and write down a workspace in which they are in sync."""
    key, now = Fernet.generate_key().decode(), SystemClock().now() - SETTLED
    with ground.database() as url, tempfile.TemporaryDirectory() as folder:
        database = Database(url)
        try:
            async with slack_end() as end, served(shops) as street:
                vault = Vault([key])
                stores = await stock_up(
                    database, vault, shops, address=street.url, now=now, settings=settings
                )
                environment = {
                    **end.settings(),
                    "DATABASE_URL": url,
                    "STOCKROOM_SECRET_KEY": key,
                }
                yield Site(database, street, stores, now, environment, Path(folder))
        finally:
            await database.close()
