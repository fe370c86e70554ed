"""People and their stores, by plain HTTP, the same for every local server.

Everything takes and gives JSON. What cannot be done is answered by 409 with
`error`, what is not understood by 400, an unknown store, SKU or order by 404.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.sold_out import SoldOut

Shop = TypeVar("Shop")
Given = Mapping[str, Any]
Act = Callable[[Shop, Given], dict[str, Any]]
# By method and path below the store's own
Acts = Mapping[tuple[str, str], Act[Shop]]
_Endpoint = Callable[[Request], Awaitable[Response]]


def act_routes(shops: Mapping[str, Shop], acts: Acts[Shop]) -> list[Route]:
    """List the routes under `/_sandbox/`: an index of the shops, and each one's acts."""

    async def index(_: Request) -> Response:
        return JSONResponse({"shops": sorted(shops)})

    return [
        Route("/_sandbox/", index),
        *(
            Route(f"/_sandbox/{{shop}}/{path}", _endpoint(shops, act), methods=[method])
            for (method, path), act in acts.items()
        ),
    ]


def fault_acts(
    fault: Callable[..., Any], kinds: Sequence[str], operations: Sequence[str]
) -> Acts[Any]:
    """Let people list, switch on and clear a platform's faults."""

    def switch_on(shop: Any, given: Given) -> dict[str, Any]:
        kind = given["kind"]
        if kind not in kinds:
            raise ValueError(f"unknown fault, know: {', '.join(kinds)}")
        only = given.get("only")
        if only not in (None, *operations):
            raise ValueError(f"only is one of {', '.join(operations)}")
        count = given.get("count")
        seconds = float(given.get("seconds", 2.0))
        shop.faults.switch_on(fault(kind, None if count is None else int(count), seconds, only))
        return _listed(shop, given)

    return {
        ("GET", "faults"): _listed,
        ("POST", "faults"): switch_on,
        ("DELETE", "faults"): _clear,
    }


def sale_acts(described: Callable[[Any], dict[str, Any]]) -> Acts[Any]:
    """Let people buy at a location, and send what was bought; `described` tells an order."""

    def sell(shop: Any, given: Given) -> dict[str, Any]:
        lag = given.get("lag_seconds")
        order = shop.sell(
            given["sku"],
            int(given.get("quantity", 1)),
            location=named(shop, given.get("location")),
            lag=None if lag is None else timedelta(seconds=float(lag)),
            force=bool(given.get("force", False)),
        )
        return described(order)

    return {("POST", "sell"): sell, **sending_act(described)}


def sending_act(described: Callable[[Any], dict[str, Any]]) -> Acts[Any]:
    """Let people send what was bought."""

    def fulfil(shop: Any, given: Given) -> dict[str, Any]:
        order = shop.order(given["order"])
        shop.fulfil(order, given.get("sku"), given.get("quantity"))
        return described(order)

    return {("POST", "fulfil"): fulfil}


def set_at(shop: Any, given: Given) -> dict[str, Any]:
    """Set a number by hand, at a location where one is named."""
    place = named(shop, given.get("location"))
    shop.set_by_hand(given["sku"], int(given["available"]), place)
    return {"sku": given["sku"], "available": shop.available(given["sku"], place)}


def named(shop: Any, name: str | None) -> Any:
    """Find a location by its id or name, where one is given."""
    return None if name is None else shop.location(name)


def delete_order(shop: Any, given: Given) -> dict[str, Any]:
    order = shop.order(given["order"])
    shop.delete_order(order)
    return {"deleted": order.id}


def rename(shop: Any, given: Given) -> dict[str, Any]:
    shop.rename_sku(given["sku"], given["to"])
    return {"sku": given["to"]}


def _clear(shop: Any, given: Given) -> dict[str, Any]:
    shop.faults.clear(given.get("kind"))
    return _listed(shop, given)


def _listed(shop: Any, _: Given) -> dict[str, Any]:
    rows = [
        {"kind": each.kind, "count": each.count, "seconds": each.seconds, "only": each.only}
        for each in shop.faults.listed()
    ]
    return {"faults": rows}


def _endpoint(shops: Mapping[str, Shop], act: Act[Shop]) -> _Endpoint:
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
