"""Reports: snapshots of everything, made on demand, ready some time later."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sandbox.amazon.model import AMAZONS, OURS, Item

LISTINGS_REPORT = "GET_MERCHANT_LISTINGS_ALL_DATA"
ReportStatus = Literal["IN_QUEUE", "IN_PROGRESS", "DONE", "CANCELLED", "FATAL"]
TAKES = timedelta(minutes=1)

# Amazon, "Inventory Reports": the columns, tab-separated
COLUMNS = (
    "item-name",
    "item-description",
    "listing-id",
    "seller-sku",
    "price",
    "quantity",
    "open-date",
    "image-url",
    "item-is-marketplace",
    "product-id-type",
    "zshop-shipping-fee",
    "item-note",
    "item-condition",
    "zshop-category1",
    "zshop-browse-path",
    "zshop-storefront-feature",
    "asin1",
    "asin2",
    "asin3",
    "will-ship-internationally",
    "expedited-shipping",
    "zshop-boldface",
    "product-id",
    "bid-for-featured-placement",
    "add-delete",
    "pending-quantity",
    "fulfillment-channel",
    "merchant-shipping-group",
    "status",
)
# Some of them in German, as a seller who prefers German gets them
_LOCALISED = {"item-name": "Artikelbezeichnung", "seller-sku": "Händler-SKU", "quantity": "Menge"}


@dataclass
class Report:
    """One report; `rows` are as things were when it was asked for."""

    id: str
    kind: str
    marketplace: str
    created_at: datetime
    ready_at: datetime | None
    ends_as: ReportStatus
    text: str
    charset: str
    file: str | None = None

    def status(self, now: datetime) -> ReportStatus:
        if self.ready_at is None or now < self.ready_at:
            return "IN_PROGRESS" if now > self.created_at else "IN_QUEUE"
        return self.ends_as


class Reports:
    """All reports of one account; `takes` is how long each of the next ones takes."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._numbers = itertools.count(70_001)
        self.takes = TAKES
        self.packed = True
        # Amazon hands out the same numbers again for an hour to six.
        self.cached_for = timedelta()
        self.made: list[Report] = []

    def make(
        self,
        kind: str,
        marketplace: str,
        items: list[Item],
        *,
        hangs: bool,
        ends_as: ReportStatus,
        localised: bool,
        windows: bool,
    ) -> Report:
        now = self._now()
        text = _text(items, localised)
        for earlier in reversed(self.made):
            same = (earlier.kind, earlier.marketplace) == (kind, marketplace)
            if same and now - earlier.created_at < self.cached_for:
                text = earlier.text
                break
        report = Report(
            str(next(self._numbers)),
            kind,
            marketplace,
            now,
            None if hangs else now + self.takes,
            ends_as,
            text,
            "windows-1252" if windows else "UTF-8",
        )
        self.made.append(report)
        return report

    def find(self, report_id: str) -> Report | None:
        return next((report for report in self.made if report.id == report_id), None)


def _text(items: list[Item], localised: bool) -> str:
    names = [_LOCALISED.get(name, name) if localised else name for name in COLUMNS]
    rows = [
        _fields(item, channel)
        for item in items
        for channel in (OURS, AMAZONS)
        if channel in item.channels
    ]
    lines = [names, *([row.get(name, "") for name in COLUMNS] for row in rows)]
    return "".join("\t".join(line) + "\r\n" for line in lines)


def _fields(item: Item, channel: str) -> dict[str, str]:
    """Write one row: a SKU has one for each of its channels; Amazon's own has no number."""
    number = item.channels[channel]
    sells = channel == AMAZONS or item.available > 0
    return {
        "item-name": item.title,
        "seller-sku": item.sku,
        "price": "19.99",
        "quantity": "" if number is None else str(number),
        "open-date": item.created_at.strftime("%Y-%m-%d %H:%M:%S PST"),
        "item-is-marketplace": "y",
        "product-id-type": "1",
        "item-condition": "11",
        "asin1": item.asin,
        "product-id": item.asin,
        "fulfillment-channel": channel,
        "status": "Active" if sells and not item.closed else "Inactive",
    }
