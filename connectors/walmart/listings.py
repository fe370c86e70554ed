"""Reading listings: one for each SKU of the seller; variants are SKUs like any other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

from connectors.http import Row
from connectors.protocol import ListingState, RemoteLevel, RemoteListing
from connectors.services import ListingService, MarkService
from connectors.walmart.client import MarketClient
from connectors.walmart.items import Untold, read_items, read_wfs
from connectors.walmart.levels import LevelReader

# As many at once as the items come in
_BATCH = 1000
# Up to so many items every pass reads their stock too: 100 calls of the 3,000 that Walmart
# allows in the quarter of an hour between two passes.
_ALWAYS_WHOLE = 5000
# Walmart does not tell what changed. Of a larger account a pass for changes reads the items,
# a call for each thousand, and hands out those that stock is not written to, and those that
# it is written to again; new ones and numbers wait for the daily pass.
_WFS, _SEEN = "wfs", "seen"  # the mark of an account of which Walmart stores something

# Walmart: an item that is retired or archived takes no stock. All others do, whatever keeps
# them from being published: they would be sold with an old number once that is over.
_GONE = frozenset({"RETIRED", "ARCHIVED"})


async def read_listings(
    client: MarketClient,
    reader: LevelReader,
    marks: MarkService,
    known: ListingService,
    since: datetime | None,
) -> AsyncIterator[list[RemoteListing]]:
    """Read all listings, or, since a moment, all that may matter (see above)."""
    items = await read_items(client)
    wfs = await _stored_by_walmart(client, marks)
    found = [_listing(row, wfs) for row in items]
    whole = since is None or len(found) <= _ALWAYS_WHOLE
    if not whole:
        resting = set(await known.resting())
        found = [each for each in found if not _is_ours(each) or each.ref in resting]
    ours = [each.ref for each in found if _is_ours(each)]
    levels = await reader.whole(ours) if whole and ours else {}
    if missing := [ref for ref in ours if ref not in levels]:
        levels |= {each.ref: each for each in await reader.read(missing)}
    for first in range(0, len(found), _BATCH):
        yield [_with_level(each, levels.get(each.ref)) for each in found[first : first + _BATCH]]


async def _stored_by_walmart(client: MarketClient, marks: MarkService) -> frozenset[str]:
    """Read what Walmart stores itself.

    How Walmart refuses this to an account outside the programme is not documented. An account
    that never had such items is taken for one; of another, a refusal tells nothing.
    """
    known = await marks.all(_WFS)
    try:
        found = await read_wfs(client)
    except Untold:
        if known:
            raise
        return frozenset()
    if found and not known:
        await marks.put(_WFS, _SEEN, client.time.now())
    return found


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
    return "archived" if row.raw("lifecycleStatus") in _GONE else "active"


def _is_ours(listing: RemoteListing) -> bool:
    return listing.channel == "merchant" and listing.state != "archived"


def _with_level(listing: RemoteListing, level: RemoteLevel | None) -> RemoteListing:
    return listing if level is None else replace(listing, levels=(level,))
