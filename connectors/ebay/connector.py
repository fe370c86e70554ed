"""eBay behind the protocol that every platform offers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from connectors.ebay.account import read_account
from connectors.ebay.client import EbayClient
from connectors.ebay.levels import LevelReader
from connectors.ebay.listings import read_listings
from connectors.ebay.marketplaces import Marketplace
from connectors.ebay.orders import OrderReader
from connectors.ebay.writes import LevelWriter
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


class EbayConnector:
    """One seller's account. A ref is a listing's number, with a SKU where there is one."""

    def __init__(self, client: EbayClient, traits: StoreTraits, marketplace: Marketplace) -> None:
        self._client = client
        self._traits = traits
        self._marketplace = marketplace
        self._levels = LevelReader(client)
        self._writer = LevelWriter(client, self._levels)
        self._orders = OrderReader(client, traits.order_lag + traits.clock_margin)

    @property
    def traits(self) -> StoreTraits:
        return self._traits

    @property
    def skew(self) -> timedelta:
        return self._client.time.skew

    async def check(self) -> Account:
        """Learn whose account this is; NeedsReconnect names the scopes that are missing."""
        return await read_account(self._client, self._marketplace)

    async def locations(self) -> list[RemoteLocation]:
        """Answer none: what a shopper may buy of a listing is one number."""
        return []

    def listings(self, since: datetime | None = None) -> AsyncIterator[list[RemoteListing]]:
        return read_listings(self._client, since)

    async def levels(self, refs: Sequence[str]) -> list[RemoteLevel]:
        return await self._levels.read(refs)

    async def set_levels(self, writes: Sequence[LevelWrite]) -> list[WriteOutcome]:
        return await self._writer.write(writes)

    async def settle(self, handles: Sequence[str]) -> list[WriteOutcome]:
        """Answer for handles, of which eBay gives none: it applies at once."""
        reason = "eBay applies at once and hands out nothing to ask for later."
        return [WriteOutcome("unknown", reason=reason) for _ in handles]

    def orders(self, since: datetime | str) -> AsyncIterator[OrderPage]:
        return self._orders.changed(since)

    async def orders_by_id(self, ids: Sequence[str]) -> list[RemoteOrder]:
        return await self._orders.by_id(ids)
