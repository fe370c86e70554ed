"""What a store holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(eq=False)
class Item:
    """A product, or a variation of one."""

    id: int
    type: str
    name: str
    sku: str
    modified: datetime
    status: str = "publish"
    manage_stock: bool = True
    stock: int = 0
    backorders: str = "no"
    parent: Item | None = None
    options: dict[str, str] = field(default_factory=dict)
    children: list[Item] = field(default_factory=list)

    @property
    def owner(self) -> Item | None:
        """The item whose number counts: its own, its parent's, or none's."""
        if self.manage_stock:
            return self
        return self.parent if self.parent is not None and self.parent.manage_stock else None

    @property
    def manages(self) -> bool | Literal["parent"]:
        """What `manage_stock` reads as."""
        if self.manage_stock or self.owner is None:
            return self.manage_stock
        return "parent"


@dataclass(eq=False)
class Line:
    """One line of an order.

    reduced    units that the store took off its number and did not put back, None for none
    restocked  units that refunds put back
    sent       units that left, which WooCommerce itself does not know
    """

    id: int
    item: Item | None
    sku: str
    name: str
    quantity: int
    product_id: int
    variation_id: int
    reduced: int | None = None
    restocked: int = 0
    refunded: int = 0
    sent: int = 0


@dataclass(eq=False)
class Refund:
    """One act of refunding; without lines it is one of money."""

    id: int
    created: datetime
    lines: list[tuple[int, Line, int]]
    reason: str = ""


@dataclass(eq=False)
class Order:
    """An order; `versions` tells when each of its states can be read, and that state."""

    id: int
    status: str
    created: datetime
    modified: datetime
    paid: datetime | None = None
    completed: datetime | None = None
    stock_reduced: bool = False
    before_trash: str = ""
    lines: list[Line] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    versions: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"#{self.id}"

    def line(self, sku: str) -> Line:
        """Find a line by its SKU; KeyError where there is none."""
        for line in self.lines:
            if line.sku == sku:
                return line
        raise KeyError(sku)

    def seen_at(self, now: datetime) -> dict[str, Any] | None:
        """The newest state that can be read at a moment, if any."""
        visible = [state for visible_at, state in self.versions if visible_at <= now]
        return visible[-1] if visible else None
