"""Reading listings of both models: the Trading API lists whatever is on sale.

The Inventory API would show only what was made with it, and most sellers made nothing
with it. Which way a listing is written is asked when it is written (levels.py).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from connectors.ebay.client import EbayClient
from connectors.ebay.trading import EVENTS_WITHIN, Page, seller_events, seller_list
from connectors.protocol import RemoteListing


async def read_listings(
    client: EbayClient, since: datetime | None
) -> AsyncIterator[list[RemoteListing]]:
    """Read all listings, or those changed since, a page at a time.

    Auctions are listed as untracked, and so are variations without SKU, which eBay lets
    nobody address. Where the changes reach too far back, or are too many for one answer,
    all listings are read.
    """
    if since is not None and client.time.now() - since <= EVENTS_WITHIN:
        page = await seller_events(client, since)
        if page is not None:
            yield _told(page)
            return
    async for listings in _all(client):
        yield listings


async def _all(client: EbayClient) -> AsyncIterator[list[RemoteListing]]:
    """Read the whole list, again where listings slipped over a page's edge meanwhile.

    A listing that ends while the pages are read moves all after it one place up. As long as
    fewer were met than the list counts, and another reading brings some, there may be more.
    """
    met: set[str] = set()
    while True:
        before, entries = len(met), 0
        async for page in seller_list(client):
            met.update(page.items)
            entries = page.entries
            yield _told(page)
        if len(met) >= entries or len(met) == before:
            return


def _told(page: Page) -> list[RemoteListing]:
    return [piece.listing(page.at) for piece in page.pieces]
