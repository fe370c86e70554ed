"""People and their listings, by plain HTTP: look, buy, cancel, break things."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.routing import Route

from sandbox.control import Acts, act_routes, delete_order, fault_acts, rename, sending_act
from sandbox.etsy.faults import KINDS, OPERATIONS, Fault
from sandbox.etsy.model import Order
from sandbox.etsy.shop import Shop


def control_routes(shops: Mapping[str, Shop]) -> list[Route]:
    """List the routes under `/_sandbox/`."""
    acts: Acts[Shop] = {
        **fault_acts(Fault, KINDS, OPERATIONS),
        **sending_act(_described),
        ("GET", "state"): _state,
        ("GET", "available"): _available,
        ("POST", "token"): _change_password,
        ("POST", "settings"): _settings,
        ("POST", "sell"): _sell,
        ("POST", "pay"): _pay,
        ("POST", "cancel"): _cancel,
        ("POST", "refund"): _refund,
        ("POST", "delete-order"): delete_order,
        ("POST", "set"): _set,
        ("POST", "rename"): rename,
        ("POST", "archive"): _archive,
        ("POST", "activate"): _activate,
        ("POST", "expire"): _expire,
    }
    return act_routes(shops, acts)


def _state(shop: Shop, _: Mapping[str, Any]) -> dict[str, Any]:
    """Every number: one row per product, and all receipts."""
    return {
        "shop": shop.name,
        "shop_id": shop.id,
        "title": shop.title,
        "on_vacation": shop.on_vacation,
        "refresh_token": shop.keys.refresh_token,
        "listings": [
            {
                "sku": each.sku,
                "title": each.listing.title,
                "listing_id": each.listing.id,
                "state": each.listing.state,
                "kind": each.listing.kind,
                "quantity": each.quantity,
                "available": each.available,
                "options": [value.values[0] for value in each.properties],
                "price": f"{each.amount / each.divisor:.2f}",
                "renewals": len(each.listing.renewals),
            }
            for each in shop.products()
        ],
        "orders": [_described(order) for order in shop.orders],
    }


def _available(shop: Shop, _: Mapping[str, Any]) -> dict[str, Any]:
    """What a buyer could buy; a SKU on several listings has several."""
    numbers: dict[str, dict[int, int]] = {}
    for each in shop.products():
        by_listing = numbers.setdefault(each.sku, {})
        by_listing[each.listing.id] = max(each.available, by_listing.get(each.listing.id, 0))
    return {"available": {sku: list(found.values()) for sku, found in numbers.items()}}


def _described(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "name": order.name,
        "status": order.status,
        "lines": [
            {
                "sku": line.sku,
                "listing_id": line.listing_id,
                "quantity": line.quantity,
                "shipped": line.shipped_at is not None,
            }
            for line in order.lines
        ],
    }


def _settings(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    """Go on vacation and come back; say what a cancellation does to a listing."""
    shop.on_vacation = bool(given.get("on_vacation", shop.on_vacation))
    shop.restocks_on_cancel = bool(given.get("restocks_on_cancel", shop.restocks_on_cancel))
    return {"on_vacation": shop.on_vacation, "restocks_on_cancel": shop.restocks_on_cancel}


def _sell(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    lag = given.get("lag_seconds")
    order = shop.sell(
        given["sku"],
        int(given.get("quantity", 1)),
        lag=None if lag is None else timedelta(seconds=float(lag)),
        force=bool(given.get("force", False)),
        status="open" if given.get("unpaid") else "paid",
    )
    return _described(order)


def _pay(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.pay(order)
    return _described(order)


def _cancel(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.cancel(order, restock=given.get("restock"))
    return _described(order)


def _refund(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.refund(order, whole=bool(given.get("whole", False)))
    return _described(order)


def _set(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    shop.set_by_hand(given["sku"], int(given["available"]))
    return {"sku": given["sku"], "available": shop.available(given["sku"])}


def _archive(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    shop.archive(given["sku"])
    return _listing(shop, given)


def _activate(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    shop.activate(given["sku"])
    return _listing(shop, given)


def _expire(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    shop.expire(given["sku"])
    return _listing(shop, given)


def _listing(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    return {"sku": given["sku"], "state": shop.product(given["sku"]).listing.state}


def _change_password(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    """Let all tokens die; the one that holds afterwards is known only to who asks here."""
    return {"refresh_token": shop.keys.rotate_refresh_token(given.get("token"))}
