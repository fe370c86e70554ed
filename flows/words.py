"""What every step of turning sync on says alike. Names from stores are put in as they are:
escaping is the shower's. Steps with much to say have modules of their own beside this one.
"""

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


REVIEW_WHAT = "This step changes nothing: it tells what will happen once you confirm."
REVIEW_TITLE = "What will happen"


def review_points(store: str, locations_of: str | None, *, beyond: bool) -> tuple[str, ...]:
    """Say what will happen.

    `locations_of`: the platform whose stores have locations; `beyond`: more than quantities
    change, as is asked below.
    """
    apart = ", and what you agree to below" if beyond else ", no title, price or picture"
    places = (
        f"You also say which of your warehouses stands for which {locations_of} location."
        if locations_of
        else f"You also choose the warehouses whose stock, added up, {store} shows."
    )
    return (
        f"Orders of {store} lower the stock here, and so the number in each store with that SKU.",
        f"Stockroom writes its numbers to {store}: only quantities{apart}.",
        "Before that you choose whose numbers come first: the store's or Stockroom's.",
        places,
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
SOLD_OUT = "Sold out"
EXPIRED = "Expired"
INACTIVE = "Not on sale"
OF_PLATFORM = "Shipped by the platform itself, left alone"
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
    return f"Copy from {store}", "Fits when Stockroom has no stock for these products yet."


KEEP_OPTION = ("Don't copy", "Fits when Stockroom's numbers are right already.")


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
