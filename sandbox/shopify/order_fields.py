"""Orders, refunds and fulfilment orders behind the schema."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.shopify.call import Info, Resolver, attribute, has_scope, needs, searched, time
from sandbox.shopify.model import FulfillmentOrder, Location, Order, Refund, RefundLine
from sandbox.shopify.paging import by_id, number, page
from sandbox.shopify.shop import Shop

# Fulfilment orders at the merchant's own places, and at those of other apps
_OWN = "read_merchant_managed_fulfillment_orders"
_OTHERS = "read_third_party_fulfillment_orders"


@dataclass(frozen=True)
class OfOrder:
    """A fulfilment order together with the order it belongs to."""

    order: Order
    each: FulfillmentOrder

    @property
    def id(self) -> str:
        return self.each.id


def _orders(
    _: object,
    info: Info,
    first: int | None = None,
    after: str | None = None,
    query: str | None = None,
    sortKey: str = "PROCESSED_AT",  # noqa: N803 - the name on the wire
) -> dict[str, Any]:
    shop: Shop = info.context.shop
    found = searched(info, query)
    now = shop.now()

    def stamp(order: Order) -> datetime:
        return order.stamp_at(now) or order.updated_at

    def key(order: Order) -> list[Any]:
        moment = stamp(order) if sortKey == "UPDATED_AT" else order.created_at
        return [moment.timestamp(), number(order.id)]

    rows = [each for each in shop.visible_orders() if found.matches(stamp(each), by_id(each))]
    return page(info.context, sorted(rows, key=key), first, after, key)


def _order(_: object, info: Info, id: str) -> Order | None:  # noqa: A002 - the name on the wire
    return next((each for each in info.context.shop.readable_orders() if each.id == id), None)


def _refund(_: object, info: Info, id: str) -> Refund | None:  # noqa: A002 - the name on the wire
    orders: list[Order] = info.context.shop.readable_orders()
    return next((each for order in orders for each in order.refunds if each.id == id), None)


def _fulfillment_orders(
    _: object,
    info: Info,
    includeClosed: bool = False,  # noqa: N803 - the name on the wire
    first: int | None = None,
    after: str | None = None,
    query: str | None = None,
    sortKey: str = "ID",  # noqa: N803 - the name on the wire
) -> dict[str, Any]:
    shop: Shop = info.context.shop
    found = searched(info, query)
    now = shop.now()

    def stamp(row: OfOrder) -> datetime:
        return row.each.stamp_at(now) or row.each.updated_at

    def key(row: OfOrder) -> list[Any]:
        moment = [stamp(row).timestamp()] if sortKey == "UPDATED_AT" else []
        return [*moment, number(row.id)]

    rows = [
        row
        for order, each in shop.visible_fulfillments()
        if (includeClosed or not each.closed)
        and _may_see(shop, each)
        and found.matches(stamp(row := OfOrder(order, each)), number(each.id))
    ]
    return page(info.context, sorted(rows, key=key), first, after, key)


def _fulfillment_order(
    _: object,
    info: Info,
    id: str,  # noqa: A002 - the name on the wire
) -> OfOrder | None:
    shop: Shop = info.context.shop
    found = (
        OfOrder(order, each)
        for order in shop.readable_orders()
        for each in order.fulfillments
        if each.id == id and _may_see(shop, each)
    )
    return next(found, None)


def _of_order(
    order: Order,
    info: Info,
    displayable: bool = False,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    shop: Shop = info.context.shop
    rows = [
        OfOrder(order, each)
        for each in order.fulfillments
        if each.created_at <= shop.now()
        and _may_see(shop, each)
        and not (displayable and each.hidden)
    ]
    return page(info.context, rows, first, after, by_id)


def _may_see(shop: Shop, each: FulfillmentOrder) -> bool:
    return has_scope(shop, _OTHERS if each.location.fulfillment_service else _OWN)


def _within(name: str) -> Resolver:
    inner = time(name)

    def resolve(row: OfOrder, info: Info) -> Any:
        return inner(row.each, info)

    return resolve


def _place(row: OfOrder, info: Info) -> dict[str, Any]:
    """Say where it is sent from: the name is kept, the location only while it exists."""
    location = row.each.location
    return {"name": location.name, "location": _still_there(location, info)}


def _refund_place(refunded: RefundLine, info: Info) -> Location | None:
    return refunded.location and _still_there(refunded.location, info)


def _still_there(location: Location, info: Info) -> Location | None:
    return location if location in info.context.shop.locations else None


def _assigned(
    row: OfOrder, info: Info, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    return page(info.context, row.each.lines, first, after, by_id)


def _lines(
    order: Order, info: Info, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    return page(info.context, order.lines, first, after, by_id)


def _refunds(order: Order, _: Info, first: int | None = None) -> list[Refund]:
    return order.refunds[:first]


def _refund_lines(
    refund: Refund, info: Info, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    rows = list(enumerate(refund.lines))
    found = page(info.context, rows, first, after, lambda row: row[0])
    return {
        **found,
        "nodes": [each for _, each in found["nodes"]],
        "edges": [{"node": edge["node"][1]} for edge in found["edges"]],
    }


QUERIES: dict[str, Resolver] = {
    "orders": needs(_orders, "read_orders"),
    "order": needs(_order, "read_orders"),
    "refund": needs(_refund, "read_orders"),
    "fulfillmentOrder": needs(_fulfillment_order, _OWN, _OTHERS),
    "fulfillmentOrders": needs(_fulfillment_orders, _OWN, _OTHERS),
}

FIELDS: dict[str, dict[str, Resolver]] = {
    "Order": {
        "createdAt": time("created_at"),
        "updatedAt": time("updated_at"),
        "cancelledAt": time("cancelled_at"),
        "lineItems": _lines,
        "refunds": _refunds,
        "fulfillmentOrders": needs(_of_order, _OWN, _OTHERS),
    },
    "LineItem": {
        "currentQuantity": attribute("current"),
        "unfulfilledQuantity": attribute("unfulfilled"),
    },
    "Refund": {"refundLineItems": _refund_lines},
    "RefundLineItem": {
        "lineItem": attribute("line"),
        "restockType": attribute("restock_type"),
        "location": _refund_place,
    },
    "FulfillmentOrder": {
        "orderId": lambda row, _: row.order.id,
        "createdAt": _within("created_at"),
        "updatedAt": _within("updated_at"),
        "status": lambda row, _: row.each.status,
        "assignedLocation": _place,
        "lineItems": _assigned,
    },
    "FulfillmentOrderLineItem": {
        "lineItem": attribute("line"),
        "totalQuantity": attribute("total"),
        "remainingQuantity": attribute("remaining"),
    },
}
