"""A local Shopify: shops that sell, and the Admin API over them."""

from sandbox.shopify.app import create_app
from sandbox.shopify.catalogue import generate
from sandbox.shopify.faults import Fault
from sandbox.shopify.shop import Shop
from sandbox.sold_out import SoldOut

__all__ = ["Fault", "Shop", "SoldOut", "create_app", "generate"]
