"""Lists of listings, what changed of them, and one listing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.ebay.listing_fields import item_fields
from sandbox.ebay.model import Listing
from sandbox.ebay.shop import Shop
from sandbox.ebay.trading_errors import TradingError, invalid
from sandbox.ebay.xml import Asked

# eBay: listings of a page, the widest range of a list, how far back changes are told, and how many
_PAGE = 200
_RANGE = timedelta(days=120)
_EVENTS, _TOLD = timedelta(hours=48), 2000


def seller_list(shop: Shop, asked: Asked) -> Mapping[str, Any]:
    """GetSellerList: by the time at which listings begin or end, page by page"""
    shop.renew()
    kind = "EndTime" if asked.text("EndTimeFrom") is not None else "StartTime"
    since, until = _needed(asked, f"{kind}From"), _needed(asked, f"{kind}To")
    if not since <= until <= since + _RANGE:
        raise invalid(f"{kind}To")
    size, page = _whole(asked, "EntriesPerPage"), _whole(asked, "PageNumber", 1)
    if not 1 <= size <= _PAGE:
        raise invalid("EntriesPerPage")
    skus = {each.own_text for each in asked.parts("SKUArray/SKU")}
    found = [
        each
        for each in shop.listings
        if since <= _time(each, kind) <= until and (not skus or _has(shop, each, skus))
    ]
    pages = max(1, -(-len(found) // size))
    if not 1 <= page <= pages:
        raise TradingError(340, "Page number is out of range.", "Page number is out of range.")
    here = found[(page - 1) * size : page * size]
    return {
        "PaginationResult": {"TotalNumberOfPages": pages, "TotalNumberOfEntries": len(found)},
        "HasMoreItems": page < pages,
        "ItemArray": {"Item": [_told(shop, asked, each) for each in here]},
        "ItemsPerPage": size,
        "PageNumber": page,
        "ReturnedItemCountActual": len(here),
    }


def seller_events(shop: Shop, asked: Asked) -> Mapping[str, Any]:
    """GetSellerEvents: what began, was revised, sold or ended within the last two days"""
    shop.renew()
    now = shop.now()
    since = _needed(asked, "ModTimeFrom")
    given = asked.text("ModTimeTo")
    until = now if given is None else _needed(asked, "ModTimeTo")
    if not now - _EVENTS <= since <= until:
        raise invalid("ModTimeFrom")
    found = [each for each in shop.listings if since <= each.changed_at <= until]
    variations = not asked.flag("HideVariations")
    rows = [item_fields(shop, each, variations=variations) for each in found]
    return {"TimeTo": until, "ItemArray": {"Item": rows[:_TOLD]}}


def item(shop: Shop, asked: Asked) -> Mapping[str, Any]:
    """GetItem"""
    shop.renew()
    try:
        listing = shop.listing(asked.text("ItemID") or "")
    except KeyError as missing:
        raise not_found(str(missing.args[0])) from None
    return {"Item": item_fields(shop, listing, variations=True)}


def not_found(item_id: str) -> TradingError:
    words = f'The item "{item_id}" cannot be accessed: it was deleted or is not yours.'
    return TradingError(17, "Invalid item ID.", words, item_id)


def _told(shop: Shop, asked: Asked, listing: Listing) -> dict[str, Any]:
    fields = item_fields(shop, listing, variations=asked.flag("IncludeVariations"))
    full = "ReturnAll" in asked.texts("DetailLevel") or asked.text("GranularityLevel")
    if full:
        return fields
    return {name: fields[name] for name in ("ItemID", "ListingDetails")}


def _has(shop: Shop, listing: Listing, skus: set[str]) -> bool:
    if listing.has_choices and not shop.sku_filter_knows_choices:
        return False
    return any(each.sku in skus for each in listing.variations)


def _time(listing: Listing, kind: str) -> datetime:
    return listing.ends_at if kind == "EndTime" else listing.started_at


def _needed(asked: Asked, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(asked.text(name) or "")
    except ValueError:
        raise invalid(name) from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _whole(asked: Asked, name: str, default: int = 0) -> int:
    try:
        return int(asked.text(f"Pagination/{name}") or default)
    except ValueError:
        raise invalid(name) from None
