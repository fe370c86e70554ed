"""What the work of this package is handed by the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from connectors.protocol import Connector
from connectors.services import Services
from storage.database import Database
from storage.queue import Queue
from storage.rows import StoreRow
from storage.secrets import Vault
from sync.clock import Clock

OpenStore = Callable[[StoreRow], AbstractAsyncContextManager[Connector]]
TryCredentials = Callable[
    [str, Mapping[str, str], str | None, Mapping[str, Any], Services],
    AbstractAsyncContextManager[Connector],
]
# (platform, typed and remembered values, the query a person came back with, base_url)
FinishConsent = Callable[
    [str, Mapping[str, str], Mapping[str, str], str | None], Awaitable[dict[str, str]]
]


@dataclass(frozen=True)
class Deps:
    """The world as this process reaches it.

    open_store       a connected store, with its saved credentials
    try_credentials  (platform, values, base_url, settings, services): credentials not saved yet
    finish_consent   makes credentials of what a platform's own page sent a person back with
    worker           a name of this process that no other has
    """

    database: Database
    queue: Queue
    clock: Clock
    vault: Vault
    open_store: OpenStore
    try_credentials: TryCredentials
    finish_consent: FinishConsent
    worker: str
