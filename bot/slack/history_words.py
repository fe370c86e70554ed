"""What `/stock history` says. Names and notes are put in as they are: escaping is the shower's."""

from __future__ import annotations

from flows.words import count, units

HOW = "Type the SKU after the word: /stock history SKU."
NOTHING = "Nothing was ever booked for it."
TITLE = "Available over time"
NEWER = "Newer"
OLDER = "Older"
NO_PICTURE = "The picture of its level could not be shown just now; the numbers are all here."

_KINDS = {
    "copy": "copied from {store}",
    "count": "counted on the shelf",
    "received": "arrived",
    "change": "adjusted",
    "transfer": "moved between warehouses",
    "fba": "kept by {store} itself, as it said then",
    "adopt": "taken over from {store}",
    "undo": "undone",
    "sold": "sold in {order}",
    "released": "free again from {order}",
    "restocked": "put back from {order}",
    "carried": "{units} of {order} stood on the shelf, sold already",
    "sent": "{units} of {order} sent",
}


def what(kind: str, order: str | None, store: str | None, quantity: int) -> str:
    """Say what one movement was."""
    told = _KINDS.get(kind, kind)
    return told.format(order=order or "an order", store=store or "a store", units=units(quantity))


def position(page: int, pages: int, total: int) -> str:
    return f"Page {page} of {pages}, {count(total, 'movement')}, newest first"


def picture(sku: str, lowest: int, highest: int, last: int, begun: str, until: str) -> str:
    """Say what the picture shows, for whoever does not see it."""
    return (
        f"Available units of {sku} from {begun} to {until}: {lowest:,} at least, {highest:,} at "
        f"most, {last:,} now."
    )
