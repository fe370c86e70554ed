"""Reading listings: one for each SKU of the seller; variants are SKUs like any other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

from connectors.http import Row
from connectors.protocol import ListingState, RemoteLevel, RemoteListing
from connectors.walmart.client import MarketClient
from connectors.walmart.items import read_items, read_wfs
from connectors.walmart.levels import LevelReader

# As many at once as the items come in
_BATCH = 1000
# Up to so many items every pass reads their stock too: 100 calls of the 3,000 that Walmart
# allows in the quarter of an hour between two passes.
_ALWAYS_WHOLE = 5000
# Walmart does not tell what changed. Of a larger account a pass for changes reads the items,
# a call for each thousand, and hands out only those that stock is no longer written to;
# new ones and numbers wait for the daily pass.
_NOT_SOLD: tuple[ListingState, ...] = ("archived", "inactive")

# Walmart: an item that is retired or archived takes no stock; one that is not set up yet
# may not. All others do, unpublished and under review too.
_GONE = frozenset({"RETIRED", "ARCHIVED"})
_UNFINISHED = frozenset({"STAGE", "SYSTEM_PROBLEM"})


async def read_listings(
    client: MarketClient, reader: LevelReader, since: datetime | None
) -> AsyncIterator[list[RemoteListing]]:
    """Read all listings, or, since a moment, all that may matter (see above)."""
    items = await read_items(client)
    wfs = await read_wfs(client)
    found = [_listing(row, wfs) for row in items]
    whole = since is None or len(found) <= _ALWAYS_WHOLE
    if not whole:
        found = [each for each in found if each.state in _NOT_SOLD or each.channel == "platform"]
    ours = [each.ref for each in found if _is_ours(each)]
    levels: dict[str, RemoteLevel] = {}
    if whole and ours:
        levels = await reader.whole(ours)
        missing = [ref for ref in ours if ref not in levels]
        levels |= {each.ref: each for each in await reader.read(missing)}
    for first in range(0, len(found), _BATCH):
        yield [_with_level(each, levels.get(each.ref)) for each in found[first : first + _BATCH]]


def _listing(row: Row, wfs: frozenset[str]) -> RemoteListing:
    sku = row.text("sku")
    return RemoteListing(
        ref=sku,
        sku=sku,
        title=row.text("productName") if "productName" in row else sku,
        state=_state(row),
        tracked=True,  # nothing is sold at Walmart without a number
        channel="platform" if sku in wfs else "merchant",
        levels=(),
    )


def _state(row: Row) -> ListingState:
    if row.raw("lifecycleStatus") in _GONE:
        return "archived"
    return "inactive" if row.raw("publishedStatus") in _UNFINISHED else "active"


def _is_ours(listing: RemoteListing) -> bool:
    return listing.channel == "merchant" and listing.state != "archived"


def _with_level(listing: RemoteListing, level: RemoteLevel | None) -> RemoteListing:
    return listing if level is None else replace(listing, levels=(level,))
