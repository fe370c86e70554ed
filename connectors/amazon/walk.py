"""Walking through items by search: as many as there are, a thousand in one search."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Literal

from connectors.amazon.calls import SEARCH_ITEMS
from connectors.amazon.client import Query, SellerClient, next_token
from connectors.amazon.items import DATA, Item, read_item, written_time
from connectors.amazon.keys import Seller
from connectors.errors import Refused

# Amazon: at most 20 items a page, and 1,000 that one search can be read to the end
_PAGE, _MOST = 20, 1000

By = Literal["createdDate", "lastUpdatedDate"]
_AFTER: dict[By, str] = {"createdDate": "createdAfter", "lastUpdatedDate": "lastUpdatedAfter"}


async def walk(
    client: SellerClient, seller: Seller, by: By, after: datetime | None
) -> AsyncIterator[list[Item]]:
    """Read items in the order of a time, oldest first, from a time on; each once.

    Where more are found than one search shows, the next begins at the last one's time. Raises
    Refused where more than that stand at one and the same moment.
    """
    seen: set[str] = set()
    start = after
    while True:
        read, last, token = 0, start, None
        while True:
            query: dict[str, str | int | list[str]] = {
                "marketplaceIds": [site.id for site in seller.sites],
                "includedData": DATA,
                "sortBy": by,
                "sortOrder": "ASC",
                "pageSize": _PAGE,
            }
            if start is not None:
                query[_AFTER[by]] = written_time(start)
            if token is not None:
                query["pageToken"] = token
            page, token, total = await _page(client, seller, query)
            fresh = [item for item in page if item.sku not in seen]
            seen |= {item.sku for item in fresh}
            read += len(page)
            for item in page:
                at = item.created_at if by == "createdDate" else item.changed_at
                last = max((each for each in (last, at) if each is not None), default=None)
            if fresh:
                yield fresh
            if token is None or not page or read >= _MOST:
                break
        if read >= total or not read:
            return
        if last is None or (start is not None and last <= start):
            raise Refused(f"Amazon lists no more than {_MOST:,} items of one moment.")
        start = last


async def _page(
    client: SellerClient, seller: Seller, query: Query
) -> tuple[list[Item], str | None, int]:
    answer = await client.read(SEARCH_ITEMS, query, path=SEARCH_ITEMS.path(seller=seller.id))
    body = answer.row()
    items = [read_item(row, answer.at) for row in body.rows("items")]
    return items, next_token(body), body.whole("numberOfResults")
