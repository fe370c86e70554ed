"""Which product each SKU is that a platform keeps in its own warehouses: a pure decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from connectors.protocol import FbaLevel
from storage.fba import KnownListing
from sync.sku import sku_key


@dataclass(frozen=True, slots=True)
class Match:
    """What a whole list of SKUs comes to.

    units     by product, added where two SKUs are one product
    unlisted  SKUs that the store does not list: their product is found, or made, by SKU
    left_out  why -> how many SKUs belong to no product (R7)
    """

    units: Mapping[int, int]
    unlisted: Sequence[FbaLevel]
    left_out: Mapping[str, int]


def match(levels: Sequence[FbaLevel], known: Collection[KnownListing]) -> Match:
    """Find the product of each SKU by its listing; SKUs alike but for case are nobody's."""
    listed = {listing.sku: listing for listing in known}
    alike = Counter(
        key for key, _ in {(sku_key(sku), sku) for sku in (*listed, *(one.sku for one in levels))}
    )
    units: Counter[int] = Counter()
    left_out: Counter[str] = Counter()
    unlisted = []
    for level in levels:
        key, listing = sku_key(level.sku), listed.get(level.sku)
        if listing is not None and listing.product_id is not None:
            units[listing.product_id] += level.fulfillable
        elif listing is not None:
            left_out[listing.unlinked or "duplicate"] += 1
        elif not key:
            left_out["no_sku"] += 1
        elif alike[key] > 1:
            left_out["duplicate"] += 1
        else:
            unlisted.append(level)
    return Match(units, tuple(unlisted), left_out)
