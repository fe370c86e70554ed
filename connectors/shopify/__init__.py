"""Shopify: the GraphQL Admin API."""

from connectors.shopify.platform import PLATFORM

__all__ = ["PLATFORM"]
