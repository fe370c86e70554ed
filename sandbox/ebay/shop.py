"""One seller: listings, and people who buy, pay, pack, cancel and correct.

eBay takes units off a listing as soon as a buyer commits to them. Whether a cancelled order
puts them back is not promised: `restocks_on_cancel` says what happens here.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from sandbox.ebay.assortment import Assortment
from sandbox.ebay.faults import Faults
from sandbox.ebay.keys import Keys
from sandbox.ebay.model import Line, Order, Payment, Variation
from sandbox.ebay.order_rows import order_row, refund_row
from sandbox.ebay.quota import Quota
from sandbox.ebay.sites import SITES
from sandbox.sold_out import SoldOut

__all__ = ["Shop", "SoldOut"]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Shop(Assortment):
    """A seller on the local eBay; times come from `now`.

    `quota` is the application's: sellers of one application share it.
    """

    def __init__(
        self,
        name: str,
        *,
        title: str | None = None,
        marketplace: str = "EBAY_US",
        order_lag: timedelta = timedelta(),
        quota: Quota | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        super().__init__(name, now)
        self.name = name
        self.title = title or name
        self.marketplace = marketplace
        self.currency = SITES[marketplace].currency
        self.user_id = f"U{zlib.crc32(name.encode()):010}"
        self.order_lag = order_lag
        self.keys = Keys(name, now)
        self.quota = quota or Quota(now)
        self.faults = Faults()
        self.status: Literal["CONFIRMED", "UNCONFIRMED", "ACCOUNTONHOLD", "UNDETERMINED"] = (
            "CONFIRMED"
        )
        self.registered = True  # as a seller
        self.restocks_on_cancel = True
        # In which order getOrders answers: not documented
        self.orders_by: Literal["created", "modified"] = "created"
        # Whether the Inventory API refuses SKUs with other characters than its text names
        self.plain_skus_only = False
        # Whether a bulk write takes one SKU only, as the call's text says; its schema says 25
        self.one_sku_a_write = False
        # Whether a list by SKU finds choices of a listing too: not documented
        self.sku_filter_knows_choices = True
        # Where a seller is sent after the consent page, and whether he says no there
        self.accepted_url = "https://stockroom.example/oauth/ebay/callback"
        self.declines = False
        self.orders: list[Order] = []
        self._order_numbers = itertools.count(1)

    @property
    def suspended(self) -> bool:
        return self.status == "ACCOUNTONHOLD"

    # The orders

    def sell(
        self,
        sku: str | Variation,
        quantity: int = 1,
        *,
        lag: timedelta | None = None,
        force: bool = False,
        payment: Payment = "PAID",
    ) -> Order:
        """Let somebody buy one thing; SoldOut where too few are shown (unless forced)."""
        return self.sell_many([(sku, quantity)], lag=lag, force=force, payment=payment)

    def sell_many(
        self,
        basket: Sequence[tuple[str | Variation, int]],
        *,
        lag: timedelta | None = None,
        force: bool = False,
        payment: Payment = "PAID",
    ) -> Order:
        """Let somebody buy several things in one order; what has no SKU is given itself."""
        if any(quantity < 1 for _, quantity in basket):
            raise ValueError("a sale is of one unit at least")
        wanted = [
            (self.variation(what) if isinstance(what, str) else what, quantity)
            for what, quantity in basket
        ]
        for variation, quantity in wanted:
            gone = variation.listing.status != "Active" or variation.available < quantity
            if gone and not force:
                raise SoldOut(variation.sku or variation.listing.id)
        stamp = self.stamp()
        number = next(self._order_numbers)
        order = Order(f"27-{number // 10**5:05}-{number % 10**5:05}", stamp, stamp, payment)
        for variation, quantity in wanted:
            listing = variation.listing
            line = Line(self._next(), variation, listing.id, listing.title, variation.sku, quantity)
            line.lowered = min(quantity, max(0, variation.available))
            order.lines.append(line)
            self.sold(variation, line.lowered)
        self.orders.append(order)
        self._touch(order, lag)
        return order

    def order(self, order_id: str | int) -> Order:
        """Find an order by its id; KeyError where there is none."""
        for order in self.orders:
            if str(order_id) == order.id:
                return order
        raise KeyError(order_id)

    def pay(self, order: Order) -> None:
        """Let a buyer pay who committed before."""
        order.payment = "PAID"
        self._touch(order)

    def fulfil(self, order: Order, sku: str | None = None, quantity: int | None = None) -> None:
        """Send units of one line, or everything that is left."""
        for line in order.lines if sku is None else [order.line(sku)]:
            left = line.quantity - line.shipped
            line.shipped += left if quantity is None else min(quantity, left)
        self._touch(order)

    def ask_to_cancel(self, order: Order) -> None:
        """Let the buyer ask for a cancellation, which the seller may refuse."""
        order.cancel_state = "IN_PROGRESS"
        self._touch(order)

    def refuse_to_cancel(self, order: Order) -> None:
        order.cancel_state = "NONE_REQUESTED"
        self._touch(order)

    def cancel(self, order: Order, *, restock: bool | None = None) -> None:
        """Cancel an order; `restock` None leaves it to `restocks_on_cancel`."""
        if order.cancel_state == "CANCELED":
            raise ValueError("the order is cancelled already")
        order.cancel_state = "CANCELED"
        order.cancelled_at = self.stamp()
        if order.payment == "PAID":
            order.payment = "FULLY_REFUNDED"
        if self.restocks_on_cancel if restock is None else restock:
            for line in order.lines:
                self.put_back(line.variation, line.lowered)
                line.lowered = 0
        self._touch(order)

    def refund(self, order: Order, sku: str | None = None, units: int | None = None) -> None:
        """Give money back, of some units of a line or of all: no unit moves."""
        for line in order.lines if sku is None else [order.line(sku)]:
            amount = line.quantity if units is None else units
            if not 0 < amount <= line.quantity:
                raise ValueError(f"{amount} units cannot be refunded")
            line.refunds.append(refund_row(self._next(), amount, self.currency, self.stamp()))
        whole = sku is None and units is None
        order.payment = "FULLY_REFUNDED" if whole else "PARTIALLY_REFUNDED"
        self._touch(order)

    def touch(self, order: Order) -> None:
        """Change something about an order that has nothing to do with stock."""
        self._touch(order)

    def _touch(self, order: Order, lag: timedelta | None = None) -> None:
        order.updated_at = self.stamp()
        visible_at = self.now() + (self.order_lag if lag is None else lag)
        # Rows do not overtake each other: what is changed again is listed later still.
        visible_at = max([visible_at, *(each[0] for each in order.versions)])
        order.versions.append((visible_at, order.updated_at, order_row(self, order)))
