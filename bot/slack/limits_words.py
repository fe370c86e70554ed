"""What is said about a store's buffer and maximum. Names are put in as they are."""

from __future__ import annotations

from flows.words import count

TITLE = "Store settings"
NEXT = "See what changes"
SAVE = "Save"
SAVING = "Saving, and working out the store's numbers anew."
SAVED = "Saved"
ALERT = "Careful: nothing is sold of a listing that goes to zero."


def what(store: str) -> str:
    return (
        f"{store} shows what is available in its warehouses, less the units kept back, and never "
        "more than the maximum. Nothing changes before you have seen what would."
    )


BUFFER = "Keep back of each number"
BUFFER_HINT = "Units that are never offered in this store: 0 or more."
MAXIMUM = "Show at most"
MAXIMUM_HINT = "Leave it empty to show all there is."

BAD_BUFFER = "Write a whole number in digits, 0 or more."
BAD_MAXIMUM = "Write a whole number in digits, 1 or more, or leave it empty."
TOO_LARGE = "That is more than a store can show. Write a number below 1,000,000,000."


def beyond(most: int) -> str:
    return (
        f"This platform shows {most:,} at most: write {most:,} or less. More is kept all the same."
    )


SAME = "These are the settings that the store has already."

GONE = "This store is no longer connected."
RUNNING = "Sync is just being turned on for this store. Change its settings once that is done."
CHANGED = "Somebody has changed these settings meanwhile. This is how they stand now."


def wanted(store: str, buffer: int, maximum: int | None) -> str:
    most = "all there is" if maximum is None else f"at most {maximum:,}"
    back = "Nothing is kept back" if not buffer else f"{count(buffer, 'unit')} kept back"
    return f"{store}: {back} of each number, and it shows {most}."


def effect(changing: int, total: int) -> str:
    if not total:
        return "No listing is in sync and counted now, so no number changes."
    if not changing:
        return f"None of the {count(total, 'listing')} in sync changes its number now."
    change = "changes its number" if changing == 1 else "change their number"
    return f"{changing:,} of the {count(total, 'listing')} in sync {change}:"


OFF = "Sync is off for this store: nothing is written until it is turned on."
PAUSED = "Sync is paused for this store: the new numbers are written once it is resumed."
BREAKER = (
    "If this empties or multiplies much of the store at once, it is kept back, and an alert asks a "
    "manager to let it go out."
)


def saved(store: str, *, on: bool) -> str:
    follows = " Its numbers follow within moments." if on else ""
    return f"The settings of {store} are saved.{follows}"
