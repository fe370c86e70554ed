"""What a seller lists, how many of each a buyer could buy, and what becomes of listings."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sandbox.etsy.model import Listing, Product, State, Value

# Etsy: how long a listing runs until it expires or is renewed
TERM = timedelta(days=120)
# Custom properties, as the first and the second that a seller makes up are numbered
COLOUR, SIZE, THIRD = 513, 514, 515
_NAMES = {COLOUR: "Colour", SIZE: "Size", THIRD: "Engraving"}


class Assortment:
    """The listings of one shop."""

    def __init__(self, name: str, now: Callable[[], datetime]) -> None:
        self.now = now
        self.listings: list[Listing] = []
        self._numbers = itertools.count(1_000_000_000 + zlib.crc32(name.encode()) % 10**6 * 1000)

    def add_parent(
        self, title: str, *, by: Sequence[int] = (COLOUR,), price_by: Sequence[int] = ()
    ) -> Listing:
        """Add a listing with variations, which has none yet; number and SKU vary `by` these."""
        listing = self._listing(title)
        listing.quantity_on_property = list(by)
        listing.sku_on_property = list(by)
        listing.price_on_property = list(price_by)
        return listing

    def add_listing(
        self,
        sku: str | None,
        available: int = 0,
        *,
        title: str = "",
        tracked: bool = True,
        parent: Listing | None = None,
        options: Mapping[int, str] | None = None,
        amount: int = 1_200,
        divisor: int = 100,
        enabled: bool = True,
    ) -> Product:
        """Add a listing, or one more product of `parent`; untracked is a file to download."""
        listing = parent or self._listing(title or sku or "Untitled")
        if not tracked:
            listing.kind = "download"
        if parent is not None and options is None:
            options = {COLOUR: f"Choice {len(parent.products) + 1}"}
        product = Product(
            listing,
            self.next_number(),
            self.next_number(),
            sku or "",
            available,
            tuple(self.value(key, words) for key, words in (options or {}).items()),
            amount=amount,
            divisor=divisor,
            enabled=enabled,
        )
        listing.products.append(product)
        if listing.quantity == 0 and listing.state == "active" and parent is None:
            self._become(listing, "sold_out")
        self.touch_listing(listing)
        return product

    def value(self, property_id: int, words: str) -> Value:
        """Make what a property of a product is; equal words have one number."""
        number = 10**6 + zlib.crc32(words.encode()) % 10**6
        return Value(property_id, _NAMES[property_id], (number,), (words,))

    # Finding

    def products(self) -> Iterator[Product]:
        for listing in self.listings:
            yield from listing.kept

    def product(self, sku: str) -> Product:
        """Find the first product with a SKU; KeyError where there is none."""
        for each in self.products():
            if each.sku == sku:
                return each
        raise KeyError(sku)

    def listing(self, number: int) -> Listing:
        """Find a listing by its number; KeyError where there is none."""
        for listing in self.listings:
            if listing.id == number:
                return listing
        raise KeyError(number)

    def available(self, sku: str) -> int:
        """What a buyer could buy: the most of any product with the SKU in its listing."""
        listing = self.product(sku).listing
        return max(each.available for each in listing.kept if each.sku == sku)

    # What the seller does

    def set_by_hand(self, sku: str, available: int) -> None:
        """Type a number into the seller's pages, past every app."""
        product = self.product(sku)
        product.quantity = available
        self.touch_listing(product.listing)

    def rename_sku(self, sku: str, to: str | None) -> None:
        product = self.product(sku)
        product.sku = to or ""
        self.touch_listing(product.listing)

    def archive(self, sku: str) -> None:
        """Set a listing inactive."""
        self._become(self.product(sku).listing, "inactive")

    def activate(self, sku: str) -> None:
        """Set a listing active by hand; what was sold out or expired is renewed and paid."""
        self.set_active(self.product(sku).listing)

    def delete(self, sku: str) -> None:
        """Take one product of a listing away, or the listing where it is the last one."""
        product = self.product(sku)
        listing = product.listing
        product.deleted = True
        self.touch_listing(listing)
        if not listing.kept:
            self.listings.remove(listing)

    def expire(self, sku: str) -> None:
        """Let four months pass for a listing that is not renewed by itself."""
        self._become(self.product(sku).listing, "expired")

    # What happens to listings

    def set_active(self, listing: Listing) -> None:
        """Activate a listing: what was sold out or expired is renewed for a fee."""
        if listing.state in ("sold_out", "expired"):
            listing.renewals.append(self.stamp())
            listing.ends_at = self.stamp() + TERM
            if listing.state == "sold_out" or not listing.quantity:
                for each in listing.kept:
                    each.quantity = 0
                listing.kept[0].quantity = 1
        self._become(listing, "active")

    def set_inactive(self, listing: Listing) -> None:
        self._become(listing, "inactive")

    def sold(self, product: Product, units: int) -> None:
        """Take units off what somebody buys; with the last of a listing it is sold out."""
        product.quantity -= units
        self.touch_listing(product.listing)
        if product.listing.quantity <= 0:
            self._become(product.listing, "sold_out")

    def put_back(self, product: Product, units: int) -> None:
        """Give units back to a listing that is still on sale."""
        if product.listing.state == "active":
            product.quantity += units
            self.touch_listing(product.listing)

    def touch_listing(self, listing: Listing) -> None:
        listing.updated_at = self.stamp()

    def stamp(self) -> datetime:
        """The time as Etsy stamps it: whole seconds."""
        return self.now().astimezone(UTC).replace(microsecond=0)

    def _become(self, listing: Listing, state: State) -> None:
        if listing.state != state:
            listing.state, listing.state_at = state, self.stamp()
        self.touch_listing(listing)

    def _listing(self, title: str) -> Listing:
        now = self.stamp()
        listing = Listing(self.next_number(), title, "active", now, now, now, now + TERM)
        self.listings.append(listing)
        return listing

    def next_number(self) -> int:
        """Number something that has no number yet."""
        return next(self._numbers)
