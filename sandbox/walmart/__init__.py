"""A local Walmart: sellers' accounts, and the Marketplace APIs over them."""

from sandbox.sold_out import SoldOut
from sandbox.walmart.app import create_app
from sandbox.walmart.catalogue import generate
from sandbox.walmart.faults import Fault
from sandbox.walmart.shop import Shop

__all__ = ["Fault", "Shop", "SoldOut", "create_app", "generate"]
