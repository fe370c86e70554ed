"""Making an order of ours from a row of the V2 API, without anything personal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

from connectors.bigcommerce.lines import INCOMPLETE, RELEASED, LineFacts, line_stock
from connectors.bigcommerce.refs import Unit
from connectors.bigcommerce.rules import RuleBook, Rules
from connectors.errors import Unavailable
from connectors.http import Row
from connectors.protocol import RemoteOrder, RemoteOrderLine

# Nobody edits an order this soon after it was placed, or sets its status by hand, but its
# payment changes it. A longer payment costs one more reading of what the shop shows.
_STILL_NEW = timedelta(minutes=1)
_GROUPS = ("pickups", "shipping", "downloads", "email")


async def read_order(row: Row, rules: RuleBook) -> RemoteOrder | None:
    """Read one order with its lines; None for a checkout that was never finished."""
    status = row.whole("status_id")
    if status == INCOMPLETE:
        return None
    created, updated = moment(row, "date_created"), moment(row, "date_modified")
    by_hand = "channel_id" not in row or row.raw("order_source") == "manual"
    applied = await (rules.of_store() if by_hand else rules.of_channel(row.whole("channel_id")))
    lines = tuple(
        _line(
            line,
            place,
            applied,
            status=status,
            was_sent=bool(row.raw("date_shipped")),
            changed_later=updated - created > _STILL_NEW,
        )
        for line, place in _stocked_lines(row)
    )
    return RemoteOrder(
        id=str(row.whole("id")),
        name=f"#{row.whole('id')}",
        created_at=created,
        updated_at=updated,
        state=_state(status, lines),
        lines=lines,
    )


def moment(row: Row, key: str) -> datetime:
    """Read a time of the V2 API, RFC 2822, as UTC."""
    try:
        found = parsedate_to_datetime(row.text(key))
    except ValueError:
        raise Unavailable(f"The store's answer lacks a usable “{key}”.") from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _state(
    status: int, lines: tuple[RemoteOrderLine, ...]
) -> Literal["open", "closed", "cancelled"]:
    if status in RELEASED:
        return "cancelled"
    return "open" if any(line.committed for line in lines) else "closed"


def _stocked_lines(order: Row) -> Iterator[tuple[Row, str | None]]:
    """Hand out the lines that units are sent for, with the place of those picked up.

    Downloads and gift certificates have no stock. A part of a bundle stands below the
    line that was bought, which is the one that counts.
    """
    consignments = order.row("consignments")
    if not any(group in consignments for group in _GROUPS):
        raise Unavailable("The store's answer lacks the order's lines.")
    for group in ("shipping", "pickups"):
        for consignment in consignments.rows(group) if group in consignments else []:
            place = None
            if group == "pickups" and "location" in consignment:
                place = str(consignment.row("location").whole("id"))
            for line in consignment.rows("line_items"):
                if line.text("type") == "physical" and not line.raw("parent_order_product_id"):
                    yield line, place


def _line(
    line: Row,
    place: str | None,
    rules: Rules,
    *,
    status: int,
    was_sent: bool,
    changed_later: bool,
) -> RemoteOrderLine:
    quantity, shipped = line.whole("quantity"), _units(line, "quantity_shipped")
    stock = line_stock(
        LineFacts(
            quantity=quantity,
            refunded=_units(line, "quantity_refunded"),
            shipped=shipped,
            status=status,
            was_sent=was_sent or shipped > 0,
            changed_later=changed_later,
        ),
        rules,
    )
    ref, within = _refs(line)
    return RemoteOrderLine(
        id=str(line.whole("id")),
        ref=ref,
        sku=line.text("sku") if "sku" in line else "",
        ordered=quantity,
        taken=stock.taken,
        committed=stock.committed,
        location=place,
        restock_known=stock.restock_known,
        deducted=stock.deducted,
        within=within,
    )


def _refs(line: Row) -> tuple[str | None, str | None]:
    """Name the variant that was bought, and the product that may hold its stock."""
    product = line.whole("product_id")
    if not product:  # something made up for this order only
        return None, None
    variant = line.whole("variant_id") if "variant_id" in line else 0
    return str(Unit(product, variant or None)), str(Unit(product))


def _units(line: Row, key: str) -> int:
    """Read a count, which is a number of any kind."""
    return int(line.number(key))
