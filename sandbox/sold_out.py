"""What every local server says to a shopper who comes too late."""

from __future__ import annotations


class SoldOut(Exception):
    """Fewer are shown than somebody wants."""
