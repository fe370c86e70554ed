"""The products and variations of one store, as its API lists and changes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.woocommerce.lists import Query, only, page
from sandbox.woocommerce.model import Item
from sandbox.woocommerce.product_fields import product_body, variation_body
from sandbox.woocommerce.refusal import Refusal
from sandbox.woocommerce.shop import Shop

_STATUSES = ("any", "future", "trash", "draft", "pending", "private", "publish")
_BATCH = ("create", "update", "delete")
_WHERE_VARIATIONS_ARE = (
    "To manipulate product variations you should use the "
    "/products/&lt;product_id&gt;/variations/&lt;id&gt; endpoint."
)


def list_products(shop: Shop, query: Query) -> Response:
    """List products; variations only where their SKU is asked for."""
    skus = {each.strip().lower() for each in query.given.get("sku", "").split(",") if each.strip()}
    items = [item for item in shop.items if item.parent is None or skus]
    if skus:
        items = [item for item in items if item.sku.lower() in skus]
    return _page(shop, query, items, as_variation=False)


def get_product(shop: Shop, item_id: int, query: Query) -> Response:
    item = shop.by_id(item_id)
    if item is None:
        raise Refusal(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")
    body = product_body(item, shop.utc_offset)
    return JSONResponse(only(body, query.given.get("_fields")))


def list_variations(shop: Shop, query: Query, parent_id: int | None) -> Response:
    """List the variations of one parent, or of all; none of an unknown one."""
    items = [
        item
        for item in shop.items
        if item.parent is not None and parent_id in (None, item.parent.id)
    ]
    return _page(shop, query, items, as_variation=True)


def batch(shop: Shop, given: Any, parent_id: int | None, fields: str | None) -> Response:
    """Change many at once; each entry tells for itself what became of it.

    Only stock is changed here. Entries are not validated, as WooCommerce's are not;
    `_fields` hides them from the answer, though they are done.
    """
    if not isinstance(given, dict):
        raise Refusal(400, "rest_invalid_json", "Invalid JSON body passed.")
    entries = given.get("update", [])
    count = sum(len(given.get(kind, [])) for kind in _BATCH)
    if count > shop.batch_limit:
        words = f"Unable to accept more than {shop.batch_limit} items for this request."
        raise Refusal(413, "woocommerce_rest_request_entity_too_large", words)
    if any(not isinstance(each, dict) for each in entries):
        raise Refusal(500, "internal_server_error", "<p>There has been a critical error.</p>")
    if given.get("create") or given.get("delete"):
        raise Refusal(501, "not_here", "The local store only changes what it has.")
    if not given:
        return JSONResponse([])  # PHP writes nothing as a list
    answer: dict[str, Any] = {"update": [_update(shop, each, parent_id) for each in entries]}
    if fields is None:
        return JSONResponse(answer)
    return JSONResponse({key: answer[key] for key in fields.split(",") if key in answer} or [])


def _update(shop: Shop, entry: dict[str, Any], parent_id: int | None) -> dict[str, Any]:
    item = shop.by_id(entry.get("id"))
    try:
        item = _writable(item, parent_id)
        _check_kind(item, entry)
    except Refusal as refusal:
        return {"id": entry.get("id"), "error": refusal.body}
    if "manage_stock" in entry:
        item.manage_stock = bool(entry["manage_stock"])
    if "stock_quantity" in entry and item.manage_stock:
        item.stock = -(-_php_int(entry["stock_quantity"]) // shop.pack) * shop.pack
    shop.touch_item(item)
    body = product_body if parent_id is None else variation_body
    written = body(item, shop.utc_offset)
    if shop.faults.take("not_applied", "batch"):
        written["stock_quantity"] = (written["stock_quantity"] or 0) + 1
    return written


def _writable(item: Item | None, parent_id: int | None) -> Item:
    if parent_id is None:
        if item is None:
            raise Refusal(400, "woocommerce_rest_product_invalid_id", "Invalid ID.")
        if item.parent is not None:
            raise Refusal(404, "woocommerce_rest_invalid_product_id", _WHERE_VARIATIONS_ARE)
        return item
    if item is None or item.parent is None or item.parent.id != parent_id:
        raise Refusal(404, "woocommerce_rest_product_variation_invalid_id", "Invalid ID.")
    return item


def _check_kind(item: Item, entry: dict[str, Any]) -> None:
    if item.type in ("external", "grouped") and entry.get("manage_stock"):
        words = f"{item.type.title()} products cannot be stock managed."
        raise Refusal(400, f"product_{item.type}_invalid_manage_stock", words)


def _php_int(value: Any) -> int:
    """Make a number of whatever came, as PHP does: 2.5 is 2, "abc" and null are 0."""
    if isinstance(value, str):
        found = re.match(r"\s*([+-]?\d+)", value)
        return int(found[1]) if found else 0
    return int(value) if isinstance(value, int | float) else 0


def _page(shop: Shop, query: Query, items: Iterable[Item], *, as_variation: bool) -> Response:
    ids = query.ids("include")
    status = query.choice("status", "any", *_STATUSES)
    body = variation_body if as_variation else product_body
    rows = [
        (item.id, item.modified, partial(body, item, shop.utc_offset))
        for item in items
        if (ids is None or item.id in ids)
        if (item.status != "trash" if status == "any" else item.status == status)
        if query.within(item.modified)
    ]
    return page(query, rows, totals=not shop.faults.take("no_totals", "read"))
