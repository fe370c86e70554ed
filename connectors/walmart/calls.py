"""The calls that we make, each with its own limit (per seller, a bucket that refills evenly)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from connectors.walmart.scopes import ACCOUNT, FEEDS, INVENTORY, ITEMS, ORDERS, SHIPPING, Scope


@dataclass(frozen=True, slots=True)
class Call:
    """One operation of Walmart's API, and the category of keys that it needs."""

    method: str
    template: str
    scope: Scope

    @property
    def name(self) -> str:
        """What its limit is kept under."""
        return f"{self.method} {self.template}"

    def path(self, **values: str) -> str:
        """Fill in the path; a SKU may hold anything, slashes too."""
        return self.template.format_map({key: quote(each, safe="") for key, each in values.items()})


# Walmart, Rate limiting: calls a minute for each seller
TOKEN_DETAIL = Call("GET", "/v3/token/detail", ACCOUNT)
PARTNER = Call("GET", "/v3/settings/partnerprofile", ACCOUNT)  # 50
SHIP_NODES = Call("GET", "/v3/settings/shipping/shipnodes", SHIPPING)  # 50
ALL_ITEMS = Call("GET", "/v3/items", ITEMS)  # 60 with a query
WFS_STOCK = Call("GET", "/v3/wfs/inventory", INVENTORY)  # 100
ALL_STOCK = Call("GET", "/v3/inventories", INVENTORY)  # 200
ONE_STOCK = Call("GET", "/v3/inventories/{sku}", INVENTORY)  # 200
SET_STOCK = Call("PUT", "/v3/inventory", INVENTORY)  # 200
SET_NODE_STOCK = Call("PUT", "/v3/inventories/{sku}", INVENTORY)  # 200
SEND_FEED = Call("POST", "/v3/feeds", FEEDS)  # by the hour, see partner.py
FEED_STATUS = Call("GET", "/v3/feeds/{feed}", FEEDS)  # 5,000
ALL_ORDERS = Call("GET", "/v3/orders", ORDERS)  # 5,000
ONE_ORDER = Call("GET", "/v3/orders/{order}", ORDERS)  # 5,000
