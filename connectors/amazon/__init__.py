"""Amazon (Selling Partner API): listings, stock by patch and by feed, orders, FBA."""

from connectors.amazon.platform import PLATFORM

__all__ = ["PLATFORM"]
