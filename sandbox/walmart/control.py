"""People and their stores, by plain HTTP: look, buy, cancel, break things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.routing import Route

from sandbox.control import Acts, act_routes, delete_order, fault_acts, rename, sale_acts, set_at
from sandbox.walmart.faults import KINDS, OPERATIONS, Fault
from sandbox.walmart.model import Order
from sandbox.walmart.shop import Shop


def control_routes(shops: Mapping[str, Shop]) -> list[Route]:
    """List the routes under `/_sandbox/`."""
    acts: Acts[Shop] = {
        **fault_acts(Fault, KINDS, OPERATIONS),
        **sale_acts(_described),
        ("GET", "state"): _state,
        ("GET", "available"): _available,
        ("POST", "token"): _rotate,
        ("POST", "account"): _account,
        ("POST", "acknowledge"): _acknowledge,
        ("POST", "cancel"): _cancel,
        ("POST", "refund"): _refund,
        ("POST", "set"): set_at,
        ("POST", "rename"): rename,
        ("POST", "archive"): _archive,
        ("POST", "locations"): _add_location,
        ("POST", "stock-at"): _stock_at,
        ("POST", "delete-order"): delete_order,
    }
    return act_routes(shops, acts)


def _state(shop: Shop, _: Mapping[str, Any]) -> dict[str, Any]:
    """Every number: one row per item and node with stock, all orders and feeds."""
    shop.apply_due()
    names = {node.id: node.name for node in shop.nodes}
    return {
        "shop": shop.name,
        "title": shop.title,
        "status": shop.status,
        "client_id": shop.client_id,
        "client_secret": shop.client_secret,
        "locations": [
            {"id": node.id, "name": node.name, "kind": node.kind, "active": node.active}
            for node in shop.nodes
        ],
        "listings": [
            {
                "sku": item.sku,
                "title": item.title,
                "published": item.published,
                "lifecycle": item.lifecycle,
                "fulfilment": item.fulfilment,
                "location": node,
                "location_name": names[node],
                "available": stock.available,
                "on_hand": stock.input,
                "reserved": stock.reserved,
            }
            for item in shop.items.values()
            for node, stock in item.stock.items()
        ],
        "orders": [_described(order) for order in shop.orders],
        "feeds": [
            {"id": feed.id, "items": len(feed.entries), "done": feed.done}
            for feed in shop.feeds.sent
        ],
    }


def _available(shop: Shop, _: Mapping[str, Any]) -> dict[str, Any]:
    """What a shopper could buy at the default node."""
    shop.apply_due()
    default = shop.nodes[0].id
    return {
        "available": {
            item.sku: [item.stock[default].available]
            for item in shop.items.values()
            if default in item.stock
        }
    }


def _described(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "name": order.name,
        "fulfilment": order.fulfilment,
        "lines": [
            {
                "sku": line.sku,
                "quantity": line.quantity,
                "shipped": line.shipped,
                "cancelled": line.cancelled,
                "refunded": line.refunded,
            }
            for line in order.lines
        ],
    }


def _account(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    """Change how Walmart sees the account, or what its keys may do."""
    if "status" in given:
        shop.status = given["status"]
    for area, access in given.get("scopes", {}).items():
        if area not in shop.scopes or access not in ("full_access", "view_only", "no_access"):
            raise ValueError("scopes map an area to full_access, view_only or no_access")
        shop.scopes[area] = access
    return {"status": shop.status, "scopes": dict(shop.scopes)}


def _acknowledge(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.acknowledge(order)
    return _described(order)


def _cancel(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.cancel(order, restock=given.get("restock"))
    return _described(order)


def _refund(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.refund(order, given["sku"], int(given["quantity"]), given.get("restock_type"))
    return _described(order)


def _add_location(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    added = shop.add_location(
        given["name"],
        active=bool(given.get("active", True)),
        kind="3PL" if given.get("kind") == "3PL" else "PHYSICAL",
    )
    return {"id": added.id, "name": added.name}


def _stock_at(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    node = shop.location(given["location"])
    stock = shop.stock_at(given["sku"], node, int(given.get("available", 0)))
    return {"sku": given["sku"], "available": stock.available}


def _archive(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    shop.archive(given["sku"])
    return {"sku": given["sku"], "lifecycle": "ARCHIVED"}


def _rotate(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    """Reset the secret; the new one is known only to who asks here."""
    secret = shop.rotate_keys(given.get("client_secret"))
    return {"client_id": shop.client_id, "client_secret": secret}
