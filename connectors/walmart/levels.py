"""Reading stock at the one ship node that it is kept at, item by item or as a whole.

One item is a call; the whole account is a call for each fifty items, strictly one after
another. What is asked for goes the way that needs fewer calls.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.errors import Unavailable
from connectors.http import Row
from connectors.pace import abreast
from connectors.protocol import RemoteLevel
from connectors.walmart.calls import ALL_STOCK, ONE_STOCK
from connectors.walmart.client import MarketClient
from connectors.walmart.errors import NotFound
from connectors.walmart.places import Node, Places

logger = logging.getLogger(__name__)

# Walmart: at most 50 items a page
_PAGE = 50
# So few are read one by one without first asking how many there are.
_FEW = 3
# A cursor cannot be used twice, so a page that got lost means beginning anew.
_BEGINNINGS = 3


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one item shows at the chosen node.

    available   what a shopper can buy
    reserved    units of open orders, which Walmart takes off any number written
    at          when it was read, on Walmart's clock
    """

    available: int
    reserved: int
    at: datetime


class LevelReader:
    """Reads levels, and remembers for the writes to come what Walmart holds back."""

    def __init__(self, client: MarketClient, places: Places) -> None:
        self._client = client
        self._places = places
        self._shelves: dict[str, Shelf] = {}
        self._pages: int | None = None  # of the whole account, once it is known

    async def read(self, refs: Sequence[str]) -> list[RemoteLevel]:
        """Read items live; the ones that Walmart does not know are left out.

        A SKU of dots only is too: as a part of an address it leads elsewhere.
        """
        node = await self._places.chosen()
        wanted = [ref for ref in dict.fromkeys(refs) if ref.strip(".")]
        found: dict[str, Shelf] = {}
        if len(wanted) > (_FEW if self._pages is None else self._pages):
            found = await self._sweep(node, wanted)

        async def one(sku: str) -> None:
            shelf = await self._one(node, sku)
            if shelf is not None:
                found[sku] = shelf

        await abreast([sku for sku in wanted if sku not in found], one)
        for sku in wanted:
            self._shelves.pop(sku, None)
        self._shelves |= {sku: found[sku] for sku in wanted if sku in found}
        return [_level(sku, node, found[sku]) for sku in wanted if sku in found]

    async def whole(self, skus: Iterable[str]) -> dict[str, RemoteLevel]:
        """Read the stock of the whole account for a list of all its items."""
        node = await self._places.chosen()
        found = await self._sweep(node, None)
        return {sku: _level(sku, node, found[sku]) for sku in skus if sku in found}

    async def reserved(self, refs: Sequence[str], *, within: timedelta) -> dict[str, int]:
        """Say what Walmart takes off numbers written, reading what was not read lately.

        A ref that Walmart does not know is left out.
        """
        since = self._client.time.now() - within
        old = [ref for ref in dict.fromkeys(refs) if not self._known_since(ref, since)]
        if old:
            await self.read(old)
        return {ref: self._shelves[ref].reserved for ref in refs if ref in self._shelves}

    def _known_since(self, ref: str, since: datetime) -> bool:
        return ref in self._shelves and self._shelves[ref].at >= since

    async def _one(self, node: Node, sku: str) -> Shelf | None:
        try:
            answer = await self._client.read(ONE_STOCK, path=ONE_STOCK.path(sku=sku))
        except NotFound:
            return None
        row = answer.row()
        if "sku" not in row and "nodes" not in row:
            raise Unavailable("The store's answer lacks a usable “sku”.")
        # The SKU may be missing; another one would be an answer to another question.
        return _readable(row, node, answer.at) if row.raw("sku") in (None, sku) else None

    async def _sweep(self, node: Node, wanted: Sequence[str] | None) -> dict[str, Shelf]:
        """Read page after page; where only some are wanted, as long as it is the shorter way."""
        for _ in range(_BEGINNINGS - 1):
            try:
                return await self._pages_of(node, wanted)
            except Unavailable as lost:
                logger.info("%s: %s Beginning anew.", ALL_STOCK.name, lost)
        return await self._pages_of(node, wanted)

    async def _pages_of(self, node: Node, wanted: Sequence[str] | None) -> dict[str, Shelf]:
        found: dict[str, Shelf] = {}
        query: dict[str, str | int] = {"limit": _PAGE}
        read = 0
        while True:
            try:
                answer = await self._client.run(ALL_STOCK, query)
            except NotFound as gone:
                if "nextCursor" not in query:
                    return {}  # an account without items
                words = "Walmart lost the place in its list of stock."
                raise Unavailable(words, said=gone.said) from None
            body = answer.row()
            rows = body.row("elements").rows("inventories")
            for row in rows:
                sku, shelf = row.raw("sku"), _readable(row, node, answer.at)
                if isinstance(sku, str) and shelf is not None:
                    found[sku] = shelf
            if len(rows) > 1 and not found:
                raise Unavailable("Walmart's list of stock is not in the form we know.")
            read += 1
            meta = body.row("meta") if "meta" in body else Row({})
            if "totalCount" in meta:
                self._pages = max(1, -(-int(meta.number("totalCount")) // _PAGE))
            if "nextCursor" not in meta or not meta.text("nextCursor"):
                return found
            if wanted is not None and self._pages is not None:
                missing = sum(sku not in found for sku in wanted)
                if missing <= self._pages - read:
                    return found
            query = {"limit": _PAGE, "nextCursor": meta.text("nextCursor")}


def _readable(row: Row, node: Node, at: datetime) -> Shelf | None:
    """Read one item; None for one that makes no sense, which holds up no other."""
    try:
        return _shelf(row, node, at)
    except Unavailable as odd:
        logger.warning("Walmart's stock of %r is left out: %s", row.raw("sku"), odd)
        return None


def _shelf(row: Row, node: Node, at: datetime) -> Shelf | None:
    """Read one item; None where Walmart cannot say what stands there.

    Where nothing was ever written to the node it has no row, and holds 0; where nothing was
    written to any, the rows may be missing as a whole.
    """
    if "nodes" not in row:
        return None if row.raw("errors") else Shelf(0, 0, at)
    for each in row.rows("nodes"):
        if each.text("shipNode") == node.id:
            if "availToSellQty" not in each:
                return None
            reserved = _amount(each, "reservedQty") if "reservedQty" in each else 0
            return Shelf(_amount(each, "availToSellQty"), reserved, at)
    return Shelf(0, 0, at)


def _amount(row: Row, key: str) -> int:
    return int(row.row(key).number("amount"))


def _level(sku: str, node: Node, shelf: Shelf) -> RemoteLevel:
    return RemoteLevel(
        ref=sku,
        location=node.id,
        available=shelf.available,
        reserved=shelf.reserved,
        as_of=shelf.at,
    )
