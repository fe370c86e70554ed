"""What the rest of the product knows about eBay before it opens an account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx

from connectors.ebay.allowance import TRADING_CALLS, Allowance
from connectors.ebay.client import EbayClient
from connectors.ebay.connector import EbayConnector
from connectors.ebay.consent import FIELDS, authorize_url, exchange
from connectors.ebay.keys import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, hosts, keys
from connectors.ebay.scopes import OPTIONAL_SCOPES
from connectors.ebay.tokens import access_token
from connectors.http import open_client
from connectors.pace import Clock, Sleep, utc_now
from connectors.platform import (
    Begun,
    Consent,
    CredentialField,
    Platform,
    Settings,
    Way,
    traits_with,
)
from connectors.protocol import Connector, StoreTraits
from connectors.services import Services

TRAITS = StoreTraits(
    compare_and_set=False,
    locations=False,  # the sum of the chosen warehouses goes to the listing
    # Six whole calls of four for listings of the Trading model, whose calls a day are few; one
    # call, of 25 at most, for the others. More at a time would let more sales pass between the
    # reading and the last of those calls.
    write_batch=24,
    # Fifty pages of the whole list, if that is all there is. A smaller one would read the whole
    # list for every part of it: the Trading API has few calls a day.
    read_batch=10_000,
    # Nothing is promised about how soon an order can be listed; reported is a minute at most.
    order_lag=timedelta(minutes=2),
    # eBay: both calls revise the live listing before they answer.
    apply_lag=timedelta(),
    # A few seconds for a lagging replica, and for the record and the offer to agree.
    reading_age=timedelta(seconds=10),
    # Our time-out of 30 s, and as long again for eBay to give up.
    abandoned=timedelta(seconds=60),
    # A second for clocks, one for the answer's date in whole seconds.
    clock_margin=timedelta(seconds=2),
    # There are no idempotency keys: an absolute number may be sent twice.
    key_life=timedelta(),
    # Two years can be read. Two months hold nearly all that are still open; the setting
    # `order_history_seconds` of a store asks for more.
    order_history=timedelta(days=60),
)

_TOKEN = CredentialField(
    key=REFRESH_TOKEN,
    label="Refresh token",
    help=(
        "What eBay gave when the seller agreed. It starts with v^1.1# and lives 18 months. The "
        "seller has to agree to the scopes sell.inventory, sell.fulfillment.readonly, "
        "sell.account.readonly and commerce.identity.readonly."
    ),
    secret=True,
)
_FIELDS = (
    CredentialField(
        key=CLIENT_ID,
        label="App ID (Client ID)",
        help=(
            "At developer.ebay.com: Application Keysets, the Production one. It has PRD in it; "
            "the one with SBX is for eBay's sandbox."
        ),
        secret=False,
    ),
    CredentialField(
        key=CLIENT_SECRET,
        label="Cert ID (Client Secret)",
        help="Stands below the App ID of the same keyset.",
        secret=True,
    ),
    CredentialField(
        key="marketplace",
        label="Marketplace",
        help="Where the seller is registered, such as EBAY_US, EBAY_GB or EBAY_DE.",
        secret=False,
    ),
    _TOKEN,
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
    """Yield a connector to one seller's account.

    `base_url`, or the setting of that name, stands in for all of eBay's hosts. The setting
    `trading_calls_a_day` tells a larger allowance of the application. Raises BadCredentials
    for what cannot be credentials.
    """
    address = base_url or settings.get("base_url")
    given, host = keys(credentials, address), hosts(address)
    application = (given.client_id, given.client_secret)
    calls = int(settings.get("trading_calls_a_day", TRADING_CALLS))
    async with open_client(host.api, transport=transport) as http:
        client = EbayClient(
            http,
            host,
            access_token(http, host, application, services.credentials, clock),
            Allowance(services.budget, given.client_id, calls, clock),
            site=given.marketplace.site,
            clock=clock,
            sleep=sleep,
        )
        yield EbayConnector(client, traits_with(TRAITS, settings), given.marketplace)


def _begin(typed: Mapping[str, str], state: str, base_url: str | None) -> Begun:
    return Begun(authorize_url(typed, state, base_url))


PLATFORM = Platform(
    key="ebay",
    title="eBay",
    fields=_FIELDS,
    traits=TRAITS,
    open=open_account,
    # Nothing that is typed says what the account is called.
    store_name=lambda credentials: credentials.get(CLIENT_ID, "").strip(),
    optional_scopes=OPTIONAL_SCOPES,
    consent=Consent(
        button="Sign in at eBay",
        way=Way("a sign-in at eBay", FIELDS),
        instead=Way("a refresh token", (_TOKEN,)),
        begin=_begin,
        finish=exchange,
    ),
)
