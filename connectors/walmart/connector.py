"""Walmart behind the protocol that every platform offers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

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
from connectors.services import BudgetService, ListingService, MarkService
from connectors.walmart.client import MarketClient
from connectors.walmart.levels import LevelReader
from connectors.walmart.listings import read_listings
from connectors.walmart.orders import OrderReader
from connectors.walmart.partner import Partners
from connectors.walmart.places import Places
from connectors.walmart.settling import settle
from connectors.walmart.writes import LevelWriter


class WalmartConnector:
    """One seller account. A ref is a SKU, which is Walmart's own key of a listing."""

    def __init__(
        self,
        client: MarketClient,
        traits: StoreTraits,
        budget: BudgetService,
        marks: MarkService,
        known: ListingService,
        ship_node: str | None,
    ) -> None:
        self._client = client
        self._traits = traits
        self._marks = marks
        self._known = known
        self._partners = Partners(client)
        self._places = Places(client, self._partners, ship_node)
        self._levels = LevelReader(client, self._places)
        self._writer = LevelWriter(client, self._places, self._partners, self._levels, budget)
        self._orders = OrderReader(client, self._places, traits.order_lag + traits.clock_margin)

    @property
    def traits(self) -> StoreTraits:
        return self._traits

    @property
    def skew(self) -> timedelta:
        return self._client.time.skew

    async def check(self) -> Account:
        """Learn whose account this is, and that stock can be read and written.

        NeedsReconnect names every permission that is missing; Refused says what else is in
        the way: a closed account, or several ship nodes of which a person has to choose one.
        """
        account = await self._partners.check()
        await self._places.read()
        await self._places.chosen()
        return account

    async def locations(self) -> list[RemoteLocation]:
        """Read all ship nodes; ours is the one that the sum of the warehouses goes to."""
        return [node.told() for node in await self._places.read()]

    def listings(self, since: datetime | None = None) -> AsyncIterator[list[RemoteListing]]:
        return read_listings(self._client, self._levels, self._marks, self._known, since)

    async def levels(self, refs: Sequence[str]) -> list[RemoteLevel]:
        return await self._levels.read(refs)

    async def set_levels(self, writes: Sequence[LevelWrite]) -> list[WriteOutcome]:
        return await self._writer.write(writes)

    async def settle(self, handles: Sequence[str]) -> list[WriteOutcome]:
        return await settle(self._client, handles)

    def orders(self, since: datetime | str) -> AsyncIterator[OrderPage]:
        return self._orders.changed(since)

    async def orders_by_id(self, ids: Sequence[str]) -> list[RemoteOrder]:
        return await self._orders.by_id(ids)
