"""People and their stores, by plain HTTP: look, buy, cancel, break things.

Everything takes and gives JSON. What cannot be done is answered by 409 with
`error`, what is not understood by 400, an unknown store, SKU or order by 404.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.woocommerce.faults import KINDS, OPERATIONS, Fault
from sandbox.woocommerce.model import Order
from sandbox.woocommerce.shop import Shop, SoldOut

Act = Callable[[Shop, Mapping[str, Any]], dict[str, Any]]
_Endpoint = Callable[[Request], Awaitable[Response]]


def control_routes(shops: Mapping[str, Shop]) -> list[Route]:
    """List the routes under `/_sandbox/`."""

    async def index(_: Request) -> Response:
        return JSONResponse({"shops": sorted(shops)})

    def route(method: str, path: str, act: Act) -> Route:
        return Route(f"/_sandbox/{{shop}}/{path}", _endpoint(shops, act), methods=[method])

    return [
        Route("/_sandbox/", index),
        route("GET", "state", _state),
        route("GET", "available", _available),
        route("GET", "faults", _list_faults),
        route("POST", "faults", _switch_on),
        route("DELETE", "faults", _clear),
        route("POST", "token", _rotate),
        route("POST", "sell", _sell),
        route("POST", "fulfil", _fulfil),
        route("POST", "cancel", _cancel),
        route("POST", "refund", _refund),
        route("POST", "edit", _edit),
        route("POST", "set", _set),
        route("POST", "rename", _rename),
        route("POST", "archive", _archive),
        route("POST", "status", _status),
        route("POST", "trash", _trash),
        route("POST", "restore", _restore),
        route("POST", "delete-order", _delete_order),
    ]


def _endpoint(shops: Mapping[str, Shop], act: Act) -> _Endpoint:
    async def endpoint(request: Request) -> Response:
        shop = shops.get(request.path_params["shop"])
        if shop is None:
            return _error(404, "no such shop")
        try:
            given = json.loads(await request.body() or b"{}")
            return JSONResponse(act(shop, given))
        except SoldOut as sold_out:
            return _error(409, f"sold out: {sold_out}")
        except KeyError as missing:
            return _error(404, f"not known or not given: {missing}")
        except (ValueError, TypeError, AttributeError) as wrong:
            return _error(400, str(wrong))

    return endpoint


def _error(status: int, words: str) -> Response:
    return JSONResponse({"error": words}, status_code=status)


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


def _fulfil(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.fulfil(order, given.get("sku"), given.get("quantity"))
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


def _rename(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    shop.rename_sku(given["sku"], given["to"])
    return {"sku": given["to"]}


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


def _delete_order(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.delete_order(order)
    return {"deleted": order.id}


def _switch_on(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    kind = given["kind"]
    if kind not in KINDS:
        raise ValueError(f"unknown fault, know: {', '.join(KINDS)}")
    only = given.get("only")
    if only not in (None, *OPERATIONS):
        raise ValueError(f"only is one of {', '.join(OPERATIONS)}")
    count = given.get("count")
    seconds = float(given.get("seconds", 2.0))
    shop.faults.switch_on(Fault(kind, None if count is None else int(count), seconds, only))
    return _list_faults(shop, given)


def _clear(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    shop.faults.clear(given.get("kind"))
    return _list_faults(shop, given)


def _list_faults(shop: Shop, _: Mapping[str, Any]) -> dict[str, Any]:
    rows = [
        {"kind": each.kind, "count": each.count, "seconds": each.seconds, "only": each.only}
        for each in shop.faults.listed()
    ]
    return {"faults": rows}


def _rotate(shop: Shop, _: Mapping[str, Any]) -> dict[str, Any]:
    """Revoke the keys; the new ones are known only to who asks here."""
    key, secret = shop.rotate_keys()
    return {"consumer_key": key, "consumer_secret": secret}
