"""The scopes that a seller is asked to agree to, and what is better switched on besides."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """One scope: its address, which is its name, and what it lets us do."""

    key: str
    purpose: str


_BASE = "https://api.ebay.com/oauth/api_scope"

# eBay: OAuth scopes of each API. Where a name without .readonly was agreed to, it does as well.
TRADING = Scope(_BASE, "list what is sold")
INVENTORY = Scope(f"{_BASE}/sell.inventory", "read and change stock")
ORDERS = Scope(f"{_BASE}/sell.fulfillment.readonly", "read orders")
ACCOUNT = Scope(f"{_BASE}/sell.account.readonly", "read the seller's privileges")
IDENTITY = Scope(f"{_BASE}/commerce.identity.readonly", "learn whose account it is")

SCOPES = (TRADING, INVENTORY, ORDERS, ACCOUNT, IDENTITY)

# Not a scope but a preference of the seller's; told in the same place, since the same people
# have to know what cannot be done without it.
OUT_OF_STOCK_CONTROL = "out_of_stock_control"
OPTIONAL_SCOPES = {
    OUT_OF_STOCK_CONTROL: (
        "A listing made on the eBay site cannot be set to 0 while the seller's out-of-stock "
        "option is off: its last units may be sold twice. Switch it on in the eBay account's "
        "selling preferences."
    ),
}
