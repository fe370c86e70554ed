"""Refunded units by order line, which an order itself does not tell."""

from __future__ import annotations

import math
from collections import Counter

from connectors.http import Row
from connectors.woocommerce.client import PAGE, Parameters, StoreClient
from connectors.woocommerce.errors import Gone

_FIELDS = "id,line_items"


async def refunded_units(client: StoreClient, order_id: int) -> Counter[int] | None:
    """Count the refunded units of each line; None for an order that is gone meanwhile."""
    units: Counter[int] = Counter()
    number = 1
    while True:
        parameters: Parameters = {"per_page": PAGE, "page": number, "_fields": _FIELDS}
        try:
            page = await client.get_rows(f"/orders/{order_id}/refunds", parameters)
        except Gone:
            return None
        for refund in page.rows:
            for line in refund.rows("line_items"):
                # A refund without units is one of money.
                units[_of(line)] += math.ceil(abs(line.number("quantity")))
        if len(page.rows) < PAGE:
            return units
        number += 1


def _of(line: Row) -> int:
    """Say which line of the order was refunded, 0 where the refund does not tell."""
    return meta_number(line, "_refunded_item_id") or 0


def meta_number(line: Row, key: str) -> int | None:
    """Read a whole number out of a line's meta data, None where it is missing or none."""
    for each in line.rows("meta_data"):
        if each.raw("key") != key:
            continue
        value = each.raw("value")
        try:
            return math.ceil(float(value)) if isinstance(value, str | int | float) else None
        except (ValueError, OverflowError):
            return None
    return None
