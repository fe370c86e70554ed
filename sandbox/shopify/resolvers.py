"""The schema with a shop behind it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import resources
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    get_directive_values,
)

from sandbox.shopify import search
from sandbox.shopify.model import Item, Level, Line, Location, Order, Refund, RefundLine, Variant
from sandbox.shopify.quantities import set_quantities
from sandbox.shopify.shop import Shop


@dataclass
class Call:
    """One GraphQL call: whose shop, in which version, and what the search had to say."""

    shop: Shop
    version: str
    searches: list[dict[str, Any]] = field(default_factory=list)


Resolver = Callable[..., Any]
Info = GraphQLResolveInfo[Call]


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


def _require(call: Call, scope: str, name: str) -> None:
    if scope in call.shop.scopes or scope.replace("read_", "write_", 1) in call.shop.scopes:
        return
    wanted = f"`{scope}` access scope."
    raise GraphQLError(
        f"Access denied for {name} field. Required access: {wanted}",
        extensions={
            "code": "ACCESS_DENIED",
            "documentation": "https://shopify.dev/api/usage/access-scopes",
            "requiredAccess": wanted,
        },
    )


def _needs(scope: str, resolve: Resolver) -> Resolver:
    """Guard a field by an access scope."""

    def guarded(source: Any, info: Info, **arguments: Any) -> Any:
        _require(info.context, scope, info.field_name)
        return resolve(source, info, **arguments)

    return guarded


# Pages

# Shopify: objects of one connection that can be paged through
PAGING_LIMIT = 25_000


def _page(
    rows: Sequence[Any], first: int | None, after: str | None, key: Callable[[Any], Any]
) -> dict[str, Any]:
    """Cut a page; a cursor names the last row seen by its sort key, so rows may move meanwhile."""
    if first is None:
        raise GraphQLError(
            "you must provide one of first or last", extensions={"code": "BAD_REQUEST"}
        )
    passed = 0
    if after is not None:
        last = _read_cursor(after)
        passed = sum(key(row) <= last for row in rows)
    if passed + first > PAGING_LIMIT:
        raise GraphQLError("too many objects to page through", extensions={"code": "BAD_REQUEST"})
    left = rows[passed:]
    taken = left[:first]
    return {
        "nodes": taken,
        "pageInfo": {
            "hasNextPage": len(left) > first,
            "hasPreviousPage": after is not None,
            "startCursor": _cursor(key(taken[0])) if taken else None,
            "endCursor": _cursor(key(taken[-1])) if taken else None,
        },
    }


def _cursor(key: Any) -> str:
    return base64.b64encode(json.dumps(key).encode()).decode()


def _read_cursor(cursor: str) -> Any:
    try:
        return json.loads(base64.b64decode(cursor))
    except ValueError:
        raise GraphQLError("Invalid cursor", extensions={"code": "BAD_REQUEST"}) from None


def _number(gid: str) -> int:
    return int(gid.rpartition("/")[2])


def _by_id(row: Any) -> int:
    return _number(row.id)


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
    return _page(rows, first, after, _by_id)


def _variants(
    _: object,
    info: Info,
    first: int | None = None,
    after: str | None = None,
    query: str | None = None,
    sortKey: str = "ID",  # noqa: N803 - the name on the wire
) -> dict[str, Any]:
    found = _search(info, query)
    rows = [
        each for each in info.context.shop.variants if found.matches(each.updated_at, _by_id(each))
    ]
    return _page(sorted(rows, key=_by_id), first, after, _by_id)


def _search(info: Info, query: str | None) -> search.Search:
    found = search.parse(query)
    if found.warnings:
        info.context.searches.append(found.report(info.field_name))
    return found


def _item(_: object, info: Info, id: str) -> Item | None:  # noqa: A002 - the name on the wire
    return info.context.shop.items.get(id)


def _nodes(_: object, info: Info, ids: list[str]) -> list[Any]:
    return [info.context.shop.items.get(each) for each in ids]


def _orders(
    _: object,
    info: Info,
    first: int | None = None,
    after: str | None = None,
    query: str | None = None,
    sortKey: str = "PROCESSED_AT",  # noqa: N803 - the name on the wire
) -> dict[str, Any]:
    shop: Shop = info.context.shop
    found = _search(info, query)
    now = shop.now()

    def stamp(order: Order) -> datetime:
        return order.stamp_at(now) or order.updated_at

    def key(order: Order) -> list[Any]:
        moment = stamp(order) if sortKey == "UPDATED_AT" else order.created_at
        return [moment.timestamp(), _number(order.id)]

    rows = [each for each in shop.visible_orders() if found.matches(stamp(each), _by_id(each))]
    return _page(sorted(rows, key=key), first, after, key)


def _order(_: object, info: Info, id: str) -> Order | None:  # noqa: A002 - the name on the wire
    return next((each for each in info.context.shop.visible_orders() if each.id == id), None)


def _refund(_: object, info: Info, id: str) -> Refund | None:  # noqa: A002 - the name on the wire
    orders: list[Order] = info.context.shop.visible_orders()
    return next((each for order in orders for each in order.refunds if each.id == id), None)


# Fields


def _levels(
    item: Item, _: Info, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    rows = sorted(item.levels.values(), key=lambda level: _number(level.location.id))
    return _page(rows, first, after, lambda level: _number(level.location.id))


def _level_id(level: Level, _: Info) -> str:
    place, item = _number(level.location.id), _number(level.item.id)
    return f"gid://shopify/InventoryLevel/{place}?inventory_item_id={item}"


def _quantities(level: Level, _: Info, names: list[str]) -> list[dict[str, Any]]:
    known = {
        "available": level.available,
        "committed": level.committed,
        "on_hand": level.available + level.committed,
    }
    return [{"name": name, "quantity": known[name]} for name in names if name in known]


def _lines(
    order: Order, _: Info, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    return _page(order.lines, first, after, _by_id)


def _refunds(order: Order, _: Info, first: int | None = None) -> list[Refund]:
    return order.refunds[:first]


def _refund_lines(
    refund: Refund, _: Info, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    return _page(refund.lines, first, after, lambda each: _number(each.line.id))


def _attribute(name: str) -> Resolver:
    def resolve(source: Any, _: Info) -> Any:
        return getattr(source, name)

    return resolve


def _time(name: str) -> Resolver:
    def resolve(source: Any, _: Info) -> str | None:
        moment: datetime | None = getattr(source, name)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None

    return resolve


def _set_quantities(_: object, info: Info, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 - the name on the wire
    directive = info.schema.get_directive("idempotent")
    assert directive is not None  # noqa: S101 - our own file
    given = get_directive_values(directive, info.field_nodes[0], info.variable_values)
    key = given["key"] if given else None
    return set_quantities(info.context.shop, input, key, info.context.version)


_RESOLVERS: dict[str, dict[str, Resolver]] = {
    "QueryRoot": {
        "shop": _shop,
        "currentAppInstallation": _installation,
        "locations": _needs("read_locations", _locations),
        "productVariants": _needs("read_products", _variants),
        "inventoryItem": _needs("read_inventory", _item),
        "nodes": _nodes,
        "orders": _needs("read_orders", _orders),
        "order": _needs("read_orders", _order),
        "refund": _needs("read_orders", _refund),
    },
    "Mutation": {"inventorySetQuantities": _needs("write_inventory", _set_quantities)},
    "Location": {
        "isActive": _attribute("active"),
        "isFulfillmentService": _attribute("fulfillment_service"),
    },
    "ProductVariant": {
        "inventoryItem": _attribute("item"),
        "updatedAt": _time("updated_at"),
    },
    "InventoryItem": {"inventoryLevels": _needs("read_inventory", _levels)},
    "InventoryLevel": {"id": _level_id, "quantities": _quantities},
    "Order": {
        "createdAt": _time("created_at"),
        "updatedAt": _time("updated_at"),
        "cancelledAt": _time("cancelled_at"),
        "lineItems": _lines,
        "refunds": _refunds,
    },
    "LineItem": {
        "currentQuantity": _attribute("current"),
        "unfulfilledQuantity": _attribute("unfulfilled"),
    },
    "Refund": {"refundLineItems": _refund_lines},
    "RefundLineItem": {"lineItem": _attribute("line"), "restockType": _attribute("restock_type")},
}

_TYPE_NAMES: dict[type, str] = {
    Item: "InventoryItem",
    Level: "InventoryLevel",
    Line: "LineItem",
    Location: "Location",
    Order: "Order",
    Refund: "Refund",
    RefundLine: "RefundLineItem",
    Variant: "ProductVariant",
}


def type_name(value: Any, *_: object) -> str | None:
    """Tell GraphQL which type a row of `nodes` is."""
    return _TYPE_NAMES.get(type(value))
