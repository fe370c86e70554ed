"""What is said about changing locations or warehouses while sync is on. Names stand unescaped."""

from __future__ import annotations

from collections.abc import Sequence

from flows.words import count, listed, units

# What it is called, by whether the store has locations -----------------------------------


def title(*, locations: bool) -> str:
    return "Change locations" if locations else "Change warehouses"


def resume(*, locations: bool) -> str:
    """Name it where somebody has begun it already."""
    return "Go on changing locations" if locations else "Go on changing warehouses"


NOTHING_CHANGES = "This is how it is kept already. Change something, or close this window."

# Copy or not ------------------------------------------------------------------------------


def copy_title(names: Sequence[str]) -> str:
    if len(names) > 3 or not all(names):
        return "Whose numbers count from now on?"
    return f"Whose numbers count at {listed(names)} from now on?"


COPY_WHAT = (
    "Your answer is about the places that get a warehouse, or another one. All others stay as they "
    "are."
)


def copy_option(store: str) -> tuple[str, str]:
    return "Copy", f"What {store} shows there becomes the warehouse's stock."


KEEP_OPTION = ("Don't copy", "The warehouse's numbers are right already.")
COPY_LABEL = "Numbers of these places"
COUNTED = "There is counted stock in the warehouse you chose, so “Don't copy” is chosen for you."
NOT_COUNTED = "Nothing is counted yet in the warehouse you chose, so “Copy” is chosen for you."
OVERWRITES = (
    "Careful: copying sets what is counted there next to the store's number, and it is not added. "
    "Other places and stores that show this warehouse follow; the plan shows each change."
)
UNCOUNTED_STAY = (
    "Careful: with “Don't copy”, products that are not counted there keep the store's number and "
    "are not synced until someone counts them."
)

# Open orders ------------------------------------------------------------------------------

READING_TITLE = "Reading the store's newest orders"
READING = "This takes a few seconds. You may close this window: nothing is lost."


def open_what(orders: int, number: int) -> str:
    wait = "waits" if orders == 1 else "wait"
    return (
        f"At the places that get a warehouse, {count(orders, 'open order')} still {wait} to be "
        f"sent, {units(number)} in all. Stockroom has not counted them so far. Your answer decides "
        "whether they lower the stock that shoppers can buy; they are followed from now on either "
        "way."
    )


# The plan ---------------------------------------------------------------------------------

CONFIRMING = "Checking that the plan still holds, then making the change."


def plan_what(submit: str, store: str, *, paused: bool) -> str:
    after = (
        "nothing is written until sync is resumed." if paused else "its numbers follow as listed."
    )
    return f"When you press “{submit}”, the places of {store} are kept as follows, and {after}"


MOVES_TITLE = "What changes"


def move(kind: str, place: str, store: str, before: Sequence[str], after: Sequence[str]) -> str:
    """Say what becomes of one place; one without a name is the store's only one."""
    new, old = " + ".join(after), " + ".join(before)
    if not place:
        if kind == "left_out":
            return f"{store} no longer keeps its stock where {old} stood for it."
        return f"{store} shows {new}" + (f", until now {old}" if old else "")
    return {
        "linked": f"{place}: gets the warehouse {new}",
        "moved": f"{place}: from {old} to {new}",
        "summed": f"{place}: from {old} to {new}",
        "left_out": f"{place}: left out, until now {old}. What it shows stays; its open orders are "
        "followed to their end.",
        "set_aside": f"{place}: left out, as before",
    }[kind]


def copied(store: str) -> str:
    return (
        f"The numbers that {store} shows at these places are read first, and become Stockroom's; "
        "until then nothing is written there. All other places are kept as ever."
    )


KINDS_TITLE = "What the listings there will show"
NO_LISTINGS = "No listing stands at these places, so no number changes."


def open_orders(orders: int, number: int) -> str:
    begin = "begins" if orders == 1 else "begin"
    return (
        f"{count(orders, 'open order')} with {units(number)} {begin} to be followed at these "
        "places."
    )


# How it ends ------------------------------------------------------------------------------


def done_title(*, locations: bool) -> str:
    return "Locations changed" if locations else "Warehouses changed"


def done(store: str, *, paused: bool) -> str:
    if paused:
        return f"The change is made. Sync is paused for {store}: it is written once it is resumed."
    return f"The change is made. The numbers of {store} follow within minutes."


ONLY_FOLLOWED_TITLE = "Amazon ships it all"
OFF_TITLE = "Sync is off"


def off(store: str) -> str:
    return (
        f"Sync is off for {store}, so nothing is changed here: you choose its places when you turn "
        "sync on."
    )


SAME_TITLE = "Nothing to change"


def same(store: str) -> str:
    return f"The places of {store} are kept like this already."


GONE = "The store is no longer connected, so there is nothing to change."
OVER_TITLE = "This change is over"
OVER = "It was ended elsewhere. Start it again if something is still to be changed."
