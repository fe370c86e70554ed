"""BigCommerce: the V3 catalog and inventory APIs, the V2 orders API."""

from connectors.bigcommerce.platform import PLATFORM

__all__ = ["PLATFORM"]
