"""What a new order line is a line of: its listing, and the place its units leave from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.protocol import RemoteOrder, RemoteOrderLine
from storage import listings, locations
from storage.listings import LinkedListing
from storage.orders import LineRow
from storage.rows import LocationRow, StoreRow

# Reasons for recording a line without effect; the first two want a person.
UNKNOWN_ITEM = "unknown_item"
UNKNOWN_LOCATION = "unknown_location"
UNLINKED_ITEM = "unlinked_item"
UNLINKED_LOCATION = "unlinked_location"


@dataclass(frozen=True)
class LineFinder:
    """Finds listing and place of new lines: by the store's ids first, raw SKU second."""

    by_ref: dict[str, LinkedListing]
    by_sku: dict[str, list[LinkedListing]]
    places: list[LocationRow]

    @classmethod
    async def load(
        cls, session: AsyncSession, store: StoreRow, page: Iterable[RemoteOrder]
    ) -> LineFinder:
        lines = [line for order in page for line in order.lines]
        found = await listings.by_refs(
            session,
            store.id,
            sorted({ref for line in lines for ref in (line.ref, line.within) if ref}),
            sorted({line.sku for line in lines if line.sku}),
        )
        by_sku: dict[str, list[LinkedListing]] = defaultdict(list)
        for listing in found:
            by_sku[listing.sku].append(listing)
        return cls(
            by_ref={listing.ref: listing for listing in found},
            by_sku=by_sku,
            places=await locations.of_store(session, store.id),
        )

    def row(self, order_id: int, line: RemoteOrderLine) -> LineRow:
        """Make the row of a line that we see for the first time."""
        listing = self._listing(line)
        place = self._place(line)
        return LineRow(
            order_id=order_id,
            remote_id=line.id,
            ref=line.ref,
            sku=line.sku,
            location_remote_id=place.remote_id if place else line.location,
            listing_id=listing.id if listing else None,
            product_id=listing.product_id if listing else None,
            warehouse_id=place.warehouse_id if place else None,
            ordered=line.ordered,
            taken=line.taken,
            committed=line.committed,
            deducted=deducted(line),
            baseline_taken=0,
            booked_available=0,
            booked_committed=0,
            bookings=0,
            unbooked=_why_unbooked(listing, place),
        )

    def _listing(self, line: RemoteOrderLine) -> LinkedListing | None:
        for ref in (line.ref, line.within):
            if ref is not None and ref in self.by_ref:
                return self.by_ref[ref]
        same = self.by_sku.get(line.sku, []) if line.sku else []
        # Several listings that people let show one product are one thing to an order.
        return (
            same[0] if len({listing.product_id or -listing.id for listing in same}) == 1 else None
        )

    def _place(self, line: RemoteOrderLine) -> LocationRow | None:
        """Find the location that a line's units leave from.

        A line without one is the only linked location's; with several linked ones the
        store has to say.
        """
        if line.location is not None:
            named = [place for place in self.places if place.remote_id == line.location]
            return named[0] if named else None
        linked = [place for place in self.places if place.decision == "linked"]
        return linked[0] if len(linked) == 1 else None


def deducted(line: RemoteOrderLine) -> int:
    """Say how many units the store's own number lacks because of a line."""
    return line.taken if line.deducted is None else line.deducted


def _why_unbooked(listing: LinkedListing | None, place: LocationRow | None) -> str | None:
    if listing is None:
        return UNKNOWN_ITEM
    if listing.product_id is None:
        return UNLINKED_ITEM
    if place is None or place.decision == "open":
        return UNKNOWN_LOCATION
    return UNLINKED_LOCATION if place.warehouse_id is None else None
