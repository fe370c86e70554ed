"""Reading listings: all by report, the changed ones by search.

A report is hours old: it only finds listings. The seller's own are read live then, for their
numbers, their channels, and whether an inactive one is sold out or switched off.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from connectors.amazon.client import SellerClient
from connectors.amazon.items import DATA, OURS, read_items
from connectors.amazon.keys import Seller
from connectors.amazon.reports import LISTINGS_REPORT, NoResult, ReportRow, read_report
from connectors.amazon.walk import walk
from connectors.pace import abreast
from connectors.protocol import RemoteListing

logger = logging.getLogger(__name__)

_SKU, _TITLE, _CHANNEL, _STATUS = "seller-sku", "item-name", "fulfillment-channel", "status"
_NEEDED = frozenset({_SKU, _TITLE, _CHANNEL, _STATUS})
_BATCH = 1000


async def read_listings(
    client: SellerClient, seller: Seller, since: datetime | None
) -> AsyncIterator[list[RemoteListing]]:
    """Read all listings, or those changed since a moment; deleted ones are in no answer."""
    if since is not None:
        async for items in walk(client, seller, "lastUpdatedDate", since):
            yield [item.listing() for item in items]
        return
    try:
        rows = await _reported(client, seller)
    except NoResult as why:
        logger.info("No report of listings (%s); reading them by search.", why)
        async for items in walk(client, seller, "createdDate", None):
            yield [item.listing() for item in items]
        return
    async for page in _from_report(client, seller, rows):
        yield page


async def _reported(client: SellerClient, seller: Seller) -> dict[str, list[ReportRow]]:
    """Read the rows of all marketplaces, by SKU: a SKU has one for each of its channels."""
    reports: dict[str, list[ReportRow]] = {}

    async def one(marketplace: str) -> None:
        reports[marketplace] = await read_report(client, LISTINGS_REPORT, marketplace)

    await abreast([site.id for site in seller.sites], one)
    found: dict[str, list[ReportRow]] = {}
    for site in seller.sites:
        for row in reports[site.id]:
            if not row.keys() >= _NEEDED:
                raise NoResult("The report has other columns than we know.")
            if row[_SKU]:
                found.setdefault(row[_SKU], []).append(row)
    return found


async def _from_report(
    client: SellerClient, seller: Seller, rows: dict[str, list[ReportRow]]
) -> AsyncIterator[list[RemoteListing]]:
    skus = list(rows)
    for first in range(0, len(skus), _BATCH):
        chunk = skus[first : first + _BATCH]
        own = [sku for sku in chunk if not _is_amazons(rows[sku])]
        live = await read_items(client, seller, own, DATA)
        yield [
            live[sku].listing() if sku in live else _listing(sku, rows[sku])
            for sku in chunk
            # What stands in a report of some hours ago may be deleted meanwhile.
            if sku in live or sku not in own
        ]


def _is_amazons(rows: Sequence[ReportRow]) -> bool:
    """Say whether the report leaves no question: on sale, and sent by Amazon alone."""
    return all(row[_CHANNEL] != OURS and row[_STATUS] == "Active" for row in rows)


def _listing(sku: str, rows: Sequence[ReportRow]) -> RemoteListing:
    return RemoteListing(
        ref=sku,
        sku=sku,
        title=next((row[_TITLE] for row in rows if row[_TITLE]), sku),
        state="active",
        tracked=True,
        channel="platform",
        levels=(),
    )
