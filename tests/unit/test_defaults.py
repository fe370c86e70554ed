"""What a newly connected store starts with."""

from __future__ import annotations

from bot.defaults import StoreDefaults, for_store

GIVEN = {"shopify": {"base_url": "http://127.0.0.1:9000/shopify/{shop}", "orders_every_seconds": 1}}


def test_the_shop_is_put_into_the_address() -> None:
    values = {"shop": "north.myshopify.com", "access_token": "shpat_1"}
    assert for_store(GIVEN, "shopify", values) == StoreDefaults(
        "http://127.0.0.1:9000/shopify/north", {"orders_every_seconds": 1}
    )


def test_other_platforms_and_no_defaults_start_bare() -> None:
    assert for_store(GIVEN, "etsy", {}) == StoreDefaults()
    assert for_store({}, "shopify", {"shop": "north"}) == StoreDefaults()
