"""What the rest of the product knows about Etsy before it opens a shop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal

import httpx

from connectors.etsy.allowance import CALLS_A_DAY, ORDERS_EVERY, Allowance
from connectors.etsy.changes import MOST
from connectors.etsy.client import EtsyClient
from connectors.etsy.connector import EtsyConnector
from connectors.etsy.consent import FIELDS, begin, finish
from connectors.etsy.keys import (
    KEYSTRING,
    REFRESH_TOKEN,
    SHARED_SECRET,
    SHOP_ID,
    application,
    hosts,
    shop_id,
)
from connectors.etsy.scopes import OPTIONAL_SCOPES
from connectors.etsy.tokens import access_token
from connectors.http import open_client
from connectors.pace import Clock, Sleep, utc_now
from connectors.platform import (
    Agreement,
    Consent,
    CredentialField,
    Fee,
    Platform,
    Settings,
    Way,
    traits_with,
)
from connectors.protocol import Connector, StoreTraits
from connectors.services import Services

TRAITS = StoreTraits(
    compare_and_set=False,
    locations=False,
    # A call for each listing, ten a second: 20 s where none of them shares a listing. More would
    # keep a drop waiting, and let more be sold between the reading and the last of the calls.
    write_batch=200,
    # Five calls, where none of them shares a listing
    read_batch=500,
    # Nothing is promised about how soon a receipt can be listed; as long as Etsy's own advice
    # for overlapping polls.
    order_lag=timedelta(minutes=2),
    apply_lag=timedelta(),
    # A few seconds for a lagging copy or a cache of Etsy's.
    reading_age=timedelta(seconds=10),
    # Our time-out of 30 s, and as long again for Etsy to give up.
    abandoned=timedelta(seconds=60),
    # A second for clocks, one for stamps in whole seconds.
    clock_margin=timedelta(seconds=2),
    key_life=timedelta(),  # there are no idempotency keys: an absolute number may be sent twice
    # All of them can be read; the last two months hold nearly all that are still open.
    order_history=timedelta(days=60),
    by_product=True,
    most=MOST,
)
# Etsy: what listing or renewing one listing for four months costs
RENEWAL_FEE = Fee(Decimal("0.20"), "USD")
BASE_PRICES, AUTO_RENEW = "base_prices", "auto_renew"

_SHOP_ID = CredentialField(
    key=SHOP_ID,
    label="Shop number",
    help=(
        "The digits after /shops/ in the addresses of Etsy's API. With a token of the shop, "
        "getMe (/v3/application/users/me) tells it as shop_id."
    ),
    secret=False,
)
_TOKEN = CredentialField(
    key=REFRESH_TOKEN,
    label="Refresh token",
    help=(
        "What Etsy gave when the seller agreed to the scopes listings_r, listings_w, shops_r and "
        "transactions_r. It serves once: nothing else may use it afterwards."
    ),
    secret=True,
)
_FIELDS = (
    CredentialField(
        key=KEYSTRING,
        label="Keystring",
        help="At etsy.com/developers/your-apps, beside the name of the app.",
        secret=False,
    ),
    CredentialField(
        key=SHARED_SECRET,
        label="Shared secret",
        help="Stands below the keystring of the same app.",
        secret=True,
    ),
    _SHOP_ID,
    _TOKEN,
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
    """Yield a connector to one shop.

    `base_url`, or the setting of that name, stands in for all of Etsy's hosts. The setting
    `calls_a_day` tells a larger allowance of the application, `orders_every_seconds` how often
    orders are read out of it; `base_prices` and `auto_renew` what a person agreed to. Raises
    BadCredentials for what cannot be credentials.
    """
    host = hosts(base_url or settings.get("base_url"))
    keys, shop = application(credentials), shop_id(credentials)
    calls = int(settings.get("calls_a_day", CALLS_A_DAY))
    often = timedelta(seconds=float(settings.get("orders_every_seconds", ORDERS_EVERY.seconds)))
    async with open_client(host.api, transport=transport) as http:
        client = EtsyClient(
            http,
            host,
            keys,
            access_token(
                http, host, keys.keystring, services.credentials, clock=clock, sleep=sleep
            ),
            Allowance(services.budget, keys.keystring, calls, clock, often),
            clock=clock,
            sleep=sleep,
        )
        yield EtsyConnector(
            client,
            traits_with(TRAITS, settings),
            shop,
            # Etsy: what stands before the dot of a token is the number of the seller.
            credentials[REFRESH_TOKEN].strip().partition(".")[0],
            services.marks,
            services.listings,
            agreed=settings.get(BASE_PRICES) is True,
            renews=settings.get(AUTO_RENEW, True) is True,
        )


def _store_name(credentials: Mapping[str, str]) -> str:
    """Tell the shop's number; until the seller has agreed, only the application is known."""
    return (credentials.get(SHOP_ID) or credentials.get(KEYSTRING, "")).strip()


PLATFORM = Platform(
    key="etsy",
    title="Etsy",
    fields=_FIELDS,
    traits=TRAITS,
    open=open_store,
    store_name=_store_name,
    optional_scopes=OPTIONAL_SCOPES,
    consent=Consent(
        button="Sign in at Etsy",
        way=Way("a sign-in at Etsy", FIELDS),
        instead=Way("a refresh token", (_SHOP_ID, _TOKEN)),
        begin=begin,
        finish=finish,
    ),
    agreements=(
        Agreement(BASE_PRICES, required=True),
        Agreement(AUTO_RENEW, required=False, default=True),
    ),
    renewal_fee=RENEWAL_FEE,
)
