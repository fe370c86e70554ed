"""Reading fulfilment orders: where the lines of orders are sent from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connectors.http import Row
from connectors.shopify.batches import Batches
from connectors.shopify.client import Answer, GraphClient, next_cursor
from connectors.shopify.order_documents import MORE_ASSIGNED, MORE_PLACES, PLACES
from connectors.shopify.places import Share


@dataclass(slots=True)
class Assigned:
    """The fulfilment orders of one order.

    shares   what they say about each line, by its id
    places   all locations that were to send something, but for deleted ones
    stamps   when each of them changed last, by its id
    """

    shares: dict[str, list[Share]] = field(default_factory=dict)
    places: set[str] = field(default_factory=set)
    stamps: dict[str, datetime] = field(default_factory=dict)


async def read_assigned(client: GraphClient, orders: Sequence[Row]) -> dict[str, Assigned]:
    """Collect where the lines of orders are sent from, by the orders' ids.

    The order page holds one fulfilment order with its first lines, which mostly is
    all there is; all other orders of the page are read again in one call, or in more
    where that asks for too much at once.
    """
    found: dict[str, Assigned] = {}
    longer: list[str] = []
    for order in orders:
        connection = order.row("fulfillmentOrders")
        nodes = connection.rows("nodes")
        if connection.row("pageInfo").flag("hasNextPage") or any(map(_is_cut, nodes)):
            longer.append(order.text("id"))
        else:
            found[order.text("id")] = await _collect(client, nodes)

    async def ask(ids: Sequence[str]) -> Answer:
        return await client.read(PLACES, {"ids": ids})

    async for answer in Batches().each(longer, ask):
        for each in answer.data.maybe_rows("nodes"):
            if each is not None and "id" in each:
                found[each.text("id")] = await _whole(client, each)
    return found


async def _whole(client: GraphClient, order: Row) -> Assigned:
    connection = order.row("fulfillmentOrders")
    if next_cursor(connection) is None:
        return await _collect(client, connection.rows("nodes"))
    pages = client.pages(MORE_PLACES, {"id": order.text("id")}, "order", "fulfillmentOrders")
    return await _collect(client, [each async for page in pages for each in page.rows("nodes")])


async def _collect(client: GraphClient, fulfillment_orders: Iterable[Row]) -> Assigned:
    found = Assigned()
    for each in fulfillment_orders:
        found.stamps[each.text("id")] = each.moment("updatedAt")
        location = each.row("assignedLocation").maybe_row("location")
        place = location.text("id") if location else None  # None: deleted since
        if place:
            found.places.add(place)
        for row in await _lines(client, each):
            share = Share(
                place=place,
                total=row.whole("totalQuantity"),
                remaining=row.whole("remainingQuantity"),
            )
            found.shares.setdefault(row.row("lineItem").text("id"), []).append(share)
    return found


async def _lines(client: GraphClient, fulfillment_order: Row) -> list[Row]:
    if not _is_cut(fulfillment_order):
        return fulfillment_order.row("lineItems").rows("nodes")
    given = {"id": fulfillment_order.text("id")}
    pages = client.pages(MORE_ASSIGNED, given, "fulfillmentOrder", "lineItems")
    return [row async for page in pages for row in page.rows("nodes")]


def _is_cut(fulfillment_order: Row) -> bool:
    return next_cursor(fulfillment_order.row("lineItems")) is not None
