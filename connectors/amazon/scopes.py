"""The roles that the seller's app needs, and what is told in the same place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """One role by the name that Amazon gives it, and what it lets us do."""

    key: str
    purpose: str


ACCOUNT = Role("Selling Partner Insights", "learn where the account sells")
LISTINGS = Role("Product Listing", "read and change the stock of listings")
ORDERS = Role("Inventory and Order Tracking", "read orders")
FBA = Role("Amazon Fulfillment", "read what Amazon's warehouses hold")

# Not a role but the state of the account; told in the same place, since the same people have
# to know. Orders are read meanwhile.
SELLING = "selling"
OPTIONAL_SCOPES = {
    SELLING: (
        "Amazon has made the account's listings inactive in a marketplace of this store: nobody "
        "can buy there, and numbers sent there have no effect until they are active again."
    ),
}
