"""Whose shop it is, and whether all that we need may be done in it."""

from __future__ import annotations

from connectors.errors import NeedsReconnect
from connectors.etsy.allowance import Use
from connectors.etsy.client import EtsyClient
from connectors.etsy.errors import NotFound
from connectors.etsy.keys import REFRESH_TOKEN, SHOP_ID
from connectors.etsy.scopes import SCOPES, SHOP, SHOP_OPEN
from connectors.http import Row
from connectors.protocol import Account


async def read_account(client: EtsyClient, shop: int, owner: str) -> Account:
    """Learn whose shop this is. NeedsReconnect names the scopes that are missing.

    A shop on vacation is no error: it lacks SHOP_OPEN among the scopes.
    owner  the number of the seller, as a refresh token begins with it
    """
    # First what can be told without the refresh token: it serves only once.
    row = await _shop(client, shop)
    if owner.isdecimal() and int(owner) != row.whole("user_id"):
        raise _of_another(shop)
    scopes = await client.scopes()
    missing = [scope for scope in SCOPES if scope.key not in scopes]
    if missing:
        what = ", ".join(scope.purpose for scope in missing)
        raise NeedsReconnect(
            f"The seller has not agreed that Stockroom may {what}. The consent needs the scopes "
            f"{', '.join(scope.key for scope in missing)}.",
            field=REFRESH_TOKEN,
            missing_scopes=tuple(scope.key for scope in missing),
        )
    if await own_shop(client) != shop:
        raise _of_another(shop)
    on_vacation = row.flag("is_vacation")
    return Account(
        id=str(row.whole("shop_id")),
        # The name may change: it is shown, never a key.
        name=row.text("shop_name"),
        currency=row.text("currency_code"),
        scopes=frozenset(scopes if on_vacation else {*scopes, SHOP_OPEN}),
    )


async def _shop(client: EtsyClient, shop: int) -> Row:
    try:
        return (await client.read(f"/shops/{shop}", None, Use.REST)).row()
    except NotFound as unknown:
        words = "Etsy has no shop with this number."
        raise NeedsReconnect(words, said=unknown.said, field=SHOP_ID) from None


def _of_another(shop: int) -> NeedsReconnect:
    return NeedsReconnect(
        f"The refresh token belongs to another seller than the shop {shop}. Enter the number and "
        "the token of one and the same shop.",
        field=SHOP_ID,
    )


async def own_shop(client: EtsyClient) -> int:
    """Find the shop of the seller who agreed. NeedsReconnect where there is none."""
    row = (await client.read("/users/me", SHOP, Use.REST)).row()
    if "shop_id" not in row or not row.whole("shop_id"):
        raise NeedsReconnect(
            "The Etsy account that agreed has no shop. Sign in at Etsy as the seller.",
            field=REFRESH_TOKEN,
        )
    return row.whole("shop_id")
