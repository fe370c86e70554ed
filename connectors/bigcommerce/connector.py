"""BigCommerce behind the protocol that every platform offers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from connectors.bigcommerce.client import Query, RestClient
from connectors.bigcommerce.errors import TOKEN
from connectors.bigcommerce.levels import LevelReader
from connectors.bigcommerce.listings import read_listings
from connectors.bigcommerce.orders import OrderReader
from connectors.bigcommerce.places import Places
from connectors.bigcommerce.rules import RuleBook
from connectors.bigcommerce.scopes import (
    INFORMATION,
    INVENTORY,
    LOCATIONS,
    ORDERS,
    PRODUCTS,
    Scope,
)
from connectors.bigcommerce.writes import write_levels
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

_ONE: Query = {"limit": 1}


class BigCommerceConnector:
    """One BigCommerce store. A ref is a product, or a product and its variant."""

    def __init__(self, client: RestClient, traits: StoreTraits, location: int | None) -> None:
        self._client = client
        self._traits = traits
        self._places = Places(client, location)
        self._levels = LevelReader(client, self._places)
        self._rules = RuleBook(client)
        self._orders = OrderReader(client, self._rules, traits.order_lag + traits.clock_margin)

    @property
    def traits(self) -> StoreTraits:
        return self._traits

    @property
    def skew(self) -> timedelta:
        return self._client.time.skew

    async def check(self) -> Account:
        """Learn whose store this is, and that all we need to read may be read.

        NeedsReconnect names every permission that is missing. Whether stock may be written
        no call tells: the first write does. Refused where no stock could be written at all.
        """
        store = (await self._client.run("GET", "/v2/store", INFORMATION)).row()
        missing: dict[str, Scope] = {}
        for scope, path in (
            (PRODUCTS, "/v3/catalog/products"),
            (ORDERS, "/v2/orders"),
            (LOCATIONS, "/v3/inventory/locations"),
            (INVENTORY, "/v3/inventory/items"),
        ):
            try:
                await self._client.run("GET", path, scope, _ONE)
            except NeedsReconnect as refused:
                if not refused.missing_scopes:
                    raise
                missing[scope.key] = scope
        if missing:
            titles = ", ".join(f"“{scope.title}”" for scope in missing.values())
            raise NeedsReconnect(
                f"The BigCommerce API account lacks the permission {titles}.",
                field=TOKEN,
                missing_scopes=tuple(missing),
            )
        await self._rules.of_store()
        await self._places.writable()
        return Account(
            id=store.text("id"),
            name=store.text("name"),
            currency=store.text("currency"),
            scopes=frozenset(
                scope.key for scope in (INFORMATION, PRODUCTS, ORDERS, LOCATIONS, INVENTORY)
            ),
        )

    async def locations(self) -> list[RemoteLocation]:
        """Read all locations; ours is the one that the sum of the warehouses goes to."""
        return [place.told() for place in await self._places.read()]

    def listings(self, since: datetime | None = None) -> AsyncIterator[list[RemoteListing]]:
        return read_listings(self._client, self._places, self._levels, since)

    async def levels(self, refs: Sequence[str]) -> list[RemoteLevel]:
        return await self._levels.read(refs)

    async def set_levels(self, writes: Sequence[LevelWrite]) -> list[WriteOutcome]:
        return await write_levels(self._client, self._places, self._levels, writes)

    async def settle(self, handles: Sequence[str]) -> list[WriteOutcome]:
        """Answer for handles, of which we give none: a transaction cannot be asked for."""
        reason = "BigCommerce does not tell what became of an adjustment."
        return [WriteOutcome("unknown", reason=reason) for _ in handles]

    def orders(self, since: datetime | str) -> AsyncIterator[OrderPage]:
        return self._orders.changed(since)

    async def orders_by_id(self, ids: Sequence[str]) -> list[RemoteOrder]:
        return await self._orders.by_id(ids)
