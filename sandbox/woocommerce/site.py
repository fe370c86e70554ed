"""What a store tells about itself: its index, its status, one of its settings."""

from __future__ import annotations

import re
from typing import Any

from sandbox.woocommerce.refusal import Refusal
from sandbox.woocommerce.shop import Shop

_ROUTES = (
    "/wc/v3",
    "/wc/v3/orders",
    "/wc/v3/orders/(?P<order_id>[\\d]+)/refunds",
    "/wc/v3/products",
    "/wc/v3/products/batch",
    "/wc/v3/products/(?P<product_id>[\\d]+)/variations",
    "/wc/v3/products/(?P<product_id>[\\d]+)/variations/batch",
    "/wc/v3/settings/(?P<group_id>[\\w-]+)/(?P<id>[\\w-]+)",
    "/wc/v3/system_status",
)
# WooCommerce: the variations of all products in one list
_VARIATIONS_SINCE = (10, 3)


def has_variations(shop: Shop) -> bool:
    """Say whether the store's version has the list of all variations."""
    numbers = [int(each) for each in re.findall(r"\d+", shop.version)[:2]]
    return tuple(numbers) >= _VARIATIONS_SINCE


def index(shop: Shop) -> dict[str, Any]:
    """List the routes; anybody may read it."""
    routes = [*_ROUTES, "/wc/v3/variations"] if has_variations(shop) else list(_ROUTES)
    return {
        "namespace": "wc/v3",
        "routes": {route: {"namespace": "wc/v3", "methods": ["GET"]} for route in routes},
    }


def system_status(shop: Shop) -> dict[str, Any]:
    return {
        "environment": {
            "home_url": shop.home,
            "site_url": shop.home,
            "version": shop.version,
            "wp_version": "6.9.7",
        },
        "settings": {"currency": shop.currency, "force_ssl": False},
    }


def setting(shop: Shop, group: str, name: str) -> dict[str, Any]:
    if (group, name) != ("products", "woocommerce_manage_stock"):
        raise Refusal(404, "rest_setting_setting_invalid", "Invalid setting.")
    return {
        "id": name,
        "label": "Manage stock",
        "description": "Enable stock management",
        "type": "checkbox",
        "default": "yes",
        "value": shop.stock_control,
        "group_id": group,
    }
