"""What the rest of the product knows about BigCommerce before it opens a store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx

from connectors.bigcommerce.client import RestClient
from connectors.bigcommerce.connector import BigCommerceConnector
from connectors.bigcommerce.levels import LIMIT
from connectors.bigcommerce.shop import access_token, store_hash, store_url
from connectors.bigcommerce.writes import BATCH
from connectors.http import open_client
from connectors.pace import Clock, Sleep, utc_now
from connectors.platform import CredentialField, Platform, Settings, traits_with
from connectors.protocol import Connector, StoreTraits
from connectors.services import Services

TRAITS = StoreTraits(
    compare_and_set=False,
    locations=False,  # the sum of the chosen warehouses goes to the default location
    write_batch=BATCH,
    # One page of items. Their ids may need two or three addresses (levels.py); reading
    # the whole store instead would be cheaper only where nearly all of it is asked for.
    read_batch=LIMIT,
    # The orders come from the store's own tables, but nothing is promised: a minute.
    order_lag=timedelta(minutes=1),
    # BigCommerce: adjustments are asynchronous, "a short delay", with no bound. A few
    # seconds are reported; ten times that keeps a late one from being taken for drift,
    # and is still less than the time between two readings of the orders.
    apply_lag=timedelta(seconds=30),
    # An order reaches the inventory the same way, so a reading may be as old as "a few
    # seconds".
    reading_age=timedelta(seconds=10),
    # Our time-out of 30 s, and as long again for BigCommerce to give up.
    abandoned=timedelta(seconds=60),
    # A second for clocks, one for stamps in whole seconds.
    clock_margin=timedelta(seconds=2),
    # There are no idempotency keys: an absolute number may be sent twice.
    key_life=timedelta(),
    # All orders can be read. Two months hold nearly all that are still open; the setting
    # `order_history_seconds` of a store asks for more.
    order_history=timedelta(days=60),
)

_FIELDS = (
    CredentialField(
        key="store_hash",
        label="Store hash or API path",
        help=(
            "In the BigCommerce control panel: Settings, Store-level API accounts, Create API "
            "account. The API path shown there is "
            "https://api.bigcommerce.com/stores/HASH/v3/; paste it whole, or only the hash."
        ),
        secret=False,
    ),
    CredentialField(
        key="access_token",
        label="Access token",
        help=(
            "BigCommerce shows it once, when the API account is made. The account needs the "
            "OAuth scopes Store Inventory: modify, Products: read-only, Orders: read-only, "
            "Store Locations: read-only, Information & Settings: read-only. Whether it may "
            "change stock shows only at the first change."
        ),
        secret=True,
    ),
)


@asynccontextmanager
async def open_store(
    credentials: Mapping[str, str],
    settings: Settings,
    base_url: str | None,
    transport: httpx.AsyncBaseTransport | None,
    services: Services,
    *,
    clock: Clock = utc_now,
    sleep: Sleep = asyncio.sleep,
) -> AsyncIterator[Connector]:
    """Yield a connector to one store.

    `base_url`, or the setting of that name, stands in for the store's own address. The
    setting `location_id` chooses another location than the default one. Raises
    BadCredentials for what cannot be credentials.
    """
    name = store_hash(credentials.get("store_hash", ""))
    token = access_token(credentials.get("access_token", ""))
    address = base_url or settings.get("base_url") or store_url(name)
    location = settings.get("location_id")
    async with open_client(address, transport=transport) as http:
        client = RestClient(http, token, clock=clock, sleep=sleep)
        yield BigCommerceConnector(
            client,
            traits_with(TRAITS, settings),
            None if location is None else int(location),
        )


PLATFORM = Platform(
    key="bigcommerce",
    title="BigCommerce",
    fields=_FIELDS,
    traits=TRAITS,
    open=open_store,
    store_name=lambda credentials: store_hash(credentials.get("store_hash", "")),
)
