"""eBay: the Inventory, Fulfillment, Account and Identity APIs, and the older Trading API."""

from connectors.ebay.platform import PLATFORM

__all__ = ["PLATFORM"]
