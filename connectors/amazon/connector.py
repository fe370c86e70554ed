"""Amazon behind the protocol that every platform offers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from connectors.amazon.account import Accounts
from connectors.amazon.client import SellerClient
from connectors.amazon.fba import read_fba
from connectors.amazon.keys import Seller
from connectors.amazon.levels import LevelReader
from connectors.amazon.listings import read_listings
from connectors.amazon.orders import OrderReader
from connectors.amazon.settling import settle
from connectors.amazon.writes import LevelWriter
from connectors.protocol import (
    Account,
    FbaLevel,
    LevelWrite,
    Marketplace,
    OrderPage,
    RemoteLevel,
    RemoteListing,
    RemoteLocation,
    RemoteOrder,
    StoreTraits,
    WriteOutcome,
)
from connectors.services import Services


class AmazonConnector:
    """One seller in one region. A ref is a seller SKU, which is Amazon's key of a listing.

    A SKU with both channels is one listing, whose number is that of the seller's own channel;
    what Amazon's warehouses hold of it stands in `fba_levels` alone.
    """

    def __init__(
        self, client: SellerClient, traits: StoreTraits, seller: Seller, services: Services
    ) -> None:
        self._client = client
        self._traits = traits
        self._seller = seller
        self._accounts = Accounts(client, seller, services.marks)
        self._levels = LevelReader(client, seller)
        self._writer = LevelWriter(client, seller, self._accounts, self._levels, services.budget)
        self._orders = OrderReader(client, seller, traits.order_lag + traits.clock_margin)

    @property
    def traits(self) -> StoreTraits:
        return self._traits

    @property
    def skew(self) -> timedelta:
        return self._client.time.skew

    async def check(self) -> Account:
        """Learn whose account this is; NeedsReconnect names what is missing."""
        return await self._accounts.check()

    async def locations(self) -> list[RemoteLocation]:
        """Answer none: a listing has one number."""
        return []

    async def listings(self, since: datetime | None = None) -> AsyncIterator[list[RemoteListing]]:
        await self._accounts.note_suspended()
        async for page in read_listings(self._client, self._seller, since):
            yield page

    async def levels(self, refs: Sequence[str]) -> list[RemoteLevel]:
        return await self._levels.read(refs)

    async def set_levels(self, writes: Sequence[LevelWrite]) -> list[WriteOutcome]:
        return await self._writer.write(writes)

    async def settle(self, handles: Sequence[str]) -> list[WriteOutcome]:
        return await settle(self._client, self._seller, handles)

    def orders(self, since: datetime | str) -> AsyncIterator[OrderPage]:
        return self._orders.changed(since)

    async def orders_by_id(self, ids: Sequence[str]) -> list[RemoteOrder]:
        return await self._orders.by_id(ids)

    async def marketplaces(self) -> list[Marketplace]:
        return [each.marketplace for each in await self._accounts.participations()]

    def fba_levels(self, marketplaces: Sequence[str]) -> AsyncIterator[list[FbaLevel]]:
        return read_fba(self._client, marketplaces)
