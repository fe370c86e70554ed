"""What is said about who ships, and about what Amazon keeps in its own warehouses (FBA)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.words import count, listed

# Who ships --------------------------------------------------------------------------------

BEFORE = "Before step 1"


def fulfilment_title(store: str) -> str:
    return f"Who ships what {store} sells?"


FULFILMENT_WHAT = (
    "Your answer decides what Stockroom does there: it keeps the numbers of what you ship, and "
    "only follows what Amazon ships."
)
FULFILMENT = "Fulfilment"
WAYS = {
    "merchant": (
        "FBM: you ship",
        "Fulfilled by Merchant: Stockroom reads the orders and keeps the numbers right.",
    ),
    "platform": (
        "FBA: Amazon ships",
        "Fulfilled by Amazon: Stockroom only copies what Amazon's warehouses hold.",
    ),
    "both": (
        "Both FBM and FBA",
        "First the steps for what you ship, then those for what Amazon ships.",
    ),
}
CHOOSE_WAY = "Choose who ships."
FOUND = "Listings found in the store"
OF_MERCHANT = "You ship"
OF_PLATFORM = "Amazon ships"

# FBA ------------------------------------------------------------------------------------


def review_title(store: str) -> str:
    return f"What following FBA does for {store}"


REVIEW_WHAT = "This step changes nothing: it tells what will happen once you confirm."
REVIEW_TITLE = "What will happen"


def review_points(*, both: bool) -> tuple[str, ...]:
    """Say what will happen; `both`: the merchant ships, too."""
    apart = (
        "A SKU that you and Amazon both ship has two numbers, kept apart: yours, and Amazon's."
        if both
        else "Its orders are not read: Amazon takes the units off its own stock."
    )
    return (
        "Stockroom only follows FBA stock. It never writes a number to it, and cannot manage it.",
        "It is copied at once, then once every 24 hours, and on “/stock sync now”.",
        "Each marketplace becomes a read-only warehouse: no one adjusts it, no store sells from it.",
        apart,
    )


READING_TITLE = "Asking Amazon where you sell"
READING = "This takes a few seconds. You may close this window: nothing is lost."


def marketplaces_title(store: str) -> str:
    return f"In which marketplaces does {store} use FBA?"


MARKETPLACES_WHAT = (
    "Each one you choose is followed by itself. Where Europe shares one stock, each country shows "
    "what can be sold there: their numbers are no sum."
)
MARKETPLACES = "Marketplaces"
MARKETPLACES_HINT = "One or more. One without FBA just says so."
CHOOSE_MARKETPLACE = "Choose at least one marketplace."
SUSPENDED = "Amazon has suspended your listings there"
NO_MARKETPLACE = (
    "Amazon names no marketplace that this account sells in. Look at the account in Seller "
    "Central, then press Next again."
)


def marketplace(country: str, name: str) -> str:
    return f"{country}: {name}"


CONFIRM_TITLE = "Follow FBA"


def confirm_what(store: str, countries: Sequence[str], *, planned: bool) -> str:
    """Say what the button does; `planned`: it also carries out the plan that was shown before."""
    begins = "the plan you have seen is carried out, and " if planned else ""
    return (
        f"When you press the button, {begins}Stockroom copies the FBA stock of {store} in "
        f"{listed(countries)}, and again once every 24 hours. Its age stands beside it wherever it "
        "is shown."
    )


NEW_TITLE = "Read-only warehouses"


def new_warehouse(store: str, country: str) -> str:
    return f"{store} FBA {country}"


# Standing -------------------------------------------------------------------------------------


def kept(at: str) -> str:
    """Say of one number that it is the platform's own, and how old it is."""
    return f"the platform keeps and counts this stock; copied {at}"


def copied(country: str, skus: int, at: str) -> str:
    """Say how old the numbers of a marketplace are; `at` is ready to be shown."""
    return f"FBA {country}: {count(skus, 'SKU')} copied {at}"


def nothing_there(country: str, at: str | None) -> str:
    """Say that a marketplace has no FBA; `at`: numbers of then are kept."""
    kept = f"; the numbers copied {at} stay" if at else ""
    return f"FBA {country}: Amazon keeps nothing of yours there{kept}"


def not_copied(country: str) -> str:
    return f"FBA {country}: not copied yet"


NO_LONGER = " (no longer followed)"
_LEFT_OUT = {
    "no_sku": "without a SKU",
    "duplicate": "whose SKU is used more than once",
    "renamed": "whose SKU was changed",
    "ignored": "set aside by one of you",
}


def left_out(found: Mapping[str, int]) -> str:
    """Count the SKUs that belong to no product, by why."""
    kinds = [f"{number:,} {_LEFT_OUT.get(why, why)}" for why, number in sorted(found.items())]
    return f"; left out: {', '.join(kinds)} (/stock unlinked)"


# Turned on ------------------------------------------------------------------------------------


def turned_on(store: str, skus: int, countries: Sequence[str]) -> str:
    where = (
        f": the stock of {count(skus, 'SKU')} in {listed(countries)} was copied"
        if countries
        else ""
    )
    return f"Sync is on for {store}, to follow its FBA stock{where}."


FOLLOWS = (
    "It is copied again once every 24 hours, and on “/stock sync now”. Stockroom writes nothing to "
    "this store."
)


# In sync ---------------------------------------------------------------------------------------

CHANGE = "FBA marketplaces"
FOLLOW = "Follow FBA"
SAVED_TITLE = "FBA marketplaces"
SAVING = "Noting what is followed, then copying it."
GONE = "The store is no longer connected, so there is nothing to follow."
OFF_TITLE = "Sync is off"


def off(store: str) -> str:
    return (
        f"Sync is off for {store}, so nothing is copied: you choose its marketplaces when you turn "
        "sync on."
    )


def no_fba(store: str) -> str:
    return f"The platform of {store} ships nothing itself, so there is nothing to follow."


def only_followed(store: str) -> str:
    """Say why no warehouse of ours is sent to a store."""
    return (
        f"Amazon ships all that {store} sells, so Stockroom writes nothing there and no warehouse "
        "stands behind it. To ship yourself as well, turn its sync off and on again."
    )


def saved(store: str, countries: Sequence[str]) -> str:
    return (
        f"Stockroom follows the FBA stock of {store} in {listed(countries)}; it is being copied "
        "now. Numbers copied from others stay as they are, with their age."
    )
