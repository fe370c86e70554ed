"""A local Amazon: seller accounts, and the Selling Partner API over them."""

from sandbox.amazon.app import create_app
from sandbox.amazon.catalogue import generate
from sandbox.amazon.faults import Fault
from sandbox.amazon.shop import Shop
from sandbox.sold_out import SoldOut

__all__ = ["Fault", "Shop", "SoldOut", "create_app", "generate"]
