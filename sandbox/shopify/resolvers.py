"""The schema with a shop behind it."""

from __future__ import annotations

from importlib import resources
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema, build_schema, get_directive_values

from sandbox.shopify import bulk_fields, order_fields
from sandbox.shopify.bulk import BulkOperation
from sandbox.shopify.call import Info, Resolver, attribute, denied, has_scope, needs, searched, time
from sandbox.shopify.model import Assigned, Item, Level, Line, Location, Order, Refund, Variant
from sandbox.shopify.order_fields import OfOrder
from sandbox.shopify.paging import by_id, number, page
from sandbox.shopify.quantities import set_quantities
from sandbox.shopify.shop import Shop
from sandbox.shopify.stocking import activate


def load_schema() -> GraphQLSchema:
    """Build the schema of this folder and hang its resolvers in."""
    text = resources.files("sandbox.shopify").joinpath("schema.graphql").read_text("utf-8")
    schema = build_schema(text)
    for type_name, fields in _RESOLVERS.items():
        kind = schema.type_map[type_name]
        assert isinstance(kind, GraphQLObjectType)  # noqa: S101 - our own file
        for name, resolve in fields.items():
            kind.fields[name].resolve = resolve
    return schema


# Queries


def _shop(_: object, info: Info) -> dict[str, Any]:
    shop: Shop = info.context.shop
    return {
        "id": shop.id,
        "name": shop.title,
        "myshopifyDomain": f"{shop.name}.myshopify.com",
        "currencyCode": shop.currency,
    }


def _installation(_: object, info: Info) -> dict[str, Any]:
    return {"accessScopes": [{"handle": scope} for scope in sorted(info.context.shop.scopes)]}


def _locations(
    _: object,
    info: Info,
    first: int | None = None,
    after: str | None = None,
    includeInactive: bool = False,  # noqa: N803 - the name on the wire
    includeLegacy: bool = False,  # noqa: N803 - the name on the wire
) -> dict[str, Any]:
    rows = [
        each
        for each in info.context.shop.locations
        if (each.active or includeInactive) and (includeLegacy or not each.fulfillment_service)
    ]
    return page(info.context, rows, first, after, by_id)


def _variants(
    _: object,
    info: Info,
    first: int | None = None,
    after: str | None = None,
    query: str | None = None,
    sortKey: str = "ID",  # noqa: N803 - the name on the wire
) -> dict[str, Any]:
    found = searched(info, query)
    rows = [
        each for each in info.context.shop.variants if found.matches(each.updated_at, by_id(each))
    ]
    return page(info.context, sorted(rows, key=by_id), first, after, by_id)


def _variants_count(
    _: object, info: Info, query: str | None = None, limit: int = 10_000
) -> dict[str, Any]:
    found = searched(info, query)
    count = sum(found.matches(each.updated_at, by_id(each)) for each in info.context.shop.variants)
    if count >= limit:
        return {"count": limit, "precision": "AT_LEAST"}
    return {"count": count, "precision": "EXACT"}


def _item(_: object, info: Info, id: str) -> Item | None:  # noqa: A002 - the name on the wire
    return info.context.shop.items.get(id)


def _nodes(_: object, info: Info, ids: list[str]) -> list[Any]:
    shop: Shop = info.context.shop
    orders = {each.id: each for each in shop.readable_orders()}
    if not has_scope(shop, "read_orders") and not orders.keys().isdisjoint(ids):
        raise denied(info.field_name, "read_orders")
    return [shop.items.get(each) or orders.get(each) for each in ids]


# Fields


def _levels(
    item: Item, info: Info, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    rows = sorted(item.levels.values(), key=lambda level: number(level.location.id))
    return page(info.context, rows, first, after, lambda level: number(level.location.id))


def _level_id(level: Level, _: Info) -> str:
    place, item = number(level.location.id), number(level.item.id)
    return f"gid://shopify/InventoryLevel/{place}?inventory_item_id={item}"


def _quantities(level: Level, _: Info, names: list[str]) -> list[dict[str, Any]]:
    known = {
        "available": level.available,
        "committed": level.committed,
        "on_hand": level.available + level.committed,
    }
    return [{"name": name, "quantity": known[name]} for name in names if name in known]


# Mutations


def _set_quantities(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 - the name on the wire
    return set_quantities(info.context.shop, input, _key(info), info.context.version)


def _activate(_: object, info: Info, **given: Any) -> dict[str, Any]:
    return activate(info.context.shop, given, _key(info))


def _key(info: Info) -> str | None:
    directive = info.schema.get_directive("idempotent")
    assert directive is not None  # noqa: S101 - our own file
    given = get_directive_values(directive, info.field_nodes[0], info.variable_values)
    return given["key"] if given else None


_RESOLVERS: dict[str, dict[str, Resolver]] = {
    "QueryRoot": {
        "shop": _shop,
        "currentAppInstallation": _installation,
        "locations": needs(_locations, "read_locations"),
        "productVariants": needs(_variants, "read_products"),
        "productVariantsCount": needs(_variants_count, "read_products"),
        "inventoryItem": needs(_item, "read_inventory"),
        "nodes": _nodes,
        **order_fields.QUERIES,
        **bulk_fields.QUERIES,
    },
    "Mutation": {
        "inventorySetQuantities": needs(_set_quantities, "write_inventory"),
        "inventoryActivate": needs(_activate, "write_inventory"),
        **bulk_fields.MUTATIONS,
    },
    "Location": {
        "isActive": attribute("active"),
        "isFulfillmentService": attribute("fulfillment_service"),
    },
    "ProductVariant": {
        "inventoryItem": attribute("item"),
        "updatedAt": time("updated_at"),
    },
    "InventoryItem": {"inventoryLevels": needs(_levels, "read_inventory")},
    "InventoryLevel": {"id": _level_id, "quantities": _quantities},
    **order_fields.FIELDS,
    **bulk_fields.FIELDS,
}

_TYPE_NAMES: dict[type, str] = {
    Assigned: "FulfillmentOrderLineItem",
    BulkOperation: "BulkOperation",
    Item: "InventoryItem",
    Level: "InventoryLevel",
    Line: "LineItem",
    Location: "Location",
    OfOrder: "FulfillmentOrder",
    Order: "Order",
    Refund: "Refund",
    Variant: "ProductVariant",
}


def type_name(value: Any, *_: object) -> str | None:
    """Tell GraphQL which type a row of `nodes` is."""
    return _TYPE_NAMES.get(type(value))
