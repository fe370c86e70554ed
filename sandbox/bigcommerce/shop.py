"""One store: a catalogue, its stock, and people who buy, pack, cancel and correct.

What an order does to the stock, and when, the store's settings say.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from sandbox.bigcommerce.assortment import Assortment
from sandbox.bigcommerce.faults import Faults
from sandbox.bigcommerce.model import Line, Location, Order, Stock
from sandbox.bigcommerce.order_rows import order_row
from sandbox.bigcommerce.quota import Quota
from sandbox.sold_out import SoldOut

__all__ = ["ALL_SCOPES", "Rules", "Shop", "SoldOut"]

ALL_SCOPES = frozenset(
    {
        "store_v2_information_read_only",
        "store_v2_products_read_only",
        "store_v2_orders_read_only",
        "store_locations_read_only",
        "store_inventory",
    }
)
# BigCommerce: ids of statuses
SHIPPED, PARTLY_SHIPPED, REFUNDED, CANCELLED, COMPLETED = 2, 3, 4, 5, 10
AWAITING_FULFILMENT, PARTLY_REFUNDED = 11, 14


@dataclass
class Rules:
    """The settings that say what orders do to stock; a channel may override each."""

    behaviour: Literal["order_placed", "order_completed_or_shipped"] = "order_placed"
    restocks: bool = True
    follows_edits: bool = True
    channels: dict[int, dict[str, object]] = field(default_factory=dict)

    def of(self, order: Order) -> Rules:
        """The rules for one order: by hand the store's own, else its channel's."""
        own = {} if order.source == "manual" else self.channels.get(order.channel, {})
        return Rules(
            behaviour=own.get("update_stock_behavior") or self.behaviour,  # type: ignore[arg-type]  # one of the two
            restocks=bool(_or(own.get("refund_order_stock_adjustment"), self.restocks)),
            follows_edits=bool(_or(own.get("edit_order_stock_adjustment"), self.follows_edits)),
        )


def _or(given: object, default: bool) -> object:
    return default if given is None else given


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Shop(Assortment):
    """A store on the local BigCommerce; times come from `now`."""

    def __init__(
        self,
        name: str,
        *,
        title: str | None = None,
        token: str | None = None,
        currency: str = "USD",
        scopes: frozenset[str] = ALL_SCOPES,
        order_lag: timedelta = timedelta(),
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        super().__init__(name, now)
        self.name = name
        self.title = title or name.replace("-", " ").title()
        self.token = token or f"token-{name}-1"
        self.currency = currency
        self.scopes = scopes
        self.order_lag = order_lag
        self.rules = Rules()
        self.orders: list[Order] = []
        self.quota = Quota(now)
        self.faults = Faults()
        # Whether the store takes units off for what is shipped of an order in part: not documented
        self.counts_partly_shipped = False
        # How a 404 for one order is worded: as a list like other V2 errors, as an object like
        # V3 errors, or not at all: not documented
        self.missing_order: Literal["list", "object", "nothing"] = "list"
        self._tokens = itertools.count(2)
        self._order_numbers = itertools.count(100)

    # The orders

    def sell(
        self,
        sku: str,
        quantity: int = 1,
        *,
        location: Location | None = None,
        lag: timedelta | None = None,
        force: bool = False,
        status: int = AWAITING_FULFILMENT,
    ) -> Order:
        """Let somebody buy one thing; SoldOut where too few are shown (unless forced)."""
        return self.sell_many(
            [(sku, quantity)], location=location, lag=lag, force=force, status=status
        )

    def sell_many(
        self,
        basket: Sequence[tuple[str, int]],
        *,
        location: Location | None = None,
        lag: timedelta | None = None,
        force: bool = False,
        status: int = AWAITING_FULFILMENT,
        source: str = "www",
        channel: int = 1,
        parts: Sequence[tuple[str, int]] = (),
        gift_certificate: bool = False,
    ) -> Order:
        """Let somebody buy several things in one order, to be picked up at `location` if given.

        `parts` stand below the first line, which they are a bundle of.
        """
        if any(quantity < 1 for _, quantity in basket):
            raise ValueError("a sale is of one unit at least")
        place = location or self.locations[0]
        for sku, quantity in basket:
            held = self.variant(sku).held
            if held is not None and not force:
                self.apply_due()
                if place.id not in held or held[place.id].available < quantity:
                    raise SoldOut(sku)
        stamp = self._stamp()
        order = Order(
            next(self._order_numbers),
            status,
            stamp,
            stamp,
            channel=channel,
            source=source,
            pickup=location,
        )
        for sku, quantity in basket:
            variant = self.variant(sku)
            order.lines.append(
                Line(
                    id=self._next(),
                    sku=sku,
                    name=variant.product.name,
                    variant=variant,
                    quantity=quantity,
                    location=place,
                    type=variant.product.type,
                )
            )
        for sku, quantity in parts:
            part = Line(self._next(), sku, sku, self.variant(sku), quantity, place)
            part.parent = order.lines[0]
            order.lines.append(part)
        if gift_certificate:
            gift = Line(self._next(), "", "Gift certificate", None, 1, place, "giftcertificate")
            order.lines.append(gift)
        self.orders.append(order)
        placed = status != 0 and self.rules.of(order).behaviour == "order_placed"
        if placed or status in (SHIPPED, COMPLETED):
            self._count(order)
        self._touch(order, lag)
        return order

    def order(self, id_or_name: str | int) -> Order:
        """Find an order by its id or its name; KeyError where there is none."""
        for order in self.orders:
            if str(id_or_name) in (str(order.id), order.name):
                return order
        raise KeyError(id_or_name)

    def place(self, order: Order, status: int = AWAITING_FULFILMENT) -> None:
        """Let an unfinished checkout be finished after all."""
        if order.status != 0:
            raise ValueError("the order is placed already")
        order.status = status
        if self.rules.of(order).behaviour == "order_placed":
            self._count(order)
        self._touch(order)

    def fulfil(self, order: Order, sku: str | None = None, quantity: int | None = None) -> None:
        """Send units of one line, or everything that is left."""
        for line in order.lines if sku is None else [order.line(sku)]:
            left = line.quantity - line.refunded - line.shipped
            line.shipped += max(0, left if quantity is None else min(quantity, left))
        whole = all(line.shipped >= line.quantity - line.refunded for line in order.lines)
        order.status = SHIPPED if whole else PARTLY_SHIPPED
        order.shipped_at = self._stamp()
        if whole:
            self._count(order)
        elif self.counts_partly_shipped:
            for line in order.lines:
                self._move(line, max(0, line.shipped - line.lowered))
        self._touch(order)

    def complete(self, order: Order) -> None:
        """Set an order to Completed by hand."""
        order.status = COMPLETED
        self._count(order)
        self._touch(order)

    def set_status(self, order: Order, status: int) -> None:
        """Set a status by hand that does not move stock."""
        order.status = status
        self._touch(order)

    def cancel(self, order: Order, *, restock: bool | None = None) -> None:
        """Cancel an order; whether its units go back the store's settings say.

        ValueError where `restock` says something else.
        """
        if order.status == CANCELLED:
            raise ValueError("the order is cancelled already")
        restocks = self._agreed(order, restock)
        order.status = CANCELLED
        if restocks:
            for line in order.lines:
                self._move(line, -line.lowered)
        self._touch(order)

    def refund(
        self,
        order: Order,
        sku: str,
        quantity: int,
        restock_type: str | None = None,
        *,
        location: Location | None = None,
    ) -> None:
        """Refund units; whether they go back the store's settings say.

        ValueError where `restock_type` (NO_RESTOCK or another) says something else.
        """
        line = order.line(sku)
        if not 0 < quantity <= line.quantity - line.refunded:
            raise ValueError(f"{quantity} units cannot be refunded")
        wanted = None if restock_type is None else restock_type != "NO_RESTOCK"
        restocks = self._agreed(order, wanted)
        line.refunded += quantity
        if restocks:
            line.location = location or line.location
            self._move(line, -min(quantity, line.lowered))
        whole = all(each.refunded == each.quantity for each in order.lines)
        order.status = REFUNDED if whole else PARTLY_REFUNDED
        self._touch(order)

    def edit_quantity(
        self, order: Order, sku: str, quantity: int, *, restock: bool | None = None
    ) -> None:
        """Edit a line to another quantity; whether stock follows the settings say."""
        line = order.line(sku)
        if quantity < line.shipped + line.refunded:
            raise ValueError("those units were sent or refunded already")
        follows = self.rules.of(order).follows_edits
        if restock is not None and restock != follows:
            raise ValueError("the store's settings say whether stock follows an edit")
        change = quantity - line.quantity
        line.quantity = quantity
        if follows and line.counted:
            self._move(line, change)
        self._touch(order)

    def archive_order(self, order: Order) -> None:
        """Archive an order: it is no longer listed, and keeps its units."""
        order.archived = True
        self._touch(order)

    def delete_order(self, order: Order) -> None:
        """Delete an order for ever: its units stay where they are."""
        self.orders.remove(order)

    def touch(self, order: Order) -> None:
        """Change something about an order that has nothing to do with stock."""
        self._touch(order)

    # Keys to the store

    def rotate_token(self, token: str | None = None) -> str:
        """Let the current token die and hand out another."""
        self.token = token or f"token-{self.name}-{next(self._tokens)}"
        return self.token

    # Inside

    def _agreed(self, order: Order, wanted: bool | None) -> bool:
        restocks = self.rules.of(order).restocks
        if wanted is not None and wanted != restocks:
            raise ValueError("the store's settings say whether units go back")
        return restocks

    def _count(self, order: Order) -> None:
        """Take the units of an order off, once."""
        for line in order.lines:
            if not line.counted:
                line.counted = True
                self._move(line, line.quantity - line.refunded - line.lowered)

    def _move(self, line: Line, units: int) -> None:
        """Take units off for a line, or put them back where they are below zero."""
        self.apply_due()
        line.lowered += units
        held = line.variant.held if line.variant and line.parent is None else None
        if held is not None and line.type == "physical":
            held.setdefault(line.location.id, Stock(0)).on_hand -= units

    def _touch(self, order: Order, lag: timedelta | None = None) -> None:
        order.updated_at = self._stamp()
        visible_at = self.now() + (self.order_lag if lag is None else lag)
        # Rows do not overtake each other: what is changed again is listed later still.
        visible_at = max([visible_at, *(each[0] for each in order.versions)])
        order.versions.append((visible_at, order.updated_at, order_row(order)))
