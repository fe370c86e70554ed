"""What the rest of the product knows about a platform before it opens a store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx

from connectors.pace import Clock
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
    "settles_within",
)


@dataclass(frozen=True)
class CredentialField:
    """One value that a person enters on the connect page, and where to find it.

    `address`: it says where the store is reached, so that a slip in it reaches nobody.
    """

    key: str
    label: str
    help: str
    secret: bool
    optional: bool = False
    address: bool = False


@dataclass(frozen=True)
class Way:
    """One of several sets of values that open a store; a person fills in one set, wholly."""

    label: str
    fields: tuple[CredentialField, ...]


@dataclass(frozen=True)
class Agreement:
    """What syncing changes at a store beyond quantities (R9), or what a person may leave out.

    key       the setting of the store that holds the answer, true or false
    required  nothing is written before a person agreed; else it is a choice that can be changed
    """

    key: str
    required: bool
    default: bool = False


@dataclass(frozen=True)
class Fee:
    """What a platform takes for something, in one currency."""

    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Begun:
    """Where to send a person who is to let us in, and what to remember until they are back."""

    address: str
    remember: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Consent:
    """The platform's own page, on which a person lets us in.

    button   the words that lead there
    way      what only this way needs
    instead  what comes of it: whoever has it already needs no page
    begin    (typed values, state, base_url); raises BadCredentials
    finish   (typed and remembered values, the query they came back with, base_url, transport,
             clock): all credentials that open the store; raises StoreError
    """

    button: str
    way: Way
    instead: Way
    begin: Callable[[Mapping[str, str], str, str | None], Begun]
    finish: Callable[
        [Mapping[str, str], Mapping[str, str], str | None, httpx.AsyncBaseTransport | None, Clock],
        Awaitable[dict[str, str]],
    ]


def _for_ever(scopes: Collection[str] | None) -> timedelta | None:
    return None


@dataclass(frozen=True)
class Platform:
    """A platform as the rest of the product sees it.

    `fields` are asked for in any case; of `ways`, where there are any, exactly one. With
    `consent`, a person at a browser may sign in instead of typing what comes of that.
    """

    key: str
    title: str
    fields: tuple[CredentialField, ...]
    traits: StoreTraits
    open: Callable[
        [Mapping[str, str], Settings, str | None, httpx.AsyncBaseTransport | None, Services],
        AbstractAsyncContextManager[Connector],
    ]
    # Reads out of its credentials what a store is called on its platform: short, fit for an
    # address, nothing secret. Raises BadCredentials.
    store_name: Callable[[Mapping[str, str]], str]
    # Scopes that a store may withhold, and what cannot be done then; those granted
    # stand in Account.scopes.
    optional_scopes: Mapping[str, str] = field(default_factory=dict)
    ways: tuple[Way, ...] = ()
    consent: Consent | None = None
    # What the wizard asks about beyond quantities; its words stand in flows/.
    agreements: tuple[Agreement, ...] = ()
    # What renewing one sold-out or expired listing costs; None: nothing there is ever renewed.
    renewal_fee: Fee | None = None
    # The platform keeps and ships goods itself, too: the connector TracksFba.
    tracks_fba: bool = False
    # Its orders are read no more often than this, as far as the platform lets us.
    orders_every: timedelta = timedelta(seconds=30)
    # How long after it was placed an order is found by its id with the scopes that the store
    # granted (None: not known); None: as long as it exists.
    shows_orders: Callable[[Collection[str] | None], timedelta | None] = _for_ever

    @property
    def every_field(self) -> tuple[CredentialField, ...]:
        """All fields that are asked for, of every way."""
        return (*self.fields, *(one for way in self.ways for one in way.fields))

    @property
    def on_page(self) -> Platform:
        """The platform as a page in a browser asks for it."""
        if self.consent is None:
            return self
        way, instead = self.consent.way, self.consent.instead
        fields = tuple(one for one in self.fields if one not in instead.fields)
        return replace(self, fields=fields, ways=(*self.ways, way, instead))


MISSING = "Please fill this in."


def incomplete(platform: Platform, values: Mapping[str, str]) -> dict[str, str]:
    """Say by field what a person still has to fill in, or to empty."""
    errors = {
        one.key: MISSING for one in platform.fields if not one.optional and not values.get(one.key)
    }
    begun = [way for way in platform.ways if any(values.get(one.key) for one in way.fields)]
    either = " or ".join(way.label for way in platform.ways)
    if len(begun) > 1:
        text = f"Fill in only one of these: {either}. Empty the others."
        filled = [one.key for way in begun for one in way.fields if values.get(one.key)]
        errors.update(dict.fromkeys(filled, text))
    elif begun:
        way = begun[0]
        needed = f"{MISSING} It belongs to {way.label}."
        errors.update({one.key: needed for one in way.fields if not values.get(one.key)})
    elif platform.ways:
        text = f"Fill in one of these: {either}."
        errors.update({way.fields[0].key: text for way in platform.ways})
    return errors


def traits_with(traits: StoreTraits, settings: Settings) -> StoreTraits:
    """Apply a store's own settings: `order_lag_seconds`, `reading_age_seconds` and so on."""
    changed: dict[str, Any] = {
        name: timedelta(seconds=float(settings[f"{name}_seconds"]))
        for name in _TIMES
        if f"{name}_seconds" in settings
    }
    return replace(traits, **changed) if changed else traits
