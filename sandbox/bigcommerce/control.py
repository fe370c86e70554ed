"""People and their stores, by plain HTTP: look, buy, cancel, break things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.routing import Route

from sandbox.bigcommerce.faults import KINDS, OPERATIONS, Fault
from sandbox.bigcommerce.model import Order
from sandbox.bigcommerce.shop import Shop
from sandbox.control import Acts, act_routes, delete_order, fault_acts, rename, sale_acts, set_at


def control_routes(shops: Mapping[str, Shop]) -> list[Route]:
    """List the routes under `/_sandbox/`."""
    acts: Acts[Shop] = {
        **fault_acts(Fault, KINDS, OPERATIONS),
        **sale_acts(_described),
        ("GET", "state"): _state,
        ("GET", "available"): _available,
        ("POST", "token"): _rotate,
        ("POST", "settings"): _settings,
        ("POST", "complete"): _complete,
        ("POST", "cancel"): _cancel,
        ("POST", "refund"): _refund,
        ("POST", "edit"): _edit,
        ("POST", "set"): set_at,
        ("POST", "rename"): rename,
        ("POST", "archive"): _archive,
        ("POST", "locations"): _add_location,
        ("POST", "stock-at"): _stock_at,
        ("POST", "delete-order"): delete_order,
    }
    return act_routes(shops, acts)


def _state(shop: Shop, _: Mapping[str, Any]) -> dict[str, Any]:
    """Every number: one row per thing with stock and location, and all orders."""
    names = {location.id: location.name for location in shop.locations}
    return {
        "shop": shop.name,
        "title": shop.title,
        "token": shop.token,
        "locations": [
            {"id": location.id, "name": location.name, "active": location.enabled}
            for location in shop.locations
        ],
        "listings": [
            {
                "sku": variant.sku if variant else product.sku,
                "title": product.name,
                "tracking": product.tracking,
                "visible": product.visible,
                "location": place,
                "location_name": names[place],
                "available": stock.available,
                "on_hand": stock.on_hand,
                "safety_stock": stock.safety,
            }
            for product, variant, held in shop.items()
            for place, stock in held.items()
        ],
        "orders": [_described(order) for order in shop.orders],
    }


def _available(shop: Shop, _: Mapping[str, Any]) -> dict[str, Any]:
    """What a shopper could buy at the default location; a SKU on several items has several."""
    numbers: dict[str, list[int]] = {}
    for product, variant, held in shop.items():
        if 1 in held:
            sku = variant.sku if variant else product.sku
            numbers.setdefault(sku, []).append(held[1].available)
    return {"available": numbers}


def _described(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "name": order.name,
        "status": order.status,
        "lines": [
            {
                "sku": line.sku,
                "quantity": line.quantity,
                "shipped": line.shipped,
                "refunded": line.refunded,
                "taken_off": line.lowered,
            }
            for line in order.lines
        ],
    }


def _settings(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    """Change when the store takes stock off and who gives it back."""
    rules = shop.rules
    behaviour = given.get("update_stock_behavior", rules.behaviour)
    if behaviour not in ("order_placed", "order_completed_or_shipped"):
        raise ValueError("update_stock_behavior is order_placed or order_completed_or_shipped")
    rules.behaviour = behaviour
    rules.restocks = bool(given.get("refund_order_stock_adjustment", rules.restocks))
    rules.follows_edits = bool(given.get("edit_order_stock_adjustment", rules.follows_edits))
    return {
        "update_stock_behavior": rules.behaviour,
        "refund_order_stock_adjustment": rules.restocks,
        "edit_order_stock_adjustment": rules.follows_edits,
    }


def _complete(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.complete(order)
    return _described(order)


def _cancel(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.cancel(order, restock=given.get("restock"))
    return _described(order)


def _refund(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.refund(order, given["sku"], int(given["quantity"]), given.get("restock_type"))
    return _described(order)


def _edit(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    restock = given.get("restock")
    shop.edit_quantity(order, given["sku"], int(given["quantity"]), restock=restock)
    return _described(order)


def _add_location(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    added = shop.add_location(given["name"], active=bool(given.get("active", True)))
    return {"id": added.id, "name": added.name}


def _stock_at(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    place = shop.location(given["location"])
    stock = shop.stock_at(given["sku"], place, int(given.get("available", 0)))
    return {"sku": given["sku"], "available": stock.available}


def _archive(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    shop.archive(given["sku"])
    return {"sku": given["sku"], "visible": False}


def _rotate(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    """Let the current token die; the new one is known only to who asks here."""
    return {"token": shop.rotate_token(given.get("token"))}
