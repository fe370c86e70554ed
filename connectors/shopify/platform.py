"""What the rest of the product knows about Shopify before it opens a shop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx

from connectors.http import open_client
from connectors.pace import Clock, Sleep, utc_now
from connectors.platform import CredentialField, Platform, Settings, Way, traits_with
from connectors.protocol import Connector, StoreTraits
from connectors.services import Services
from connectors.shopify.client import GraphClient
from connectors.shopify.connector import ShopifyConnector
from connectors.shopify.document import PAGE
from connectors.shopify.scopes import OLD_ORDERS, OPTIONAL_SCOPES
from connectors.shopify.shop import shop_name, shop_url
from connectors.shopify.tokens import token_source

HISTORY = timedelta(days=60)  # Shopify: older orders need the permission read_all_orders

TRAITS = StoreTraits(
    compare_and_set=True,
    locations=True,
    write_batch=PAGE,
    read_batch=PAGE,
    # The index behind `orders` lags behind the orders themselves by 2 to 5 minutes at worst: a
    # reading goes back as far as the worst (INDEX_LAG), while a raise, which compares, waits less.
    order_lag=timedelta(minutes=2),
    apply_lag=timedelta(),
    # Reads by id do not go through that index; a few seconds for a lagging replica.
    reading_age=timedelta(seconds=5),
    # Our time-out of 30 s, and as long again for Shopify to give up.
    abandoned=timedelta(seconds=60),
    # A second for clocks, one for stamps in whole seconds.
    clock_margin=timedelta(seconds=2),
    # Keys are reported to be remembered for 24 hours; half of it is safe.
    key_life=timedelta(hours=12),
    # It stays 60 days with that permission too: a shop's last two months hold nearly all orders
    # that are still open, and years of closed ones would be read at every turning on. Where more
    # is wanted, the setting `order_history_seconds` of a store says so.
    order_history=HISTORY,
    stocks_items=True,
)

_FIELDS = (
    CredentialField(
        key="shop",
        label="Shop address",
        help="The address that ends in .myshopify.com. In the Shopify admin: Settings, Domains.",
        secret=False,
        address=True,
    ),
)

_NEEDED = (
    "The app needs read_products, write_inventory, read_locations and read_orders; with several "
    "locations also read_merchant_managed_fulfillment_orders and "
    "read_third_party_fulfillment_orders."
)

# Shopify: apps made in the admin have tokens that never end, and none is made since January
# 2026; an app of the Dev Dashboard asks for its tokens itself.
_WAYS = (
    Way(
        "the client ID and secret of an app",
        (
            CredentialField(
                key="client_id",
                label="Client ID",
                help=(
                    "In Shopify's Dev Dashboard: your app, Settings. The app and the shop belong to "
                    f"the same organization, and the app is installed in the shop. {_NEEDED}"
                ),
                secret=False,
            ),
            CredentialField(
                key="client_secret",
                label="Client secret",
                help="Stands next to the client ID. Stockroom renews its access with it each day.",
                secret=True,
            ),
        ),
    ),
    Way(
        "an Admin API access token",
        (
            CredentialField(
                key="access_token",
                label="Admin API access token",
                help=(
                    "Only for a custom app that was made in the Shopify admin before 2026. It "
                    f"starts with shpat_, and Shopify showed it once. {_NEEDED}"
                ),
                secret=True,
            ),
        ),
    ),
)


def _shows_orders(scopes: Collection[str] | None) -> timedelta | None:
    """Say for how long an order is found; a day less than Shopify says, whose days end elsewhere."""
    return None if scopes is not None and OLD_ORDERS in scopes else HISTORY - timedelta(days=1)


@asynccontextmanager
async def open_shop(
    credentials: Mapping[str, str],
    settings: Settings,
    base_url: str | None,
    transport: httpx.AsyncBaseTransport | None,
    services: Services,
    *,
    clock: Clock = utc_now,
    sleep: Sleep = asyncio.sleep,
) -> AsyncIterator[Connector]:
    """Yield a connector to one shop.

    `base_url`, or the setting of that name, stands in for the shop's own
    address. Raises BadCredentials for what cannot be credentials.
    """
    name = shop_name(credentials.get("shop", ""))
    address = base_url or settings.get("base_url") or shop_url(name)
    async with open_client(address, transport=transport) as http:
        tokens = token_source(credentials, http, services.credentials, clock)
        client = GraphClient(http, tokens, clock=clock, sleep=sleep)
        yield ShopifyConnector(client, traits_with(TRAITS, settings))


PLATFORM = Platform(
    key="shopify",
    title="Shopify",
    fields=_FIELDS,
    traits=TRAITS,
    open=open_shop,
    store_name=lambda credentials: shop_name(credentials.get("shop", "")),
    optional_scopes=OPTIONAL_SCOPES,
    shows_orders=_shows_orders,
    ways=_WAYS,
)
