"""People and their listings, by plain HTTP: look, buy, cancel, break things."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.routing import Route

from sandbox.amazon.faults import KINDS, OPERATIONS, Fault
from sandbox.amazon.model import OURS, Order
from sandbox.amazon.shop import Shop
from sandbox.amazon.sites import US
from sandbox.control import Acts, act_routes, delete_order, fault_acts, rename, sending_act, set_at


def control_routes(shops: Mapping[str, Shop]) -> list[Route]:
    """List the routes under `/_sandbox/`."""
    acts: Acts[Shop] = {
        **fault_acts(Fault, KINDS, OPERATIONS),
        **sending_act(_described),
        ("GET", "state"): _state,
        ("GET", "available"): _available,
        ("POST", "token"): _revoke,
        ("POST", "secret"): _rotate_secret,
        ("POST", "marketplace"): _marketplace,
        ("POST", "sell"): _sell,
        ("POST", "pay"): _pay,
        ("POST", "cancel"): _cancel,
        ("POST", "delete-order"): delete_order,
        ("POST", "set"): set_at,
        ("POST", "rename"): rename,
        ("POST", "archive"): _archive,
        ("POST", "activate"): _activate,
        ("POST", "convert"): _convert,
        ("POST", "fba"): _fba,
    }
    return act_routes(shops, acts)


def _state(shop: Shop, _: Mapping[str, Any]) -> dict[str, Any]:
    """Every number: one row per SKU, what Amazon holds, all orders and feeds."""
    shop.apply_due()
    return {
        "shop": shop.name,
        "title": shop.title,
        "seller_id": shop.seller_id,
        "marketplaces": [
            {"id": site.id, "country": site.country, "suspended": site.suspended}
            for site in shop.sites.values()
        ],
        "listings": [
            {
                "sku": item.sku,
                "title": item.title,
                "channels": sorted(item.channels),
                "available": item.available,
                "lead_time": item.lead_time,
                "closed": item.closed,
            }
            for item in shop.items.values()
        ],
        "fba": {
            place: {sku: held.fulfillable for sku, held in skus.items()}
            for place, skus in shop.at_amazon.items()
        },
        "orders": [_described(order) for order in shop.orders],
        "feeds": [
            {"id": feed.id, "items": len(feed.messages), "status": feed.status(shop.now())}
            for feed in shop.feeds.sent
        ],
        "violations": shop.violations,
    }


def _available(shop: Shop, _: Mapping[str, Any]) -> dict[str, Any]:
    """What a shopper could buy of the seller's own."""
    shop.apply_due()
    return {
        "available": {
            item.sku: [item.available] for item in shop.items.values() if OURS in item.channels
        }
    }


def _described(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "name": order.name,
        "status": order.status,
        "fulfilled_by": order.fulfilled_by,
        "lines": [
            {"sku": line.sku, "quantity": line.quantity, "shipped": line.fulfilled}
            for line in order.lines
        ],
    }


def _sell(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    lag = given.get("lag_seconds")
    order = shop.sell_many(
        [(given["sku"], int(given.get("quantity", 1)))],
        lag=None if lag is None else timedelta(seconds=float(lag)),
        force=bool(given.get("force", False)),
        status="PENDING" if given.get("unpaid") else "UNSHIPPED",
        fulfilled_by="AMAZON" if given.get("fba") else "MERCHANT",
        marketplace=given.get("marketplace", US),
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


def _archive(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    shop.archive(given["sku"])
    return {"sku": given["sku"], "closed": True}


def _activate(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    shop.activate(given["sku"])
    return {"sku": given["sku"], "closed": False}


def _convert(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    """Let Amazon ship a SKU from now on, or the seller again, or both."""
    shop.convert(given["sku"], *given["channels"])
    return {"sku": given["sku"], "channels": sorted(shop.items[given["sku"]].channels)}


def _fba(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    """Say what Amazon holds of a SKU."""
    held = shop.add_fba(given["sku"], int(given["fulfillable"]), given.get("marketplace", US))
    return {"sku": given["sku"], "fulfillable": held.fulfillable}


def _marketplace(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    """Change how the account stands in a marketplace."""
    site = shop.sites[given.get("id", US)]
    site.suspended = bool(given.get("suspended", site.suspended))
    site.participates = bool(given.get("participates", site.participates))
    site.has_fba = bool(given.get("has_fba", site.has_fba))
    return {"id": site.id, "suspended": site.suspended, "participates": site.participates}


def _revoke(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    """Let all tokens die; the one that holds afterwards is known only to who asks here."""
    return {"refresh_token": shop.keys.revoke(given.get("token"))}


def _rotate_secret(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    return {"client_secret": shop.keys.rotate_secret(given.get("secret"))}
