"""ReviseInventoryStatus: numbers for up to four listings or choices of listings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.ebay.listing_calls import not_found
from sandbox.ebay.model import Variation
from sandbox.ebay.shop import Shop
from sandbox.ebay.trading_errors import TradingError, invalid, system_error
from sandbox.ebay.xml import Asked

# eBay: entries of one call
_ENTRIES = 4
_REDUNDANT = "Requested StartPrice and Quantity revision is redundant."


def revise(shop: Shop, asked: Asked) -> Mapping[str, Any]:
    """Take what can be taken; the entries told in the answer are those that went through"""
    entries = asked.parts("InventoryStatus")
    if not 1 <= len(entries) <= _ENTRIES:
        raise invalid("InventoryStatus")
    named = [(each.text("ItemID") or "", each.exact("SKU") or "") for each in entries]
    if len(set(named)) < len(named):
        words = "The same ItemID and SKU stand in more than one InventoryStatus."
        raise TradingError(21916654, "Duplicate InventoryStatus.", words)
    if shop.faults.take("whole_error", "write"):
        raise system_error()
    spoilt = shop.faults.take("entry_error", "write") is not None
    errors: list[TradingError] = []
    done: list[dict[str, Any]] = []
    for entry, (item_id, sku) in zip(entries, named, strict=True):
        try:
            if spoilt and not done and not errors:
                raise _refused_entry(item_id, sku)
            errors += _revise(shop, entry, item_id, sku)
            quantity = int(entry.text("Quantity") or 0)
            done.append({"SKU": sku, "ItemID": item_id, "Quantity": quantity})
        except TradingError as error:
            errors.append(error)
    fields: dict[str, Any] = {"InventoryStatus": done}
    if errors:
        fields["Errors"] = [each.row() for each in errors]
    if any(each.severity == "Error" for each in errors):
        fields["Ack"] = "PartialFailure" if done else "Failure"
    return fields


def _revise(shop: Shop, entry: Asked, item_id: str, sku: str) -> list[TradingError]:
    """Take one entry; what comes back are warnings. Raises where it is refused."""
    about = (item_id, sku) if sku else (item_id,)
    variation = _named(shop, item_id, sku)
    quantity = entry.text("Quantity") or ""
    if not quantity.isdecimal():
        raise TradingError(515, "Quantity is not valid.", "The quantity must be a number.", *about)
    number = int(quantity)
    if number == 0 and not shop.out_of_stock_control and _is_last(variation):
        words = "The quantity must be a valid number greater than 0."
        raise TradingError(515, "Quantity is not valid.", words, *about)
    if number == variation.quantity:
        return [TradingError(21917091, _REDUNDANT, _REDUNDANT, *about, severity="Warning")]
    if not shop.may_revise(variation.listing):
        words = f'The listing "{item_id}" was revised 250 times today: not before tomorrow again.'
        raise TradingError(240, "The item cannot be listed or modified.", words, *about)
    if not shop.faults.take("not_applied", "write"):
        shop.revise(variation, number)
    return []


def _named(shop: Shop, item_id: str, sku: str) -> Variation:
    """Find what an entry names, or refuse it."""
    about = (item_id, sku) if sku else (item_id,)
    try:
        listing = shop.listing(item_id)
    except KeyError:
        raise not_found(item_id) from None
    if listing.status != "Active":
        words = f'FixedPrice item ended. You are not allowed to revise an ended item "{item_id}".'
        raise TradingError(21916750, "FixedPrice item ended.", words, *about)
    if listing.model == "inventory":
        words = (
            "Inventory-based listing management is not currently supported by this tool. "
            "Please refer to the tool used to create this listing."
        )
        raise TradingError(21919474, words, words, *about)
    if listing.type != "FixedPriceItem":
        raise TradingError(302, "Invalid auction listing type.", "It is an auction.", *about)
    if not sku and listing.has_choices:
        words = "Invalid Multi-SKU item id supplied with variations."
        raise TradingError(21916635, words, words, *about)
    for variation in listing.variations:
        if sku in (variation.sku, "") and (variation.sku or not listing.has_choices):
            return variation
    words = "SKU does not exist in Non-ManageBySKU item specified by ItemID."
    raise TradingError(21916799, "SKU Mismatch.", words, *about)


def _refused_entry(*about: str) -> TradingError:
    words = f'The listing "{about[0]}" cannot be revised: its category needs more details.'
    return TradingError(21919303, "The item specifics are missing.", words, *about)


def _is_last(variation: Variation) -> bool:
    """Say whether nothing else of the listing could be bought."""
    others = [each for each in variation.listing.variations if each is not variation]
    return all(each.available <= 0 for each in others)
