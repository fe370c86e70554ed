"""A local Etsy: shops with listings, their inventory and receipts, and the Open API v3 over them."""

from sandbox.etsy.app import create_app
from sandbox.etsy.catalogue import generate
from sandbox.etsy.faults import Fault
from sandbox.etsy.shop import Shop
from sandbox.sold_out import SoldOut

__all__ = ["Fault", "Shop", "SoldOut", "create_app", "generate"]
