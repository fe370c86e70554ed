"""What the last step says: open orders, the gap, the plan and its confirmation."""

from __future__ import annotations

from collections.abc import Sequence

from flows.words import TRY_AGAIN, TURN_ON, count, listed, units
from sync.sums import added

# Open orders and the gap ------------------------------------------------------

READING_TITLE = "Reading the store's open orders"
READING = "This takes a few seconds. You may close this window: nothing is lost."
PLANNING_TITLE = "Working out the plan"
PLANNING = "Comparing every listing's number with what it will be. Nothing is written."
CONFIRMING_TITLE = "Turning on sync"
CONFIRMING = "Checking that the plan still holds, then starting."


def open_title(number: int) -> str:
    return f"Are these {units(number)} still in your numbers?"


def open_what(store: str, orders: int, number: int) -> str:
    return (
        f"{store} has {count(orders, 'open order')} that still "
        f"{'wait' if orders != 1 else 'waits'} to be sent, {units(number)} in all. Your answer "
        "decides whether they lower the stock that shoppers can buy; they are followed either way."
    )


OPEN_LABEL = "The units of open orders"
OPEN_IN = (
    "Yes, still in the numbers",
    "They are on the shelf and were counted: they become committed.",
)
OPEN_EXTRA = (
    "No, already taken off",
    "They come on top as committed units: available stays as it is.",
)
CHOOSE_OPEN = "Choose yes or no."


def gap_title(store: str) -> str:
    return f"Do your numbers know what {store} sold while sync was off?"


def gap_what(store: str, orders: int, number: int) -> str:
    waiting = (
        f"{count(orders, 'order')} with {units(number)} still to be sent"
        if number
        else "no order that is still to be sent"
    )
    return (
        f"Sync was on for {store} before, and Stockroom did not read its orders since it was "
        f"turned off. The store has {waiting} now. Your answer decides what is taken off "
        "Stockroom's numbers; orders that are still to be sent are followed either way."
    )


def gap_unseen(store: str, off_days: int, order_days: int) -> str:
    """Compare how long sync was off with how far back the store shows its orders."""
    return (
        f"Sync was off for {count(off_days, 'day')}, but {store} shows Stockroom only the orders "
        f"of the last {count(order_days, 'day')}. What it sold in the "
        f"{count(off_days - order_days, 'day')} before that is not seen: count what matters on the "
        "shelf, or take it off by hand."
    )


GAP_LABEL = "What the store sold while sync was off"
GAP_COUNTED = (
    "Take it all off now",
    "Our numbers still hold all that it sold meanwhile, sent or not.",
)
GAP_EXTRA = (
    "It is taken off already",
    "Someone kept our numbers: available stays as it is.",
)
GAP_IN_NUMBERS = (
    "Take off only what is still to be sent",
    "What was sent is taken off already; the rest still stands on the shelf.",
)
CHOOSE_GAP = "Choose one of the three."

RECONNECT_TITLE = "The store has to be connected again"


OPEN_ORDERS, NEWEST_ORDERS = "its open orders", "its newest orders"
MARKETPLACES = "the marketplaces it sells in"


def reconnect_text(what: str, said: str) -> str:
    words = f" The store says: {said}" if said else ""
    return (
        f"Stockroom can no longer sign in to this store, so {what} cannot be read."
        f"{words} Connect it again, then press “{TRY_AGAIN}”; your answers are kept."
    )


STORE_TITLE = "The store did not answer as it should"


def store_text(what: str, said: str) -> str:
    words = f"It says: {said} " if said else ""
    return (
        f"{what[0].upper()}{what[1:]} could not be read. {words}Your answers are kept: press “{TRY_AGAIN}” in a "
        "moment."
    )


PLAN_TITLE = "The plan"


def plan_what(store: str) -> str:
    return (
        f"When you press “{TURN_ON}”, Stockroom starts to follow the orders of {store} and sets "
        "its numbers as follows."
    )


def plan_what_copy(store: str) -> str:
    return (
        f"When you press “{TURN_ON}”, the stock of {store} is copied to Stockroom once, its orders "
        "are followed, and its numbers are kept from then on."
    )


KINDS_TITLE = "What the store's listings will show"
KINDS = {
    "same": "Stay as they are",
    "up": "Go up",
    "down": "Go down",
    "to_zero": "Go to zero",
    "from_zero": "Come back from zero",
    "uncounted": "Not counted yet, left alone",
    "left_alone": "Left alone",
}
SAMPLE_TITLE = "For example"


def sample(
    sku: str, location: str, now: int | None, becomes: int | None, parts: Sequence[int]
) -> str:
    """Say what one listing shows and will show; `parts`: what its new number is the sum of."""
    before = "?" if now is None else f"{now:,}"
    if location:
        after = "stays" if becomes is None else f"{becomes:,}"
        return f"{sku} at {location}: {before} → {after}"
    if becomes is None:
        return f"{sku}: shows {before}, stays"
    bounded = "" if sum(parts) == becomes else ", kept within this store's limits"
    made_of = f" ({added(parts)}{bounded})" if len(parts) > 1 else ""
    return f"{sku}: shows {before}, will show {becomes:,}{made_of}"


RENAMES_TITLE = "Warehouses that get a new name"


def rename(old: str, new: str, used_by: Sequence[str]) -> str:
    also = f" (also used by {listed(used_by)})" if used_by else ""
    return f"{old} → {new}{also}"


NEW_TITLE = "New warehouses"
OTHERS_TITLE = "Other stores that will change"


def other_store(name: str, listings: int) -> str:
    return f"{name}: {count(listings, 'listing')}"


def open_orders(orders: int, number: int) -> str:
    if not orders:
        return "There are no open orders now; those that come are followed from here on."
    return f"{count(orders, 'open order')} with {units(number)} will be followed from here on."


def gap_counted(store: str) -> str:
    return (
        f"What {store} sold while sync was off is taken off in addition. It is known once the "
        "orders are read, so these figures do not have it yet."
    )


def order_days(store: str, days: int) -> str:
    return (
        f"{store} shows Stockroom the orders of the last {count(days, 'day')}. Units of older "
        "orders that are still to be sent are not followed: take them off by hand."
    )


CANNOT_TITLE = "What permissions that the store withholds leave undone"
SHARED = (
    "Some of these locations share a warehouse: the store's own total counts its stock more than "
    "once."
)
WHOLE_PLAN = "Whole plan as a file (CSV)"
PLAN_CHANGED = (
    "The store changed while you were looking. This is the plan as it stands now: read it again, "
    "then confirm."
)
