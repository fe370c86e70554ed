"""Orders as WooCommerce tells them, made into orders as the rest of the product knows them."""

from __future__ import annotations

import math
from collections import Counter

from connectors.http import Row
from connectors.protocol import RemoteOrder, RemoteOrderLine
from connectors.woocommerce.answers import gmt, maybe_gmt
from connectors.woocommerce.client import StoreClient
from connectors.woocommerce.lines import LineFacts, line_stock, order_state
from connectors.woocommerce.refs import Ref
from connectors.woocommerce.refunds import meta_number, refunded_units
from connectors.woocommerce.states import Role, States

# Nothing about the person who ordered; line items cannot be narrowed down further.
FIELDS = (
    "id,number,status,date_created_gmt,date_modified_gmt,date_paid_gmt,date_completed_gmt,"
    "line_items,refunds"
)


async def read_order(client: StoreClient, order: Row, states: States) -> RemoteOrder | None:
    """Make an order; None where it went away while its refunds were read.

    Refunds are read where it matters which units are still to be sent.
    """
    role = states.role(order.text("status"))
    refunded: Counter[int] | None = None
    if order.raw("refunds") and role in ("open", "unknown"):
        refunded = await refunded_units(client, order.whole("id"))
        if refunded is None:
            return None
    return RemoteOrder(
        id=str(order.whole("id")),
        name=f"#{order.raw('number') or order.whole('id')}",
        created_at=maybe_gmt(order, "date_created_gmt") or gmt(order, "date_modified_gmt"),
        updated_at=gmt(order, "date_modified_gmt"),
        state=order_state(role),
        lines=tuple(_line(order, line, role, refunded) for line in order.rows("line_items")),
    )


def _line(order: Row, line: Row, role: Role, refunded: Counter[int] | None) -> RemoteOrderLine:
    line_id = line.whole("id")
    quantity = max(0, math.ceil(line.number("quantity")))
    stock = line_stock(
        role,
        LineFacts(
            quantity=quantity,
            reduced=meta_number(line, "_reduced_stock"),
            restocked=meta_number(line, "_restock_refunded_items") or 0,
            refunded=None if refunded is None else refunded[line_id],
            has_refunds=bool(order.raw("refunds")),
            paid=maybe_gmt(order, "date_paid_gmt") is not None,
            completed=maybe_gmt(order, "date_completed_gmt") is not None,
        ),
    )
    ref = _ref(line)
    return RemoteOrderLine(
        id=str(line_id),
        ref=None if ref is None else str(ref),
        sku=line.raw("sku") or "",
        ordered=quantity,
        taken=stock.taken,
        committed=stock.committed,
        restock_known=stock.restock_known,
        deducted=stock.deducted,
        within=None if ref is None or ref.parent is None else str(ref.parent),
    )


def _ref(line: Row) -> Ref | None:
    """Say what a line sold; None where the product is deleted."""
    product, variation = line.whole("product_id"), line.whole("variation_id")
    if not product:
        return None
    return Ref(variation, product) if variation else Ref(product, None)
