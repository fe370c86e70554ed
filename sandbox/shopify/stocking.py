"""Stocking an item at a location: `inventoryActivate`, once per key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError

from sandbox.shopify.assortment import stock
from sandbox.shopify.model import Item, Level, Location
from sandbox.shopify.shop import Shop

# Shopify: bounds of a quantity
_LIMIT = 1_000_000_000


def activate(shop: Shop, given: Mapping[str, Any], key: str | None) -> dict[str, Any]:
    """Answer `inventoryActivate`; what is stocked already keeps its numbers."""
    if key is None:
        raise GraphQLError(
            "The @idempotent directive is required for this mutation but was not provided.",
            extensions={"code": "BAD_REQUEST"},
        )
    item = shop.items.get(given["inventoryItemId"])
    location = next((each for each in shop.locations if each.id == given["locationId"]), None)
    if item is None:
        return _refused("inventoryItemId", "The specified inventory item could not be found.")
    if location is None:
        return _refused("locationId", "The specified location could not be found.")
    parameters = json.dumps(["activate", given], sort_keys=True)
    if shop.keys.judge(key, parameters) == "other_parameters":
        return _refused(None, "The same key came with other parameters before.")
    if words := _why_not(item, location, given):
        return words
    shop.keys.note(key, parameters, succeeded=True)
    return _done(item, location, given)


def _done(item: Item, location: Location, given: Mapping[str, Any]) -> dict[str, Any]:
    level = item.levels.get(location.id)
    if level is None:
        numbers = (given.get("available"), given.get("onHand"))
        return _answer(stock(item, location, next((n for n in numbers if n is not None), None)))
    if given.get("onHand") is not None:
        words = "Not allowed to set an on_hand quantity when the item is already active at the location."
        return _answer(level, {"field": ["onHand"], "message": words})
    return _answer(level)


def _why_not(item: Item, location: Location, given: Mapping[str, Any]) -> dict[str, Any] | None:
    cannot = f"The product couldn't be stocked at {location.name} because"
    numbers = {name: given[name] for name in ("available", "onHand") if given.get(name) is not None}
    if len(numbers) == 2:
        words = f"{cannot} not allowed to set available and on_hand quantities at the same time."
        return _refused("available", words, "onHand")
    for name, number in numbers.items():
        if abs(number) > _LIMIT:
            words = f"{cannot} the quantity needs to be between -1 billion and 1 billion."
            return _refused(name, words)
    others = [level.location for level in item.levels.values() if level.location is not location]
    if others and (location.fulfillment_service or any(p.fulfillment_service for p in others)):
        words = (
            "An item cannot be active at more than one location if one of them is a "
            "fulfillment service location."
        )
        return _refused("locationId", words)
    if not location.active:
        return _refused("locationId", f"{cannot} the location is not active.")
    return None


def _answer(level: Level, *errors: dict[str, Any]) -> dict[str, Any]:
    return {"inventoryLevel": level, "userErrors": list(errors)}


def _refused(field: str | None, message: str, *more: str) -> dict[str, Any]:
    fields = [None] if field is None else [[each] for each in (field, *more)]
    errors = [{"field": each, "message": message} for each in fields]
    return {"inventoryLevel": None, "userErrors": errors}
