"""What is said about moving units between warehouses. Names are put in as they are."""

from __future__ import annotations

from flows.words import units
from sync.transfer import Side

TITLE = "Move stock"
NEXT = "See what changes"
MOVE = "Move the units"
MOVED = "Moved"
HOW = "Type the SKU after the word: /stock transfer SKU."
WHAT = "Units leave one warehouse and arrive in the other at once. You see first what it changes."
SOURCE = "From"
GOAL = "To"
NUMBER = "Units"
NUMBER_HINT = "No more than are available there: on hand, less what is sold and still to be sent."
REASON = "Why?"
REASON_HINT = "Kept in the log of changes: refill the shop, return to the cellar ..."

ONE_WAREHOUSE = (
    "Moving units takes two warehouses, and there is only one. Another comes with a store or "
    "location that is given a new warehouse: /stock turn-on or /stock settings."
)
BAD_NUMBER = "Write a whole number in digits, 1 or more."
SAME = "These are one warehouse. Choose another one to move to."
UNCOUNTED = "This product is not counted here yet. Count it first, with /stock adjust."
TOO_LARGE = "There would be more than a store can show. Write a smaller number."
GONE = "This warehouse no longer exists. Choose another one."
GONE_PRODUCT = "This product no longer exists."
MOVED_BEFORE = "These units are moved already; they count once."


def too_much(available: int) -> str:
    if not available:
        return (
            "Nothing is available there: what is on hand is sold and still to be sent. Ship or "
            "cancel first, or correct the count with /stock adjust."
        )
    return (
        f"Only {units(available)} can leave: the rest of what is on hand is sold and still to be "
        "sent."
    )


def side(held: Side) -> str:
    return f"{held.name}: on hand {held.before:,} → {held.after:,}, {held.available:,} available"


STORES = "In the stores"
NO_STORE = "No store in sync shows this product from these warehouses."


def stays(place: str, number: int | None) -> str:
    return f"{place}: stays at {'?' if number is None else f'{number:,}'}"


def becomes(place: str, now: int | None, then: int) -> str:
    return f"{place}: {'?' if now is None else f'{now:,}'} → {then:,}"
