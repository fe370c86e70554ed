"""What the rest of the product knows about a platform before it opens a store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx

from connectors.protocol import Connector, StoreTraits
from connectors.services import Services

Settings = Mapping[str, Any]

# Settings of a store that replace a trait, each a number of seconds.
_TIMES = (
    "order_lag",
    "apply_lag",
    "reading_age",
    "abandoned",
    "clock_margin",
    "key_life",
    "order_history",
)


@dataclass(frozen=True)
class CredentialField:
    """One value that a person enters on the connect page, and where to find it."""

    key: str
    label: str
    help: str
    secret: bool


@dataclass(frozen=True)
class Platform:
    """A platform as the rest of the product sees it."""

    key: str
    title: str
    fields: tuple[CredentialField, ...]
    traits: StoreTraits
    open: Callable[
        [Mapping[str, str], Settings, str | None, httpx.AsyncBaseTransport | None, Services],
        AbstractAsyncContextManager[Connector],
    ]
    # Scopes that a store may withhold, and what cannot be done then; those granted
    # stand in Account.scopes.
    optional_scopes: Mapping[str, str] = field(default_factory=dict)


def traits_with(traits: StoreTraits, settings: Settings) -> StoreTraits:
    """Apply a store's own settings: `order_lag_seconds`, `reading_age_seconds` and so on."""
    changed: dict[str, Any] = {
        name: timedelta(seconds=float(settings[f"{name}_seconds"]))
        for name in _TIMES
        if f"{name}_seconds" in settings
    }
    return replace(traits, **changed) if changed else traits
