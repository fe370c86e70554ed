"""One shop: a catalogue, its stock, and people who buy, pack, cancel and correct.

Every act moves available and committed as Shopify moves them.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sandbox.shopify.bucket import Bucket
from sandbox.shopify.faults import Faults
from sandbox.shopify.idempotency import Keys
from sandbox.shopify.model import (
    Item,
    Level,
    Line,
    Location,
    Order,
    Product,
    Refund,
    RefundLine,
    Variant,
)

ALL_SCOPES = frozenset({"read_products", "write_inventory", "read_locations", "read_orders"})
# Shopify: without read_all_orders only this much of the past is visible
ORDER_WINDOW = timedelta(days=60)


class SoldOut(Exception):
    """Nobody can buy that many."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Shop:
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
        self.name = name
        self.title = title or name.replace("-", " ").title()
        self.token = token or f"shpat_{name}_1"
        self.client_id = f"client-{name}"
        self.client_secret = f"secret-{name}"
        self.currency = currency
        self.scopes = scopes
        self.order_lag = order_lag
        self.now = now
        self.locations: list[Location] = []
        self.variants: list[Variant] = []
        self.items: dict[str, Item] = {}
        self.orders: list[Order] = []
        self.bucket = Bucket(now)
        self.faults = Faults()
        self.keys = Keys(now)
        # What the API does for an item that is not stocked at a location
        self.stocks_by_itself = False
        self._numbers = itertools.count(1)
        self._tokens = itertools.count(2)
        # Ids of different shops differ, as at Shopify
        self._id_base = 1_000_000 + zlib.crc32(name.encode()) * 100_000
        self.id = self._gid("Shop")

    # The catalogue

    def add_location(
        self, name: str, *, active: bool = True, fulfillment_service: bool = False
    ) -> Location:
        location = Location(self._gid("Location"), name, active, fulfillment_service)
        self.locations.append(location)
        return location

    def add_listing(
        self,
        sku: str | None,
        available: int = 0,
        *,
        title: str = "",
        variant: str = "Default Title",
        status: str = "ACTIVE",
        tracked: bool = True,
        mutable: bool = True,
        at: Sequence[Location] | None = None,
        product: Product | None = None,
    ) -> Variant:
        """Add a product with one variant, or one more variant of `product`.

        It is stocked at the shop's first location unless `at` says where.
        """
        item = Item(self._gid("InventoryItem"), sku, tracked, mutable)
        for location in self.locations[:1] if at is None else at:
            item.levels[location.id] = Level(item, location, available)
        self.items[item.id] = item
        return self.add_variant(
            item, title=title or sku or "Untitled", variant=variant, status=status, product=product
        )

    def add_variant(
        self,
        item: Item,
        *,
        title: str,
        variant: str = "Default Title",
        status: str = "ACTIVE",
        product: Product | None = None,
    ) -> Variant:
        """Add a variant that sells an item which may have other variants already."""
        page = product or Product(self._gid("Product"), title, status)
        added = Variant(self._gid("ProductVariant"), page, variant, item, self._stamp())
        self.variants.append(added)
        return added

    def variant(self, sku: str) -> Variant:
        """Find the first variant with a SKU; KeyError where there is none."""
        for variant in self.variants:
            if variant.item.sku == sku:
                return variant
        raise KeyError(sku)

    def item(self, sku: str) -> Item:
        return self.variant(sku).item

    def rename_sku(self, sku: str, to: str | None) -> None:
        variant = self.variant(sku)
        variant.item.sku = to
        variant.updated_at = self._stamp()

    def set_status(self, sku: str, status: str) -> None:
        variant = self.variant(sku)
        variant.product.status = status
        variant.updated_at = self._stamp()

    def archive(self, sku: str) -> None:
        self.set_status(sku, "ARCHIVED")

    def set_tracked(self, sku: str, tracked: bool) -> None:
        variant = self.variant(sku)
        variant.item.tracked = tracked
        variant.updated_at = self._stamp()

    def delete(self, sku: str) -> None:
        """Delete a variant and its item; lines of old orders lose their link."""
        gone = self.variant(sku)
        self.variants.remove(gone)
        del self.items[gone.item.id]
        for order in self.orders:
            for line in order.lines:
                if line.variant is gone:
                    line.variant = None

    # The stock

    def level(self, sku: str, location: Location | None = None) -> Level:
        """Find where an item is stocked: at `location`, else at its first one."""
        levels = self.item(sku).levels
        return levels[location.id] if location else next(iter(levels.values()))

    def available(self, sku: str, location: Location | None = None) -> int:
        return self.level(sku, location).available

    def committed(self, sku: str, location: Location | None = None) -> int:
        return self.level(sku, location).committed

    def set_by_hand(self, sku: str, available: int, location: Location | None = None) -> None:
        """Type a number into the admin, past every app."""
        self.level(sku, location).available = available

    def levels(self) -> Iterator[Level]:
        for item in self.items.values():
            yield from item.levels.values()

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
        for variant, quantity in wanted:
            if quantity < 1:
                raise ValueError("a sale is of one unit at least")
            level = self._level_of(variant.item, location)
            if variant.item.tracked and not force and level.available < quantity:
                raise SoldOut(variant.item.sku)
        stamp = self._stamp()
        order = Order(self._gid("Order"), f"#{1000 + len(self.orders) + 1}", stamp, stamp, test)
        for variant, quantity in wanted:
            level = self._level_of(variant.item, location)
            order.lines.append(
                Line(
                    id=self._gid("LineItem"),
                    sku=variant.item.sku,
                    variant=variant,
                    location=level.location,
                    quantity=quantity,
                    current=quantity,
                    unfulfilled=quantity,
                )
            )
            if not test:
                self._move(order.lines[-1], available=-quantity, committed=quantity)
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
            self._move(line, committed=-sent)
        order.closed = all(line.unfulfilled == 0 for line in order.lines)
        self._touch(order)

    def cancel(self, order: Order, *, restock: bool = True) -> None:
        """Cancel an order of which nothing was sent; its units go back only with `restock`."""
        if order.cancelled_at is not None:
            raise ValueError("the order is cancelled already")
        if any(line.unfulfilled < line.current for line in order.lines):
            raise ValueError("units of the order were sent already")
        kind = "CANCEL" if restock else "NO_RESTOCK"
        lines = [self._give_back(line, line.current, kind) for line in order.lines if line.current]
        order.refunds.append(Refund(self._gid("Refund"), lines))
        order.cancelled_at = self._stamp()
        order.closed = True
        self._touch(order)

    def refund(self, order: Order, sku: str, quantity: int, restock_type: str) -> None:
        """Refund units: RETURN of sent ones, CANCEL of unsent ones, or NO_RESTOCK."""
        line = order.line(sku)
        sent = line.current - line.unfulfilled
        limit = {"RETURN": sent, "CANCEL": line.unfulfilled, "NO_RESTOCK": line.current}
        if not 0 < quantity <= limit[restock_type]:
            raise ValueError(f"{quantity} units cannot be refunded as {restock_type}")
        refunded = self._give_back(line, quantity, restock_type)
        order.refunds.append(Refund(self._gid("Refund"), [refunded]))
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
        back = -change if change > 0 or restock else 0
        self._move(line, available=back, committed=change)
        self._touch(order)

    def touch(self, order: Order) -> None:
        """Change something about an order that has nothing to do with stock."""
        self._touch(order)

    def visible_orders(self) -> list[Order]:
        """The orders that this app may see, by the index's idea of their last change."""
        now = self.now()
        oldest = now - ORDER_WINDOW
        everything = "read_all_orders" in self.scopes
        found = [
            (stamp, order)
            for order in self.orders
            if (stamp := order.stamp_at(now)) and (everything or order.created_at >= oldest)
        ]
        return [order for _, order in sorted(found, key=lambda row: (row[0], _number(row[1].id)))]

    # Keys to the shop

    def rotate_token(self, token: str | None = None) -> str:
        """Let the current token die and hand out another."""
        self.token = token or f"shpat_{self.name}_{next(self._tokens)}"
        return self.token

    # Inside

    def _give_back(self, line: Line, quantity: int, kind: str) -> RefundLine:
        unsent = quantity if kind == "CANCEL" else 0
        if kind == "NO_RESTOCK":  # of sent units first, as Shopify does
            unsent = max(0, quantity - (line.current - line.unfulfilled))
        restocked = kind != "NO_RESTOCK"
        line.current -= quantity
        line.unfulfilled -= unsent
        self._move(line, available=quantity if restocked else 0, committed=-unsent)
        return RefundLine(line, quantity, kind, restocked)

    def _move(self, line: Line, *, available: int = 0, committed: int = 0) -> None:
        """Move stock for a line, where the item still exists and is tracked."""
        if line.variant is None or not line.variant.item.tracked:
            return
        level = line.variant.item.levels.get(line.location.id)
        if level is not None:
            level.available += available
            level.committed += committed

    def _level_of(self, item: Item, location: Location | None) -> Level:
        return item.levels[location.id] if location else next(iter(item.levels.values()))

    def _touch(self, order: Order, lag: timedelta | None = None) -> None:
        order.updated_at = self._stamp()
        visible_at = self.now() + (self.order_lag if lag is None else lag)
        order.indexed.append((visible_at, order.updated_at))

    def _stamp(self) -> datetime:
        """The time as Shopify stamps it: whole seconds."""
        return self.now().astimezone(UTC).replace(microsecond=0)

    def _gid(self, kind: str) -> str:
        return f"gid://shopify/{kind}/{self._id_base + next(self._numbers)}"


def _number(gid: str) -> int:
    return int(gid.rpartition("/")[2])
