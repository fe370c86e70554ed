"""How SKUs are compared: never how they are kept or sent."""

from __future__ import annotations

import unicodedata


def sku_key(sku: str) -> str:
    """Fold a raw SKU for comparing: trimmed, one Unicode form, no case."""
    return unicodedata.normalize("NFC", sku.strip()).casefold()
