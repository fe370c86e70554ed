"""Refs: "LISTING:SKU", or "LISTING?513=Red&514=Large" for a product without SKU.

Etsy numbers the products of a listing anew whenever it is written, but keeps their SKUs; and
all products of a listing with one SKU are one unit. What an order tells leads to the same ref.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlencode

from connectors.http import Row

_REF = re.compile(r"([1-9]\d{0,17})(?::(.+)|\?(.+))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Ref:
    """A unit of a listing, by its SKU or, without one, by what tells it from the others."""

    listing: int
    sku: str = ""
    properties: str = ""

    def __str__(self) -> str:
        if self.sku:
            # What stands before the last colon has to be the listing.
            return f"{self.listing}:{self.sku.replace('%', '%25').replace(':', '%3A')}"
        return f"{self.listing}?{self.properties}" if self.properties else str(self.listing)


def read_ref(text: str) -> Ref | None:
    """Read a ref, None where it cannot be one of ours."""
    found = _REF.fullmatch(text)
    if found is None:
        return None
    listing, sku, properties = found.groups()
    return Ref(int(listing), unquote(sku or ""), properties or "")


def ref_of(listing: int, sku: str, properties: Iterable[Row]) -> Ref:
    """Name a unit by what a product or an order's line says."""
    if sku.strip():
        return Ref(listing, sku)
    pairs = sorted(
        (str(each.whole("property_id")), "|".join(each.texts("values"))) for each in properties
    )
    return Ref(listing, properties=urlencode(pairs))
