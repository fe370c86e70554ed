"""Refs: "ITEMID", "ITEMID:SKU", or "ITEMID?Color=Red" for a variation without SKU.

The same in both models of a listing, and what an order line tells leads to the same ref.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

_REF = re.compile(r"([1-9]\d{0,18})(?::(.+)|\?(.+))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Ref:
    """A listing, or one variation of it, by its SKU or by what tells it from the others."""

    item: str
    sku: str = ""
    specifics: str = ""

    def __str__(self) -> str:
        if self.sku:
            return f"{self.item}:{self.sku}"
        return f"{self.item}?{self.specifics}" if self.specifics else self.item


def read_ref(ref: str) -> Ref | None:
    """Read a ref, None where it cannot be one of ours."""
    found = _REF.fullmatch(ref)
    if found is None:
        return None
    item, sku, specifics = found.groups()
    return Ref(item, sku or "", specifics or "")


def told(pairs: Iterable[tuple[str, str]]) -> str:
    """Write down a variation's specifics, in whatever order they come."""
    return urlencode(sorted(pairs))
