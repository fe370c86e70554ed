"""What one line of a count or delivery does to its product: pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ChangeKind = Literal["first", "up", "down", "same"]


@dataclass(frozen=True, slots=True)
class Planned:
    """On hand of a product before and after its line of the sheet."""

    number: int
    product_id: int
    sku: str
    title: str
    before: int
    after: int
    committed: int
    counted: bool
    books: bool = True  # False for a delivery of none: it does not even count the product

    @property
    def difference(self) -> int:
        return self.after - self.before

    @property
    def available(self) -> int:
        """Available afterwards."""
        return self.after - self.committed

    @property
    def kind(self) -> ChangeKind:
        if not self.books:
            return "same"
        if not self.counted:
            return "first"
        if not self.difference:
            return "same"
        return "up" if self.difference > 0 else "down"
