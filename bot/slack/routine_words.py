"""What is said about a store's routine. Names are put in as they are."""

from __future__ import annotations

from flows.words import count

TITLE = "Reading and safety"
OPEN = "Reading and safety"  # the button in a store's settings
SUBMIT = "Save"
SAVED = "Saved"

ORDERS = "Read orders"
ORDERS_HINT = "The more often, the fewer units are sold twice, and the more calls it takes."
PRODUCTS = "Look for changed listings"
PRODUCTS_HINT = "Once a day the whole store is looked through in any case."
READ_BACK = "Compare every number"
READ_BACK_HINT = "How often everything that the store shows is read back and compared with ours."
ON_DRIFT = "When the store shows another number"
ON_DRIFT_HINT = "A number that neither our writes nor the store's orders explain."
ASK = ("Ask", "An alert shows both numbers, and you decide")
PUT_BACK = (
    "Put ours back",
    "At once; the daily digest counts them",
)
CARE = (
    "Putting back without asking fits where nobody changes stock in the store itself. A number "
    "that comes back three times in a day is asked about all the same."
)

BREAKER = "Keep back and ask when one change by hand reaches"
BREAKER_HINT = (
    "Counted are listings that it would empty or multiply by ten, within 15 minutes; up to 20 "
    "always pass. Orders always pass."
)

GONE = "This store is no longer connected."
CHANGED = "Somebody has changed this meanwhile. This is how it stands now."


def what(store: str) -> str:
    return f"How often {store} is read, and what happens when it shows another number than ours."


def often(seconds: int) -> str:
    how = every(seconds)
    return f"This platform lets orders be read no more often than {how}; choose that or longer."


def every(seconds: int) -> str:
    """Write a distance out: `every 30 seconds`, `every minute`, `every 6 hours`."""
    for size, name in ((3600, "hour"), (60, "minute"), (1, "second")):
        if seconds % size == 0:
            number = seconds // size
            return f"every {name}" if number == 1 else f"every {count(number, name)}"
    raise ValueError(f"{seconds} is no whole number of seconds")


def saved(store: str, orders: int, *, asks: bool) -> str:
    drift = "You are asked" if asks else "Our number is put back"
    return f"Orders of {store} are read {every(orders)}. {drift} where it shows another number."


def percent(number: int) -> str:
    return f"more than {number} % of the store"
