"""Orders as Shopify tells them, made into orders as the rest of the product knows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from connectors.http import Row
from connectors.protocol import RemoteOrder, RemoteOrderLine
from connectors.shopify.assigned import Assigned
from connectors.shopify.client import GraphClient, next_cursor
from connectors.shopify.lines import LineFacts, LineStock, line_stock
from connectors.shopify.order_documents import MORE_LINES, MORE_REFUNDED
from connectors.shopify.places import Part, Returned, part_id, parts
from connectors.shopify.surroundings import Surroundings


async def read_order(
    client: GraphClient, order: Row, shop: Surroundings, assigned: Assigned | None
) -> RemoteOrder:
    """Make an order, reading on where it has more lines or refunds than its page held.

    `assigned` is None where places were not asked for. With it, the order's time of
    change is also that of its fulfilment orders, for a move may not change its own.
    """
    cancelled = order.maybe_text("cancelledAt") is not None
    refunded = await _refunded(client, order, places=assigned is not None)
    lines = [
        part
        for line in await _all_lines(client, order)
        for part in _line(line, refunded, shop, assigned, cancelled=cancelled)
    ]
    stamps = assigned.stamps.values() if assigned else ()
    return RemoteOrder(
        id=order.text("id"),
        name=order.text("name"),
        created_at=order.moment("createdAt"),
        updated_at=max([order.moment("updatedAt"), *stamps]),
        state=_state(order, cancelled=cancelled),
        lines=tuple(lines),
    )


def _state(order: Row, *, cancelled: bool) -> Literal["open", "closed", "cancelled"]:
    if cancelled:
        return "cancelled"
    return "closed" if order.flag("closed") else "open"


def _line(
    line: Row,
    refunded: Sequence[Row],
    shop: Surroundings,
    assigned: Assigned | None,
    *,
    cancelled: bool,
) -> list[RemoteOrderLine]:
    """Read one line as its parts, one for each location."""
    line_id = line.text("id")
    own = [each for each in refunded if each.row("lineItem").text("id") == line_id]
    back = [each for each in own if _went_back(each)]
    units_back = sum(each.whole("quantity") for each in back)
    ordered = line.whole("quantity")
    stock = line_stock(
        LineFacts(
            quantity=ordered,
            current=line.whole("currentQuantity"),
            unfulfilled=line.whole("unfulfilledQuantity"),
            restocked=units_back,
            kept=sum(each.whole("quantity") for each in own) - units_back,
            cancelled=cancelled,
        )
    )
    variant = line.maybe_row("variant")
    return [
        RemoteOrderLine(
            id=part_id(line_id, part.place),
            ref=variant.row("inventoryItem").text("id") if variant else None,
            sku=line.maybe_text("sku") or "",
            ordered=part.ordered,
            taken=part.taken,
            committed=part.committed,
            location=part.place,
            located=part.located,
            restock_known=stock.restock_known,
        )
        for part in _parts(line_id, ordered, stock, back, shop, assigned)
    ]


def _parts(
    line_id: str,
    ordered: int,
    stock: LineStock,
    back: Sequence[Row],
    shop: Surroundings,
    assigned: Assigned | None,
) -> list[Part]:
    if assigned is None:
        return [Part(shop.only, ordered, stock.taken, stock.committed, located=False)]
    returned = [
        Returned(
            place=location.text("id") if (location := each.maybe_row("location")) else None,
            units=each.whole("quantity"),
            were_unsent=each.text("restockType") == "CANCEL",
        )
        for each in back
    ]
    shares = assigned.shares.get(line_id, ())
    # A line in none of them has left them, unless another app's are kept from us.
    others = assigned.places if shop.all_told else ()
    return [
        part
        for part in parts(ordered, stock, shares, returned, others=others)
        # Nothing of an unknown place is nothing to tell.
        if part.place or part.taken or part.committed
    ]


def _went_back(refund_line: Row) -> bool:
    return refund_line.flag("restocked") and refund_line.text("restockType") != "NO_RESTOCK"


async def _all_lines(client: GraphClient, order: Row) -> list[Row]:
    first = order.row("lineItems")
    if next_cursor(first) is None:
        return first.rows("nodes")
    pages = client.pages(MORE_LINES, {"id": order.text("id")}, "order", "lineItems")
    return [line async for page in pages for line in page.rows("nodes")]


async def _refunded(client: GraphClient, order: Row, *, places: bool) -> list[Row]:
    found: list[Row] = []
    for refund in order.rows("refunds"):
        first = refund.row("refundLineItems")
        if next_cursor(first) is None:
            found += first.rows("nodes")
            continue
        given = {"id": refund.text("id"), "places": places}
        pages = client.pages(MORE_REFUNDED, given, "refund", "refundLineItems")
        found += [line async for page in pages for line in page.rows("nodes")]
    return found
