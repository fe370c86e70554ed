"""Items: searched, read one by one, and patched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.amazon.assortment import issue
from sandbox.amazon.model import Item
from sandbox.amazon.order_rows import written
from sandbox.amazon.reading import body, marketplaces, moment, number, path_sku, query, text, texts
from sandbox.amazon.refusal import bad_request, invalid, not_found
from sandbox.amazon.shop import Shop

# Amazon: most items of a page, SKUs of a question, and items that one search leads to
_PAGE, _SKUS, _MOST = 20, 20, 1000
_DATA = frozenset({"summaries", "attributes", "issues", "fulfillmentAvailability", "productTypes"})
_OPS = ("add", "replace", "merge", "delete")


async def search(shop: Shop, request: Request) -> Response:
    """searchListingsItems"""
    shop.apply_due()
    given = query(request)
    places = marketplaces(shop, given)
    size = number(given, "pageSize", 10, _PAGE)
    found = _found(shop, given, places)
    start = int(text(given, "pageToken") or 0)
    page = found[start : min(start + size, _MOST)]
    answer: dict[str, Any] = {
        "numberOfResults": len(found),
        "items": [_told(item, places, _data(given)) for item in page],
    }
    if start + size < min(len(found), _MOST):
        answer["pagination"] = {"nextToken": str(start + size)}
    return JSONResponse(answer)


async def one(shop: Shop, request: Request) -> Response:
    """getListingsItem"""
    shop.apply_due()
    given = query(request)
    places = marketplaces(shop, given)
    sku = path_sku(request)
    item = shop.items.get(sku)
    if item is None or not set(item.marketplaces) & set(places):
        raise not_found(f"SKU '{sku}' not found in marketplace {places[0]}")
    return JSONResponse(_told(item, places, _data(given)))


async def patch(shop: Shop, request: Request) -> Response:
    """patchListingsItem: taken at once, seen later; what is refused is a success, too."""
    shop.apply_due()
    given = query(request)
    places = marketplaces(shop, given)
    sku = path_sku(request)
    sent = await body(request)
    _check(sent)
    take = shop.faults.take
    wrong = shop.problem(sku, sent)
    if take("invalid_number", "write"):
        wrong = issue("90000900", "The attributes are invalid.")
    answer: dict[str, Any] = {
        "sku": sku,
        "status": "INVALID" if wrong else "ACCEPTED",
        "submissionId": f"{next(shop.place_numbers):032x}",
        "issues": [wrong] if wrong else [],
    }
    if given.get("mode") == "VALIDATION_PREVIEW":
        answer["status"] = "INVALID" if wrong else "VALID"
    elif not wrong and not take("not_applied", "write"):
        later = (
            issue("90057", "The offer is not eligible.") if take("issue_later", "write") else None
        )
        shop.send_patch(sku, sent, places, later)
    return JSONResponse(answer)


def _check(sent: Mapping[str, Any]) -> None:
    """Refuse what has not the shape of a patch."""
    patches = sent.get("patches")
    if not isinstance(sent.get("productType"), str) or not isinstance(patches, list) or not patches:
        raise bad_request("productType and patches are required.")
    for each in patches:
        if not isinstance(each, dict) or each.get("op") not in _OPS or "path" not in each:
            raise bad_request("A patch needs op and path.")
        if each["op"] != "delete" and not isinstance(each.get("value"), list):
            raise bad_request("A patch's value is a list.")


def _data(given: Mapping[str, str]) -> set[str]:
    wanted = set(texts(given, "includedData")) or {"summaries"}
    if not wanted <= _DATA:
        raise invalid()
    return wanted


def _found(shop: Shop, given: Mapping[str, str], places: Sequence[str]) -> list[Item]:
    names, kind = texts(given, "identifiers"), given.get("identifiersType")
    if bool(names) != bool(kind) or len(names) > _SKUS or kind not in (None, "SKU"):
        raise invalid()
    by = given.get("sortBy", "lastUpdatedDate")
    if by not in ("sku", "createdDate", "lastUpdatedDate"):
        raise invalid()
    created, changed = _window(given, "created"), _window(given, "lastUpdated")
    found = [
        item
        for item in shop.items.values()
        if set(item.marketplaces) & set(places)
        and (not names or item.sku in names)
        and _within(item.created_at, created)
        and _within(item.updated_at, changed)
    ]
    keys: dict[str, Any] = {
        "sku": lambda item: (item.sku,),
        "createdDate": lambda item: (item.created_at, item.sku),
        "lastUpdatedDate": lambda item: (item.updated_at, item.sku),
    }
    return sorted(found, key=keys[by], reverse=given.get("sortOrder", "DESC") == "DESC")


_Window = tuple[datetime | None, datetime | None]


def _window(given: Mapping[str, str], name: str) -> _Window:
    return moment(given, f"{name}After"), moment(given, f"{name}Before")


def _within(at: datetime, window: _Window) -> bool:
    after, before = window
    return (after is None or at >= after) and (before is None or at <= before)


def _told(item: Item, places: Sequence[str], data: set[str]) -> dict[str, Any]:
    listed = [each for each in places if each in item.marketplaces]
    row: dict[str, Any] = {"sku": item.sku}
    if "summaries" in data:
        row["summaries"] = [
            {
                "marketplaceId": each,
                "asin": item.asin,
                "productType": item.product_type,
                "conditionType": "new_new",
                "status": item.status,
                "itemName": item.title,
                "createdDate": written(item.created_at),
                "lastUpdatedDate": written(item.updated_at),
            }
            for each in listed
        ]
    if "fulfillmentAvailability" in data:
        row["fulfillmentAvailability"] = [
            {"fulfillmentChannelCode": code, **({} if units is None else {"quantity": units})}
            for code, units in item.channels.items()
        ]
    if "productTypes" in data:
        row["productTypes"] = [
            {"marketplaceId": each, "productType": item.product_type} for each in listed
        ]
    if "issues" in data:
        row["issues"] = item.issues
    if "attributes" in data:
        row["attributes"] = {"item_name": [{"value": item.title}]}
    return row
