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

from sandbox.bigcommerce.faults import KINDS, OPERATIONS, Fault
from sandbox.bigcommerce.model import Location, Order
from sandbox.bigcommerce.shop import Shop, SoldOut

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
        route("POST", "settings", _settings),
        route("POST", "sell", _sell),
        route("POST", "fulfil", _fulfil),
        route("POST", "complete", _complete),
        route("POST", "cancel", _cancel),
        route("POST", "refund", _refund),
        route("POST", "edit", _edit),
        route("POST", "set", _set),
        route("POST", "rename", _rename),
        route("POST", "archive", _archive),
        route("POST", "locations", _add_location),
        route("POST", "stock-at", _stock_at),
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


def _sell(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    lag = given.get("lag_seconds")
    order = shop.sell(
        given["sku"],
        int(given.get("quantity", 1)),
        location=_named(shop, given.get("location")),
        lag=None if lag is None else timedelta(seconds=float(lag)),
        force=bool(given.get("force", False)),
    )
    return _described(order)


def _fulfil(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.fulfil(order, given.get("sku"), given.get("quantity"))
    return _described(order)


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


def _set(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    place = _named(shop, given.get("location"))
    shop.set_by_hand(given["sku"], int(given["available"]), place)
    return {"sku": given["sku"], "available": shop.available(given["sku"], place)}


def _named(shop: Shop, name: str | None) -> Location | None:
    """Find a location by its id or name, where one is given."""
    return None if name is None else shop.location(name)


def _add_location(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    added = shop.add_location(given["name"], active=bool(given.get("active", True)))
    return {"id": added.id, "name": added.name}


def _stock_at(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    place = shop.location(given["location"])
    stock = shop.stock_at(given["sku"], place, int(given.get("available", 0)))
    return {"sku": given["sku"], "available": stock.available}


def _delete_order(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.delete_order(order)
    return {"deleted": order.id}


def _rename(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    shop.rename_sku(given["sku"], given["to"])
    return {"sku": given["to"]}


def _archive(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    shop.archive(given["sku"])
    return {"sku": given["sku"], "visible": False}


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


def _rotate(shop: Shop, given: Mapping[str, Any]) -> dict[str, Any]:
    """Let the current token die; the new one is known only to who asks here."""
    return {"token": shop.rotate_token(given.get("token"))}
