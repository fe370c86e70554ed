"""Setting quantities: all of a list or nothing, once per key."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from graphql import GraphQLError

from sandbox.shopify.model import Item, Level, Location
from sandbox.shopify.shop import Shop

# Shopify: the reasons that its admin knows
_REASONS = frozenset(
    {
        "correction",
        "cycle_count_available",
        "damaged",
        "movement_canceled",
        "movement_created",
        "movement_received",
        "movement_updated",
        "other",
        "promotion",
        "quality_control",
        "received",
        "reservation_created",
        "reservation_deleted",
        "reservation_updated",
        "restock",
        "safety_stock",
        "shrinkage",
    }
)
# Shopify: bounds of a quantity
_LIMIT = 1_000_000_000
# The last version whose error codes include ITEM_NOT_STOCKED_AT_LOCATION
_LAST_WITH_NOT_STOCKED = "2026-07"

UserError = dict[str, Any]


def set_quantities(
    shop: Shop, given: Mapping[str, Any], key: str | None, version: str
) -> dict[str, Any]:
    """Answer `inventorySetQuantities`; top-level errors are raised as GraphQLError."""
    if key is None:
        raise GraphQLError(
            "The @idempotent directive is required for this mutation but was not provided.",
            extensions={"code": "BAD_REQUEST"},
        )
    if any("changeFromQuantity" not in entry for entry in given["quantities"]):
        raise GraphQLError(
            "InventoryQuantityInput must include the following argument: changeFromQuantity.",
            extensions={"code": "INVALID_FIELD_ARGUMENTS"},
        )
    if shop.faults.take("concurrent", "mutation"):
        return _refusal([_key_error("CONCURRENT_REQUEST", "This request still runs.")])
    parameters = json.dumps(given, sort_keys=True)
    verdict = shop.keys.judge(key, parameters)
    if verdict == "other_parameters":
        words = "The same key came with other parameters before."
        return _refusal([_key_error("KEY_PARAMETER_MISMATCH", words)])
    if verdict == "failed":
        words = "An earlier request with this key failed. Use a new key."
        return _refusal([_key_error("PREVIOUS_ATTEMPT_FAILED", words)])
    if verdict == "done":
        return _group(given, changes=[])
    errors = _errors(shop, given, version)
    shop.keys.note(key, parameters, succeeded=not errors)
    if errors:
        if shop.faults.take("without_index", "mutation"):
            errors = [{**errors[0], "field": ["input", "quantities"]}]
        return _refusal(errors)
    if shop.faults.take("not_applied", "mutation"):
        return _group(given, changes=[])
    return _group(given, changes=_apply(shop, given))


def _apply(shop: Shop, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    changes = []
    for entry in given["quantities"]:
        item = shop.items[entry["inventoryItemId"]]
        location = next(each for each in shop.locations if each.id == entry["locationId"])
        level = item.levels.setdefault(location.id, Level(item, location, 0))
        shown = _shown(level, given["name"])
        delta = entry["quantity"] - shown
        level.available += delta
        changes += [
            {"name": name, "delta": delta, "item": item, "location": location}
            for name in ("available", "on_hand")
            if delta
        ]
    return changes


def _errors(shop: Shop, given: Mapping[str, Any], version: str) -> list[UserError]:
    errors = _call_errors(given)
    if errors:
        return errors
    pairs = Counter((each["inventoryItemId"], each["locationId"]) for each in given["quantities"])
    for index, entry in enumerate(given["quantities"]):
        if pairs[entry["inventoryItemId"], entry["locationId"]] > 1:
            words = "The combination of inventoryItemId and locationId must be unique."
            code = "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"
            errors.append(_entry_error(index, "locationId", code, words))
        if found := _entry_errors(shop, given["name"], entry, index, version):
            errors.append(found)
    return errors


def _call_errors(given: Mapping[str, Any]) -> list[UserError]:
    if given["name"] not in ("available", "on_hand"):
        words = "The quantity name must be either 'available' or 'on_hand'."
        return [_error(["input", "name"], "INVALID_NAME", words)]
    if given["reason"] not in _REASONS:
        return [_error(["input", "reason"], "INVALID_REASON", "This reason is not known.")]
    uri = given.get("referenceDocumentUri")
    if uri is not None and not urlsplit(uri).scheme:
        words = "The reference document has to be a URI."
        return [_error(["input", "referenceDocumentUri"], "INVALID_REFERENCE_DOCUMENT", words)]
    return []


def _entry_errors(
    shop: Shop, name: str, entry: Mapping[str, Any], index: int, version: str
) -> UserError | None:
    item = shop.items.get(entry["inventoryItemId"])
    location = next((each for each in shop.locations if each.id == entry["locationId"]), None)
    if item is None:
        words = "The specified inventory item could not be found."
        return _entry_error(index, "inventoryItemId", "INVALID_INVENTORY_ITEM", words)
    if location is None:
        words = "The specified location could not be found."
        return _entry_error(index, "locationId", "INVALID_LOCATION", words)
    if not item.mutable:
        words = "The stock of a bundle follows from its parts."
        return _entry_error(index, "inventoryItemId", "NON_MUTABLE_INVENTORY_ITEM", words)
    if bounds := _bounds_error(name, entry["quantity"], index):
        return bounds
    return _level_error(shop, name, entry, index, version, item, location)


def _bounds_error(name: str, quantity: int, index: int) -> UserError | None:
    if name == "on_hand" and quantity < 0:
        words = "The quantity can't be negative."
        return _entry_error(index, "quantity", "INVALID_QUANTITY_NEGATIVE", words)
    if quantity > _LIMIT:
        words = "The quantity can't be higher than 1,000,000,000."
        return _entry_error(index, "quantity", "INVALID_QUANTITY_TOO_HIGH", words)
    if quantity < -_LIMIT:
        words = "The quantity can't be lower than -1,000,000,000."
        return _entry_error(index, "quantity", "INVALID_QUANTITY_TOO_LOW", words)
    return None


def _level_error(
    shop: Shop,
    name: str,
    entry: Mapping[str, Any],
    index: int,
    version: str,
    item: Item,
    location: Location,
) -> UserError | None:
    level = item.levels.get(location.id)
    if level is None and not shop.stocks_by_itself:
        code = "ITEM_NOT_STOCKED_AT_LOCATION" if version <= _LAST_WITH_NOT_STOCKED else None
        words = "The specified inventory item is not stocked at the location."
        return _entry_error(index, "locationId", code, words)
    expected = entry["changeFromQuantity"]
    shown = 0 if level is None else _shown(level, name)
    if expected is not None and expected != shown:
        words = "The quantity is not what changeFromQuantity says it is."
        return _entry_error(index, "changeFromQuantity", "CHANGE_FROM_QUANTITY_STALE", words)
    return None


def _shown(level: Level, name: str) -> int:
    return level.available + (level.committed if name == "on_hand" else 0)


def _group(given: Mapping[str, Any], *, changes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    group = {
        "id": "gid://shopify/InventoryAdjustmentGroup/1",
        "reason": given["reason"],
        "referenceDocumentUri": given.get("referenceDocumentUri"),
        "changes": changes,
    }
    return {"inventoryAdjustmentGroup": group, "userErrors": []}


def _refusal(errors: list[UserError]) -> dict[str, Any]:
    return {"inventoryAdjustmentGroup": None, "userErrors": errors}


def _error(field: list[str] | None, code: str | None, message: str) -> UserError:
    return {"field": field, "code": code, "message": message}


def _entry_error(index: int, field: str, code: str | None, message: str) -> UserError:
    return _error(["input", "quantities", str(index), field], code, message)


def _key_error(code: str, message: str) -> UserError:
    return _error(None, f"IDEMPOTENCY_{code}", message)
