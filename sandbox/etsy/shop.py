"""One shop: listings, and people who buy, pay, pack, cancel and correct.

Etsy takes units off a listing as soon as a buyer commits to them. Whether a cancelled receipt
puts them back is not documented: `restocks_on_cancel` says what happens here.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sandbox.etsy.assortment import Assortment
from sandbox.etsy.faults import Faults
from sandbox.etsy.keys import Keys
from sandbox.etsy.model import Line, Order, Product, Status
from sandbox.etsy.order_rows import order_row, refund_row
from sandbox.etsy.quota import Quota
from sandbox.sold_out import SoldOut


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Shop(Assortment):
    """A shop on the local Etsy; times come from `now`.

    `quota` is the application's: shops of one application share it.
    """

    def __init__(
        self,
        name: str,
        *,
        title: str | None = None,
        order_lag: timedelta = timedelta(),
        quota: Quota | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        super().__init__(name, now)
        number = zlib.crc32(name.encode()) % 10**7
        self.name = name
        self.title = title or name.replace("-", " ").title().replace(" ", "")
        self.id = 20_000_000 + number
        self.user_id = 700_000_000 + number
        self.currency = "USD"
        self.order_lag = order_lag
        self.keys = Keys(name, self.user_id, now)
        self.quota = quota or Quota(now)
        self.faults = Faults()
        self.on_vacation = False
        self.has_shop = True  # an account without one may agree as well
        self.restocks_on_cancel = True
        # Whether a list that is not asked for cancelled receipts leaves them out: undocumented
        self.hides_cancelled = True
        # Etsy's document has the status of a receipt in small letters, and its answers have
        # capitals ("Fully Refunded": etsy/open-api issues #469 and #806). By default the document
        # is kept to, since every answer is checked against it.
        self.writes_capitals = False
        # A listing without a complete shipping profile cannot be activated
        self.can_activate = True
        # Where a seller is sent after the consent page, and whether he says no there
        self.redirect_uri = "https://stockroom.example/oauth/etsy/callback"
        self.declines = False
        self.orders: list[Order] = []
        self._order_numbers = itertools.count(3_000_000_000 + number)

    # The orders

    def sell(
        self,
        sku: str | Product,
        quantity: int = 1,
        *,
        lag: timedelta | None = None,
        force: bool = False,
        status: Status = "paid",
    ) -> Order:
        """Let somebody buy one thing; SoldOut where too few are shown (unless forced)."""
        return self.sell_many([(sku, quantity)], lag=lag, force=force, status=status)

    def sell_many(
        self,
        basket: Sequence[tuple[str | Product, int]],
        *,
        lag: timedelta | None = None,
        force: bool = False,
        status: Status = "paid",
    ) -> Order:
        """Let somebody buy several things at once; of what has no SKU, the product is given."""
        if any(quantity < 1 for _, quantity in basket):
            raise ValueError("a sale is of one unit at least")
        wanted = [
            (self.product(what) if isinstance(what, str) else what, quantity)
            for what, quantity in basket
        ]
        for product, quantity in wanted:
            if not force and (self.on_vacation or product.available < quantity):
                raise SoldOut(product.sku or str(product.listing.id))
        stamp = self.stamp()
        order = Order(next(self._order_numbers), stamp, stamp, status)
        for product, quantity in wanted:
            listing = product.listing
            order.lines.append(
                Line(
                    self.next_number(),
                    product,
                    listing.id,
                    product.id,
                    product.sku,
                    listing.title,
                    quantity,
                    product.properties,
                    listing.kind == "download",
                )
            )
            self.sold(product, min(quantity, product.quantity))
        self.orders.append(order)
        self._touch(order, lag)
        return order

    def order(self, order_id: str | int) -> Order:
        """Find a receipt by its number; KeyError where there is none."""
        for order in self.orders:
            if str(order_id) == str(order.id):
                return order
        raise KeyError(order_id)

    def pay(self, order: Order) -> None:
        """Let a buyer pay who committed before."""
        order.status = "paid"
        self._touch(order)

    def fulfil(self, order: Order, sku: str | None = None, quantity: int | None = None) -> None:
        """Send one line, or everything; Etsy knows no part of a line."""
        for line in order.lines if sku is None else [order.line(sku)]:
            if quantity is not None and quantity != line.quantity:
                raise ValueError("Etsy sends whole lines only")
            line.shipped_at = self.stamp()
        if order.is_shipped:
            order.status = "completed"
        self._touch(order)

    def cancel(self, order: Order, *, restock: bool | None = None) -> None:
        """Cancel a receipt; `restock` None leaves it to `restocks_on_cancel`."""
        if order.status == "canceled":
            raise ValueError("the receipt is cancelled already")
        order.status = "canceled"
        if self.restocks_on_cancel if restock is None else restock:
            self._put_back(order)
        self._touch(order)

    def refund(self, order: Order, *, whole: bool = False) -> None:
        """Give money back, a part of it or all: no unit moves."""
        order.status = "fully refunded" if whole else "partially refunded"
        order.refunds.append(refund_row(self, whole=whole))
        self._touch(order)

    def delete_order(self, order: Order) -> None:
        """Let a receipt be gone for ever: its units stay where they are."""
        self.orders.remove(order)

    def touch(self, order: Order) -> None:
        """Change something about a receipt that has nothing to do with stock."""
        self._touch(order)

    # Keys to the shop

    @property
    def scopes(self) -> frozenset[str]:
        return self.keys.scopes

    @scopes.setter
    def scopes(self, granted: frozenset[str]) -> None:
        self.keys.scopes = granted

    # Inside

    def _put_back(self, order: Order) -> None:
        for line in order.lines:
            # An inventory that was written meanwhile has new products for the old ones.
            for product in self.products():
                same = (product.listing.id, product.properties) == (
                    line.listing_id,
                    line.properties,
                )
                if same and line.shipped_at is None:
                    self.put_back(product, line.quantity)

    def _touch(self, order: Order, lag: timedelta | None = None) -> None:
        order.updated_at = self.stamp()
        visible_at = self.now() + (self.order_lag if lag is None else lag)
        # Rows do not overtake each other: what is changed again is listed later still.
        visible_at = max([visible_at, *(each[0] for each in order.versions)])
        order.versions.append((visible_at, order.updated_at, order_row(self, order)))
