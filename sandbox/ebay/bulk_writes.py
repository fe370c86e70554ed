"""bulkUpdatePriceQuantity, entry by entry: the item's quantity and the offers' own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.ebay.model import Item, Variation
from sandbox.ebay.refusal import Refusal, error, unknown_sku
from sandbox.ebay.shop import Shop


def write_entries(shop: Shop, entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Take each entry or refuse it; one row for each offer, or for an item without."""
    spoilt = shop.faults.take("entry_error", "write") is not None
    rows: list[dict[str, Any]] = []
    for place, entry in enumerate(entries):
        try:
            rows += _write(shop, entry, spoilt=spoilt and place == 0)
        except Refusal as refusal:
            rows.append(
                {
                    "sku": str(entry.get("sku", "")),
                    "statusCode": refusal.status,
                    "errors": list(refusal.errors),
                }
            )
    if shop.faults.take("warning", "write"):
        for row in rows:
            words = "System warning."
            row["warnings"] = [error(25402, words, category="APPLICATION")]
    return rows


def _write(shop: Shop, entry: Mapping[str, Any], *, spoilt: bool) -> list[dict[str, Any]]:
    if spoilt:
        raise Refusal(400, error(25709, "Invalid value for quantity.", fieldName="quantity"))
    sku = entry.get("sku")
    item = shop.items.get(sku) if isinstance(sku, str) else None
    if item is None:
        raise Refusal(404, unknown_sku(str(sku)))
    if shop.suspended:
        raise Refusal(400, error(25002, "Any User error. The account is on hold."))
    total = _quantity(entry.get("shipToLocationAvailability"), "quantity")
    if total is not None and total < item.auction_allocation:
        words = (
            "shipToLocationAvailability quantity value should be greater than or equal to "
            "auction allocation. Please provide valid quantity or unpublish auction offers of "
            "the sku."
        )
        raise Refusal(400, error(25759, words))
    offers = _offers(shop, item, entry.get("offers", []))
    changed = {
        each.listing.id: each.listing
        for each, number in offers
        if min(number, item.quantity if total is None else total) != each.available
    }
    for listing in changed.values():
        if not shop.may_revise(listing):
            words = "Any User error. The listing was revised 250 times today."
            raise Refusal(400, error(25002, words))
    if not shop.faults.take("not_applied", "write"):
        for listing in changed.values():
            shop.count_revision(listing)
        if total is not None:
            item.quantity = total
        for variation, number in offers:
            variation.quantity = number
    if not offers:
        return [{"sku": item.sku, "statusCode": 200}]
    return [
        {"offerId": variation.offer_id, "sku": item.sku, "statusCode": 200}
        for variation, _ in offers
    ]


def _offers(shop: Shop, item: Item, given: Any) -> list[tuple[Variation, int]]:
    """Find the offers of an entry with the number that each is to have."""
    found: list[tuple[Variation, int]] = []
    known = {
        each.offer_id: each
        for listing in shop.listings
        for each in listing.variations
        if each.item is item
    }
    for each in given:
        variation = known.get(each.get("offerId"))
        if variation is None:
            raise Refusal(404, error(25713, "This Offer is not available."))
        if any(variation is one for one, _ in found):
            raise Refusal(400, error(25002, "Any User error. An offer stands there twice."))
        if variation.listing.status != "Active":
            raise Refusal(400, error(25002, "Any User error. The listing has ended."))
        number = _quantity(each, "availableQuantity")
        if number is not None:
            found.append((variation, number))
    return found


def _quantity(given: Any, name: str) -> int | None:
    """Read a number that may be missing, or refuse it."""
    value = given.get(name) if isinstance(given, Mapping) else None
    if value is None:
        return None
    if type(value) is not int or value < 0:
        raise Refusal(400, error(25709, f"Invalid value for {name}.", fieldName=name))
    return value
