"""What a shop holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Location:
    """A place that holds stock; a fulfilment service's place belongs to another app."""

    id: str
    name: str
    active: bool = True
    fulfillment_service: bool = False


@dataclass
class Level:
    """The stock of one item at one location."""

    item: Item
    location: Location
    available: int
    committed: int = 0


@dataclass
class Item:
    """The thing with a SKU and stock; `mutable` is False for the parent of a bundle."""

    id: str
    sku: str | None
    tracked: bool = True
    mutable: bool = True
    levels: dict[str, Level] = field(default_factory=dict)  # by location id
    retired: dict[str, Level] = field(default_factory=dict)  # no longer stocked there


@dataclass
class Product:
    """A product page; its status is that of all its variants."""

    id: str
    title: str
    status: str = "ACTIVE"


@dataclass
class Variant:
    """One choice on a product page; several may share one item."""

    id: str
    product: Product
    title: str
    item: Item
    updated_at: datetime


@dataclass
class Line:
    """One line of an order, and what has become of its units.

    Where they are sent from stands in the order's fulfilment orders.

    quantity     units ordered, with those removed or refunded later
    current      units still wanted
    unfulfilled  units not yet sent
    """

    id: str
    sku: str | None
    variant: Variant | None
    quantity: int
    current: int
    unfulfilled: int


@dataclass
class RefundLine:
    """Units of a line that were refunded, and whether they went back on the shelf."""

    line: Line
    quantity: int
    restock_type: str
    restocked: bool
    location: Location | None = None


@dataclass
class Refund:
    """One act of refunding."""

    id: str
    lines: list[RefundLine]


@dataclass
class Assigned:
    """Units of one line in a fulfilment order: all of them, and those not yet sent."""

    id: str
    line: Line
    total: int
    remaining: int

    @property
    def sent(self) -> int:
        return self.total - self.remaining


@dataclass
class FulfillmentOrder:
    """Units of an order that one location is to send.

    `hidden` ones were closed because their units went into another one; they
    keep their old numbers, as Shopify's do. `created_at` lies ahead where the
    order is not routed yet.
    """

    id: str
    location: Location
    created_at: datetime
    updated_at: datetime
    lines: list[Assigned] = field(default_factory=list)
    closed: bool = False
    hidden: bool = False
    indexed: list[tuple[datetime, datetime]] = field(default_factory=list)

    @property
    def status(self) -> str:
        return "CLOSED" if self.closed else "OPEN"

    def stamp_at(self, now: datetime) -> datetime | None:
        return _stamp_at(self.indexed, now)


@dataclass
class Order:
    """An order; `indexed` tells when each of its changes can be searched."""

    id: str
    name: str
    created_at: datetime
    updated_at: datetime
    test: bool = False
    closed: bool = False
    cancelled_at: datetime | None = None
    lines: list[Line] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    fulfillments: list[FulfillmentOrder] = field(default_factory=list)
    indexed: list[tuple[datetime, datetime]] = field(default_factory=list)

    def stamp_at(self, now: datetime) -> datetime | None:
        """The time of change under which the order is found at a moment, if at all."""
        return _stamp_at(self.indexed, now)

    def line(self, sku: str) -> Line:
        """Find a line by its SKU; KeyError where there is none."""
        for line in self.lines:
            if line.sku == sku:
                return line
        raise KeyError(sku)


def _stamp_at(indexed: Iterable[tuple[datetime, datetime]], now: datetime) -> datetime | None:
    return max((stamp for visible_at, stamp in indexed if visible_at <= now), default=None)
