"""A local BigCommerce: stores that sell, and the REST APIs over them."""

from sandbox.bigcommerce.app import create_app
from sandbox.bigcommerce.catalogue import generate
from sandbox.bigcommerce.faults import Fault
from sandbox.bigcommerce.shop import Shop
from sandbox.sold_out import SoldOut

__all__ = ["Fault", "Shop", "SoldOut", "create_app", "generate"]
