"""What an account has: items with their channels, stock at Amazon, and orders."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

OURS, AMAZONS = "DEFAULT", "AMAZON_NA"
Status = Literal[
    "PENDING_AVAILABILITY",
    "PENDING",
    "UNSHIPPED",
    "PARTIALLY_SHIPPED",
    "SHIPPED",
    "CANCELLED",
    "UNFULFILLABLE",
]
FulfilledBy = Literal["MERCHANT", "AMAZON"]


@dataclass
class Item:
    """One seller SKU.

    channels   by code, what is offered there; Amazon's own channel has no number
    lead_time  days until the seller sends; `replace` drops it where it is not sent again
    closed     taken off sale by the seller: it stands in no catalogue
    issues     why the last number was not taken, as Amazon tells it with the item
    """

    sku: str
    title: str
    asin: str
    product_type: str
    channels: dict[str, int | None]
    marketplaces: list[str]
    created_at: datetime
    updated_at: datetime
    lead_time: int | None = 3
    closed: bool = False
    issues: list[dict[str, Any]] = field(default_factory=list)

    @property
    def available(self) -> int:
        """What a shopper could buy of the seller's own."""
        return 0 if self.closed else (self.channels.get(OURS) or 0)

    @property
    def status(self) -> list[str]:
        """Sold out is still found; closed is not."""
        if self.closed:
            return []
        sells = AMAZONS in self.channels or self.available > 0
        return ["BUYABLE", "DISCOVERABLE"] if sells else ["DISCOVERABLE"]


@dataclass
class AtAmazon:
    """Units of one SKU in Amazon's warehouses, as one marketplace tells them."""

    fulfillable: int
    inbound: int = 0
    reserved: int = 0
    updated_at: datetime | None = None


@dataclass
class Line:
    """One line of an order."""

    id: str
    item: Item
    sku: str
    title: str
    quantity: int
    fulfilled: int = 0
    cancelled: int = 0
    request: bool = False  # the buyer asked for it to be cancelled, which does nothing yet

    @property
    def left(self) -> int:
        return self.quantity - self.fulfilled - self.cancelled


@dataclass
class Order:
    """One order; `versions` are its rows, each with the time from which it is listed."""

    id: str
    created_at: datetime
    updated_at: datetime
    marketplace: str
    fulfilled_by: FulfilledBy = "MERCHANT"
    status: Status = "UNSHIPPED"
    replaces: str | None = None
    lines: list[Line] = field(default_factory=list)
    versions: list[tuple[datetime, datetime, dict[str, Any]]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.id

    def line(self, sku: str) -> Line:
        """Find a line by its SKU; KeyError where there is none."""
        for line in self.lines:
            if line.sku == sku:
                return line
        raise KeyError(sku)

    def row_at(self, now: datetime) -> tuple[datetime, dict[str, Any]] | None:
        """The newest row that is listed at a moment, with its time of change."""
        found = [(stamp, row) for visible_at, stamp, row in self.versions if visible_at <= now]
        return found[-1] if found else None
