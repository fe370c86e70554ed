"""Etsy: the Open API v3."""

from connectors.etsy.platform import PLATFORM

__all__ = ["PLATFORM"]
