"""What is said about items that are not stocked at a location. Names stand unescaped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flows.words import count, listed

TITLE = "Items that are not stocked there"


def where(place: str, items: int, counted: int, named: Sequence[str]) -> str:
    """Say what is not stocked at one location: how much of it, and the first few."""
    more = items - len(named)
    names = listed([*named, f"{more:,} more"] if more else named)
    known = "" if counted == items else f"; {counted:,} of them counted in its warehouse"
    return f"{place}: {count(items, 'item')} ({names}){known}"


def what(store: str) -> str:
    return (
        f"{store} sells an item only at the locations where it is stocked, and Stockroom stocks "
        "nothing by itself. If you let it, it stocks these items there, and from now on those that "
        "come later, as soon as it knows how many there are."
    )


LABEL = "These items"
LEAVE = ("Leave them alone", "You can still have them stocked later: /stock settings.")
STOCK = ("Stock them there", "With the numbers of the location's warehouse; later ones too.")
CHOOSE = "Choose one of the two."


def day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def agreed(at: datetime) -> str:
    return (
        f"They are stocked there once they are counted, as was agreed on {day(at)}. /stock settings "
        "ends that."
    )


# The settings of a store -------------------------------------------------------------------

SETTINGS_TITLE = "Stocking items"  # Slack: 24 characters of a view's title
OPEN = "Items not stocked"
ALLOW = "Stock them there"
STOP = "Stop stocking items"
NONE_MISSING = "Every item in sync is stocked at every location that has a warehouse."
STILL_MISSING = "Still waiting to be counted, and left alone until then:"
LATER = "Items that come later are stocked at these locations too. You can end that here."
NUMBERS = (
    "Each begins with nothing for sale, then shows the number of its location's warehouse. Items "
    "that nobody has counted there are left alone until somebody does. What is not tracked, and "
    "locations of other apps, are never touched."
)


def stands(who: str, at: datetime) -> str:
    """Say who agreed, and when; `who` as it is to be shown."""
    return f"Agreed by {who} on {day(at)}: items are stocked at every location with a warehouse."


STOPPING = (
    "If you stop it, nothing more is stocked. What is stocked already stays, and is kept as ever."
)
SAVING = "Saving, and looking for what is to be stocked."
GONE = "This store is no longer connected."
RUNNING = "Sync is just being turned on for this store. Decide this once that is done."
OFF = "Sync is off for this store: you are asked this when you turn sync on."
CHANGED = "More items are missing now than when you looked. This is how it stands: look again."


def allowed(store: str, *, paused: bool) -> str:
    when = "once sync is resumed" if paused else "within minutes"
    return f"Items of {store} are stocked where they are missing {when}, and those that come later."


def stopped(store: str) -> str:
    return f"Stockroom stocks no more items of {store}. Those that are stocked are kept as ever."


# Status --------------------------------------------------------------------------------------


def left_alone(number: int, store: str) -> str:
    be = "is" if number == 1 else "are"
    return (
        f"{count(number, 'item')} {be} not stocked at a linked location and left alone; to have "
        f"them stocked: /stock settings {store}"
    )


def uncounted(number: int) -> str:
    be, them = ("is", "it") if number == 1 else ("are", "them")
    return (
        f"{count(number, 'item')} {be} not stocked at a linked location until somebody counts "
        f"{them}"
    )
