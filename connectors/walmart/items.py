"""Walmart's list of items, and which of them Walmart itself stores and sends."""

from __future__ import annotations

import logging

from connectors.errors import NeedsReconnect, Unavailable
from connectors.http import Row
from connectors.walmart.calls import ALL_ITEMS, WFS_STOCK
from connectors.walmart.client import MarketClient
from connectors.walmart.errors import Invalid, NotFound

logger = logging.getLogger(__name__)

# Walmart: at most 1,000 items a page, 300 of those that it stores
_PAGE, _WFS_PAGE = 1000, 300
# The cursor of a pass dies after two minutes, and a page that got lost cannot be asked for
# again: the pass begins anew, this often at most.
_BEGINNINGS = 3


async def read_items(client: MarketClient) -> list[Row]:
    """Read all items, the rows of one SKU once."""
    for _ in range(_BEGINNINGS - 1):
        try:
            return await _items(client)
        except (Invalid, Unavailable) as lost:
            logger.info("%s: %s Beginning anew.", ALL_ITEMS.name, lost)
    return await _items(client)


async def _items(client: MarketClient) -> list[Row]:
    found: dict[str, Row] = {}
    cursor = "*"
    read = 0
    while True:
        try:
            answer = await client.run(ALL_ITEMS, {"nextCursor": cursor, "limit": _PAGE})
        except NotFound:
            return list(found.values())  # no items, or none beyond the last page
        body = answer.row()
        rows = body.rows("ItemResponse")
        found |= {row.text("sku"): row for row in rows}
        read += len(rows)
        # The cursor may stay the same from page to page, so it does not tell the end.
        ended = "totalItems" in body and read >= body.whole("totalItems")
        if ended or not rows or "nextCursor" not in body:
            return list(found.values())
        cursor = body.text("nextCursor")


async def read_wfs(client: MarketClient) -> frozenset[str]:
    """Read the SKUs that Walmart Fulfillment Services stores; none where it does not serve."""
    found: set[str] = set()
    offset = 0
    while True:
        query = {"limit": _WFS_PAGE, "offset": offset}
        try:
            answer = await client.read(WFS_STOCK, query)
        except (Invalid, NotFound, NeedsReconnect) as refused:
            # A programme that a seller does not take part in is refused in several ways. Were
            # it a permission, the next call about stock would be refused too.
            dead = isinstance(refused, NeedsReconnect) and not refused.missing_scopes
            if offset or dead:
                raise
            return frozenset()
        # Strictly: half an answer would make items of Walmart's pass for the seller's own.
        rows = answer.row().row("payload").rows("inventory")
        found |= {row.row("itemInformation").text("sku") for row in rows}
        offset += len(rows)
        if len(rows) < _WFS_PAGE:
            return frozenset(found)
