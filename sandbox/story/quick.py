"""Local stores made as quick and as generous as a story or a demo needs them."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from sandbox import amazon, bigcommerce, ebay, etsy, shopify, walmart, woocommerce

ORDER_LAG = 0.2  # seconds until an order of a local store can be listed
APPLY_LAG = 0.3  # seconds until a local store that is slow to show a number shows it
MANY = 1_000_000  # calls a day: the local applications were granted more

Shop = TypeVar(
    "Shop",
    amazon.Shop,
    bigcommerce.Shop,
    ebay.Shop,
    etsy.Shop,
    shopify.Shop,
    walmart.Shop,
    woocommerce.Shop,
)


def quick(shop: Shop) -> Shop:
    """Let a store list orders at once, show numbers soon, and be asked as often as one likes."""
    shop.order_lag = timedelta(seconds=ORDER_LAG)
    match shop:
        case bigcommerce.Shop():
            shop.apply_lag = timedelta(seconds=APPLY_LAG)
        case etsy.Shop():
            shop.quota.per_day, shop.quota.per_second = MANY, 100
        case ebay.Shop():
            shop.quota.limits["tradingapi"] = shop.quota.limits["fulfillment"] = MANY
        case amazon.Shop():
            shop.order_delay, shop.patch_time = timedelta(), timedelta(seconds=APPLY_LAG)
            shop.limits.metered = False
            shop.reports.takes = timedelta(seconds=4)  # the first look at one is after five
        case _:
            pass
    return shop
