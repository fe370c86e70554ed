"""What is said about taking back what somebody did to stock. Names are put in as they are."""

from __future__ import annotations

from collections.abc import Mapping

from flows.words import count

TITLE = "Undo"
NEWER, OLDER, LOOK = "Newer", "Older", "Undo ..."
NOTHING = "Nobody has changed stock by hand yet, so there is nothing to undo."
KINDS: Mapping[str, str] = {
    "turn_on": "turned sync on and copied numbers",
    "relocate": "changed warehouses and copied numbers",
    "take_over": "took over numbers of a store",
    "change": "changed",
    "count": "counted",
    "received": "received",
    "receive": "received a delivery",
    "transfer": "moved between warehouses",
    "adopt": "took a store's number",
}
SUBMIT = "Undo it"
SAVING = "Taking it back, and working out what each store shows."
DONE = "Undone"
LINES = "In the warehouses"
LEFT = "Left as they are"
STORES = "In the stores"
NO_STORE = "No store in sync shows another number by that."
UNCOUNTED = (
    "Nobody else has counted some of these. They are not counted any more then, and nothing is "
    "written to their listings until somebody counts them."
)
WHY: Mapping[str, str] = {
    "recounted": "counted or copied anew since, so its number is right as it is",
    "committed": (
        "sold since: fewer would be on the shelf than are still to be sent. Count it with "
        "/stock adjust instead"
    ),
}
PROBLEMS: Mapping[str, str] = {
    "gone": "This is not there any more.",
    "undone": "Somebody has undone this already; it counts once.",
    "running": "Sync is just being turned on for this store. Turn it off first, or wait for it.",
    "nothing": (
        "None of it can be undone: everything it changed was counted anew or sold since. Correct "
        "single products with /stock adjust."
    ),
}
CHANGED = "Something changed meanwhile. This is what undoing would do now."


def heading(number: int) -> str:
    return f"{count(number, 'change')} of stock by people, newest first"


def did(kind: str, products: int) -> str:
    return f"{KINDS.get(kind, kind)} ({count(products, 'product')})"


def line(warehouse: str, sku: str, before: int, after: int) -> str:
    return f"{sku} in {warehouse}: on hand {before:,} → {after:,}"


def left(sku: str, why: str) -> str:
    return f"{sku}: {WHY[why]}"


def more(number: int) -> str:
    return f"and {number:,} more"


def turns_off(store: str) -> str:
    return f"Sync is turned off for {store}: what it shows came from this copy, and stays as it is."


def shift(place: str, sku: str, now: int | None, then: int) -> str:
    return f"{sku} in {place}: {'?' if now is None else f'{now:,}'} → {then:,}"
