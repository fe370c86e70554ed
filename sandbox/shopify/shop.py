"""One shop: a catalogue, its stock, and people who buy, pack, cancel and correct.

Every act moves available and committed as Shopify moves them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sandbox.shopify.assortment import Assortment
from sandbox.shopify.bucket import Bucket
from sandbox.shopify.bulk import BulkOperations
from sandbox.shopify.dispatch import Dispatch, Shares, route
from sandbox.shopify.faults import Faults
from sandbox.shopify.idempotency import Keys
from sandbox.shopify.model import (
    FulfillmentOrder,
    Item,
    Line,
    Location,
    Order,
    Refund,
    RefundLine,
)
from sandbox.sold_out import SoldOut

__all__ = ["ALL_SCOPES", "Shop", "SoldOut"]

ALL_SCOPES = frozenset(
    {
        "read_products",
        "write_inventory",
        "read_locations",
        "read_orders",
        "read_merchant_managed_fulfillment_orders",
        "read_third_party_fulfillment_orders",
    }
)
# Shopify: without read_all_orders only this much of the past is visible
ORDER_WINDOW = timedelta(days=60)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Shop(Assortment):
    """A shop on the local Shopify; times come from `now`."""

    def __init__(
        self,
        name: str,
        *,
        title: str | None = None,
        token: str | None = None,
        currency: str = "EUR",
        scopes: frozenset[str] = ALL_SCOPES,
        order_lag: timedelta = timedelta(),
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        super().__init__(name, now)
        self.name = name
        self.title = title or name.replace("-", " ").title()
        self.token = token or f"shpat_{name}_1"
        self.client_id = f"client-{name}"
        self.client_secret = f"secret-{name}"
        self.currency = currency
        self.scopes = scopes
        self.order_lag = order_lag
        self.orders: list[Order] = []
        self.bucket = Bucket(now)
        self.faults = Faults()
        self.keys = Keys(now)
        # What the API does for an item that is not stocked at a location
        self.stocks_by_itself = False
        # Whether moving a fulfilment order changes its order's time of change: not documented
        self.moves_touch_orders = False
        self._tokens = itertools.count(2)
        self._sales = itertools.count()
        self.id = self._gid("Shop")
        self.dispatch = Dispatch(now, self._gid, lambda: self.order_lag)
        self.bulk = BulkOperations(now, self._gid)

    def delete(self, sku: str) -> None:
        """Delete a variant and its item; lines of old orders lose their link."""
        gone = self.variant(sku)
        self.remove(gone)
        for order in self.orders:
            for line in order.lines:
                if line.variant is gone:
                    line.variant = None

    # The orders

    def sell(
        self,
        sku: str,
        quantity: int = 1,
        *,
        location: Location | None = None,
        lag: timedelta | None = None,
        test: bool = False,
        force: bool = False,
    ) -> Order:
        """Let somebody buy one thing; SoldOut where too few are shown (unless forced)."""
        return self.sell_many([(sku, quantity)], location=location, lag=lag, test=test, force=force)

    def sell_many(
        self,
        basket: Sequence[tuple[str, int]],
        *,
        location: Location | None = None,
        lag: timedelta | None = None,
        test: bool = False,
        force: bool = False,
    ) -> Order:
        """Let somebody buy several things in one order."""
        wanted = [(self.variant(sku), quantity) for sku, quantity in basket]
        if any(quantity < 1 for _, quantity in wanted):
            raise ValueError("a sale is of one unit at least")
        routed = self._route([(each.item, units) for each, units in wanted], location, force=force)
        stamp = self._stamp()
        order = Order(self._gid("Order"), f"#{1001 + next(self._sales)}", stamp, stamp, test)
        for (variant, quantity), shares in zip(wanted, routed, strict=True):
            line = Line(
                id=self._gid("LineItem"),
                sku=variant.item.sku,
                variant=variant,
                quantity=quantity,
                current=quantity,
                unfulfilled=quantity,
            )
            order.lines.append(line)
            self.dispatch.assign(order, line, shares)
        self.orders.append(order)
        self._touch(order, lag)
        return order

    def order(self, id_or_name: str) -> Order:
        """Find an order by its id or its name; KeyError where there is none."""
        for order in self.orders:
            if id_or_name in (order.id, order.name):
                return order
        raise KeyError(id_or_name)

    def fulfil(self, order: Order, sku: str | None = None, quantity: int | None = None) -> None:
        """Send units of one line, or everything that is left."""
        lines = order.lines if sku is None else [order.line(sku)]
        for line in lines:
            sent = line.unfulfilled if quantity is None else min(quantity, line.unfulfilled)
            line.unfulfilled -= sent
            self.dispatch.send(order, line, sent)
        order.closed = all(line.unfulfilled == 0 for line in order.lines)
        self._touch(order)

    def cancel(self, order: Order, *, restock: bool = True) -> None:
        """Cancel an order of which nothing was sent; its units go back only with `restock`."""
        if order.cancelled_at is not None:
            raise ValueError("the order is cancelled already")
        if any(line.unfulfilled < line.current for line in order.lines):
            raise ValueError("units of the order were sent already")
        kind = "CANCEL" if restock else "NO_RESTOCK"
        lines = [
            each
            for line in order.lines
            if line.current
            for each in self._give_back(order, line, line.current, kind)
        ]
        order.refunds.append(Refund(self._gid("Refund"), lines))
        order.cancelled_at = self._stamp()
        order.closed = True
        self._touch(order)

    def refund(
        self,
        order: Order,
        sku: str,
        quantity: int,
        restock_type: str,
        *,
        location: Location | None = None,
    ) -> None:
        """Refund units: RETURN of sent ones, CANCEL of unsent ones, or NO_RESTOCK.

        Returned units go back to `location`, else to where they were sent from.
        """
        line = order.line(sku)
        sent = line.current - line.unfulfilled
        limit = {"RETURN": sent, "CANCEL": line.unfulfilled, "NO_RESTOCK": line.current}
        if not 0 < quantity <= limit[restock_type]:
            raise ValueError(f"{quantity} units cannot be refunded as {restock_type}")
        refunded = self._give_back(order, line, quantity, restock_type, location)
        order.refunds.append(Refund(self._gid("Refund"), refunded))
        self._touch(order)

    def edit_quantity(self, order: Order, sku: str, quantity: int, *, restock: bool = True) -> None:
        """Edit a line to another quantity; only unsent units can be taken out.

        Removed units leave `current` without any refund line.
        """
        line = order.line(sku)
        change = quantity - line.current
        if line.unfulfilled + change < 0:
            raise ValueError("those units were sent already")
        line.current += change
        line.unfulfilled += change
        line.quantity += max(0, change)
        if change > 0:
            self.dispatch.assign(order, line, self._more_of(order, line, change))
        elif change < 0:
            self.dispatch.withdraw(order, line, -change, restock=restock)
        self._touch(order)

    def move(
        self,
        order: Order,
        to: Location,
        *,
        sku: str | None = None,
        quantity: int | None = None,
        source: Location | None = None,
    ) -> None:
        """Let another location send what is unsent, or units of one line."""
        line = None if sku is None else order.line(sku)
        self.dispatch.move(order, to, line=line, units=quantity, source=source)
        if self.moves_touch_orders:
            self._touch(order)

    def split(self, order: Order, sku: str, quantity: int) -> None:
        """Put units of a line into a fulfilment order of their own."""
        self.dispatch.split(order, order.line(sku), quantity)

    def delete_order(self, order: Order) -> None:
        """Delete an order for ever: what was not sent is for sale again."""
        for line in order.lines:
            self.dispatch.withdraw(order, line, line.unfulfilled, restock=True)
        self.orders.remove(order)

    def touch(self, order: Order, lag: timedelta | None = None) -> None:
        """Change something about an order that has nothing to do with stock."""
        self._touch(order, lag)

    def readable_orders(self) -> list[Order]:
        """The orders that this app may read, listable already or not."""
        oldest = self.now() - ORDER_WINDOW
        everything = "read_all_orders" in self.scopes
        return [order for order in self.orders if everything or order.created_at >= oldest]

    def visible_orders(self) -> list[Order]:
        """The orders that this app finds, by the index's idea of their last change."""
        now = self.now()
        readable = self.readable_orders()
        found = [(stamp, order) for order in readable if (stamp := order.stamp_at(now))]
        return [order for _, order in sorted(found, key=lambda row: (row[0], _number(row[1].id)))]

    def visible_fulfillments(self) -> list[tuple[Order, FulfillmentOrder]]:
        """The fulfilment orders that can be searched now, with their orders."""
        now = self.now()
        return [
            (order, each)
            for order in self.readable_orders()
            for each in order.fulfillments
            if each.created_at <= now and each.stamp_at(now)
        ]

    # Keys to the shop

    def rotate_token(self, token: str | None = None) -> str:
        """Let the current token die and hand out another."""
        self.token = token or f"shpat_{self.name}_{next(self._tokens)}"
        return self.token

    # Inside

    def _give_back(
        self, order: Order, line: Line, quantity: int, kind: str, location: Location | None = None
    ) -> list[RefundLine]:
        unsent = quantity if kind == "CANCEL" else 0
        if kind == "NO_RESTOCK":  # of sent units first, as Shopify does
            unsent = max(0, quantity - (line.current - line.unfulfilled))
        line.current -= quantity
        line.unfulfilled -= unsent
        if kind == "RETURN":
            shares = self.dispatch.put_back(order, line, quantity, location)
        else:
            shares = self.dispatch.withdraw(order, line, unsent, restock=kind == "CANCEL")
        if kind == "NO_RESTOCK":
            return [RefundLine(line, quantity, kind, restocked=False)]
        return [RefundLine(line, units, kind, restocked=True, location=at) for at, units in shares]

    def _route(
        self, wanted: Sequence[tuple[Item, int]], location: Location | None, *, force: bool
    ) -> list[Shares]:
        places = (
            [each for each in self.locations if each.active] if location is None else [location]
        )
        return route(wanted, places, force=force)

    def _more_of(self, order: Order, line: Line, units: int) -> Shares:
        """Choose where units added to a line are sent from: where the others are, if any are left."""
        place = self.dispatch.home(order, line)
        if place is not None or line.variant is None:
            return [(place or order.fulfillments[0].location, units)]
        (shares,) = self._route([(line.variant.item, units)], None, force=True)
        return shares

    def _touch(self, order: Order, lag: timedelta | None = None) -> None:
        order.updated_at = self._stamp()
        visible_at = self.now() + (self.order_lag if lag is None else lag)
        order.indexed.append((visible_at, order.updated_at))


def _number(gid: str) -> int:
    return int(gid.rpartition("/")[2])
