"""What a shop has: listings with products, and receipts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

State = Literal["active", "inactive", "sold_out", "draft", "expired"]
Kind = Literal["physical", "download", "both"]
Status = Literal[
    "open",
    "payment processing",
    "paid",
    "completed",
    "canceled",
    "fully refunded",
    "partially refunded",
]


@dataclass(frozen=True)
class Value:
    """What one property of a product is."""

    property_id: int
    name: str
    value_ids: tuple[int, ...]
    values: tuple[str, ...]
    scale_id: int | None = None


@dataclass
class Product:
    """One combination of a listing's properties, with its offering."""

    listing: Listing
    id: int
    offering_id: int
    sku: str
    quantity: int
    properties: tuple[Value, ...] = ()
    amount: int = 1_200
    divisor: int = 100
    enabled: bool = True
    deleted: bool = False
    readiness: int | None = 1_001

    @property
    def available(self) -> int:
        """What a buyer could buy."""
        on_sale = self.enabled and not self.deleted and self.listing.state == "active"
        return self.quantity if on_sale else 0


@dataclass
class Listing:
    """One listing; without variations it has one product."""

    id: int
    title: str
    state: State
    created_at: datetime
    updated_at: datetime
    state_at: datetime
    ends_at: datetime
    kind: Kind = "physical"
    products: list[Product] = field(default_factory=list)
    price_on_property: list[int] = field(default_factory=list)
    quantity_on_property: list[int] = field(default_factory=list)
    sku_on_property: list[int] = field(default_factory=list)
    readiness_on_property: list[int] = field(default_factory=list)
    renewals: list[datetime] = field(default_factory=list)  # each of them was paid
    has_inventory: bool = True  # False: never edited with the tools for it

    @property
    def kept(self) -> list[Product]:
        return [each for each in self.products if not each.deleted]

    @property
    def quantity(self) -> int:
        return sum(each.quantity for each in self.kept if each.enabled)


@dataclass
class Line:
    """One transaction of a receipt, as things were when it was bought."""

    id: int
    product: Product
    listing_id: int
    product_id: int
    sku: str
    title: str
    quantity: int
    properties: tuple[Value, ...]
    is_digital: bool
    shipped_at: datetime | None = None


@dataclass
class Order:
    """A receipt; `versions` are its rows, each with the time from which it is listed."""

    id: int
    created_at: datetime
    updated_at: datetime
    status: Status = "paid"
    lines: list[Line] = field(default_factory=list)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    versions: list[tuple[datetime, datetime, dict[str, Any]]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.id)

    @property
    def is_shipped(self) -> bool:
        return all(line.shipped_at for line in self.lines)

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
