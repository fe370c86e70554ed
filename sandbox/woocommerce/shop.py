"""One store: a catalogue, its stock, and people who buy, pack, cancel and correct.

Every act moves stock as WooCommerce moves it.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from sandbox.sold_out import SoldOut
from sandbox.woocommerce.faults import Faults
from sandbox.woocommerce.model import Item, Line, Order, Refund
from sandbox.woocommerce.order_fields import order_body

# WooCommerce: entering these takes stock off, once; entering those puts it back
_REDUCING = ("on-hold", "processing", "completed")
_RESTORING = ("cancelled", "pending")
Permission = Literal["read", "write", "read_write"]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Shop:
    """A store on the local WooCommerce; times come from `now`."""

    def __init__(
        self,
        name: str,
        *,
        version: str = "10.5.0",
        currency: str = "EUR",
        utc_offset: timedelta = timedelta(hours=1),
        order_lag: timedelta = timedelta(),
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.name = name
        self.title = name.replace("-", " ").title()
        self.home = f"https://{name}.example"
        self.version = version
        self.currency = currency
        self.utc_offset = utc_offset  # of the store's own time zone
        self.order_lag = order_lag
        self.now = now
        self.consumer_key = f"ck_{name.replace('-', '_')}_1"
        self.consumer_secret = f"cs_{name.replace('-', '_')}_1"
        self.permission: Permission = "read_write"
        self.may_manage_shop = True  # whether the keys' owner is a shop manager
        self.stock_control = "yes"  # the option woocommerce_manage_stock
        self.strips_authorization = False  # a host that takes the header away
        self.plain_permalinks: Literal["", "404", "page"] = ""
        self.woocommerce_active = True
        self.batch_limit = 100
        self.batch_seconds_per_item = 0.0
        self.pack = 1  # a plugin makes of every number whole packs of so many
        self.trash_touches = False  # whether trashing moves an order's time of change
        self.items: list[Item] = []
        self._by_id: dict[object, Item] = {}
        self.orders: list[Order] = []
        self.custom_statuses: list[str] = []
        self.nonces: set[tuple[str, str]] = set()
        self.faults = Faults()
        self._keys = itertools.count(2)
        # Ids of different stores differ, so that mixing them up shows
        base = 10 + zlib.crc32(name.encode()) % 9000 * 1000
        self._numbers = itertools.count(base)

    # The catalogue

    def add_listing(
        self,
        sku: str | None,
        available: int = 0,
        *,
        title: str = "",
        status: str = "publish",
        tracked: bool = True,
        kind: str = "simple",
        backorders: str = "no",
        parent: Item | None = None,
        options: dict[str, str] | None = None,
    ) -> Item:
        """Add a product, or one more variation of `parent`."""
        item = Item(
            id=next(self._numbers),
            type="variation" if parent else kind,
            name=title or sku or "Untitled",
            sku=sku or "",
            modified=self._stamp(),
            status=status,
            manage_stock=tracked,
            stock=available if tracked else 0,
            backorders=backorders,
            parent=parent,
            options=dict(options or ({"Size": sku or "One"} if parent else {})),
        )
        if parent is not None:
            parent.children.append(item)
            parent.modified = self._stamp()
        self.items.append(item)
        self._by_id[item.id] = item
        return item

    def add_parent(self, title: str, available: int | None = None, *, sku: str = "") -> Item:
        """Add a product with variations to come; with a number it keeps their stock."""
        return self.add_listing(
            sku, available or 0, title=title, kind="variable", tracked=available is not None
        )

    def item(self, sku: str) -> Item:
        """Find the first item with a SKU; KeyError where there is none."""
        for item in self.items:
            if item.sku == sku:
                return item
        raise KeyError(sku)

    def by_id(self, item_id: object) -> Item | None:
        return self._by_id.get(item_id)

    def rename_sku(self, sku: str, to: str | None) -> None:
        item = self.item(sku)
        item.sku = to or ""
        self.touch_item(item)

    def set_status(self, sku: str, status: str) -> None:
        item = self.item(sku)
        item.status = status
        self.touch_item(item)

    def archive(self, sku: str) -> None:
        """Throw a product into the trash, where its SKU stays taken."""
        self.set_status(sku, "trash")

    def set_tracked(self, sku: str, tracked: bool) -> None:
        """Switch stock control of one item on or off."""
        item = self.item(sku)
        item.manage_stock = tracked
        self.touch_item(item)

    def delete(self, sku: str) -> None:
        """Delete an item for ever; lines of old orders lose their link."""
        gone = self.item(sku)
        self.items.remove(gone)
        del self._by_id[gone.id]
        if gone.parent is not None:
            gone.parent.children.remove(gone)
        for order in self.orders:
            for line in order.lines:
                if line.item is gone:
                    line.item, line.product_id, line.variation_id = None, 0, 0
            self._publish(order)

    # The stock

    def available(self, sku: str) -> int:
        """What a shopper could buy; KeyError where nobody counts."""
        owner = self.item(sku).owner
        if owner is None:
            raise KeyError(f"{sku} is not counted")
        return owner.stock

    def set_by_hand(self, sku: str, available: int) -> None:
        """Type a number into the admin, past every app."""
        owner = self.item(sku).owner
        if owner is None:
            raise KeyError(f"{sku} is not counted")
        owner.stock = available
        self.touch_item(owner)

    def touch_item(self, item: Item) -> None:
        """Move an item's time of change, and its parent's, as saving does."""
        item.modified = self._stamp()
        if item.parent is not None:
            item.parent.modified = item.modified

    def counted(self) -> Iterator[Item]:
        """The items that have a number of their own."""
        return (item for item in self.items if item.manage_stock and item.status != "trash")

    # The orders

    def sell(
        self,
        sku: str,
        quantity: int = 1,
        *,
        lag: timedelta | None = None,
        force: bool = False,
        status: str = "processing",
    ) -> Order:
        """Let somebody buy one thing; SoldOut where too few are shown (unless forced)."""
        return self.sell_many([(sku, quantity)], lag=lag, force=force, status=status)

    def sell_many(
        self,
        basket: Sequence[tuple[str, int]],
        *,
        lag: timedelta | None = None,
        force: bool = False,
        status: str = "processing",
    ) -> Order:
        """Let somebody buy several things in one order."""
        wanted = [(self.item(sku), quantity) for sku, quantity in basket]
        if any(quantity < 1 for _, quantity in wanted):
            raise ValueError("a sale is of one unit at least")
        for item, quantity in wanted:
            owner = item.owner
            short = owner is not None and owner.stock < quantity and owner.backorders == "no"
            if short and not force:
                raise SoldOut(item.sku)
        stamp = self._stamp()
        order = Order(next(self._numbers), "checkout-draft", stamp, stamp)
        for item, quantity in wanted:
            order.lines.append(
                Line(
                    id=next(self._numbers),
                    item=item,
                    sku=item.sku,
                    name=item.name,
                    quantity=quantity,
                    product_id=item.parent.id if item.parent else item.id,
                    variation_id=item.id if item.parent else 0,
                )
            )
        self.orders.append(order)
        self.move(order, status, lag=lag)
        return order

    def order(self, id_or_name: str | int) -> Order:
        """Find an order by its id or its name; KeyError where there is none."""
        for order in self.orders:
            if str(id_or_name).removeprefix("#") == str(order.id):
                return order
        raise KeyError(id_or_name)

    def move(self, order: Order, status: str, *, lag: timedelta | None = None) -> None:
        """Give an order another status, with what WooCommerce does to stock then."""
        order.status = status
        if status in _REDUCING and not order.stock_reduced:
            self._reduce(order)
        elif status in _RESTORING and order.stock_reduced:
            self._restore(order)
        if status in ("processing", "completed") and order.paid is None:
            order.paid = self._stamp()
        if status == "completed":
            order.completed = self._stamp()
        self.touch(order, lag)

    def fulfil(self, order: Order, sku: str | None = None, quantity: int | None = None) -> None:
        """Send units; the order is completed when all of it has left."""
        for line in order.lines if sku is None else [order.line(sku)]:
            left = line.quantity - line.refunded - line.sent
            line.sent += left if quantity is None else min(quantity, left)
        if all(line.sent + line.refunded >= line.quantity for line in order.lines):
            self.move(order, "completed")
        else:
            self.touch(order)

    def cancel(self, order: Order, *, restock: bool = True) -> None:
        """Cancel an order of which nothing was sent.

        Without `restock` it keeps its units off, as plugins make WooCommerce do.
        """
        if order.status == "cancelled":
            raise ValueError("the order is cancelled already")
        if any(line.sent for line in order.lines):
            raise ValueError("units of the order were sent already")
        if restock:
            self.move(order, "cancelled")
        else:
            order.status = "cancelled"
            self.touch(order)

    def refund(self, order: Order, sku: str, quantity: int, restock_type: str) -> None:
        """Refund units: RETURN or CANCEL put them back, NO_RESTOCK does not.

        An order whose every unit is refunded becomes refunded.
        """
        line = order.line(sku)
        if restock_type not in ("RETURN", "CANCEL", "NO_RESTOCK"):
            raise ValueError(f"unknown kind of refund: {restock_type}")
        if not 0 < quantity <= line.quantity - line.refunded:
            raise ValueError(f"{quantity} units cannot be refunded")
        if restock_type != "NO_RESTOCK":
            self._put_back(line, quantity)
        line.refunded += quantity
        lines = [(next(self._numbers), line, quantity)]
        order.refunds.append(Refund(next(self._numbers), self._stamp(), lines))
        if all(each.refunded == each.quantity for each in order.lines):
            order.status = "refunded"
        self.touch(order)

    def refund_money(self, order: Order) -> None:
        """Give money back without saying for which units."""
        order.refunds.append(Refund(next(self._numbers), self._stamp(), [], "goodwill"))
        self.touch(order)

    def edit_quantity(self, order: Order, sku: str, quantity: int, *, restock: bool = True) -> None:
        """Edit a line to another quantity; an app that does so leaves the stock (no `restock`)."""
        line = order.line(sku)
        change = quantity - line.quantity
        if quantity < line.refunded + line.sent or quantity < 1:
            raise ValueError("those units were sent or refunded already")
        line.quantity = quantity
        owner = line.item.owner if line.item else None
        if restock and owner is not None and line.reduced is not None:
            owner.stock -= change
            line.reduced += change
            self.touch_item(owner)
        self.touch(order)

    def trash(self, order: Order) -> None:
        """Throw an order away: nothing is put back, and lists of changes lose it."""
        if order.status == "trash":
            raise ValueError("the order is in the trash already")
        order.before_trash, order.status = order.status, "trash"
        if self.trash_touches:
            self.touch(order)
        else:
            self._publish(order)

    def restore(self, order: Order) -> None:
        """Take an order out of the trash."""
        order.status = order.before_trash
        self.touch(order)

    def delete_order(self, order: Order) -> None:
        """Delete an order for ever; nothing is put back."""
        self.orders.remove(order)

    def touch(self, order: Order, lag: timedelta | None = None) -> None:
        """Save an order, which moves its time of change."""
        order.modified = self._stamp()
        self._publish(order, lag)

    # Keys to the store

    def rotate_keys(self) -> tuple[str, str]:
        """Revoke the keys and make new ones."""
        number = next(self._keys)
        name = self.name.replace("-", "_")
        self.consumer_key, self.consumer_secret = f"ck_{name}_{number}", f"cs_{name}_{number}"
        return self.consumer_key, self.consumer_secret

    # Inside

    def _reduce(self, order: Order) -> None:
        order.stock_reduced = True
        for line in order.lines:
            owner = line.item.owner if line.item else None
            if owner is not None and not line.reduced:
                owner.stock -= line.quantity
                line.reduced = line.quantity
                self.touch_item(owner)

    def _restore(self, order: Order) -> None:
        order.stock_reduced = False
        for line in order.lines:
            owner = line.item.owner if line.item else None
            if owner is not None and line.reduced:
                owner.stock += line.reduced
                self.touch_item(owner)
                line.reduced = None

    def _put_back(self, line: Line, quantity: int) -> None:
        owner = line.item.owner if line.item else None
        if owner is not None and line.reduced:
            owner.stock += quantity
            line.reduced -= quantity
            line.restocked += quantity
            self.touch_item(owner)

    def _publish(self, order: Order, lag: timedelta | None = None) -> None:
        visible_at = self.now() + (self.order_lag if lag is None else lag)
        order.versions.append((visible_at, order_body(order, self.utc_offset, self.currency)))

    def _stamp(self) -> datetime:
        """The time as WooCommerce stamps it: whole seconds."""
        return self.now().astimezone(UTC).replace(microsecond=0)
