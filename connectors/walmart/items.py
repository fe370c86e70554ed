"""Walmart's list of items, and which of them Walmart itself stores and sends."""

from __future__ import annotations

import logging
import re

from connectors.errors import NeedsReconnect, Refused, StoreError, Unavailable
from connectors.http import Row
from connectors.walmart.calls import ALL_ITEMS, WFS_STOCK
from connectors.walmart.client import MarketClient
from connectors.walmart.errors import Invalid, NotFound, TokenRefused

logger = logging.getLogger(__name__)

# Walmart: at most 1,000 items a page, 300 of those that it stores
_PAGE, _WFS_PAGE = 1000, 300
# The cursor of a pass dies after two minutes, and a page that got lost cannot be asked for
# again: the pass begins anew, this often at most.
_BEGINNINGS = 3
# Walmart documents no refusal for an account outside the programme: its own words have to say
# so. The same status may as well mean a trouble of the moment, or a permission.
_PROGRAMME = re.compile(r"\bWFS\b|Walmart Fulfillment", re.IGNORECASE)
_NOT_IN_IT = re.compile(r"\bnot\b.*\b(enrolled|onboarded|registered|eligible)\b", re.IGNORECASE)
_UNTOLD = "Walmart does not tell which items it stores itself (WFS), so the list is not used."


class Untold(Unavailable):
    """Walmart refuses to say what it stores itself: maybe nothing, maybe not now."""


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
    total: int | None = None
    while True:
        try:
            answer = await client.run(ALL_ITEMS, {"nextCursor": cursor, "limit": _PAGE})
        except NotFound as gone:
            if not read:
                return []  # an account without items
            words = "Walmart lost the place in its list of items."
            raise Unavailable(words, said=gone.said) from None
        body = answer.row()
        rows = body.rows("ItemResponse")
        found |= {row.text("sku"): row for row in rows}
        read += len(rows)
        total = body.whole("totalItems") if "totalItems" in body else total
        goes_on = "nextCursor" in body
        # The cursor may stay the same from page to page, so the count tells the end.
        if not goes_on if total is None else read >= total:
            return list(found.values())
        if not rows or not goes_on:
            # What is missing from this list would be taken for gone.
            raise Unavailable("Walmart lists fewer items than it counts.")
        cursor = body.text("nextCursor")


async def read_wfs(client: MarketClient) -> frozenset[str]:
    """Read the SKUs that Walmart Fulfillment Services stores; none where it says so.

    Raises Untold where it only refuses the call: an item of Walmart's that passes for the
    seller's own would be written to.
    """
    found: set[str] = set()
    offset = 0
    while True:
        try:
            answer = await client.read(WFS_STOCK, {"limit": _WFS_PAGE, "offset": offset})
        except (Refused, NeedsReconnect) as refused:
            if not offset and _serves_not(refused):
                return frozenset()
            if isinstance(refused, NeedsReconnect) and not _of_the_call(refused):
                raise
            raise Untold(_UNTOLD, said=refused.said) from None
        body = answer.row()
        rows = body.row("payload").rows("inventory")
        found |= {row.row("itemInformation").text("sku") for row in rows}
        offset += len(rows)
        headers = body.row("headers") if "headers" in body else Row({})
        if len(rows) < _WFS_PAGE:
            if "totalCount" in headers and offset < headers.whole("totalCount"):
                raise Unavailable(_UNTOLD)
            return frozenset(found)


def _serves_not(refused: StoreError) -> bool:
    """Say whether a refusal means that the account has no such items, whatever is tried."""
    if isinstance(refused, NotFound) and refused.empty:
        return True
    said = refused.said or ""
    return bool(_PROGRAMME.search(said) and _NOT_IN_IT.search(said))


def _of_the_call(refused: NeedsReconnect) -> bool:
    """Say whether it is this call that is refused; the keys themselves may be good."""
    return bool(refused.missing_scopes) or isinstance(refused, TokenRefused)
