"""People and their stores, by plain HTTP: look, buy, cancel, break things."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.routing import Route

from sandbox.control import Acts, act_routes, delete_order, fault_acts, rename, sending_act
from sandbox.woocommerce.faults import KINDS, OPERATIONS, Fault
from sandbox.woocommerce.model import Order
from sandbox.woocommerce.shop import Shop


def control_routes(shops: Mapping[str, Shop]) -> list[Route]:
    """List the routes under `/_sandbox/`."""
    acts: Acts[Shop] = {
        **fault_acts(Fault, KINDS, OPERATIONS),
        **sending_act(_described),
        ("GET", "state"): _state,
        ("GET", "available"): _available,
        ("POST", "token"): _rotate,
        ("POST", "sell"): _sell,
        ("POST", "cancel"): _cancel,
        ("POST", "refund"): _refund,
        ("POST", "edit"): _edit,
        ("POST", "set"): _set,
        ("POST", "rename"): rename,
        ("POST", "archive"): _archive,
        ("POST", "status"): _status,
        ("POST", "trash"): _trash,
        ("POST", "restore"): _restore,
        ("POST", "delete-order"): delete_order,
    }
    return act_routes(shops, acts)


def _state(shop: Shop, _: Mapping[str, Any]) -> dict[str, Any]:
    """Every number: one row per product and variation, and all orders."""
    return {
        "shop": shop.name,
        "title": shop.title,
        "consumer_key": shop.consumer_key,
        "consumer_secret": shop.consumer_secret,
        "listings": [
            {
                "id": item.id,
                "parent": item.parent.id if item.parent else None,
                "sku": item.sku,
                "title": item.name,
                "type": item.type,
                "status": item.status,
                "manage_stock": item.manages,
                "available": item.owner.stock if item.owner else None,
            }
            for item in shop.items
        ],
        "orders": [_described(order) for order in shop.orders],
    }


def _available(shop: Shop, _: Mapping[str, Any]) -> dict[str, Any]:
    """What a shopper could buy, by SKU; a SKU on several items has several numbers."""
    numbers: dict[str, list[int]] = {}
    for item in shop.counted():
        numbers.setdefault(item.sku, []).append(item.stock)
    return {"available": numbers}


def _described(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "name": order.name,
        "status": order.status,
        "cancelled": order.status == "cancelled",
        "closed": order.status == "completed",
        "lines": [
            {
                "sku": line.sku,
                "quantity": line.quantity,
                "refunded": line.refunded,
                "sent": line.sent,
                "reduced": line.reduced,
            }
            for line in order.lines
        ],
    }


def _sell(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    lag = given.get("lag_seconds")
    order = shop.sell(
        given["sku"],
        int(given.get("quantity", 1)),
        lag=None if lag is None else timedelta(seconds=float(lag)),
        force=bool(given.get("force", False)),
        status=given.get("status", "processing"),
    )
    return _described(order)


def _cancel(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.cancel(order, restock=bool(given.get("restock", True)))
    return _described(order)


def _refund(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.refund(order, given["sku"], int(given["quantity"]), given["restock_type"])
    return _described(order)


def _edit(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    restock = bool(given.get("restock", True))
    shop.edit_quantity(order, given["sku"], int(given["quantity"]), restock=restock)
    return _described(order)


def _set(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    shop.set_by_hand(given["sku"], int(given["available"]))
    return {"sku": given["sku"], "available": shop.available(given["sku"])}


def _archive(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    shop.archive(given["sku"])
    return {"sku": given["sku"], "status": "trash"}


def _status(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    """Give an order any status, another plugin's included."""
    order = shop.order(given["order"])
    shop.move(order, given["status"])
    return _described(order)


def _trash(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.trash(order)
    return _described(order)


def _restore(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.restore(order)
    return _described(order)


def _rotate(shop: Shop, _: Mapping[str, Any]) -> dict[str, Any]:
    """Revoke the keys; the new ones are known only to who asks here."""
    key, secret = shop.rotate_keys()
    return {"consumer_key": key, "consumer_secret": secret}
