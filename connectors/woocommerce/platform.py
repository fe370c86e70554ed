"""What the rest of the product knows about WooCommerce before it opens a store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx

from connectors.http import network, open_client
from connectors.pace import Clock, Sleep, StoreClock, utc_now
from connectors.platform import CredentialField, Platform, Settings, traits_with
from connectors.protocol import Connector, StoreTraits
from connectors.services import Services
from connectors.woocommerce.client import BATCH_SECONDS, PAGE, StoreClient
from connectors.woocommerce.connector import WooCommerceConnector
from connectors.woocommerce.keys import Keys
from connectors.woocommerce.line import Line, Resolver, resolve
from connectors.woocommerce.shop import store_address, store_host
from connectors.woocommerce.states import States

# PHP: max_execution_time, 30 s by default. It counts only PHP's own time, so as long
# again for the database.
_PHP_SECONDS = 2 * 30.0

TRAITS = StoreTraits(
    compare_and_set=False,
    locations=False,
    write_batch=PAGE,
    read_batch=PAGE,
    # Orders are stamped and stored within one request, which PHP ends after 30 s.
    order_lag=timedelta(seconds=30),
    apply_lag=timedelta(),
    # Read from the store's own database; a few seconds for a copy of it or a cache before it.
    reading_age=timedelta(seconds=5),
    # Our time-out of a batch, and PHP's own limit for what it began by then.
    abandoned=timedelta(seconds=BATCH_SECONDS + _PHP_SECONDS),
    # A second for clocks, one for stamps in whole seconds.
    clock_margin=timedelta(seconds=2),
    key_life=timedelta(),  # WooCommerce knows no idempotency keys
    # All of them can be read; the last two months hold nearly all that are still open.
    order_history=timedelta(days=60),
    by_product=True,
)

_WHERE = "WooCommerce, Settings, Advanced, REST API, Add key, with the permission Read/Write"
_FIELDS = (
    CredentialField(
        key="url",
        label="Store address",
        help="The address of the shop as it stands in the browser: https://shop.example.com.",
        secret=False,
        address=True,
    ),
    CredentialField(
        key="consumer_key",
        label="Consumer key",
        help=f"Starts with ck_. Make it in WordPress: {_WHERE}. It is shown only once.",
        secret=True,
    ),
    CredentialField(
        key="consumer_secret",
        label="Consumer secret",
        help="Starts with cs_. It is shown once, beside the consumer key.",
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
    resolver: Resolver = resolve,
) -> AsyncIterator[Connector]:
    """Yield a connector to one store.

    `base_url`, or the setting of that name, is the operator's own word and stands in
    for the store's address as it is: plain HTTP (signed then, never Basic) and private
    networks included. What a person typed as `url` must be HTTPS and public, unless the
    settings say `allow_http` or `allow_private`. Where the caller hands in a transport,
    that alone decides where a name leads. Raises BadCredentials for what cannot be
    credentials.
    """
    allow_private = bool(settings.get("allow_private"))
    address = (
        store_address(
            credentials.get("url", ""),
            allow_http=bool(settings.get("allow_http")),
            allow_private=allow_private,
        )
        if not (given := base_url or settings.get("base_url"))
        else str(given)
    )
    keys = Keys.read(credentials)
    states = States(settings.get("order_states"))
    checked = not given and not allow_private and transport is None
    store_clock = StoreClock(clock)
    line = Line(
        transport or network(),
        keys,
        store_clock,
        encrypted=httpx.URL(address).scheme == "https",
        resolver=resolver if checked else None,
    )
    # Caches before a WordPress keep even data for a while.
    headers = {"Cache-Control": "no-cache"}
    async with open_client(address, headers=headers, transport=line) as http:
        client = StoreClient(http, line, clock=store_clock, sleep=sleep)
        yield WooCommerceConnector(client, traits_with(TRAITS, settings), states)


PLATFORM = Platform(
    key="woocommerce",
    title="WooCommerce",
    fields=_FIELDS,
    traits=TRAITS,
    open=open_store,
    store_name=lambda credentials: store_host(credentials.get("url", "")),
)
