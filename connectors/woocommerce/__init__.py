"""WooCommerce: the REST API v3 of a WordPress site."""

from connectors.woocommerce.platform import PLATFORM

__all__ = ["PLATFORM"]
