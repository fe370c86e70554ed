"""The orders of one store, as its API lists them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from starlette.responses import Response

from sandbox.woocommerce.lists import Listed, Query, page
from sandbox.woocommerce.order_fields import refund_body
from sandbox.woocommerce.refusal import Refusal, bad_parameter
from sandbox.woocommerce.shop import Shop

_STATUSES = (
    "auto-draft",
    "pending",
    "processing",
    "on-hold",
    "completed",
    "cancelled",
    "refunded",
    "failed",
    "checkout-draft",
)


def list_orders(shop: Shop, query: Query) -> Response:
    """List orders as they can be seen now; the trash only where it alone is asked for."""
    wanted = {each for each in query.given.get("status", "any").split(",") if each}
    known = {"any", "trash", *_STATUSES, *shop.custom_statuses}
    if not wanted <= known:
        words = f"status[0] is not one of {', '.join(sorted(known))}."
        raise bad_parameter("status", words, "rest_not_in_enum")
    ids = query.ids("include")
    rows: list[Listed] = []
    for order in shop.orders:
        seen = order.seen_at(shop.now())
        if seen is None or (ids is not None and order.id not in ids):
            continue
        status = seen["status"]
        # `any` beside `trash` still leaves the trash out.
        in_list = status != "trash" if "any" in wanted else status in wanted
        modified = datetime.fromisoformat(seen["date_modified_gmt"]).replace(tzinfo=UTC)
        if in_list and query.within(modified):
            rows.append((order.id, modified, seen.copy))
    return page(query, rows, totals=not shop.faults.take("no_totals", "read"))


def list_refunds(shop: Shop, query: Query, order_id: int) -> Response:
    """List the refunds of one order."""
    try:
        order = shop.order(order_id)
    except KeyError:
        raise Refusal(404, "woocommerce_rest_invalid_order_id", "Invalid order ID.") from None
    rows = [
        (each.id, each.created, partial(refund_body, each, order, shop.utc_offset))
        for each in order.refunds
    ]
    return page(query, rows)
