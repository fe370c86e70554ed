"""What a seller's account holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

NodeKind = Literal["VIRTUAL", "PHYSICAL", "3PL"]
Fulfilment = Literal["SellerFulfilled", "WFSFulfilled", "3PLFulfilled"]
Lifecycle = Literal["ACTIVE", "ARCHIVED", "RETIRED"]


@dataclass
class Node:
    """A ship node: a place that holds stock. The first of an account is its default one."""

    id: str
    name: str
    kind: NodeKind = "PHYSICAL"
    active: bool = True


@dataclass
class Stock:
    """What one item has at one node: what the seller put in, what orders reserve of it.

    before       both numbers as they stood before the latest change by the API
    old_until    until when readings still show those
    """

    input: int
    reserved: int = 0
    before: tuple[int, int] | None = None
    old_until: datetime | None = None

    @property
    def available(self) -> int:
        return max(0, self.input - self.reserved)

    def read(self, now: datetime, *, old: bool = False) -> tuple[int, int]:
        """Input and reserved as a reading tells them; `old` asks for those before the change."""
        stale = old or (self.old_until is not None and now < self.old_until)
        if stale and self.before is not None:
            return self.before
        return self.input, self.reserved


@dataclass
class Item:
    """One SKU; a variant is an item of its own, tied to others by its group."""

    sku: str
    title: str
    wpid: str
    gtin: str
    published: str = "PUBLISHED"
    lifecycle: Lifecycle = "ACTIVE"
    group: str | None = None
    duplicate: bool = False
    fulfilment: Fulfilment = "SellerFulfilled"
    stock: dict[str, Stock] = field(
        default_factory=dict
    )  # by node; a row comes with its first write

    @property
    def ref(self) -> str:
        """How a connector names it."""
        return self.sku


@dataclass
class Line:
    """One line of an order; its units stand in several statuses at once.

    number    counted from 1 within the order
    shipped   sent, those refunded later included
    """

    number: int
    sku: str
    name: str
    item: Item
    quantity: int
    node: str
    acknowledged: bool = False
    shipped: int = 0
    delivered: int = 0
    cancelled: int = 0
    refunded: int = 0

    @property
    def left(self) -> int:
        """Units that are still to be sent."""
        return self.quantity - self.shipped - self.cancelled


@dataclass
class Order:
    """A purchase order; `versions` are its rows, each with the time from which it is listed."""

    id: str
    customer_order: str
    created_at: datetime
    updated_at: datetime
    fulfilment: Fulfilment = "SellerFulfilled"
    replaces: str | None = None  # the customer's order that this one replaces
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
