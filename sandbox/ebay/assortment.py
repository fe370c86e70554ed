"""What a seller lists, and how many of each a buyer could buy."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from sandbox.ebay.model import Item, Listing, Model, Variation
from sandbox.ebay.quota import day_of

# eBay: how long a listing runs until it is renewed by itself
_TERM = timedelta(days=30)
# eBay: revisions of one listing in one day
REVISIONS = 250


class Assortment:
    """The listings of one seller, of both models.

    Without `out_of_stock_control` a listing that is sold out ends.
    """

    def __init__(self, name: str, now: Callable[[], datetime]) -> None:
        self.now = now
        self.out_of_stock_control = True
        self.default_model: Model = "trading"
        self.listings: list[Listing] = []
        self.items: dict[str, Item] = {}
        self._numbers = itertools.count(110_000_000_000 + zlib.crc32(name.encode()) % 10**6 * 1000)

    def add_parent(self, title: str, *, model: Model | None = None) -> Listing:
        """Add a listing with choices, which has none yet."""
        listing = self._listing(title, model)
        listing.has_choices = True
        return listing

    def add_listing(
        self,
        sku: str | None,
        available: int = 0,
        *,
        title: str = "",
        variant: str | None = None,
        tracked: bool = True,
        model: Model | None = None,
        listing: Listing | None = None,
    ) -> Variation:
        """Add a simple listing, or one more choice of `listing`; untracked is an auction."""
        page = listing or self._listing(title or sku or "Untitled", model)
        if not tracked:
            page.type = "Chinese"
        added = Variation(page, sku or "", available)
        if listing is not None:
            added.option = variant or f"Choice {len(page.variations) + 1}"
            added.id = self._next()
        if page.model == "inventory":
            if not sku:
                raise ValueError("the Inventory model knows SKUs only")
            added.item = self.items.setdefault(sku, Item(sku, page.title, available))
            added.offer_id = self._next()
        page.variations.append(added)
        self.touch_listing(page)
        return added

    def add_item(self, sku: str, quantity: int) -> Item:
        """Add an inventory item that is offered nowhere."""
        return self.items.setdefault(sku, Item(sku, sku, quantity))

    # Finding

    def variations(self) -> Iterator[Variation]:
        """Everything that stands on a listing that has not ended."""
        for listing in self.listings:
            if listing.status == "Active":
                yield from listing.variations

    def variation(self, sku: str) -> Variation:
        """Find the first thing with a SKU, on a listing that runs where there is one."""
        found = [each for page in self.listings for each in page.variations if each.sku == sku]
        for each in sorted(found, key=lambda one: one.listing.status != "Active"):
            return each
        raise KeyError(sku)

    def listing(self, item_id: str) -> Listing:
        """Find a listing by its item id; KeyError where there is none."""
        for listing in self.listings:
            if listing.id == item_id:
                return listing
        raise KeyError(item_id)

    def available(self, sku: str) -> int:
        return self.variation(sku).available

    # What the seller does

    def set_by_hand(self, sku: str, available: int) -> None:
        """Type a number into the seller's pages, past every app."""
        variation = self.variation(sku)
        variation.set(available)
        self.touch_listing(variation.listing)

    def rename_sku(self, sku: str, to: str | None) -> None:
        """Give a listing of the Trading model another SKU."""
        variation = self.variation(sku)
        if variation.item is not None:
            raise ValueError("eBay keeps the SKU of an inventory item for ever")
        variation.sku = to or ""
        self.touch_listing(variation.listing)

    def archive(self, sku: str) -> None:
        """End a listing before its time."""
        self.end(self.variation(sku).listing)

    def delete(self, sku: str) -> None:
        """End a listing, or take one choice of it away where there are others."""
        variation = self.variation(sku)
        if len(variation.listing.variations) > 1:
            variation.listing.variations.remove(variation)
            self.touch_listing(variation.listing)
        else:
            self.end(variation.listing)
        if variation.item is not None:
            self.items.pop(sku, None)

    def end(self, listing: Listing, *, sold_out: bool = False) -> None:
        """End a listing; it is no longer found by the time at which it would end."""
        listing.status = "Completed" if sold_out else "Ended"
        listing.ends_at = self.stamp()
        self.touch_listing(listing)

    # What happens to listings

    def revise(self, variation: Variation, available: int) -> None:
        """Take a number for a listing of the Trading model."""
        self.count_revision(variation.listing)
        if available == 0 and not self.out_of_stock_control:
            variation.listing.variations.remove(variation)
            return
        variation.quantity = available

    def may_revise(self, listing: Listing) -> bool:
        """Say whether a listing may be revised once more today."""
        return listing.revisions.get(day_of(self.now()), 0) < REVISIONS

    def count_revision(self, listing: Listing) -> None:
        today = day_of(self.now())
        listing.revisions[today] = listing.revisions.get(today, 0) + 1
        self.touch_listing(listing)

    def sold(self, variation: Variation, units: int) -> None:
        """Take units off a listing that somebody buys of."""
        variation.move(units)
        variation.sold += units
        listing = variation.listing
        self.touch_listing(listing)
        ends = listing.type != "FixedPriceItem" or (
            listing.model == "trading" and not self.out_of_stock_control
        )
        if ends and listing.available <= 0:
            self.end(listing, sold_out=True)

    def put_back(self, variation: Variation, units: int) -> None:
        """Give units back to a listing; one that has ended stays ended."""
        variation.move(-units)
        variation.sold -= units
        self.touch_listing(variation.listing)

    def touch_listing(self, listing: Listing) -> None:
        listing.changed_at = self.stamp()

    def renew(self) -> None:
        """Let listings whose term is over run on: fixed prices are good until cancelled."""
        now = self.now()
        for listing in self.listings:
            while listing.status == "Active" and listing.ends_at <= now:
                listing.ends_at += _TERM

    def stamp(self) -> datetime:
        """The time as eBay stamps it: thousandths of a second."""
        now = self.now().astimezone(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def _listing(self, title: str, model: Model | None) -> Listing:
        now = self.stamp()
        listing = Listing(self._next(), title, model or self.default_model, now, now + _TERM, now)
        self.listings.append(listing)
        return listing

    def _next(self) -> str:
        return str(next(self._numbers))
