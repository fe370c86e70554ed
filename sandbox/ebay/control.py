"""People and their listings, by plain HTTP: look, buy, cancel, break things."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.routing import Route

from sandbox.control import Acts, act_routes, fault_acts, rename, sending_act
from sandbox.ebay.faults import KINDS, OPERATIONS, Fault
from sandbox.ebay.model import Order
from sandbox.ebay.shop import Shop


def control_routes(shops: Mapping[str, Shop]) -> list[Route]:
    """List the routes under `/_sandbox/`."""
    acts: Acts[Shop] = {
        **fault_acts(Fault, KINDS, OPERATIONS),
        **sending_act(_described),
        ("GET", "state"): _state,
        ("GET", "available"): _available,
        ("POST", "token"): _withdraw,
        ("POST", "settings"): _settings,
        ("POST", "sell"): _sell,
        ("POST", "pay"): _pay,
        ("POST", "ask-to-cancel"): _ask_to_cancel,
        ("POST", "cancel"): _cancel,
        ("POST", "refund"): _refund,
        ("POST", "set"): _set,
        ("POST", "rename"): rename,
        ("POST", "archive"): _archive,
    }
    return act_routes(shops, acts)


def _state(shop: Shop, _: Mapping[str, Any]) -> dict[str, Any]:
    """Every number: one row per thing on a listing that runs, and all orders."""
    return {
        "shop": shop.name,
        "title": shop.title,
        "refresh_token": shop.keys.refresh_token,
        "listings": [
            {
                "sku": each.sku,
                "title": each.listing.title,
                "option": each.option,
                "item_id": each.listing.id,
                "model": each.listing.model,
                "type": each.listing.type,
                "status": each.listing.status,
                "available": each.available,
                "sold": each.sold,
            }
            for each in shop.variations()
        ],
        "orders": [_described(order) for order in shop.orders],
    }


def _available(shop: Shop, _: Mapping[str, Any]) -> dict[str, Any]:
    """What a buyer could buy; a SKU on several listings has several."""
    numbers: dict[str, list[int]] = {}
    for each in shop.variations():
        numbers.setdefault(each.sku, []).append(each.available)
    return {"available": numbers}


def _described(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "name": order.name,
        "payment": order.payment,
        "cancel_state": order.cancel_state,
        "lines": [
            {
                "sku": line.sku,
                "item_id": line.item_id,
                "quantity": line.quantity,
                "shipped": line.shipped,
                "taken_off": line.lowered,
            }
            for line in order.lines
        ],
    }


def _settings(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    """Change what eBay does to a listing that is sold out, and after a cancellation."""
    shop.out_of_stock_control = bool(given.get("out_of_stock_control", shop.out_of_stock_control))
    shop.restocks_on_cancel = bool(given.get("restocks_on_cancel", shop.restocks_on_cancel))
    if (status := given.get("status")) is not None:
        if status not in ("CONFIRMED", "UNCONFIRMED", "ACCOUNTONHOLD"):
            raise ValueError("status is CONFIRMED, UNCONFIRMED or ACCOUNTONHOLD")
        shop.status = status
    return {
        "out_of_stock_control": shop.out_of_stock_control,
        "restocks_on_cancel": shop.restocks_on_cancel,
        "status": shop.status,
    }


def _sell(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    lag = given.get("lag_seconds")
    order = shop.sell(
        given["sku"],
        int(given.get("quantity", 1)),
        lag=None if lag is None else timedelta(seconds=float(lag)),
        force=bool(given.get("force", False)),
        payment="PENDING" if given.get("unpaid") else "PAID",
    )
    return _described(order)


def _pay(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.pay(order)
    return _described(order)


def _ask_to_cancel(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.ask_to_cancel(order)
    return _described(order)


def _cancel(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.cancel(order, restock=given.get("restock"))
    return _described(order)


def _refund(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    units = given.get("quantity")
    shop.refund(order, given.get("sku"), None if units is None else int(units))
    return _described(order)


def _set(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    shop.set_by_hand(given["sku"], int(given["available"]))
    return {"sku": given["sku"], "available": shop.available(given["sku"])}


def _archive(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    listing = shop.variation(given["sku"]).listing
    shop.archive(given["sku"])
    return {"sku": given["sku"], "status": listing.status}


def _withdraw(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    """Withdraw the consent and give another; its token is known only to who asks here."""
    return {"refresh_token": shop.keys.rotate_refresh_token(given.get("token"))}
