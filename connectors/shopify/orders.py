"""Reading orders: every change since a moment, and what each line did to stock."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from connectors.http import Row
from connectors.protocol import OrderPage, RemoteOrder, RemoteOrderLine
from connectors.shopify.client import GraphClient, next_cursor
from connectors.shopify.documents import MORE_LINES, MORE_REFUNDED, ORDERS, PASS
from connectors.shopify.listings import search_time


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What Shopify says about one line.

    quantity    units ordered, with those refunded or removed later and those added by edits
    current     units still wanted: without refunded and removed ones
    unfulfilled units not yet sent
    restocked   units of refunds that went back on the shelf
    kept        units of refunds that did not
    cancelled   whether the order was cancelled
    """

    quantity: int
    current: int
    unfulfilled: int
    restocked: int
    kept: int
    cancelled: bool


@dataclass(frozen=True, slots=True)
class LineStock:
    """What a line did to `available` and `committed` up to now."""

    taken: int
    committed: int
    restock_known: bool


def line_stock(facts: LineFacts) -> LineStock:
    """Derive what Shopify has taken off `available` for a line and not given back.

    Shopify moves the units of a line from available to committed when the order
    is placed or a unit is added to it. Afterwards:

    * sending a unit ends its commitment; available stays as it is;
    * a refund line with `restocked` (RETURN of a sent unit, CANCEL of an unsent
      one, the older LEGACY_RESTOCK) gives its units back to available;
    * a refund line without (NO_RESTOCK, or `restocked` false) gives nothing back:
      the unit is gone, and no longer committed either;
    * a cancel says the same through refund lines, and nothing is sent any more;
    * a unit taken out by an edit leaves `current` without a refund line: Shopify
      gives it back unless the editor chose otherwise, which it does not tell.

    So taken = quantity - restocked - removed by edits, committed = what of it is
    still unsent and wanted. `restock_known` is False where units left without a
    refund line. Always 0 <= committed <= taken <= quantity.
    """
    gone = max(0, facts.quantity - facts.current)
    unexplained = max(0, gone - facts.restocked - facts.kept)
    taken = max(0, facts.quantity - facts.restocked - unexplained)
    unsent = 0 if facts.cancelled else max(0, min(facts.unfulfilled, facts.current))
    cancelled_silently = facts.cancelled and facts.current > 0
    return LineStock(
        taken=taken,
        committed=min(unsent, taken),
        restock_known=not unexplained and not cancelled_silently,
    )


async def read_orders(
    client: GraphClient, since: datetime | str, overlap: timedelta
) -> AsyncIterator[OrderPage]:
    """Read every order changed since, oldest change first; always at least one page.

    A cursor is the newest change seen, as JSON; reading goes on `overlap` before
    it, for rows become listable late. Nothing in it expires. Lines and refunds
    beyond the first page are read a moment later than their order: should it
    change in between, it is listed again with that change.
    """
    newest = _moment(since) if isinstance(since, str) else since
    start = newest - overlap if isinstance(since, str) else since
    more = True
    while more:
        more, rows = False, 0
        query = f"updated_at:>='{search_time(start)}'"
        async with aclosing(client.pages(ORDERS, {"query": query}, "orders")) as pages:
            async for page in pages:
                nodes = page.rows("nodes")
                newest = max([newest, *(order.moment("updatedAt") for order in nodes)])
                real = [order for order in nodes if not order.flag("test")]
                orders = [await _order(client, order) for order in real]
                yield OrderPage(orders=tuple(orders), cursor=_cursor(newest))
                rows += len(nodes)
                if rows >= PASS and next_cursor(page):
                    more, start = True, newest
                    break


def _cursor(newest: datetime) -> str:
    return json.dumps({"updated_at": newest.isoformat()})


def _moment(cursor: str) -> datetime:
    return datetime.fromisoformat(json.loads(cursor)["updated_at"])


async def _order(client: GraphClient, order: Row) -> RemoteOrder:
    cancelled = order.maybe_text("cancelledAt") is not None
    refunded = await _refunded(client, order)
    lines = await _all_lines(client, order)
    return RemoteOrder(
        id=order.text("id"),
        name=order.text("name"),
        created_at=order.moment("createdAt"),
        updated_at=order.moment("updatedAt"),
        state=_state(order, cancelled=cancelled),
        lines=tuple(_line(each, refunded, cancelled=cancelled) for each in lines),
    )


def _state(order: Row, *, cancelled: bool) -> Literal["open", "closed", "cancelled"]:
    if cancelled:
        return "cancelled"
    return "closed" if order.flag("closed") else "open"


def _line(line: Row, refunded: Sequence[Row], *, cancelled: bool) -> RemoteOrderLine:
    """Read one line; its location stays None, "the store's one linked location".

    Where a line is sent from is told by fulfilment orders alone, which need a
    permission of their own (read_merchant_managed_fulfillment_orders).
    """
    line_id = line.text("id")
    own = [each for each in refunded if each.row("lineItem").text("id") == line_id]
    back = sum(each.whole("quantity") for each in own if _went_back(each))
    stock = line_stock(
        LineFacts(
            quantity=line.whole("quantity"),
            current=line.whole("currentQuantity"),
            unfulfilled=line.whole("unfulfilledQuantity"),
            restocked=back,
            kept=sum(each.whole("quantity") for each in own) - back,
            cancelled=cancelled,
        )
    )
    variant = line.maybe_row("variant")
    return RemoteOrderLine(
        id=line_id,
        ref=variant.row("inventoryItem").text("id") if variant else None,
        sku=line.maybe_text("sku") or "",
        ordered=line.whole("quantity"),
        taken=stock.taken,
        committed=stock.committed,
        location=None,
        restock_known=stock.restock_known,
    )


def _went_back(refund_line: Row) -> bool:
    return refund_line.flag("restocked") and refund_line.text("restockType") != "NO_RESTOCK"


async def _all_lines(client: GraphClient, order: Row) -> list[Row]:
    first = order.row("lineItems")
    if next_cursor(first) is None:
        return first.rows("nodes")
    pages = client.pages(MORE_LINES, {"id": order.text("id")}, "order", "lineItems")
    return [line async for page in pages for line in page.rows("nodes")]


async def _refunded(client: GraphClient, order: Row) -> list[Row]:
    found: list[Row] = []
    for refund in order.rows("refunds"):
        first = refund.row("refundLineItems")
        if next_cursor(first) is None:
            found += first.rows("nodes")
            continue
        pages = client.pages(MORE_REFUNDED, {"id": refund.text("id")}, "refund", "refundLineItems")
        found += [line async for page in pages for line in page.rows("nodes")]
    return found
