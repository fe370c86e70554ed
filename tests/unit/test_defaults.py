"""What newly connected stores start with."""

from __future__ import annotations

from bot.defaults import ByPlatform, address, base_urls, settings_of

GIVEN: ByPlatform = {
    "shopify": {"base_url": "http://127.0.0.1:9000/shopify/{shop}", "orders_every_seconds": 1},
    "etsy": {"orders_every_seconds": 30},
}


def test_an_address_is_no_setting() -> None:
    assert base_urls(GIVEN) == {"shopify": "http://127.0.0.1:9000/shopify/{shop}"}
    assert settings_of(GIVEN, "shopify") == {"orders_every_seconds": 1}
    assert settings_of(GIVEN, "ebay") == {}


def test_the_shop_is_put_into_the_address() -> None:
    template = GIVEN["shopify"]["base_url"]
    values = {"shop": "north.myshopify.com", "access_token": "shpat_1"}
    assert address(str(template), values) == "http://127.0.0.1:9000/shopify/north"
    assert address("https://proxy.example.com", values) == "https://proxy.example.com"
    assert address(None, values) is None
