"""The Inventory API: stock records by SKU, and the offers that put them on sale."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from connectors.ebay.client import EbayClient
from connectors.ebay.errors import Invalid, busy
from connectors.ebay.scopes import INVENTORY
from connectors.errors import Unavailable
from connectors.http import Row
from connectors.protocol import RemoteLevel

_Given = TypeVar("_Given")
_Got = TypeVar("_Got")
# eBay: at most 25 SKUs a call, reading and writing
BATCH = 25
# eBay: a SKU of this API has at most 50 characters
_LONGEST_SKU = 50
# As many as a store gets from us at a time (connectors/http.py)
_AT_ONCE = 4
_LIVE = frozenset({"ACTIVE", "OUT_OF_STOCK", "INACTIVE"})


@dataclass(frozen=True, slots=True)
class Record:
    """The stock record of a SKU, at one moment."""

    sku: str
    quantity: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """A SKU on sale: in which listing, and how many units at most."""

    id: str
    item: str
    most: int | None


async def read_records(client: EbayClient, skus: Iterable[str]) -> dict[str, Record]:
    """Read stock records, 25 a call; SKUs that the API does not know are left out."""
    found: dict[str, Record] = {}
    wanted = [sku for sku in dict.fromkeys(skus) if len(sku) <= _LONGEST_SKU]
    for first in range(0, len(wanted), BATCH):
        found |= await _records(client, wanted[first : first + BATCH])
    return found


async def _records(client: EbayClient, skus: Sequence[str]) -> dict[str, Record]:
    body = {"requests": [{"sku": sku} for sku in skus]}
    try:
        answer = await client.ask("/sell/inventory/v1/bulk_get_inventory_item", INVENTORY, body)
    except Invalid:
        # One SKU with a character that the API has no place for spoils the call.
        if len(skus) == 1:
            return {}
        middle = len(skus) // 2
        first = await _records(client, skus[:middle])
        return first | await _records(client, skus[middle:])
    found = {}
    for row in answer.row().rows("responses"):
        status = row.whole("statusCode")
        if status == 200:
            sku = row.text("sku")
            found[sku] = Record(sku, _quantity(row.row("inventoryItem")), answer.at)
        elif status == 429:
            raise busy(None)
        elif status >= 500:
            raise Unavailable("eBay has trouble of its own with one of the items.")
    return found


def _quantity(item: Row) -> int:
    """Read the units to be sent; a record without any has none."""
    for key in ("availability", "shipToLocationAvailability"):
        if key not in item:
            return 0
        item = item.row(key)
    return item.whole("quantity") if "quantity" in item else 0


async def read_offers(client: EbayClient, skus: Sequence[str]) -> dict[str, list[Offer]]:
    """Read what is on sale of SKUs, one call each, four at a time."""
    found = await _several(lambda sku: _offers(client, sku), skus)
    return dict(zip(skus, found, strict=True))


async def _offers(client: EbayClient, sku: str) -> list[Offer]:
    # One SKU has at most one fixed price offer and one auction (eBay: getOffers).
    query = {"sku": sku, "format": "FIXED_PRICE"}
    try:
        answer = await client.read("/sell/inventory/v1/offer", INVENTORY, query)
    except Invalid:  # none, or a SKU that this API has no place for
        return []
    return [
        Offer(
            id=row.text("offerId"),
            item=row.row("listing").text("listingId"),
            most=row.whole("availableQuantity") if "availableQuantity" in row else None,
        )
        for row in answer.row().rows("offers")
        if row.text("format") == "FIXED_PRICE"
        and row.text("status") == "PUBLISHED"
        and "listing" in row
        and row.row("listing").raw("listingStatus") in _LIVE
    ]


async def _several(
    call: Callable[[_Given], Awaitable[_Got]], given: Sequence[_Given]
) -> list[_Got]:
    """Make calls four at a time, which is as many as a store gets from us."""
    found: list[_Got] = []
    for first in range(0, len(given), _AT_ONCE):
        some = [call(each) for each in given[first : first + _AT_ONCE]]
        # All of them end before one's error goes on: nothing is left running behind.
        for got in await asyncio.gather(*some, return_exceptions=True):
            if isinstance(got, BaseException):
                raise got
            found.append(got)
    return found


def shown(ref: str, record: Record, offers: Sequence[Offer]) -> RemoteLevel:
    """Say what a shopper sees: the smaller of what is in stock and what is offered."""
    most = [offer.most for offer in offers if offer.most is not None]
    return RemoteLevel(ref, None, min([record.quantity, *most]), 0, record.at)
