"""What is said about the lists of stores and warehouses. Names are put in as they are."""

from __future__ import annotations

from flows.words import count

NEWER, OLDER = "Back", "More"
NOTHING = {
    "stores": "No store is connected yet. A manager can connect one with /stock connect.",
    "warehouses": (
        "There is no warehouse yet. The first one comes with the first store whose sync is turned "
        "on: /stock turn-on."
    ),
}
UNUSED = "no store shows it"
EXPORT = "The stock of every warehouse, line by line."
EXPORTED = "The stock is on its way to you, as a file in your messages with Stockroom."


def heading(what: str, number: int) -> str:
    return count(number, what.removesuffix("s"))


def holds(units: int, products: int) -> str:
    return f"{count(units, 'unit')} available of {count(products, 'product')}"


def position(page: int, pages: int) -> str:
    return f"Page {page:,} of {pages:,}"
