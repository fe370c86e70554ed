"""Every word that the flows say. Names from stores are put in as they are; escaping is the shower's."""

from __future__ import annotations

from collections.abc import Sequence

# Buttons and frames ----------------------------------------------------------------

NEXT = "Next"
TURN_ON = "Turn on sync"
TRY_AGAIN = "Try again"
ONLY_HERE = (
    "From now on change stock only in Stockroom: a number changed by hand in the store "
    "is reported to you as a difference."
)


def position(number: int, total: int) -> str:
    return f"Step {number} of {total}"


def units(number: int) -> str:
    return f"{number:,} unit" if number == 1 else f"{number:,} units"


def count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(names: Sequence[str]) -> str:
    """Join names as a sentence does: A, B and C."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


# Step 1: review ----------------------------------------------------------------------


def review_title(store: str) -> str:
    return f"What turning on sync does for {store}"


REVIEW_WHAT = "This step changes nothing: it tells what will happen once you confirm in step 4."
REVIEW_TITLE = "What will happen"


def review_points(store: str, platform: str) -> tuple[str, ...]:
    return (
        f"Orders of {store} lower the stock here, and so the number in each store with that SKU.",
        f"Stockroom writes its numbers to {store}: only quantities, no title, price or picture.",
        "Before that you choose whose numbers come first: the store's or Stockroom's.",
        f"You also say which of your warehouses stands for which {platform} location.",
        f"You see each number before and after; nothing is written until “{TURN_ON}”.",
        "One message then shows how far it is: in your alert channel, or to you if none is chosen.",
    )


LISTINGS_TITLE = "Listings found in the store"
LISTINGS = "Listings"
LINKED = "Linked to a product by SKU"
NOT_LINKED = {
    "no_sku": "Without a SKU",
    "duplicate": "Whose SKU is used more than once",
    "renamed": "Whose SKU was changed",
    "ignored": "Set aside by one of you",
}
UNTRACKED = "Not tracked by the store"
INACTIVE = "Not on sale"
UNLINKED_STAY = (
    "Listings that are not linked stay as they are: Stockroom neither counts nor writes them."
)
NO_LISTINGS = (
    "No listing was found in this store. You may go on: what you add there later appears in "
    "Stockroom by itself."
)
NONE_LINKED = (
    "No listing can be linked yet, so no number would be written. Give your listings SKUs in the "
    "store, and they are picked up within 15 minutes."
)
STILL_IMPORTING = (
    "Stockroom is still reading this store's products. Wait a moment, then press Next again."
)

# Step 2: copy or keep -----------------------------------------------------------------


def copy_title(store: str) -> str:
    return f"Where do the first numbers come from: {store} or Stockroom?"


COPY_WHAT = "Your answer decides which side's numbers are kept when sync starts."
COPY_LABEL = "First numbers"


def copy_option(store: str) -> tuple[str, str]:
    return f"Copy from {store}", "Stockroom has no stock for these products yet."


KEEP_OPTION = ("Don't copy", "Stockroom's numbers are right already.")


def copy_explained(store: str) -> str:
    return (
        f"Copy: once, the stock that {store} shows becomes the stock in Stockroom. Fits when you "
        "start here, and this store's numbers are the ones you trust."
    )


def keep_explained(store: str) -> str:
    return (
        f"Don't copy: Stockroom's numbers overwrite those of {store}. Fits when a store joins a "
        "warehouse that is already counted, such as a second shop selling from the same shelves."
    )


STOCK_EXISTS = "Stockroom already holds counted stock, so “Don't copy” is chosen for you."
NO_STOCK = (
    "Careful: nothing is counted in Stockroom yet. With “Don't copy” products that are not "
    "counted keep the store's number and are not synced until someone counts them."
)
COPY_OVERWRITES = (
    "Careful: Stockroom already holds counted stock. Copying sets the available stock of the "
    "warehouse you choose next to this store's numbers; the plan shows each change."
)
CHOOSE_ONE = "Choose one of the two."

# Step 3: locations ----------------------------------------------------------------------


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


NO_LOCATIONS = (
    "This store has no location that Stockroom may write to. Switch one on in the store's "
    "settings, then press Next again."
)
CHOOSE_WAREHOUSE = "Choose a warehouse for this location, or “Do not link”."
NOTHING_LINKED = (
    "Every location is left out, so there would be nothing to sync. Link at least one location."
)

TAKE_TITLE = "Which location's number is taken?"


def take_what(warehouse: str, locations: tuple[str, ...]) -> str:
    return (
        f"{listed(locations)} all show {warehouse}. The number of the location you choose becomes "
        "its stock; the numbers of the others are not added."
    )


def take_label(warehouse: str) -> str:
    return f"Taken for {warehouse}"


CHOOSE_LOCATION = "Choose one of these locations."

# Step 4: open orders, plan, confirm ------------------------------------------------------

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


def reconnect_text(said: str) -> str:
    words = f" The store says: {said}" if said else ""
    return (
        "Stockroom can no longer sign in to this store, so its open orders cannot be read."
        f"{words} Connect it again, then press “{TRY_AGAIN}”; your answers are kept."
    )


STORE_TITLE = "The store did not answer as it should"


def store_text(said: str) -> str:
    words = f"It says: {said} " if said else ""
    return (
        f"Its open orders could not be read. {words}Your answers are kept: press “{TRY_AGAIN}” in a "
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


def sample(sku: str, location: str, now: int | None, becomes: int | None) -> str:
    before = "?" if now is None else f"{now:,}"
    after = "stays" if becomes is None else f"{becomes:,}"
    return f"{sku} at {location}: {before} → {after}"


RENAMES_TITLE = "Warehouses that get a new name"


def rename(old: str, new: str, used_by: Sequence[str]) -> str:
    also = f" (also used by {listed(used_by)})" if used_by else ""
    return f"{old} → {new}{also}"


NEW_TITLE = "New warehouses"
OTHERS_TITLE = "Other stores that will change"


def other_store(name: str, listings: int) -> str:
    return f"{name}: {count(listings, 'listing')}"


def open_orders(orders: int, number: int) -> str:
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


SHARED = (
    "Some of these locations share a warehouse: the store's own total counts its stock more than "
    "once."
)
WHOLE_PLAN = "Whole plan as a file (CSV)"
PLAN_CHANGED = (
    "The store changed while you were looking. This is the plan as it stands now: read it again, "
    "then confirm."
)

# How it ends -----------------------------------------------------------------------------

STARTED_TITLE = "Sync is being turned on"


def started(store: str) -> str:
    return (
        f"Stockroom is reading {store} now. One message, in your alert channel or sent to you, "
        "shows how far it is and says when sync is on."
    )


ALREADY_ON_TITLE = "Sync is already on"


def already_on(store: str) -> str:
    return f"Sync is on for {store}, so there is nothing left to do here."


RUNNING_TITLE = "Already on its way"


def running(store: str) -> str:
    return f"Someone has just turned on sync for {store}. The message about it shows how far it is."


GONE_TITLE = "This store is gone"
GONE = "The store is no longer connected, so there is nothing to turn on."

OVER_TITLE = "This set-up is over"
OVER = "It was ended elsewhere. The Home tab shows how the store is doing."
