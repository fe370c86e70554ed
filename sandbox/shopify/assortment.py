"""What a shop sells, and how much of it is where."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from sandbox.shopify.model import Item, Level, Location, Product, Variant


class Assortment:
    """The locations, products and stock of one shop."""

    def __init__(self, name: str, now: Callable[[], datetime]) -> None:
        self.now = now
        self.locations: list[Location] = []
        self.variants: list[Variant] = []
        self.items: dict[str, Item] = {}
        self._numbers = itertools.count(1)
        # Ids of different shops differ, as at Shopify
        self._id_base = 1_000_000 + zlib.crc32(name.encode()) * 100_000

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

    def remove(self, variant: Variant) -> None:
        """Take a variant and its item out of the shop."""
        self.variants.remove(variant)
        del self.items[variant.item.id]

    def location(self, id_or_name: str) -> Location:
        """Find a location by its id or its name; KeyError where there is none."""
        for location in self.locations:
            if id_or_name in (location.id, location.name):
                return location
        raise KeyError(id_or_name)

    def delete_location(self, location: Location) -> None:
        """Delete a location for ever; what was stocked there is stocked there no more."""
        if location.active:
            raise ValueError("the location is still active")
        self.locations.remove(location)
        for item in self.items.values():
            item.levels.pop(location.id, None)
            item.retired.pop(location.id, None)

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

    def stock_at(self, sku: str, location: Location, available: int | None = None) -> Level:
        """Stock an item at one more location; where it was before, its old numbers come back."""
        return stock(self.item(sku), location, available)

    def unstock(self, sku: str, location: Location) -> None:
        """Stop stocking an item at a location."""
        item = self.item(sku)
        item.retired[location.id] = item.levels.pop(location.id)

    def levels(self) -> Iterator[Level]:
        for item in self.items.values():
            yield from item.levels.values()

    def _stamp(self) -> datetime:
        """The time as Shopify stamps it: whole seconds."""
        return self.now().astimezone(UTC).replace(microsecond=0)

    def _gid(self, kind: str) -> str:
        return f"gid://shopify/{kind}/{self._id_base + next(self._numbers)}"


def stock(item: Item, location: Location, available: int | None = None) -> Level:
    """Stock an item at a location; where it was before, its old numbers come back."""
    level = item.retired.pop(location.id, None) or Level(item, location, 0)
    if available is not None:
        level.available = available
    return item.levels.setdefault(location.id, level)
