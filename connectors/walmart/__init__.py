"""Walmart Marketplace (US): items, stock by ship node, feeds, purchase orders."""

from connectors.walmart.platform import PLATFORM

__all__ = ["PLATFORM"]
