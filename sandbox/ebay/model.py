"""What a seller has: listings of both models, inventory items, orders."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Model = Literal["trading", "inventory"]
ListingStatus = Literal["Active", "Ended", "Completed"]
Payment = Literal["PENDING", "PAID", "PARTIALLY_REFUNDED", "FULLY_REFUNDED", "FAILED"]
CancelState = Literal["NONE_REQUESTED", "IN_PROGRESS", "CANCELED"]


@dataclass
class Item:
    """An inventory item: a SKU, and how many can be sent in all."""

    sku: str
    title: str
    quantity: int
    auction_allocation: int = 0  # units that an auction of the same SKU holds


@dataclass
class Variation:
    """What can be bought: a choice of a listing, or the whole of a simple one.

    quantity  what the listing (in the Inventory model: the offer) has left
    item      the inventory item behind an offer
    """

    listing: Listing
    sku: str
    quantity: int
    option: str | None = None
    id: str | None = None  # of a choice, as order lines tell it
    sold: int = 0
    offer_id: str | None = None
    item: Item | None = None

    @property
    def available(self) -> int:
        """What a buyer could buy: never more than the inventory item has."""
        return self.quantity if self.item is None else min(self.quantity, self.item.quantity)

    def set(self, available: int) -> None:
        """Show a number, the item behind the offer included."""
        self.quantity = available
        if self.item is not None:
            self.item.quantity = available

    def move(self, units: int) -> None:
        """Take units off, or put them back where they are below zero."""
        self.quantity -= units
        if self.item is not None:
            self.item.quantity -= units


@dataclass
class Listing:
    """One item id; a simple listing has one variation without an option."""

    id: str
    title: str
    model: Model
    started_at: datetime
    ends_at: datetime
    changed_at: datetime
    type: str = "FixedPriceItem"
    status: ListingStatus = "Active"
    has_choices: bool = False
    variations: list[Variation] = field(default_factory=list)
    # How often the listing was revised, by the beginning of eBay's day
    revisions: dict[datetime, int] = field(default_factory=dict)

    @property
    def available(self) -> int:
        return sum(each.available for each in self.variations)


@dataclass
class Line:
    """One line of an order."""

    id: str
    variation: Variation
    item_id: str
    title: str
    sku: str
    quantity: int
    shipped: int = 0
    refunds: list[dict[str, Any]] = field(default_factory=list)
    lowered: int = 0  # units that eBay took off the listing and did not put back


@dataclass
class Order:
    """An order; `versions` are its rows, each with the time from which it is listed."""

    id: str
    created_at: datetime
    updated_at: datetime
    payment: Payment = "PAID"
    cancel_state: CancelState = "NONE_REQUESTED"
    cancelled_at: datetime | None = None
    lines: list[Line] = field(default_factory=list)
    versions: list[tuple[datetime, datetime, dict[str, Any]]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.id

    @property
    def fulfilment(self) -> str:
        """NOT_STARTED, IN_PROGRESS or FULFILLED, of all lines together.

        eBay: a line counts as fulfilled as soon as one of its units is sent.
        """
        if all(line.shipped for line in self.lines):
            return "FULFILLED"
        return "IN_PROGRESS" if any(line.shipped for line in self.lines) else "NOT_STARTED"

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
