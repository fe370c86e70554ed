"""What the rest of the product knows about Walmart before it opens a store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx

from connectors.http import open_client
from connectors.pace import Clock, Sleep, utc_now
from connectors.platform import CredentialField, Platform, Settings, traits_with
from connectors.protocol import Connector, StoreTraits
from connectors.services import Services
from connectors.walmart.client import MarketClient
from connectors.walmart.connector import WalmartConnector
from connectors.walmart.shop import API, client_id, client_secret
from connectors.walmart.writes import BATCH, SINGLES

TRAITS = StoreTraits(
    compare_and_set=False,
    locations=False,  # the sum of the chosen warehouses goes to one ship node
    write_batch=BATCH,
    # As many as are written at once: so many are read fastest by reading everything, and
    # the connector has to see them together to choose that.
    read_batch=BATCH,
    # Nothing is promised. Five minutes is half of what each reading goes back anyway.
    order_lag=timedelta(minutes=5),
    # Of a single write: "a read some seconds after it may still be old", as those who tested
    # with live accounts say. Feeds are asked for until they have ended.
    apply_lag=timedelta(seconds=10),
    reading_age=timedelta(seconds=10),
    # Our time-out of 30 s, and as long again for Walmart to give up.
    abandoned=timedelta(seconds=60),
    # A second for clocks, one for the whole seconds that searches take.
    clock_margin=timedelta(seconds=2),
    # There are no idempotency keys: an absolute number may be sent twice.
    key_life=timedelta(),
    # Walmart shows 180 days. Two months hold all that can still be open: what is not sent
    # four days after its date is cancelled.
    order_history=timedelta(days=60),
    # Walmart, Feeds overview: stock shows between 15 minutes and 4 hours after a feed was sent.
    settles_within=timedelta(hours=4),
    direct_up_to=SINGLES,
)

_FIELDS = (
    CredentialField(
        key="client_id",
        label="Client ID",
        help=(
            "Sign in to Walmart's Developer Portal (developer.walmart.com) with your seller "
            "account, open API Key Management, Production Keys, and copy the Client ID. Keys "
            "of the sandbox do not work here."
        ),
        secret=False,
    ),
    CredentialField(
        key="client_secret",
        label="Client Secret",
        help=(
            "It stands beside the Client ID; show it and copy it whole. The keys need full "
            "access to Inventory and Feeds, and at least a view of Items and Orders. Resetting "
            "the secret there ends this connection."
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
    """Yield a connector to one seller account.

    `base_url`, or the setting of that name, stands in for Walmart's own address. The
    setting `ship_node` chooses another ship node than the default one. Raises
    BadCredentials for what cannot be credentials.
    """
    client_id(credentials.get("client_id", ""))
    client_secret(credentials.get("client_secret", ""))
    address = base_url or settings.get("base_url") or API
    node = settings.get("ship_node")
    async with open_client(address, transport=transport) as http:
        client = MarketClient(http, services.credentials, clock=clock, sleep=sleep)
        yield WalmartConnector(
            client,
            traits_with(TRAITS, settings),
            services.budget,
            services.marks,
            services.listings,
            None if node is None else str(node),
        )


PLATFORM = Platform(
    key="walmart",
    title="Walmart",
    fields=_FIELDS,
    traits=TRAITS,
    open=open_store,
    store_name=lambda credentials: client_id(credentials.get("client_id", "")),
)
