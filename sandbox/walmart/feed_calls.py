"""Sending files of many numbers, and asking what became of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.walmart.answers import bad_request, not_found, of_feed
from sandbox.walmart.feeds import Entry, ItemStatus, told
from sandbox.walmart.reading import amount, number, query, sent_file
from sandbox.walmart.shop import Shop

_DETAILS = 50  # Walmart: most details of one answer
# By type of feed: the version, and the names of the header and of the list, cased as they must be
_SHAPES = {
    "inventory": ("1.4", "InventoryHeader", "Inventory"),
    "MP_INVENTORY": ("1.5", "inventoryHeader", "inventory"),
}


async def send(shop: Shop, request: Request) -> Response:
    """Take a file of numbers; it takes effect later. The local store reads JSON only."""
    kind = query(request).get("feedType", "")
    content = await sent_file(request)
    if content is None or shop.faults.take("no_file", "write"):
        return of_feed(400, "MISSING_FILE", "Multipart field 'file' is required.")
    limit = shop.limits.feeds[kind]
    if len(content) > limit.size:
        return Response(status_code=413, media_type="application/json")
    if content.lstrip().startswith(b"<") or shop.faults.take("wrong_kind", "write"):
        words = "Expected JSON for MP_INVENTORY or JSON/XML for inventory."
        return of_feed(415, "UNSUPPORTED_MEDIA_TYPE", words)
    try:
        document = json.loads(content)
    except ValueError:
        feed = shop.feeds.send((), error="The file could not be parsed.")
        return JSONResponse({"feedId": feed.id})
    entries = _entries(kind, document)
    if entries is None:
        version = _SHAPES[kind][0]
        return of_feed(422, "SCHEMA_MISMATCH", f"The file does not follow version {version}.")
    if limit.items is not None and len(entries) > limit.items:
        return Response(status_code=413, media_type="application/json")
    if shop.faults.take("strict_feed", "write"):
        for place, (sku, _) in enumerate(entries):
            if sku not in shop.items:
                words = f"SKU '{sku}' not found for this seller."
                return of_feed(422, "INVALID_SKU", words, f"inventory[{place}].sku")
    return JSONResponse({"feedId": _sent(shop, entries)})


async def status(shop: Shop, request: Request) -> Response:
    """getFeedItemStatus"""
    given = query(request)
    details = given.get("includeDetails", "false") == "true"
    try:
        limit = number(given, "limit", _DETAILS, _DETAILS if details else 10**9)
        offset = number(given, "offset", 0, 10**9)
    except ValueError:
        return bad_request("FEED", "limit")
    shop.apply_due()
    feed = shop.feeds.find(unquote(request.path_params["feed"]))
    if feed is None:
        return not_found("FEED", "The requested feed was not found.")
    return JSONResponse(told(feed, shop.now(), details=details, offset=offset, limit=limit))


def _sent(shop: Shop, entries: Sequence[Entry]) -> str:
    take = shop.faults.take
    spoilt: ItemStatus | None = None
    if take("feed_items_fail", "write"):
        spoilt = "SYSTEM_ERROR"
    elif take("feed_items_time_out", "write"):
        spoilt = "TIMEOUT_ERROR"
    error = "The feed could not be processed." if take("feed_error", "write") else None
    hangs = take("feed_hangs", "write") is not None
    return shop.feeds.send(entries, hangs=hangs, error=error, spoilt=spoilt).id


def _entries(kind: str, document: Any) -> list[Entry] | None:
    """Read the entries of a file, None where it has not the shape of its type."""
    version, header, name = _SHAPES[kind]
    if not isinstance(document, dict) or document.keys() != {header, name}:
        return None
    rows = document[name]
    if document[header] != {"version": version} or not isinstance(rows, list):
        return None
    entries: list[Entry] = []
    for row in rows:
        nodes = _nodes(kind, row)
        if nodes is None or not isinstance(row.get("sku"), str):
            return None
        entries.append((row["sku"], nodes))
    return entries


def _nodes(kind: str, row: Any) -> list[tuple[str | None, int]] | None:
    if not isinstance(row, dict):
        return None
    given = [row] if kind == "inventory" else row.get("shipNodes")
    if not isinstance(given, list) or not given:
        return None
    found: list[tuple[str | None, int]] = []
    for one in given:
        units = amount(one.get("quantity"))
        node = None if kind == "inventory" else one.get("shipNode")
        if units is None or (kind != "inventory" and not isinstance(node, str)):
            return None
        found.append((node, units))
    return found
