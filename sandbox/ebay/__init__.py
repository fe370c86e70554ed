"""A local eBay: sellers with listings of both models, and the REST and Trading APIs over them."""

from sandbox.ebay.app import create_app
from sandbox.ebay.catalogue import generate
from sandbox.ebay.faults import Fault
from sandbox.ebay.shop import Shop
from sandbox.sold_out import SoldOut

__all__ = ["Fault", "Shop", "SoldOut", "create_app", "generate"]
