"""One seller's account: items, their stock, and people who buy, pack, cancel and correct."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sandbox.sold_out import SoldOut
from sandbox.walmart.assortment import Assortment
from sandbox.walmart.cursors import Cursors
from sandbox.walmart.faults import Faults
from sandbox.walmart.limits import Limits
from sandbox.walmart.model import Fulfilment, Item, Line, Node, Order, Stock
from sandbox.walmart.order_rows import order_row
from sandbox.walmart.tokens import Keys

Access = Literal["full_access", "view_only", "no_access"]
Status = Literal[
    "ACTIVE", "ONBOARDING_ACTIVE", "ONBOARDING_INACTIVE", "SUSPENDED", "TNS_DECLINED", "TERMINATED"
]

AREAS = (
    "reports",
    "item",
    "price",
    "lagtime",
    "feeds",
    "returns",
    "orders",
    "inventory",
    "content",
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Shop(Assortment):
    """A seller's account on the local Walmart; times come from `now`."""

    def __init__(
        self,
        name: str,
        *,
        title: str | None = None,
        order_lag: timedelta = timedelta(),
        read_lag: timedelta = timedelta(),
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        super().__init__(name, now)
        self.name = name
        self.title = title or name.replace("-", " ").title()
        self.order_lag = order_lag
        self.read_lag = read_lag
        self.status: Status = "ACTIVE"
        # Read when a token is used: a seller may change what he granted
        self.scopes: dict[str, Access] = dict.fromkeys((*AREAS, "shipping"), "full_access")
        self.keys = Keys(name, now)
        self.limits = Limits(now)
        self.faults = Faults()
        self.orders: list[Order] = []
        self.order_cap = 10_000  # Walmart: most orders of one search
        self.item_cursors: Cursors[Item] = Cursors(now, changes=False)
        self.stock_cursors: Cursors[Item] = Cursors(now, changes=True)
        self._order_numbers = itertools.count(zlib.crc32(name.encode()) % 1_000_000 * 1_000_000)

    # The orders

    def sell(
        self,
        sku: str,
        quantity: int = 1,
        *,
        location: Node | None = None,
        lag: timedelta | None = None,
        force: bool = False,
    ) -> Order:
        """Let somebody buy one thing; SoldOut where too few are shown (unless forced)."""
        return self.sell_many([(sku, quantity)], location=location, lag=lag, force=force)

    def sell_many(
        self,
        basket: Sequence[tuple[str, int]],
        *,
        location: Node | None = None,
        lag: timedelta | None = None,
        force: bool = False,
        replaces: str | None = None,
        fulfilment: Fulfilment | None = None,
    ) -> Order:
        """Let somebody buy several things that one kind of fulfilment sends, at one node.

        `replaces` names the customer's order that this one replaces.
        """
        if any(quantity < 1 for _, quantity in basket):
            raise ValueError("a sale is of one unit at least")
        self.apply_due()
        node = (location or self.nodes[0]).id
        items = [self.items[sku] for sku, _ in basket]
        if len({item.fulfilment for item in items}) != 1:
            raise ValueError("Walmart makes an order of its own for each kind of fulfilment")
        for item, (sku, quantity) in zip(items, basket, strict=True):
            held = item.stock.get(node)
            if not force and (held is None or held.available < quantity):
                raise SoldOut(sku)
        stamp = self._stamp()
        number = next(self._order_numbers)
        order = Order(
            f"1{number:012}",
            f"5{number:012}",
            stamp,
            stamp,
            fulfilment or items[0].fulfilment,
            replaces,
        )
        for place, (item, (sku, quantity)) in enumerate(zip(items, basket, strict=True)):
            order.lines.append(Line(place + 1, sku, item.title, item, quantity, node))
            item.stock.setdefault(node, Stock(0)).reserved += quantity
        self.orders.append(order)
        self._touch(order, lag)
        return order

    def order(self, id_or_name: str | int) -> Order:
        """Find an order by its number, or the customer's; KeyError where there is none."""
        for order in self.orders:
            if str(id_or_name) in (order.id, order.customer_order):
                return order
        raise KeyError(id_or_name)

    def acknowledge(self, order: Order) -> None:
        """Say that an order was seen, as a seller's order system does."""
        for line in order.lines:
            line.acknowledged = True
        self._touch(order)

    def fulfil(self, order: Order, sku: str | None = None, quantity: int | None = None) -> None:
        """Send units of one line, or everything that is left."""
        self.apply_due()
        for line in order.lines if sku is None else [order.line(sku)]:
            units = line.left if quantity is None else min(quantity, line.left)
            line.acknowledged = True
            line.shipped += units
            stock = self._held(line)
            stock.input = max(0, stock.input - units)
            stock.reserved -= units
        self._touch(order)

    def deliver(self, order: Order) -> None:
        """Let what was sent arrive."""
        for line in order.lines:
            line.delivered = line.shipped - line.refunded
        self._touch(order)

    def cancel(self, order: Order, *, restock: bool | None = None) -> None:
        """Cancel what was not sent yet: its units can be bought again at once.

        ValueError where nothing is left, or where `restock` says otherwise.
        """
        if not any(line.left for line in order.lines):
            raise ValueError("nothing of the order is left to cancel")
        if restock is False:
            raise ValueError("Walmart always gives cancelled units back")
        for line in order.lines:
            self.cancel_units(order, line.sku, line.left, touch=False)
        self._touch(order)

    def cancel_units(self, order: Order, sku: str, quantity: int, *, touch: bool = True) -> None:
        """Cancel some units of a line."""
        self.apply_due()
        line = order.line(sku)
        if not 0 <= quantity <= line.left:
            raise ValueError(f"{quantity} units cannot be cancelled")
        line.cancelled += quantity
        self._held(line).reserved -= quantity
        if touch:
            self._touch(order)

    def refund(
        self, order: Order, sku: str, quantity: int, restock_type: str | None = None
    ) -> None:
        """Give money back for units that were sent: they do not come back by that.

        ValueError for units that were not sent, and where `restock_type` is another than
        NO_RESTOCK.
        """
        line = order.line(sku)
        if not 0 < quantity <= line.shipped - line.refunded:
            raise ValueError(f"{quantity} units cannot be refunded")
        if restock_type not in (None, "NO_RESTOCK"):
            raise ValueError("units come back to a Walmart seller by returns only")
        line.refunded += quantity
        line.delivered = min(line.delivered, line.shipped - line.refunded)
        self._touch(order)

    def delete_order(self, order: Order) -> None:
        """Let an order be gone for ever: its units stay where they are."""
        self.orders.remove(order)

    def touch(self, order: Order) -> None:
        """Change something about an order that has nothing to do with stock."""
        self._touch(order)

    # Keys to the account

    @property
    def client_id(self) -> str:
        return self.keys.client_id

    @property
    def client_secret(self) -> str:
        return self.keys.client_secret

    def rotate_keys(self, secret: str | None = None) -> str:
        """Reset the secret: the old one and every token die."""
        return self.keys.rotate(secret)

    # Inside

    def _held(self, line: Line) -> Stock:
        return line.item.stock.setdefault(line.node, Stock(0))

    def _stamp(self) -> datetime:
        """The time as Walmart stamps it: whole milliseconds."""
        now = self.now().astimezone(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def _touch(self, order: Order, lag: timedelta | None = None) -> None:
        order.updated_at = self._stamp()
        visible_at = self.now() + (self.order_lag if lag is None else lag)
        # Rows do not overtake each other: what is changed again is listed later still.
        visible_at = max([visible_at, *(each[0] for each in order.versions)])
        row: dict[str, Any] = order_row(order)
        order.versions.append((visible_at, order.updated_at, row))
