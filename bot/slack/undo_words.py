"""What is said about taking back what somebody did to stock. Names are put in as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.words import count

TITLE = "Undo"
NEWER, OLDER, LOOK = "Newer", "Older", "Undo ..."
NOTHING = "Nobody has changed stock by hand yet, so there is nothing to undo."
KINDS: Mapping[str, str] = {
    "turn_on": "turned sync on and copied numbers",
    "first_push": "turned sync on and sent Stockroom's numbers",
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
    "paused": "Sync is paused for this store, so nothing can be put back there. Resume it first.",
    "nothing": (
        "None of it can be undone: everything it changed was counted anew or sold since. Correct "
        "single products with /stock adjust."
    ),
}
CHANGED = "Something changed meanwhile. This is what undoing would do now."


BACK = "Goes back to"
STAYS = "Stays as it is"
STAYS_WHY: Mapping[str, str] = {
    "stopped": "not sold for now, so it shows 0 until somebody lifts that",
    "left_alone": "nothing is written to it now",
    "unknown": "what it showed before is not known",
}


def heading(number: int) -> str:
    return f"{count(number, 'change')} of stock by people, newest first"


def did(kind: str, products: int) -> str:
    return f"{KINDS.get(kind, kind)} ({count(products, 'product')})"


def line(warehouse: str, sku: str, before: int, after: int) -> str:
    return f"{sku} in {warehouse}: on hand {before:,} → {after:,}"


def goes_back(place: str, sku: str, now: int | None, earlier: int, sold: int) -> str:
    """Say what a listing of a first push shows again: what it showed less what it sold itself."""
    less = f" ({earlier:,} before, {sold:,} sold there since)" if sold else ""
    return f"{shift(place, sku, now, max(earlier - sold, 0))}{less}"


def same(number: int) -> str:
    return f"{count(number, 'listing')} with the earlier number already"


def stays(place: str, sku: str, why: str) -> str:
    return f"{sku} in {place}: {STAYS_WHY[why]}"


def returns_first(store: str) -> str:
    return (
        f"{store} goes back to what it showed before, less what it sold itself since. Then sync is "
        "turned off for it. Stockroom's own stock stays as it is."
    )


def returning(done: int, total: int) -> str:
    return f"Turning off: {done:,} of {total:,} listings show their earlier number again"


def returns(store: str, done: int, total: int) -> str:
    return f"Putting earlier numbers back in {store}: {done:,} of {count(total, 'listing')}."


def returned(store: str, done: int, total: int) -> str:
    return (
        f"Sync is off for {store}: {done:,} of {count(total, 'listing')} show their earlier "
        "number again."
    )


def not_back(skus: Sequence[str], total: int) -> str:
    rest = f" {more(total - len(skus))}" if total > len(skus) else ""
    return (
        f"Not put back in half an hour: {', '.join(skus)}{rest}. Set these in the store itself: "
        "nothing is written there any more."
    )


def stopped(actor: str, store: str) -> str:
    return (
        f"<@{actor}> turned sync off for {store} while its earlier numbers were being put back: "
        "what was not back yet stays as it is."
    )


def left(sku: str, why: str) -> str:
    return f"{sku}: {WHY[why]}"


def more(number: int) -> str:
    return f"and {number:,} more"


def turns_off(store: str) -> str:
    return f"Sync is turned off for {store}: what it shows came from this copy, and stays as it is."


def shift(place: str, sku: str, now: int | None, then: int) -> str:
    return f"{sku} in {place}: {'?' if now is None else f'{now:,}'} → {then:,}"
