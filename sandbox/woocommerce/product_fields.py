"""Products and variations as WooCommerce writes them."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any

from sandbox.woocommerce.dates import gmt, local
from sandbox.woocommerce.model import Item


def product_body(item: Item, offset: timedelta) -> dict[str, Any]:
    """Write an item as /products does; a variation may be asked for there, too."""
    return {
        **_common(item, offset),
        "name": html.escape(item.name, quote=False),
        "slug": item.name.lower().replace(" ", "-"),
        "featured": False,
        "catalog_visibility": "visible",
        "short_description": "",
        "variations": [child.id for child in item.children],
        "attributes": [
            {
                "id": 0,
                "name": name,
                "position": 0,
                "visible": True,
                "variation": True,
                "options": [],
            }
            for name in sorted({name for child in item.children for name in child.options})
        ],
        "price_html": "",
        "related_ids": [],
    }


def variation_body(item: Item, offset: timedelta) -> dict[str, Any]:
    """Write an item as /products/{parent}/variations does."""
    return {
        **_common(item, offset),
        "name": ", ".join(item.options.values()),
        "image": None,
        "attributes": [
            {"id": 0, "name": name, "option": html.escape(option, quote=False)}
            for name, option in item.options.items()
        ],
    }


def _common(item: Item, offset: timedelta) -> dict[str, Any]:
    owner = item.owner
    return {
        "id": item.id,
        "type": item.type,
        "parent_id": item.parent.id if item.parent else 0,
        "status": item.status,
        "sku": item.sku,
        "price": "10",
        "regular_price": "10",
        "sale_price": "",
        "description": "A fine thing.",
        "manage_stock": item.manages,
        "stock_quantity": owner.stock if owner is not None else None,
        "stock_status": _stock_status(owner),
        "backorders": item.backorders,
        "date_created": local(item.modified, offset),
        "date_created_gmt": gmt(item.modified),
        "date_modified": local(item.modified, offset),
        "date_modified_gmt": gmt(item.modified),
        "meta_data": [],
    }


def _stock_status(owner: Item | None) -> str:
    number = owner.stock if owner is not None else 1
    if owner is None or (isinstance(number, int | float) and number > 0):
        return "instock"
    return "outofstock" if owner.backorders == "no" else "onbackorder"
