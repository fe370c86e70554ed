"""What the rest of the product knows about Amazon before it opens an account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx

from connectors.amazon.client import SellerClient
from connectors.amazon.connector import AmazonConnector
from connectors.amazon.keys import (
    CLIENT_ID,
    CLIENT_SECRET,
    MARKETPLACES,
    REFRESH_TOKEN,
    SECRET_MADE_ON,
    SELLER_ID,
    hosts,
    seller,
    seller_id,
)
from connectors.amazon.scopes import OPTIONAL_SCOPES
from connectors.amazon.tokens import access_token
from connectors.amazon.writes import BATCH
from connectors.http import open_client
from connectors.pace import Clock, Sleep, utc_now
from connectors.platform import CredentialField, Platform, Settings, traits_with
from connectors.protocol import Connector, StoreTraits
from connectors.services import Services

TRAITS = StoreTraits(
    compare_and_set=False,
    locations=False,
    write_batch=BATCH,
    # As many as are written at once: their channels have to be read before, 20 a call.
    read_batch=BATCH,
    # Amazon tells nothing that is younger than two minutes; as long again for a late row.
    order_lag=timedelta(minutes=4),
    # Between a feed's report, or the sight of a number, and all of Amazon showing it.
    apply_lag=timedelta(minutes=1),
    reading_age=timedelta(seconds=30),
    # Our time-out of 30 s, and as long again for Amazon to give up.
    abandoned=timedelta(seconds=60),
    # A second for clocks, one for the answer's date in whole seconds.
    clock_margin=timedelta(seconds=2),
    # There are no idempotency keys: an absolute number may be sent twice.
    key_life=timedelta(),
    # Two years can be read. Two months hold all that can still be open: an order that is not
    # confirmed as sent within a week of its date is cancelled.
    order_history=timedelta(days=60),
    # Feeds take minutes, at bad times the better part of an hour.
    settles_within=timedelta(hours=1),
)

_FIELDS = (
    CredentialField(
        key=SELLER_ID,
        label="Merchant token",
        help=(
            "In Seller Central: Settings, Account info, Your merchant token. It starts with A and "
            "tells whose account it is."
        ),
        secret=False,
    ),
    CredentialField(
        key=MARKETPLACES,
        label="Marketplaces",
        help=(
            "Where this store sells, the most important one first, such as US, CA, MX. All of one "
            "region: connect one store for North America and another one for Europe."
        ),
        secret=False,
    ),
    CredentialField(
        key=CLIENT_ID,
        label="Client ID",
        help=(
            "In Seller Central: Apps and Services, Develop Apps, your app, LWA credentials, View. "
            "It starts with amzn1.application-oa2-client."
        ),
        secret=False,
    ),
    CredentialField(
        key=CLIENT_SECRET,
        label="Client secret",
        help="It stands beside the Client ID and starts with amzn1.oa2-cs.",
        secret=True,
    ),
    CredentialField(
        key=SECRET_MADE_ON,
        label="Client secret made on (optional)",
        help=(
            "A client secret ends 180 days after it was made. With the day on which it was made, "
            "such as 2026-11-26, Stockroom reminds people 30 and 7 days before."
        ),
        secret=False,
        optional=True,
    ),
    CredentialField(
        key=REFRESH_TOKEN,
        label="Refresh token",
        help=(
            "In Seller Central: Develop Apps, the arrow beside your app, Authorize. It starts with "
            "Atzr. The app needs the roles Product Listing, Inventory and Order Tracking and "
            "Selling Partner Insights, for FBA also Amazon Fulfillment."
        ),
        secret=True,
    ),
)


@asynccontextmanager
async def open_account(
    credentials: Mapping[str, str],
    settings: Settings,
    base_url: str | None,
    transport: httpx.AsyncBaseTransport | None,
    services: Services,
    *,
    clock: Clock = utc_now,
    sleep: Sleep = asyncio.sleep,
) -> AsyncIterator[Connector]:
    """Yield a connector to one seller account.

    `base_url`, or the setting of that name, stands in for all of Amazon's hosts. Raises
    BadCredentials for what cannot be credentials.
    """
    account = seller(credentials)
    host = hosts(base_url or settings.get("base_url"), account.sites[0].region)
    async with open_client(host.api, transport=transport) as http:
        tokens = access_token(http, host, services.credentials, clock=clock, sleep=sleep)
        client = SellerClient(http, host, tokens, clock=clock, sleep=sleep)
        yield AmazonConnector(client, traits_with(TRAITS, settings), account, services)


PLATFORM = Platform(
    key="amazon",
    title="Amazon",
    fields=_FIELDS,
    traits=TRAITS,
    open=open_account,
    store_name=seller_id,
    optional_scopes=OPTIONAL_SCOPES,
    tracks_fba=True,
    # One call comes back in 178.6 s. What is left beside the polls is for the readings that go
    # before a raise.
    orders_every=timedelta(minutes=4),
)
