"""What is said about listings that are linked to no product. Names are put in as they are."""

from __future__ import annotations

from flows.words import count

ALL = "all stores"
BACK, MORE = "Back", "More"
SET_ASIDE, TAKE_BACK = "Set aside", "Take back"
DECIDED = "This listing is linked or gone by now, so there was nothing to decide."
REASONS = {
    "no_sku": "without a SKU: give it one in the store, and it is linked within 15 minutes",
    "duplicate": (
        "its SKU is on several listings of this store: give each its own, or set aside those that "
        "hold no stock of their own"
    ),
    "renamed": "its SKU was changed while in sync: its alert asks what to do",
    "ignored": "set aside by one of you",
}


def heading(number: int) -> str:
    return f"{count(number, 'listing')} linked to no product"


def nothing(where: str) -> str:
    return f"Every listing of {where} is linked to a product."


def position(page: int, pages: int) -> str:
    return f"Page {page:,} of {pages:,}"
