"""Whose account it is, and whether all that we need may be done in it."""

from __future__ import annotations

from connectors.ebay.client import EbayClient, Query
from connectors.ebay.keys import REFRESH_TOKEN
from connectors.ebay.marketplaces import Marketplace
from connectors.ebay.preferences import Preferences
from connectors.ebay.scopes import (
    ACCOUNT,
    IDENTITY,
    INVENTORY,
    ORDERS,
    OUT_OF_STOCK_CONTROL,
    SCOPES,
    Scope,
)
from connectors.ebay.trading_errors import suspended
from connectors.errors import NeedsReconnect, Refused
from connectors.http import Row
from connectors.protocol import Account

_ONE: Query = {"limit": 1, "offset": 0}
# eBay: UserStatusEnum, by the names of the Identity API
_ON_HOLD = "ACCOUNTONHOLD"


async def read_account(client: EbayClient, marketplace: Marketplace) -> Account:
    """Learn whose account this is, and that all we need to read may be read.

    NeedsReconnect names every scope that is missing; Refused where eBay lets the account
    sell nothing. Whether stock may be written no call tells: the first write does.
    """
    missing: dict[str, Scope] = {}
    answers: dict[str, Row] = {}
    for scope, address, query in (
        (ACCOUNT, "/sell/account/v1/privilege", None),
        (IDENTITY, f"{client.host.identity}/commerce/identity/v1/user/", None),
        (INVENTORY, "/sell/inventory/v1/inventory_item", _ONE),
        (ORDERS, "/sell/fulfillment/v1/order", _ONE),
    ):
        try:
            answers[scope.key] = (await client.run("GET", address, scope, query)).row()
        except NeedsReconnect as refused:
            if not refused.missing_scopes:
                raise
            missing[scope.key] = scope
    if missing:
        what = ", ".join(scope.purpose for scope in missing.values())
        raise NeedsReconnect(
            f"The seller has not agreed that Stockroom may {what}. The consent needs the "
            f"scopes {', '.join(key.rpartition('/')[2] for key in missing)}.",
            field=REFRESH_TOKEN,
            missing_scopes=tuple(missing),
        )
    user = answers[IDENTITY.key]
    if user.text("status") == _ON_HOLD:
        raise suspended()
    privileges = answers[ACCOUNT.key]
    if privileges.raw("sellerRegistrationCompleted") is False:
        raise Refused(
            "This eBay account has not finished registering as a seller. Sign in at eBay and "
            "complete it."
        )
    scopes = {scope.key for scope in SCOPES}
    if await Preferences(client).out_of_stock_control():
        scopes.add(OUT_OF_STOCK_CONTROL)
    number = user.text("userId")
    return Account(
        id=number,
        # The name may change, and for some sellers eBay tells none: it is shown, never a key.
        name=user.text("username") if "username" in user else number,
        currency=marketplace.currency,
        scopes=frozenset(scopes),
    )
