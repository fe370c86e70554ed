"""Making an order of ours from a receipt, without anything personal."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from connectors.etsy.marks import Carried
from connectors.etsy.refs import ref_of
from connectors.http import Row
from connectors.protocol import RemoteOrder, RemoteOrderLine

logger = logging.getLogger(__name__)

# Of these, what was not sent is given back. Of a partial refund no call tells what it was for.
_GIVEN_BACK = frozenset({"canceled", "fully refunded"})
_SENT = "completed"
_KNOWN = _GIVEN_BACK | {_SENT, "open", "payment processing", "paid", "partially refunded"}


@dataclass(frozen=True, slots=True)
class Doubts:
    """Where a sale does not tell what its listing shows after it.

    repeated  units, by ref, of which a sale lowers one product and leaves the others
    carried   times, by listing, in which a sale may have been undone by a write of ours
    """

    repeated: Collection[str]
    carried: Mapping[int, Sequence[Carried]]

    def about(self, ref: str, listing: int, sold_at: datetime) -> bool:
        windows = self.carried.get(listing, ())
        return ref in self.repeated or any(each.start <= sold_at <= each.end for each in windows)


def read_order(row: Row, doubts: Doubts) -> RemoteOrder:
    """Read one receipt with its transactions; files that were downloaded are no stock."""
    created, status = moment(row, "created_timestamp"), _status(row)
    lines = tuple(
        _line(each, status, doubts, created, sent=row.flag("is_shipped") or status == _SENT)
        for each in row.rows("transactions")
        if each.raw("is_digital") is not True
    )
    number = str(row.whole("receipt_id"))
    return RemoteOrder(
        id=number,
        name=number,
        created_at=created,
        updated_at=moment(row, "updated_timestamp"),
        state=_state(lines, status),
        lines=lines,
    )


def _status(row: Row) -> str:
    """Read what became of a receipt, as the document of Etsy's calls writes it.

    The document has small letters; the answers have capitals (etsy/open-api issues #469 and
    #806).
    """
    told = row.text("status")
    status = told.strip().lower()
    if status not in _KNOWN:
        logger.warning("Etsy tells a status of receipts that we do not know: %r", told)
    return status


def moment(row: Row, key: str) -> datetime:
    """Read a time, seconds since 1970."""
    return datetime.fromtimestamp(row.whole(key), UTC)


def _line(
    row: Row, status: str, doubts: Doubts, created: datetime, *, sent: bool
) -> RemoteOrderLine:
    """Read what a line holds.

    Etsy takes its units off the listing when the buyer commits, paid or not. Whether it puts
    those of a cancelled order back is not documented. What was sent stays taken, whatever
    becomes of the money. Under a status that we do not know units stay taken, so that nobody
    sells them twice, and what the listing shows has to be read.
    """
    quantity = row.whole("quantity")
    sent = sent or "shipped_timestamp" in row
    taken = quantity if sent or status not in _GIVEN_BACK else 0
    sku = row.text("sku") if "sku" in row else ""
    listing = row.whole("listing_id") if "listing_id" in row else 0
    properties = row.rows("product_data") if "product_data" in row else []
    ref = str(ref_of(listing, sku, properties)) if listing else None
    doubted = ref is not None and doubts.about(ref, listing, created)
    return RemoteOrderLine(
        id=str(row.whole("transaction_id")),
        ref=ref,
        sku=sku,
        ordered=quantity,
        taken=taken,
        committed=0 if sent else taken,
        restock_known=status in _KNOWN - _GIVEN_BACK and not doubted,
    )


def _state(
    lines: tuple[RemoteOrderLine, ...], status: str
) -> Literal["open", "closed", "cancelled"]:
    if any(line.committed for line in lines):
        return "open"
    gone = status in _GIVEN_BACK and not any(line.taken for line in lines)
    return "cancelled" if gone else "closed"
