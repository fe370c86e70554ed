"""One seller's account: items, and people who buy, pack, cancel and correct.

Amazon takes units off a listing as soon as somebody orders, paid or not. Whether it puts
those of a cancelled order back is not documented: `restocks_on_cancel` says what happens here.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sandbox.amazon.assortment import Assortment
from sandbox.amazon.faults import Faults
from sandbox.amazon.files import Files
from sandbox.amazon.keys import Keys
from sandbox.amazon.limits import Limits
from sandbox.amazon.model import AMAZONS, OURS, FulfilledBy, Line, Order, Status
from sandbox.amazon.order_rows import order_row
from sandbox.amazon.reports import Reports
from sandbox.amazon.sites import US
from sandbox.sold_out import SoldOut


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Shop(Assortment):
    """A seller's account on the local Amazon; times come from `now`.

    order_lag    how late a row becomes listable, beside `order_delay`, which Amazon names: it
                 tells nothing that is younger than two minutes
    """

    def __init__(
        self,
        name: str,
        *,
        title: str | None = None,
        order_lag: timedelta = timedelta(),
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        super().__init__(name, now)
        self.title = title or name.replace("-", " ").title()
        number = zlib.crc32(name.encode()) % 10**10
        self.order_lag = order_lag
        self.order_delay = timedelta(minutes=2)
        self.keys = Keys(name, now)
        self.limits = Limits(now)
        self.faults = Faults()
        self.files = Files(name, now)
        self.reports = Reports(now)
        self.restocks_on_cancel = True
        self.orders: list[Order] = []
        # What was handed out to read on from: an opaque text, the rows, and when it ends
        self.places: dict[str, tuple[dict[str, str], list[str], datetime]] = {}
        self.place_numbers = itertools.count(1)
        self._order_numbers = itertools.count(number % 10**6 * 10**6)

    # The orders

    def sell(
        self,
        sku: str,
        quantity: int = 1,
        *,
        location: object = None,
        lag: timedelta | None = None,
        force: bool = False,
        status: Status = "UNSHIPPED",
    ) -> Order:
        """Let somebody buy one thing; SoldOut where too few are shown (unless forced)."""
        return self.sell_many([(sku, quantity)], lag=lag, force=force, status=status)

    def sell_many(
        self,
        basket: Sequence[tuple[str, int]],
        *,
        lag: timedelta | None = None,
        force: bool = False,
        status: Status = "UNSHIPPED",
        fulfilled_by: FulfilledBy = "MERCHANT",
        marketplace: str = US,
        replaces: str | None = None,
    ) -> Order:
        """Let somebody buy several things that one of both sends."""
        if any(quantity < 1 for _, quantity in basket):
            raise ValueError("a sale is of one unit at least")
        self.apply_due()
        wanted = [(self.items[sku], quantity) for sku, quantity in basket]
        for item, quantity in wanted:
            code = OURS if fulfilled_by == "MERCHANT" else AMAZONS
            if code not in item.channels:
                raise ValueError(f"{item.sku} is not sold on {code}")
            held = self._held(item.sku, fulfilled_by, marketplace)
            if not force and held < quantity:
                raise SoldOut(item.sku)
        stamp = self.stamp()
        number = next(self._order_numbers)
        order_id = f"{111 + number % 3}-{number // 10**6:07}-{number % 10**7:07}"
        order = Order(order_id, stamp, stamp, marketplace, fulfilled_by, status, replaces)
        for place, (item, quantity) in enumerate(wanted):
            order.lines.append(
                Line(f"{number:012}{place + 1:02}", item, item.sku, item.title, quantity)
            )
            if status != "PENDING_AVAILABILITY":
                self._move(order, item.sku, -quantity)
        self.orders.append(order)
        self._touch(order, lag)
        return order

    def order(self, order_id: str | int) -> Order:
        """Find an order by its number; KeyError where there is none."""
        for order in self.orders:
            if str(order_id) == order.id:
                return order
        raise KeyError(order_id)

    def pay(self, order: Order) -> None:
        """Let the payment of a pending order be authorised."""
        order.status = "UNSHIPPED"
        self._touch(order)

    def fulfil(self, order: Order, sku: str | None = None, quantity: int | None = None) -> None:
        """Send units of one line, or everything that is left."""
        for line in order.lines if sku is None else [order.line(sku)]:
            line.fulfilled += line.left if quantity is None else min(quantity, line.left)
        order.status = "PARTIALLY_SHIPPED" if any(each.left for each in order.lines) else "SHIPPED"
        self._touch(order)

    def ask_to_cancel(self, order: Order) -> None:
        """Let the buyer ask for it to be cancelled: nothing happens by that."""
        for line in order.lines:
            line.request = True
        self._touch(order)

    def cancel(self, order: Order, *, restock: bool | None = None) -> None:
        """Cancel an order of which nothing was sent; `restock` None: `restocks_on_cancel`."""
        if order.status in ("CANCELLED", "SHIPPED", "PARTIALLY_SHIPPED"):
            raise ValueError("the order is sent or cancelled already")
        back = self.restocks_on_cancel if restock is None else restock
        for line in order.lines:
            if back and order.status != "PENDING_AVAILABILITY":
                self._move(order, line.sku, line.left)
            line.cancelled = line.left
        order.status = "CANCELLED"
        self._touch(order)

    def delete_order(self, order: Order) -> None:
        """Let an order be gone for ever: its units stay where they are."""
        self.orders.remove(order)

    def touch(self, order: Order) -> None:
        """Change something about an order that has nothing to do with stock."""
        self._touch(order)

    # Inside

    def _held(self, sku: str, fulfilled_by: FulfilledBy, marketplace: str) -> int:
        if fulfilled_by == "MERCHANT":
            return self.items[sku].available
        held = self.at_amazon[marketplace].get(sku)
        return held.fulfillable if held else 0

    def _move(self, order: Order, sku: str, units: int) -> None:
        """Take units off what can be bought, or put them back; never below zero."""
        self.apply_due()
        if order.fulfilled_by == "AMAZON":
            held = self.at_amazon[order.marketplace][sku]
            held.fulfillable = max(0, held.fulfillable + units)
            held.updated_at = self.stamp()
        elif (item := self.items.get(sku)) is not None and OURS in item.channels:
            item.channels[OURS] = max(0, (item.channels[OURS] or 0) + units)
            self.touch_item(item)

    def _touch(self, order: Order, lag: timedelta | None = None) -> None:
        order.updated_at = self.stamp()
        visible_at = self.now() + (self.order_lag if lag is None else lag)
        # Rows do not overtake each other: what is changed again is listed later still.
        visible_at = max([visible_at, *(each[0] for each in order.versions)])
        row = order_row(order, self.sites[order.marketplace].name)
        order.versions.append((visible_at, order.updated_at, row))
