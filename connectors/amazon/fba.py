"""Reading what Amazon's own warehouses hold, marketplace after marketplace."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence

from connectors.amazon.calls import FBA_STOCK
from connectors.amazon.client import SellerClient, next_token
from connectors.amazon.errors import Invalid
from connectors.errors import Unavailable
from connectors.http import Row
from connectors.protocol import FbaLevel

logger = logging.getLogger(__name__)

# The code of the answer that an account without FBA in a marketplace gets.
_NONE_THERE = "InvalidInput"
# A token lives 30 seconds, so a page that came too late means beginning anew.
_BEGINNINGS = 3


async def read_fba(
    client: SellerClient, marketplaces: Sequence[str]
) -> AsyncIterator[list[FbaLevel]]:
    """Read all that may be sold; no list at all for a marketplace without FBA."""
    for marketplace in marketplaces:
        levels = await _levels(client, marketplace)
        if levels is not None:
            yield levels


async def _levels(client: SellerClient, marketplace: str) -> list[FbaLevel] | None:
    for beginning in range(_BEGINNINGS):
        try:
            return await _pages(client, marketplace)
        except _TooLate as late:
            logger.info("The list of FBA stock of %s broke off (%d).", marketplace, beginning)
            said = late.said
    raise Unavailable("Amazon loses the place in its list of FBA stock.", said=said)


async def _pages(client: SellerClient, marketplace: str) -> list[FbaLevel] | None:
    found: dict[str, FbaLevel] = {}
    query: dict[str, str | int | list[str]] = {
        "details": "true",
        "granularityType": "Marketplace",
        "granularityId": marketplace,
        "marketplaceIds": [marketplace],
    }
    while True:
        try:
            answer = await client.read(FBA_STOCK, query)
        except Invalid as refused:
            if "nextToken" in query:
                raise _TooLate(refused.said) from None
            if refused.code == _NONE_THERE:
                return None
            raise
        body = answer.row()
        for row in body.row("payload").rows("inventorySummaries"):
            if "sellerSku" not in row:
                continue
            sku, units = row.text("sellerSku"), _fulfillable(row)
            before = found.get(sku)
            # One SKU has a row for each condition that Amazon keeps it in.
            total = units + (before.fulfillable if before else 0)
            title = row.text("productName") if "productName" in row else sku
            found[sku] = FbaLevel(marketplace, sku, title, total, answer.at)
        token = next_token(body)
        if token is None:
            return list(found.values())
        query["nextToken"] = token


def _fulfillable(row: Row) -> int:
    """Read the units that may be sold; the total would count those on their way, too."""
    details = row.row("inventoryDetails")
    return details.whole("fulfillableQuantity") if "fulfillableQuantity" in details else 0


class _TooLate(Exception):
    """A page was asked for with a token that had ended."""

    def __init__(self, said: str | None) -> None:
        super().__init__(said)
        self.said = said
