"""What `/stock drift` says. Names are put in as they are: escaping is the shower's."""

from __future__ import annotations

from flows.words import count, units
from sync.causes import Cause

PUT_BACK = "Put ours back"
ADOPT = "Adopt theirs"
IGNORE = "Ignore once"
ASK_AGAIN = "Ask again"
IGNORED = "*Left as they are*: nobody is asked about these."
SURE_TITLE = "Take the store's number?"
SURE = (
    "The stock in Stockroom changes by the difference, and every other store that shows it follows."
)
SURE_YES = "Adopt theirs"
SURE_NO = "Leave it"
MEANING = (
    "Put ours back: the store gets Stockroom's number. Adopt theirs: the stock changes by the "
    "difference. Ignore once: both stay, until the store shows yet another number."
)


def nothing(stores: str) -> str:
    return f"Every difference in {stores} is explained: nothing to decide."


ALL = "all stores"


def heading(number: int) -> str:
    return f"{count(number, 'unexplained difference')}"


def number(sku: str, place: str, theirs: str, ours: int) -> str:
    return f"{sku}, {place}: the store shows {theirs}, Stockroom has {ours:,}"


def rest(number: int) -> str:
    return f"and {count(number, 'smaller one')}"


_CAUSES: dict[Cause, str] = {
    Cause.NOT_APPLIED: (
        "looks like our last write, {sent_from:,} → {sent_to:,}, was accepted but not applied"
    ),
    Cause.LATE_ORDER: "looks like an order that was read only after the store's number was",
    Cause.UNBOOKED_ORDER: "looks like an order of {units} that could not be booked: see its alert",
    Cause.ORDERS_NOT_READ: "looks like a sale: the store's orders have not been read since",
    Cause.MAXIMUM: "looks like the number without the maximum of {maximum:,}",
    Cause.BUFFER: "looks like the number without the {buffer:,} that are kept back",
    Cause.NOT_LISTED: "the listing is not on sale, or the store no longer tracks its stock",
    Cause.WRONG_LINK: (
        "looks like a wrong link: the listing's SKU is “{sku}”, the product's “{product_sku}”"
    ),
    Cause.SHARED_WAREHOUSE: (
        "looks like units moved in the store between two locations of one warehouse"
    ),
    Cause.BY_HAND: "looks like a change by hand in the store, of {change}",
}


def cause(of: Cause, *, unbooked: int, held: int, **values: object) -> str:
    """Say what a difference looks like."""
    return _CAUSES[of].format(units=units(unbooked), change=f"{held:+,}", **values)
