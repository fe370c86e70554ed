"""What a store holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Tracking = Literal["none", "product", "variant"]


@dataclass
class Location:
    """A place that holds stock; the one with the id 1 is the default one."""

    id: int
    name: str
    enabled: bool = True


@dataclass
class Stock:
    """What one thing has at one location: on hand, and how much of it is kept back."""

    on_hand: int
    safety: int = 0

    @property
    def available(self) -> int:
        return self.on_hand - self.safety


@dataclass
class Product:
    """A product; tracked as one, by its variants, or not at all.

    `base` is the one variant of a simple product; a product with options has none.
    """

    id: int
    name: str
    sku: str
    tracking: Tracking
    updated_at: datetime
    type: Literal["physical", "digital"] = "physical"
    visible: bool = True
    availability: str = "available"
    base: Variant | None = None
    variants: list[Variant] = field(default_factory=list)
    stock: dict[int, Stock] = field(default_factory=dict)  # by location id


@dataclass
class Variant:
    """One choice of a product; `option` is None for the base variant."""

    id: int
    product: Product
    sku: str
    option: str | None = None
    purchasing_disabled: bool = False
    stock: dict[int, Stock] = field(default_factory=dict)  # by location id

    @property
    def held(self) -> dict[int, Stock] | None:
        """The stock that selling this variant takes from; None where nothing is tracked."""
        tracking = self.product.tracking
        if tracking == "none":
            return None
        return self.product.stock if tracking == "product" else self.stock

    @property
    def ref(self) -> str:
        """How a connector names what holds the stock."""
        if self.product.tracking == "product" or (
            self.product.tracking == "none" and self.product.base is self
        ):
            return str(self.product.id)
        return f"{self.product.id}:{self.id}"


@dataclass
class Line:
    """One line of an order.

    lowered   units that the store took off its own number and did not put back
    counted   whether the store took units off for the line at all
    """

    id: int
    sku: str
    name: str
    variant: Variant | None
    quantity: int
    location: Location
    type: Literal["physical", "digital", "giftcertificate"] = "physical"
    parent: Line | None = None
    refunded: int = 0
    shipped: int = 0
    lowered: int = 0
    counted: bool = False


@dataclass
class Order:
    """An order; `versions` are its rows, each with the time from which it is listed."""

    id: int
    status: int
    created_at: datetime
    updated_at: datetime
    channel: int = 1
    source: str = "www"
    pickup: Location | None = None
    shipped_at: datetime | None = None
    archived: bool = False
    lines: list[Line] = field(default_factory=list)
    versions: list[tuple[datetime, datetime, dict[str, Any]]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"#{self.id}"

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
