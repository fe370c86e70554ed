"""WooCommerce behind the protocol that every platform offers."""

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
from connectors.woocommerce.account import read_account
from connectors.woocommerce.client import StoreClient
from connectors.woocommerce.features import Features
from connectors.woocommerce.levels import LevelReader
from connectors.woocommerce.listings import read_listings
from connectors.woocommerce.orders import OrderReader
from connectors.woocommerce.states import States
from connectors.woocommerce.writes import LevelWriter


class WooCommerceConnector:
    """One WooCommerce store. A ref is "17" for a product, "15:16" for a variation."""

    def __init__(self, client: StoreClient, traits: StoreTraits, states: States) -> None:
        self._client = client
        self._traits = traits
        self._features = Features(client)
        self._levels = LevelReader(client, self._features)
        self._writer = LevelWriter(client)
        self._orders = OrderReader(
            client,
            states,
            overlap=traits.order_lag + traits.clock_margin,
            history=traits.order_history,
        )

    @property
    def traits(self) -> StoreTraits:
        return self._traits

    @property
    def skew(self) -> timedelta:
        return self._client.skew

    async def check(self) -> Account:
        """Learn whose store this is; NeedsReconnect names the permissions that are missing."""
        return await read_account(self._client)

    async def locations(self) -> list[RemoteLocation]:
        """Answer none: a store has one number for each product."""
        return []

    def listings(self, since: datetime | None = None) -> AsyncIterator[list[RemoteListing]]:
        return read_listings(self._client, self._features, since)

    async def levels(self, refs: Sequence[str]) -> list[RemoteLevel]:
        return await self._levels.read(refs)

    async def set_levels(self, writes: Sequence[LevelWrite]) -> list[WriteOutcome]:
        return await self._writer.write(writes)

    async def settle(self, handles: Sequence[str]) -> list[WriteOutcome]:
        """Answer for handles, of which WooCommerce gives none: it applies at once."""
        reason = "WooCommerce applies at once and hands out nothing to ask for later."
        return [WriteOutcome("unknown", reason=reason) for _ in handles]

    def orders(self, since: datetime | str) -> AsyncIterator[OrderPage]:
        return self._orders.changed(since)

    async def orders_by_id(self, ids: Sequence[str]) -> list[RemoteOrder]:
        return await self._orders.by_id(ids)
