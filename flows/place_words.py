"""What is said about where a store's stock is kept: its locations, our warehouses."""

from __future__ import annotations

from collections.abc import Sequence

from flows.words import count, listed

# Locations, one by one ----------------------------------------------------------------------


def map_title(first: int, last: int, total: int) -> str:
    if total == last - first + 1:
        return "Which warehouse stands for which location?"
    return f"Which warehouse stands for which location? ({first} to {last} of {total})"


MAP_WHAT = (
    "Each location you give a warehouse shows that warehouse's stock; a location you leave out "
    "keeps its numbers and is never written."
)
MAP_RENAMES = "A warehouse you already have takes the location's name."
MAP_SHARED = (
    "Several locations may share one warehouse. Each then shows the whole of it, so the store's "
    "own total counts that stock more than once."
)
NEW_GROUP = "New"
OLD_GROUP = "Your warehouses"
OUT_GROUP = "Leave out"


def new_warehouse(location: str) -> str:
    return f"New warehouse: {location}"


def old_warehouse(name: str) -> str:
    return f"Link to {name}"


def warehouse(counted: int, used_by: Sequence[str]) -> str:
    stock = f"{count(counted, 'product')} counted" if counted else "Nothing counted yet"
    return f"{stock}; shared with {listed(used_by)}" if used_by else stock


DO_NOT_LINK = "Do not link"


def fixed_out(name: str, *, ours: bool) -> str:
    if not ours:
        return f"{name}: left out, because another app keeps the stock there."
    return f"{name}: left out, because it is switched off in the store."


def more_out(number: int) -> str:
    return f"And {number:,} more are left out in the same way."


NO_LOCATIONS = (
    "This store has no location that Stockroom may write to. Switch one on in the store's "
    "settings, then press Next again."
)
CHOOSE_WAREHOUSE = "Choose a warehouse for this location, or “Do not link”."
NOTHING_LINKED = (
    "Every location is left out, so there would be nothing to sync. Link at least one location."
)


def take_title(first: int, last: int, total: int) -> str:
    title = "Which location's number is taken?"
    return title if total == last - first + 1 else f"{title} ({first} to {last} of {total})"


def take_what(warehouse: str, locations: tuple[str, ...]) -> str:
    return (
        f"{listed(locations)} all show {warehouse}. The number of the location you choose becomes "
        "its stock; the numbers of the others are not added."
    )


def take_label(warehouse: str) -> str:
    return f"Taken for {warehouse}"


CHOOSE_LOCATION = "Choose one of these locations."

# Warehouses whose sum a store shows --------------------------------------------------------


def warehouses_title(store: str) -> str:
    return f"Which warehouses does {store} sell from?"


SUM_WHAT = (
    "The stock of all the warehouses you choose is added up, and their sum is what the store shows."
)
WAREHOUSES = "Warehouses"
WAREHOUSES_HINT = "One or more. The one you choose first is the preferred one."
NEW_BEGINS = "It is made once you confirm, and begins empty."
CHOOSE_ONE_OR_MORE = "Choose at least one warehouse."
NO_PLACE = (
    "Stockroom does not know yet where this store keeps its stock. It reads that with the "
    "store's products: wait a moment, then press Next again."
)


# Our own choice: a store may have a hundred places, and the plan has room for some names.
_NAMED_PLACES = 5


def sums(store: str, names: Sequence[str]) -> str:
    """Say which stock a store shows."""
    if len(names) == 1:
        return f"{store} shows the stock of {names[0]}."
    return f"{store} shows the sum of {listed(names)}."


def other_places(store: str, names: Sequence[str]) -> str:
    """Warn of stock that a store holds beside the sum."""
    more = len(names) - _NAMED_PLACES
    named = [*names[:_NAMED_PLACES], f"{more} more"] if more > 0 else names
    return (
        f"{store} has other places as well: {listed(named)}. Stockroom leaves the stock there "
        "alone, and shoppers may be able to buy it on top of this. Where it is the same stock, "
        f"set it to zero there in {store}, or more can be sold than you have."
    )


def receives(warehouse: str, *, copy: bool) -> str:
    """Say which warehouse a copy and orders go to."""
    orders = f"The units of its orders are taken from {warehouse}"
    if copy:
        return f"Its stock is copied to {warehouse}, and no other warehouse. {orders} as well."
    return f"{orders}, whatever the others hold."


COPY_TO_TITLE = "Which warehouse receives the store's stock?"
ORDERS_FROM_TITLE = "Which warehouse are orders taken from?"


def copy_to_what(store: str) -> str:
    return (
        f"What {store} shows now becomes the stock of the one you choose, and its orders are taken "
        "from there. What the others hold stays and comes on top: the plan shows each sum."
    )


def orders_from_what(store: str) -> str:
    return (
        f"The units of each order of {store} are taken from the one you choose, whole, whatever "
        "the others hold."
    )


COPY_TO = "Copy to"
ORDERS_FROM = "Take orders from"
CHOOSE_ONE_OF_THEM = "Choose one of these warehouses."
IN_STOCK = "Available now"
TOGETHER = "Together"
