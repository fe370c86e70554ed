"""Stock of single items and of all, and setting it one item at a time."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.walmart.answers import bad_request, error, not_found, refusal
from sandbox.walmart.assortment import WORDS, Answer
from sandbox.walmart.model import Item
from sandbox.walmart.reading import amount, number, path_sku, query
from sandbox.walmart.shop import Shop

_PAGE = 50  # Walmart: most SKUs of a page


async def one_quantity(shop: Shop, request: Request) -> Response:
    """getInventory: what can be sold at one node"""
    given = query(request)
    item = _seen(shop, given.get("sku"))
    if item is None:
        return _unknown()
    node = given.get("shipNode", shop.nodes[0].id)
    quantities = [row["availToSellQty"] for row in _nodes(shop, item, {node})]
    return JSONResponse({"sku": item.sku, "quantity": (quantities or [_each(0)])[0]})


async def put_quantity(shop: Shop, request: Request) -> Response:
    """updateInventoryForAnItem: what a seller puts in at one node"""
    given = query(request)
    body = _body(await request.body())
    units = amount(body.get("quantity"))
    if units is None:
        return bad_request("INVENTORY", "amount")
    sku = body.get("sku")
    if sku != given.get("sku") or not isinstance(sku, str):
        return bad_request("INVENTORY", "sku")
    answer = _put(shop, sku, given.get("shipNode", shop.nodes[0].id), units)
    if answer != "ok":
        return _refused(answer, sku)
    return JSONResponse({"sku": sku, "quantity": _each(units)})


async def nodes_of_all(shop: Shop, request: Request) -> Response:
    """getMultiNodeInventoryForAllSkuAndAllShipNodes: each cursor is good for one call"""
    given = query(request)
    try:
        limit = number(given, "limit", 10, _PAGE)
    except ValueError:
        return bad_request("INVENTORY", "limit")
    shop.apply_due()
    cursor = given.get("nextCursor")
    if cursor is None:
        sellers = [item for item in shop.items.values() if item.fulfilment != "WFSFulfilled"]
        cursor = shop.stock_cursors.begin(sellers)
        page = shop.stock_cursors.page(cursor, limit)
    else:
        dead = shop.faults.take("dead_stock_cursor", "read")
        page = None if dead else shop.stock_cursors.page(cursor, limit)
    if page is None:
        return not_found("INVENTORY")
    rows, total, following = page
    meta: dict[str, Any] = {"totalCount": total}
    if following is not None:
        meta["nextCursor"] = following
    told = [_stock(shop, item) for item in rows]
    return JSONResponse({"meta": meta, "elements": {"inventories": told}})


async def nodes_of_one(shop: Shop, request: Request) -> Response:
    """getMultiNodeInventoryForSkuAndAllShipnodes"""
    item = _seen(shop, path_sku(request))
    if item is None:
        return _unknown()
    wanted = query(request).get("shipNode")
    return JSONResponse(_stock(shop, item, None if wanted is None else {wanted}))


async def put_nodes(shop: Shop, request: Request) -> Response:
    """updateMultiNodeInventory: each node is taken or refused on its own"""
    sku = path_sku(request)
    if _seen(shop, sku) is None or sku is None:
        return _unknown()
    rows = _body(await request.body()).get("inventories", {}).get("nodes")
    if not isinstance(rows, list) or not rows:
        return bad_request("INVENTORY", "nodes")
    wanted = [(row.get("shipNode"), amount(row.get("inputQty"))) for row in rows]
    if any(units is None or not isinstance(node, str) for node, units in wanted):
        return bad_request("INVENTORY", "inputQty")
    told: list[dict[str, Any]] = []
    for node, units in wanted:
        fails = shop.faults.take("node_fails", "write")
        answer = "no_node" if fails else _put(shop, sku, str(node), int(units or 0))
        if answer in ("retired", "not_yours"):
            return _refused(answer, sku)
        told.append(_told(str(node), answer))
    return JSONResponse({"sku": sku, "nodes": told})


def _put(shop: Shop, sku: str, node: str, units: int) -> Answer:
    shop.apply_due()
    if shop.faults.take("not_applied", "write"):
        return "ok" if sku in shop.items else "unknown"
    return shop.put(sku, node, units)


def _told(node: str, answer: Answer) -> dict[str, Any]:
    if answer == "ok":
        return {"shipNode": node, "status": "Success"}
    row = error("INVALID_NODE", WORDS[answer], field="shipNode")
    return {"shipNode": node, "status": "Failure", "errors": [row]}


def _refused(answer: Answer, sku: str) -> Response:
    if answer == "unknown":
        return _unknown()
    code = "INVALID_NODE" if answer == "no_node" else "INVALID_REQUEST_CONTENT"
    field = "shipNode" if answer == "no_node" else "sku"
    words = WORDS[answer].format(sku=sku)
    return refusal(400, error(f"{code}.GMP_INVENTORY_API", words, field=field))


def _unknown() -> Response:
    row = error(
        "CONTENT_NOT_FOUND.GMP_INVENTORY_API",
        "Resource does not exist",
        "Requested content could not be found.",
        field="sku",
    )
    return refusal(404, {**row, "causes": [], "errorIdentifiers": {}})


def _seen(shop: Shop, sku: str | None) -> Item | None:
    """Find an item that the seller's own stock calls know."""
    shop.apply_due()
    item = shop.items.get(sku or "")
    return None if item is None or item.fulfilment == "WFSFulfilled" else item


def _stock(shop: Shop, item: Item, wanted: set[str] | None = None) -> dict[str, Any]:
    """Tell an item's stock at its nodes, which are missing where nothing was ever written."""
    nodes = _nodes(shop, item, wanted)
    return {"sku": item.sku, "nodes": nodes} if nodes else {"sku": item.sku}


def _nodes(shop: Shop, item: Item, wanted: set[str] | None = None) -> list[dict[str, Any]]:
    old = shop.faults.take("old_read", "read") is not None
    rows = []
    for node, stock in item.stock.items():
        if wanted is not None and node not in wanted:
            continue
        put, reserved = stock.read(shop.now(), old=old)
        rows.append(
            {
                "shipNode": node,
                "inputQty": _each(put),
                "availToSellQty": _each(max(0, put - reserved)),
                "reservedQty": _each(reserved),
            }
        )
    return rows


def _each(units: int) -> dict[str, Any]:
    return {"unit": "EACH", "amount": units}


def _body(content: bytes) -> dict[str, Any]:
    """Read a JSON object, an empty one where there is none."""
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
