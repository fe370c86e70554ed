"""The permissions that an API account is asked for, by the names that BigCommerce shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """One permission: its name in the API, and how the control panel calls it."""

    key: str
    title: str


# BigCommerce: OAuth scopes of each API
INFORMATION = Scope("store_v2_information_read_only", "Information & Settings: read-only")
PRODUCTS = Scope("store_v2_products_read_only", "Products: read-only")
ORDERS = Scope("store_v2_orders_read_only", "Orders: read-only")
LOCATIONS = Scope("store_locations_read_only", "Store Locations: read-only")
INVENTORY = Scope("store_inventory_read_only", "Store Inventory: read-only")
# There is no call that tells whether a token may write without writing: the first write does.
INVENTORY_CHANGES = Scope("store_inventory", "Store Inventory: modify")
