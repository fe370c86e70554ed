"""What newly connected stores start with."""

from __future__ import annotations

import pytest

from bot.defaults import ByPlatform, address, base_urls, settings_of
from connectors.errors import BadCredentials

GIVEN: ByPlatform = {
    "shopify": {"base_url": "http://127.0.0.1:9000/shopify/{shop}", "orders_every_seconds": 1},
    "etsy": {"orders_every_seconds": 30},
}


def test_an_address_is_no_setting() -> None:
    assert base_urls(GIVEN) == {"shopify": "http://127.0.0.1:9000/shopify/{shop}"}
    assert settings_of(GIVEN, "shopify") == {"orders_every_seconds": 1}
    assert settings_of(GIVEN, "ebay") == {}


def test_a_platform_that_is_asked_seldom_starts_with_its_own_pace() -> None:
    """Amazon gives one search for orders back in three minutes."""
    assert settings_of(GIVEN, "amazon") == {"orders_every_seconds": 240}
    own: ByPlatform = {"amazon": {"orders_every_seconds": 600}}
    assert settings_of(own, "amazon") == {"orders_every_seconds": 600}


def test_the_shop_is_put_into_the_address() -> None:
    template = GIVEN["shopify"]["base_url"]
    values = {"shop": "north.myshopify.com", "access_token": "shpat_1"}
    assert address("shopify", str(template), values) == "http://127.0.0.1:9000/shopify/north"
    proxy = "https://proxy.example.com"
    assert address("shopify", proxy, values) == proxy
    assert address("shopify", None, values) is None


@pytest.mark.parametrize(
    ("platform", "values", "name"),
    [
        ("shopify", {"shop": "https://admin.shopify.com/store/north"}, "north"),
        ("woocommerce", {"url": "Shop.Example.com/wp-admin/"}, "shop.example.com"),
        ("woocommerce", {"url": "http://10.0.0.7:8080/shop"}, "10.0.0.7:8080"),
        ("bigcommerce", {"store_hash": "https://api.bigcommerce.com/stores/abc123/v3/"}, "abc123"),
    ],
)
def test_each_platform_knows_what_its_stores_are_called(
    platform: str, values: dict[str, str], name: str
) -> None:
    assert address(platform, "https://x.test/{shop}/api", values) == f"https://x.test/{name}/api"


@pytest.mark.parametrize(
    ("platform", "field"),
    [("shopify", "shop"), ("woocommerce", "url"), ("bigcommerce", "store_hash")],
)
def test_what_names_no_store_is_told_by_its_field(platform: str, field: str) -> None:
    with pytest.raises(BadCredentials) as caught:
        address(platform, "https://x.test/{shop}", {field: "../secret?x"})
    assert caught.value.field == field
