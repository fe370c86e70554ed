"""What a store sells, and how much of it is where."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from sandbox.bigcommerce.model import Location, Product, Stock, Tracking, Variant


class Assortment:
    """The locations, products and stock of one store.

    `apply_lag` is how late an adjustment by the API reaches the stock; it then
    overwrites whatever happened meanwhile.
    """

    def __init__(self, name: str, now: Callable[[], datetime]) -> None:
        self.now = now
        self.apply_lag = timedelta()
        # BigCommerce: every store has this one
        self.locations: list[Location] = [Location(1, "Default location")]
        self.products: list[Product] = []
        self._numbers = itertools.count(zlib.crc32(name.encode()) % 1000 + 100)
        self._waiting: list[tuple[datetime, Stock, int]] = []

    def add_location(self, name: str, *, active: bool = True) -> Location:
        location = Location(max(each.id for each in self.locations) + 1, name, active)
        self.locations.append(location)
        return location

    def location(self, id_or_name: str | int) -> Location:
        """Find a location by its id or its name; KeyError where there is none."""
        for location in self.locations:
            if str(id_or_name) in (str(location.id), location.name):
                return location
        raise KeyError(id_or_name)

    # The products

    def add_product(
        self,
        title: str,
        *,
        sku: str = "",
        tracking: Tracking = "variant",
        available: int = 0,
        safety: int = 0,
        visible: bool = True,
    ) -> Product:
        """Add a product with options, which has no variants yet."""
        product = Product(self._next(), title, sku, tracking, self._stamp(), visible=visible)
        product.stock[1] = Stock(available + safety, safety)
        self.products.append(product)
        return product

    def add_listing(
        self,
        sku: str | None,
        available: int = 0,
        *,
        title: str = "",
        variant: str | None = None,
        tracked: bool = True,
        tracking: Tracking = "product",
        at: Sequence[Location] | None = None,
        safety: int = 0,
        visible: bool = True,
        kind: Literal["physical", "digital"] = "physical",
        product: Product | None = None,
    ) -> Variant:
        """Add a simple product, or one more variant of `product`.

        It is stocked at the default location unless `at` says where.
        """
        page = product
        if page is None:
            page = Product(
                self._next(),
                title or sku or "Untitled",
                sku or "",
                tracking if tracked else "none",
                self._stamp(),
                type=kind,
                visible=visible,
            )
            self.products.append(page)
        option = None if product is None else variant or f"Choice {len(page.variants) + 1}"
        added = Variant(self._next(), page, sku or "", option)
        page.variants.append(added)
        page.updated_at = self._stamp()
        if product is None:
            page.base = added
        held = page.stock if product is None and page.tracking == "product" else added.stock
        for place in self.locations[:1] if at is None else at:
            held[place.id] = Stock(available + safety, safety)
        return added

    def variant(self, sku: str) -> Variant:
        """Find the first variant with a SKU; KeyError where there is none."""
        for product in self.products:
            for variant in product.variants:
                if sku in (variant.sku, product.sku if product.base else None):
                    return variant
        raise KeyError(sku)

    def product(self, sku: str) -> Product:
        return self.variant(sku).product

    def rename_sku(self, sku: str, to: str | None) -> None:
        variant = self.variant(sku)
        variant.sku = to or ""
        if variant.product.base is variant:
            variant.product.sku = to or ""
        variant.product.updated_at = self._stamp()

    def archive(self, sku: str) -> None:
        """Take a product off sale: BigCommerce has no archive of products."""
        product = self.product(sku)
        product.visible = False
        product.updated_at = self._stamp()

    def set_tracking(self, sku: str, tracking: Tracking) -> None:
        """Let something else hold the stock of a product; the numbers start anew there."""
        product = self.product(sku)
        if tracking == "product":
            product.stock.setdefault(1, Stock(0))
        elif tracking == "variant":
            for variant in product.variants:
                variant.stock.setdefault(1, Stock(0))
        product.tracking = tracking
        product.updated_at = self._stamp()

    def delete(self, sku: str) -> None:
        """Delete a product with all its variants."""
        self.products.remove(self.product(sku))

    def items(self) -> Iterator[tuple[Product, Variant | None, dict[int, Stock]]]:
        """Everything that holds stock, as the inventory API lists it."""
        self.apply_due()
        for product in self.products:
            if product.tracking == "product":
                yield product, product.base, product.stock
            elif product.tracking == "variant":
                for variant in product.variants:
                    yield product, variant, variant.stock

    # The stock

    def stock(self, sku: str, location: Location | None = None) -> Stock:
        """Find what holds the units of a SKU; KeyError where nothing is tracked there."""
        self.apply_due()
        held = self.variant(sku).held
        if held is None:
            raise KeyError(sku)
        return held[location.id if location else 1]

    def available(self, sku: str, location: Location | None = None) -> int:
        return self.stock(sku, location).available

    def set_by_hand(self, sku: str, available: int, location: Location | None = None) -> None:
        """Type a number into the control panel, past every app."""
        stock = self.stock(sku, location)
        stock.on_hand = available + stock.safety

    def stock_at(self, sku: str, location: Location, available: int, *, safety: int = 0) -> Stock:
        """Stock something at one more location."""
        held = self.variant(sku).held
        if held is None:
            raise KeyError(sku)
        return held.setdefault(location.id, Stock(available + safety, safety))

    def adjust(self, stock: Stock, on_hand: int) -> None:
        """Take an absolute number, now or `apply_lag` later."""
        self._waiting.append((self.now() + self.apply_lag, stock, on_hand))

    def apply_due(self) -> None:
        """Apply the adjustments whose time has come, in their order."""
        now = self.now()
        waiting, self._waiting = self._waiting, []
        for due, stock, on_hand in waiting:
            if due <= now:
                stock.on_hand = on_hand
            else:
                self._waiting.append((due, stock, on_hand))

    def _stamp(self) -> datetime:
        """The time as BigCommerce stamps it: whole seconds."""
        return self.now().astimezone(UTC).replace(microsecond=0)

    def _next(self) -> int:
        return next(self._numbers)
