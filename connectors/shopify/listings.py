"""Reading listings: one per inventory item, which is what has stock and a SKU.

A small catalogue is read page by page, a large one by a bulk query; where that
comes to nothing, by pages all the same.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime

from connectors.errors import NeedsReconnect, Refused, Unavailable
from connectors.http import Row
from connectors.protocol import ListingState, RemoteLevel, RemoteListing
from connectors.shopify import bulk
from connectors.shopify.client import GraphClient, next_cursor
from connectors.shopify.document import BULK_FROM, PAGE, PASS
from connectors.shopify.documents import BULK_LISTINGS, LISTINGS
from connectors.shopify.errors import TooExpensive
from connectors.shopify.levels import LevelReader, read_level

logger = logging.getLogger(__name__)

# Unlisted products are hidden from search but sold through their link.
_STATES: dict[str, ListingState] = {
    "ACTIVE": "active",
    "UNLISTED": "active",
    "DRAFT": "inactive",
    "ARCHIVED": "archived",
}
# Shopify's name for the one variant of a product without options
_ONLY_VARIANT = "Default Title"
# How often the file of a bulk query is downloaded before it is given up.
_DOWNLOADS = 3


async def read_listings(
    client: GraphClient, levels: LevelReader, since: datetime | None
) -> AsyncIterator[list[RemoteListing]]:
    """Read all listings, or those changed since, a page at a time.

    Variants that share one inventory item are one listing, handed out once; a
    second time only when a later variant turns out to be on sale after all.
    """
    catalogue = _Catalogue(client, levels)
    async for page in catalogue.pages(since, may_be_large=since is None):
        yield page
    if not catalogue.is_large:
        return
    try:
        async for page in catalogue.in_bulk():
            yield page
    except (bulk.NoResult, Unavailable, Refused, NeedsReconnect) as reason:
        logger.info("Reading listings by pages: %s", reason)
        async for page in catalogue.pages(None):  # all that was not handed out yet
            yield page


class _Catalogue:
    """One reading of a shop's listings; remembers what was handed out."""

    def __init__(self, client: GraphClient, levels: LevelReader) -> None:
        self._client = client
        self._levels = levels
        self._seen: dict[str, ListingState] = {}
        self._page = PAGE
        self.is_large = False

    async def pages(
        self, since: datetime | None, *, may_be_large: bool = False
    ) -> AsyncIterator[list[RemoteListing]]:
        """Read page by page; ends at once in a catalogue that `may_be_large` and is."""
        after: str | None = None
        rows, beyond, count = 0, "", may_be_large
        while True:
            levels = self._levels.first
            variables = {"after": after, "query": _query(since, beyond), "levels": levels}
            size = {"first": self._page, "count": count, "limit": BULK_FROM + 1}
            try:
                answer = await self._client.read(LISTINGS, {**variables, **size})
            except TooExpensive:
                if self._page == 1:
                    raise
                self._page //= 2
                continue
            if count and answer.data.row("productVariantsCount").whole("count") > BULK_FROM:
                self.is_large = True
                return
            count = False
            page = answer.data.row("productVariants")
            variants = page.rows("nodes")
            items = [variant.row("inventoryItem") for variant in variants]
            if self._levels.too_few(item.row("inventoryLevels") for item in items):
                continue
            yield self._fresh(
                [
                    _listing(variant, await self._levels.of_item(item, answer.at))
                    for variant, item in zip(variants, items, strict=True)
                ]
            )
            after = next_cursor(page)
            if after is None:
                return
            rows += len(variants)
            if rows >= PASS:
                rows, after, beyond = 0, None, variants[-1].text("id").rpartition("/")[2]

    async def in_bulk(self) -> AsyncIterator[list[RemoteListing]]:
        """Read everything by one bulk query, in lists as long as a page.

        Raises NoResult or Unavailable where it does not come to its end.
        """
        begun = await bulk.start(self._client, BULK_LISTINGS)
        for downloads_left in reversed(range(_DOWNLOADS)):
            try:
                async for page in self._download(begun):
                    yield page
            except Unavailable as lost:
                if not downloads_left:
                    raise
                logger.info("Reading the listings' file again: %s", lost)
            else:
                return

    async def _download(self, begun: bulk.Bulk) -> AsyncIterator[list[RemoteListing]]:
        page: list[RemoteListing] = []
        variant: Row | None = None
        levels: list[RemoteLevel] = []
        async with aclosing(bulk.rows(self._client, begun)) as rows:
            async for row in rows:
                if "__parentId" in row:
                    if variant is None or not _is_parent(variant, row):
                        self._seen.clear()  # what was handed out may lack some levels
                        raise bulk.NoResult("The file is not in order.")
                    ref = variant.row("inventoryItem").text("id")
                    levels.append(read_level(ref, row, begun.at))
                    continue
                if variant is not None:
                    page.append(_listing(variant, levels))
                if len(page) == PAGE:
                    yield self._fresh(page)
                    page = []
                variant, levels = row, []
        # Only now is it certain that no level of the last variant is missing.
        if variant is not None:
            page.append(_listing(variant, levels))
        yield self._fresh(page)

    def _fresh(self, listings: Sequence[RemoteListing]) -> list[RemoteListing]:
        """Choose what is to be handed out, and remember it as handed out."""
        found: dict[str, RemoteListing] = {}
        for listing in listings:
            before = self._seen.get(listing.ref)
            if before is None or listing.state == "active" != before:
                self._seen[listing.ref] = listing.state
                found[listing.ref] = listing
        return list(found.values())


def _listing(variant: Row, levels: Sequence[RemoteLevel]) -> RemoteListing:
    item = variant.row("inventoryItem")
    return RemoteListing(
        ref=item.text("id"),
        sku=item.maybe_text("sku") or "",
        title=_title(variant),
        state=_state(variant),
        tracked=item.flag("tracked"),
        channel="merchant",
        levels=tuple(levels),
    )


def _is_parent(variant: Row, row: Row) -> bool:
    """Say whether a row of a file belongs to a variant, be it by the name of its item."""
    own = (variant.text("id"), variant.row("inventoryItem").text("id"))
    return row.text("__parentId") in own


def _query(since: datetime | None, beyond: str) -> str | None:
    """Filter by time of change, and by id where reading goes on in a new pass."""
    changed = "" if since is None else f"updated_at:>='{search_time(since)}'"
    further = f"id:>{beyond}" if beyond else ""
    return f"{changed} {further}".strip() or None


def search_time(moment: datetime) -> str:
    """Write a time as Shopify's search wants it: whole seconds, UTC, an explicit Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _state(variant: Row) -> ListingState:
    # A status that we do not know yet is not taken for being on sale.
    return _STATES.get(variant.row("product").text("status"), "inactive")


def _title(variant: Row) -> str:
    product, own = variant.row("product").text("title"), variant.text("title")
    return product if own == _ONLY_VARIANT else f"{product} - {own}"
