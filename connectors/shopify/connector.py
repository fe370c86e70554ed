"""Shopify behind the protocol that every platform offers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from connectors.errors import NeedsReconnect
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
from connectors.shopify.client import GraphClient
from connectors.shopify.documents import LOCATIONS, SHOP
from connectors.shopify.levels import LevelReader
from connectors.shopify.listings import read_listings
from connectors.shopify.orders import OrderReader
from connectors.shopify.scopes import SCOPES, granted
from connectors.shopify.stocking import stock_at
from connectors.shopify.writes import write_levels

INDEX_LAG = timedelta(minutes=5)  # Shopify: how late an order may become listable at worst


class ShopifyConnector:
    """One Shopify shop. A ref is the id of an inventory item."""

    def __init__(self, client: GraphClient, traits: StoreTraits) -> None:
        self._client = client
        self._traits = traits
        self._levels = LevelReader(client)
        lag = max(traits.order_lag, INDEX_LAG)
        self._orders = OrderReader(client, lag + traits.clock_margin)

    @property
    def traits(self) -> StoreTraits:
        return self._traits

    @property
    def skew(self) -> timedelta:
        return self._client.skew

    async def check(self) -> Account:
        """Learn whose shop this is; NeedsReconnect names the permissions that are missing."""
        answer = await self._client.run(SHOP, {})
        installation = answer.data.row("currentAppInstallation")
        scopes = granted(each.text("handle") for each in installation.rows("accessScopes"))
        missing = tuple(scope for scope in SCOPES if scope not in scopes)
        if missing:
            raise NeedsReconnect(
                f"The Shopify app lacks the permission {', '.join(missing)}.",
                missing_scopes=missing,
            )
        shop = answer.data.row("shop")
        return Account(
            id=shop.text("id"),
            name=shop.text("name"),
            currency=shop.text("currencyCode"),
            scopes=scopes,
        )

    async def locations(self) -> list[RemoteLocation]:
        """Read all locations; those of fulfilment services belong to another app."""
        return [
            RemoteLocation(
                id=location.text("id"),
                name=location.text("name"),
                active=location.flag("isActive"),
                ours=not location.flag("isFulfillmentService"),
            )
            async for page in self._client.pages(LOCATIONS, {}, "locations")
            for location in page.rows("nodes")
        ]

    def listings(self, since: datetime | None = None) -> AsyncIterator[list[RemoteListing]]:
        return read_listings(self._client, self._levels, since)

    async def levels(self, refs: Sequence[str]) -> list[RemoteLevel]:
        return await self._levels.read(refs)

    async def set_levels(self, writes: Sequence[LevelWrite]) -> list[WriteOutcome]:
        return await write_levels(self._client, writes)

    async def settle(self, handles: Sequence[str]) -> list[WriteOutcome]:
        """Answer for handles, of which Shopify gives none: it applies at once."""
        reason = "Shopify applies at once and hands out nothing to ask for later."
        return [WriteOutcome("unknown", reason=reason) for _ in handles]

    def orders(self, since: datetime | str) -> AsyncIterator[OrderPage]:
        return self._orders.changed(since)

    async def orders_by_id(self, ids: Sequence[str]) -> list[RemoteOrder]:
        return await self._orders.by_id(ids)

    async def stock_at(self, ref: str, location: str, key: str) -> WriteOutcome:
        """Stock an item at one more location, which a person has to have agreed to."""
        return await stock_at(self._client, ref, location, key)
