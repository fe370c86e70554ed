"""People and their shops, by plain HTTP: look, buy, cancel, break things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.routing import Route

from sandbox.control import (
    Acts,
    act_routes,
    delete_order,
    fault_acts,
    named,
    rename,
    sale_acts,
    set_at,
)
from sandbox.shopify.faults import KINDS, OPERATIONS, Fault
from sandbox.shopify.model import Order
from sandbox.shopify.shop import Shop


def control_routes(shops: Mapping[str, Shop]) -> list[Route]:
    """List the routes under `/_sandbox/`."""
    acts: Acts[Shop] = {
        **fault_acts(Fault, KINDS, OPERATIONS),
        **sale_acts(_described),
        ("GET", "state"): _state,
        ("GET", "available"): _available,
        ("POST", "token"): _rotate,
        ("POST", "cancel"): _cancel,
        ("POST", "refund"): _refund,
        ("POST", "edit"): _edit,
        ("POST", "set"): set_at,
        ("POST", "rename"): rename,
        ("POST", "archive"): _archive,
        ("POST", "locations"): _add_location,
        ("POST", "stock-at"): _stock_at,
        ("POST", "move"): _move,
        ("POST", "split"): _split,
        ("POST", "delete-order"): delete_order,
    }
    return act_routes(shops, acts)


def _state(shop: Shop, _: Mapping[str, Any]) -> dict[str, Any]:
    """Every number: one row per variant and location, and all orders."""
    return {
        "shop": shop.name,
        "title": shop.title,
        "token": shop.token,
        "locations": [
            {
                "id": location.id,
                "name": location.name,
                "active": location.active,
                "fulfillment_service": location.fulfillment_service,
            }
            for location in shop.locations
        ],
        "listings": [
            {
                "sku": variant.item.sku,
                "title": variant.product.title,
                "variant": variant.title,
                "status": variant.product.status,
                "tracked": variant.item.tracked,
                "item": variant.item.id,
                "location": level.location.id,
                "location_name": level.location.name,
                "available": level.available,
                "committed": level.committed,
            }
            for variant in shop.variants
            for level in variant.item.levels.values()
        ],
        "orders": [_described(order) for order in shop.orders],
    }


def _available(shop: Shop, _: Mapping[str, Any]) -> dict[str, Any]:
    """What a shopper could buy, by SKU; a SKU on several items has several numbers."""
    numbers: dict[str, list[int]] = {}
    for item in shop.items.values():
        total = sum(level.available for level in item.levels.values())
        numbers.setdefault(item.sku or "", []).append(total)
    return {"available": numbers}


def _described(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "name": order.name,
        "cancelled": order.cancelled_at is not None,
        "closed": order.closed,
        "lines": [
            {
                "sku": line.sku,
                "quantity": line.quantity,
                "current": line.current,
                "unfulfilled": line.unfulfilled,
            }
            for line in order.lines
        ],
        "sent_from": [
            {
                "location": each.location.name,
                "sku": part.line.sku,
                "quantity": part.total,
                "unsent": part.remaining,
            }
            for each in order.fulfillments
            if not each.hidden
            for part in each.lines
        ],
    }


def _cancel(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.cancel(order, restock=bool(given.get("restock", True)))
    return _described(order)


def _refund(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    to = named(shop, given.get("location"))
    shop.refund(order, given["sku"], int(given["quantity"]), given["restock_type"], location=to)
    return _described(order)


def _edit(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    restock = bool(given.get("restock", True))
    shop.edit_quantity(order, given["sku"], int(given["quantity"]), restock=restock)
    return _described(order)


def _add_location(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    added = shop.add_location(
        given["name"],
        active=bool(given.get("active", True)),
        fulfillment_service=bool(given.get("fulfillment_service", False)),
    )
    return {"id": added.id, "name": added.name}


def _stock_at(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    number = given.get("available")
    place = shop.location(given["location"])
    level = shop.stock_at(given["sku"], place, None if number is None else int(number))
    return {"sku": given["sku"], "available": level.available}


def _move(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    """Let another location send an order's unsent units, or some of one line."""
    order = shop.order(given["order"])
    quantity = given.get("quantity")
    shop.move(
        order,
        shop.location(given["to"]),
        sku=given.get("sku"),
        quantity=None if quantity is None else int(quantity),
        source=named(shop, given.get("from")),
    )
    return _described(order)


def _split(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.split(order, given["sku"], int(given["quantity"]))
    return _described(order)


def _archive(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    shop.archive(given["sku"])
    return {"sku": given["sku"], "status": "ARCHIVED"}


def _rotate(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    """Let the current token die; the new one is known only to who asks here."""
    return {"token": shop.rotate_token(given.get("token"))}
