"""The API categories that a seller's keys may be limited to, by the names that Walmart shows."""

from __future__ import annotations

from dataclasses import dataclass

_LEVELS = {"full_access": 2, "view_only": 1}


@dataclass(frozen=True, slots=True)
class Scope:
    """One category, and whether looking is enough."""

    key: str
    title: str
    writes: bool = False

    def granted(self, level: object) -> bool:
        """Say whether what the token's details tell is enough for us."""
        return _LEVELS.get(str(level), 0) >= (2 if self.writes else 1)


# Walmart: names in the token's details, titles in Developer Portal, API keys
INVENTORY = Scope("inventory", "Inventory: full access", writes=True)
FEEDS = Scope("feeds", "Feeds: full access", writes=True)
ITEMS = Scope("item", "Items: view only")
ORDERS = Scope("orders", "Orders: view only")
SHIPPING = Scope("shipping", "Shipping: view only")
# Of the settings no category is named: every key may read its own account.
ACCOUNT = Scope("account", "Account")

NEEDED = (INVENTORY, FEEDS, ITEMS, ORDERS)
