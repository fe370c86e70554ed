"""Etsy behind the protocol that every platform offers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from connectors.etsy.account import read_account
from connectors.etsy.client import EtsyClient
from connectors.etsy.levels import LevelReader
from connectors.etsy.listings import read_listings
from connectors.etsy.marks import Marks
from connectors.etsy.orders import OrderReader
from connectors.etsy.sending import Sender
from connectors.etsy.writes import LevelWriter
from connectors.protocol import (
    Account,
    LevelWrite,
    OrderPage,
    RemoteLevel,
    RemoteListing,
    RemoteLocation,
    RemoteOrder,
    StoreTraits,
    WriteOutcome,
)
from connectors.services import ListingService, MarkService


class EtsyConnector:
    """One shop. A ref is a listing's number with a SKU of it."""

    def __init__(
        self,
        client: EtsyClient,
        traits: StoreTraits,
        shop: int,
        owner: str,
        marks: MarkService,
        known: ListingService,
        *,
        agreed: bool,
        renews: bool,
    ) -> None:
        self._client = client
        self._traits = traits
        self._shop = shop
        self._owner = owner
        self._marks = Marks(marks, traits.abandoned)
        self._known = known
        self._levels = LevelReader(client, self._marks)
        sender = Sender(
            client,
            shop,
            self._levels,
            self._marks,
            settled=traits.abandoned,
            reading_age=traits.reading_age,
            margin=traits.clock_margin,
        )
        self._writer = LevelWriter(
            client, self._levels, sender, known, agreed=agreed, renews=renews
        )
        lag = traits.order_lag + traits.clock_margin
        self._orders = OrderReader(client, shop, self._marks, lag)

    @property
    def traits(self) -> StoreTraits:
        return self._traits

    @property
    def skew(self) -> timedelta:
        return self._client.time.skew

    async def check(self) -> Account:
        """Learn whose shop this is; NeedsReconnect names the scopes that are missing."""
        return await read_account(self._client, self._shop, self._owner)

    async def locations(self) -> list[RemoteLocation]:
        """Answer none: a shop has one number for each thing."""
        return []

    def listings(self, since: datetime | None = None) -> AsyncIterator[list[RemoteListing]]:
        return read_listings(
            self._client, self._shop, self._marks, self._levels, self._known, since
        )

    async def levels(self, refs: Sequence[str]) -> list[RemoteLevel]:
        return await self._levels.read(refs)

    async def set_levels(self, writes: Sequence[LevelWrite]) -> list[WriteOutcome]:
        return await self._writer.write(writes)

    async def settle(self, handles: Sequence[str]) -> list[WriteOutcome]:
        """Answer for handles, of which Etsy gives none: it applies at once."""
        reason = "Etsy applies at once and hands out nothing to ask for later."
        return [WriteOutcome("unknown", reason=reason) for _ in handles]

    def orders(self, since: datetime | str) -> AsyncIterator[OrderPage]:
        return self._orders.changed(since)

    async def orders_by_id(self, ids: Sequence[str]) -> list[RemoteOrder]:
        return await self._orders.by_id(ids)
