"""Reading listings: one per inventory item, which is what has stock and a SKU."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from connectors.http import Row
from connectors.protocol import ListingState, RemoteListing
from connectors.shopify.client import GraphClient, next_cursor
from connectors.shopify.documents import LISTINGS, PASS
from connectors.shopify.levels import LevelReader

# Unlisted products are hidden from search but sold through their link.
_STATES: dict[str, ListingState] = {
    "ACTIVE": "active",
    "UNLISTED": "active",
    "DRAFT": "inactive",
    "ARCHIVED": "archived",
}
# Shopify's name for the one variant of a product without options
_ONLY_VARIANT = "Default Title"


async def read_listings(
    client: GraphClient, levels: LevelReader, since: datetime | None
) -> AsyncIterator[list[RemoteListing]]:
    """Read all listings, or those changed since, a page at a time.

    Variants that share one inventory item are one listing, handed out once; a
    second time only when a later variant turns out to be on sale after all.
    """
    seen: dict[str, ListingState] = {}
    after: str | None = None
    rows, beyond = 0, ""
    while True:
        query = _query(since, beyond)
        answer = await client.read(
            LISTINGS, {"after": after, "query": query, "levels": levels.first}
        )
        page = answer.data.row("productVariants")
        variants = page.rows("nodes")
        items = [variant.row("inventoryItem") for variant in variants]
        if levels.too_few(item.row("inventoryLevels") for item in items):
            continue
        listings: dict[str, RemoteListing] = {}
        for variant, item in zip(variants, items, strict=True):
            ref, state = item.text("id"), _state(variant)
            if ref in seen and not (state == "active" != seen[ref]):
                continue
            seen[ref] = state
            listings[ref] = RemoteListing(
                ref=ref,
                sku=item.maybe_text("sku") or "",
                title=_title(variant),
                state=state,
                tracked=item.flag("tracked"),
                channel="merchant",
                levels=tuple(await levels.of_item(item, answer.at)),
            )
        yield list(listings.values())
        after = next_cursor(page)
        if after is None:
            return
        rows += len(variants)
        if rows >= PASS:
            rows, after, beyond = 0, None, variants[-1].text("id").rpartition("/")[2]


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
