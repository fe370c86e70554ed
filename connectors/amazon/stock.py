"""One number to set, in the words that a patch and a feed have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connectors.amazon.items import OURS


@dataclass(frozen=True, slots=True)
class Change:
    """One write: its place in the caller's list, its SKU and its number.

    urgent       it lowers what is shown
    marketplace  where it is sent to
    """

    place: int
    sku: str
    value: int
    urgent: bool
    product_type: str
    marketplace: str

    @property
    def fits_a_path(self) -> bool:
        """Say whether the SKU can be a part of an address: one of dots only leads elsewhere."""
        return bool(self.sku.strip("."))

    def body(self) -> dict[str, Any]:
        """Set the quantity and nothing else: merging keeps handling time and restock date."""
        value = {"fulfillment_channel_code": OURS, "quantity": self.value}
        patch = {"op": "merge", "path": "/attributes/fulfillment_availability", "value": [value]}
        return {"productType": self.product_type, "patches": [patch]}


def urgency(change: Change) -> tuple[bool, int]:
    """Order what lowers a number before what does not, the lowest first."""
    return not change.urgent, change.value
