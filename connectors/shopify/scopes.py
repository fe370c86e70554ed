"""The access scopes that an app is asked for: what it must have, and what it is better with."""

from __future__ import annotations

from collections.abc import Iterable

# What the calls of this package need.  # Shopify: access scopes per field
SCOPES = (
    "read_products",
    "read_inventory",
    "write_inventory",
    "read_locations",
    "read_orders",
)

# Any one of these lets `fulfillmentOrders` be asked for; each shows its own kind of place.
OWN_PLACES = "read_merchant_managed_fulfillment_orders"
OTHERS_PLACES = "read_third_party_fulfillment_orders"

OLD_ORDERS = "read_all_orders"

# Scopes that a shop may withhold, and what the product cannot do without each.
OPTIONAL_SCOPES = {
    OWN_PLACES: "Which location an order is sent from stays unknown in a shop with several.",
    OTHERS_PLACES: "Orders that a fulfilment service sends cannot be told from your own.",
    OLD_ORDERS: "Orders placed more than 60 days ago cannot be read.",
}


def granted(handles: Iterable[str]) -> frozenset[str]:
    """Complete what a shop granted: a write scope includes its read scope."""
    given = set(handles)
    given |= {scope.replace("write_", "read_", 1) for scope in given if scope.startswith("write_")}
    return frozenset(given)
