"""A local WooCommerce: the wire format and the rules of the REST API v3, without an account."""

from sandbox.woocommerce.app import create_app
from sandbox.woocommerce.faults import Fault
from sandbox.woocommerce.shop import Shop

__all__ = ["Fault", "Shop", "create_app"]
