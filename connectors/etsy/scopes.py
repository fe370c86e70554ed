"""The scopes that a seller is asked to agree to, and what is told in the same place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """One scope by the name that Etsy gives it, and what it lets us do."""

    key: str
    purpose: str


LISTINGS = Scope("listings_r", "read listings and their stock")
STOCK = Scope("listings_w", "change the stock of listings")
SHOP = Scope("shops_r", "learn whose shop it is")
ORDERS = Scope("transactions_r", "read orders")

SCOPES = (LISTINGS, STOCK, SHOP, ORDERS)

# Not a scope but the state of the shop; told in the same place, since the same people have to
# know. Reading and writing go on, so that the numbers are right on the day it opens again.
SHOP_OPEN = "shop_open"
OPTIONAL_SCOPES = {
    SHOP_OPEN: (
        "The shop is on vacation at Etsy: nobody can buy there until it is opened again. Its "
        "numbers are kept right meanwhile."
    ),
}
