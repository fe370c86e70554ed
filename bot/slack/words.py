"""What Stockroom says in Slack outside of the flows. Names are put in as they are."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from flows.words import listed
from sync.people import Role

NOTICE_TITLE = "Stockroom"
CLOSE = "Close"
CANCEL = "Cancel"
BACK = "Back"
RECONNECT = "Reconnect"
CHOOSE = "Choose"
PLEASE_CHECK = "Please check this step"


def more(page: int, pages: int) -> str:
    return f"More (page {page} of {pages})"


# Refusals --------------------------------------------------------------------------

OTHER_TEAM = "Stockroom works for another workspace, so it cannot do this for you here."
GUEST = (
    "Stockroom is open to full members of this workspace only. Ask a colleague to look this up "
    "for you."
)
SLACK_SILENT = (
    "Slack did not say in time who you are, so nothing was done. Please try again in a moment."
)

_ROLES: dict[Role, str] = {
    "none": "anyone",
    "viewer": "members of this workspace",
    "operator": "operators and managers",
    "manager": "managers",
}


def role_needed(needed: Role) -> str:
    return f"This is for {_ROLES[needed]}, so nothing was done. Ask one of your managers to help."


# Failures --------------------------------------------------------------------------

BROKEN_TITLE = "That did not work"


def broken(reference: str) -> str:
    return (
        "Something broke on our side. Look how it stands before you try again: it may be done "
        "already. If it happens again, tell the person who runs Stockroom this reference: "
        f"{reference}."
    )


DONE_UNSEEN = (
    "That was done, but Slack did not show it in its window. The Home tab and /stock status tell "
    "how it stands."
)


# /stock ----------------------------------------------------------------------------

HELP_TITLE = "What you can type"
HELP: tuple[tuple[Role, str, str], ...] = (
    ("viewer", "help", "this list"),
    ("viewer", "status [store]", "every store: on or off, healthy or not, and how much agrees"),
    ("viewer", "show SKU", "one product: its stock, and what each store shows"),
    ("viewer", "why SKU", "its number as a sum, and what makes each store show what it shows"),
    ("viewer", "history SKU", "what was booked for it, and a picture of its level over time"),
    ("viewer", "stores", "the stores, in short"),
    ("viewer", "warehouses", "the warehouses, what they hold, and which stores show them"),
    ("operator", "adjust SKU", "change its stock, enter what arrived, or what you counted"),
    ("operator", "count", "count a whole warehouse, or enter a delivery, from a list (CSV)"),
    ("operator", "transfer SKU", "move units from one warehouse to another"),
    ("operator", "low SKU", "be told when it falls to a number you choose"),
    ("operator", "stop-sell SKU", "show 0 in every store at once, whatever there is; and lift it"),
    ("operator", "drift [store]", "differences that nothing explains, and what to do about them"),
    ("operator", "unlinked [store]", "listings linked to no product, and what to do about them"),
    ("operator", "sync now [store]", "read orders and listings, and compare numbers, at once"),
    ("operator", "export", "the stock of every warehouse, as a file"),
    ("manager", "people", "who may do what, and give somebody a role"),
    ("manager", "audit", "what people did, and all of it as a file"),
    ("manager", "undo", "take back a count, change, copy or first push, after seeing what it does"),
    ("manager", "connect [platform]", "connect a store"),
    ("manager", "turn-on [store]", "let Stockroom keep a store's stock"),
    ("manager", "pause [store|all]", "read a store's orders, but write nothing to it"),
    ("manager", "resume [store|all]", "write to a paused store again"),
    ("manager", "turn-off [store]", "neither read a store's orders nor write to it"),
    ("manager", "disconnect [store]", "turn off a store and forget its credentials"),
    ("manager", "settings [store]", "what a store keeps back, shows at most, and its warehouses"),
    ("manager", "alerts", "choose the channel that hears of failures"),
    ("viewer", "claim CODE", "become a manager, with a code from the machine"),
)
HELP_HOME = "The Home tab of this app shows all stores at a glance."


def not_understood(word: str) -> str:
    return f"Stockroom has no word “{word}”. Here is what it knows:"


CLAIM_HOW = (
    "Type the code after the word: /stock claim CODE. `stockroom claim-code` prints one on the "
    "machine that runs Stockroom."
)
CLAIMED = (
    "You are a manager of Stockroom now. Next: /stock connect to connect a store, then "
    "/stock alerts to choose where failures are told."
)
CLAIM_WRONG = (
    "That code is not valid: it may be mistyped, used, or replaced by a newer one. "
    "`stockroom claim-code` prints a new one on the machine that runs Stockroom."
)

NO_STORES = "No store is connected yet. A manager can connect one with /stock connect."


def no_store(typed: str) -> str:
    return f"No connected store is called “{typed}”."


SYNC_HOW = "Type what is to be read at once: /stock sync now, or /stock sync now and a store."


def syncing(names: list[str]) -> str:
    return (
        f"Reading {listed(names)} now: listings and, where sync is on, orders and what the store "
        "shows. /stock status tells how it stands."
    )


SHOW_HOW = "Type the SKU after the word: /stock show SKU."
ADJUST_HOW = "Type the SKU after the word: /stock adjust SKU."


def no_product(typed: str, similar: list[str]) -> str:
    hint = f" Did you mean {', '.join(similar)}?" if similar else ""
    return f"No product has the SKU “{typed}”.{hint}"


NO_WAREHOUSE = (
    "There is no warehouse yet to count stock in. It comes with the first store whose sync is "
    "turned on: /stock turn-on."
)
TOO_LATE = "That took too long to open. Please try again."

# Connecting --------------------------------------------------------------------------


def unknown_platform(typed: str, known: list[str]) -> str:
    return f"Stockroom does not know the platform “{typed}”. It knows: {', '.join(known)}."


def which_platform(known: list[str]) -> str:
    return f"Which platform is the store on: {', '.join(known[:-1])} or {known[-1]}?"


PICK_PLATFORM = "Choose a platform"


def connect_link(platform: str, minutes: int) -> str:
    return (
        f"Open the page to connect your {platform} store. The link is for you alone, works once "
        f"and for {minutes} minutes. Never type a key or token into Slack."
    )


OPEN_PAGE = "Open the page"


STORE_GONE = "This store is no longer connected."


def connect_there(platform: str) -> str:
    return (
        f"To connect your {platform} store, run this on the machine that runs Stockroom. Keys and "
        "tokens are typed there, never into Slack."
    )


def connect_command(key: str, store: str | None) -> str:
    """Write the line for a shell; `store` is the one that is connected again."""
    again = f" --store={shlex.quote(' '.join(store.split()))}" if store else ""
    return f"stockroom connect {key}{again}"


# Adjusting ---------------------------------------------------------------------------

ADJUST_TITLE = "Adjust stock"
ADJUST_SUBMIT = "Save"
ADJUST_WHAT = (
    "Saving changes the stock in this warehouse at once, and every store that shows it follows."
)
WAREHOUSE = "Warehouse"
HOW = "What do you enter?"
CHANGE = ("change", "Change by", "Units that came or went, such as 12 or -3")
COUNT = ("count", "Counted on shelf", "All units standing there, sold ones included")
RECEIVED = ("received", "Received", "Units that arrived, such as 12")
NUMBER = "Units"
NUMBER_HINT = "A whole number."
REASON = "Why?"
REASON_HINT = "Kept in the log of changes: delivery note 4711, breakage, recount ..."
SAVED = "Saved"

BAD_NUMBER = "Write a whole number in digits, such as 12 or -3, without commas or points."
NEGATIVE_COUNT = "A count cannot be below zero. To take units away, choose “Change by”."
NOTHING_RECEIVED = (
    "Write how many units arrived, 1 or more. To take units away, choose “Change by”."
)
NO_CHANGE = "A change by 0 changes nothing. Write how many units came or went."
TOO_LARGE = "That is more than a store can show. Write a number below 1,000,000,000."
PICK_WAREHOUSE = "Choose the warehouse that the units are in."
PICK_HOW = "Choose what the number means."
GIVE_REASON = "Say in a few words why."
GONE_WAREHOUSE = "This warehouse no longer exists. Choose another one."
READ_ONLY_WAREHOUSE = "The platform itself counts what is in there. Choose a warehouse of yours."
GONE_PRODUCT = "This product no longer exists."

# Alert channel -------------------------------------------------------------------------

ALERTS_TITLE = "Where alerts go"
ALERTS_SUBMIT = "Test and save"
ALERTS_WHAT = (
    "Failures are told in this channel: one message for each, edited when it is over. Saving "
    "posts one test message there."
)
CHANNEL = "Channel"
PICK_CHANNEL = "Choose a channel."
TESTING = "Posting a test message."
ALERTS_SAVED = "Alerts go there from now on. The test message stands in the channel."


def channel_hint(bot: str) -> str:
    return f"In a private channel, or if the test fails, type /invite @{bot} there first."


def channel_refused(error: str, bot: str) -> str:
    if error in ("not_in_channel", "channel_not_found"):
        return (
            f"Stockroom is not in that channel. Type /invite @{bot} there, then press "
            f"“{ALERTS_SUBMIT}” again."
        )
    if error == "is_archived":
        return "That channel is archived. Choose another one."
    return f"Slack did not let Stockroom post there ({error}). Choose another channel."


def test_message(user: str) -> str:
    return (
        f"Stockroom will tell failures here, chosen by <@{user}>: one message for each, edited "
        "when it is over."
    )


# Acts on alerts --------------------------------------------------------------------------

INCIDENT_GONE = "This alert is no longer known."
INCIDENT_OVER = "This is over already, so there was nothing left to do."
DECIDED = "Somebody decided this already."


def retried(number: int) -> str:
    are = "is on its way" if number == 1 else "are on their way"
    return f"Trying again: {number:,} of the refused numbers {are}."


# What was done to a store, told to everybody ------------------------------------------------

_DID = {
    "pause": "paused sync for {}: orders are read, nothing is written.",
    "resume": "resumed sync for {}: numbers are read back, then kept right again.",
    "turn_off": "turned off sync for {}: orders are no longer read, stock stays as it is.",
    "unfollow": "turned off sync for {}: its FBA stock is no longer copied.",
    "disconnect": "disconnected {}: sync is off, and the credentials are forgotten.",
    "relocate": "changed which warehouses stand for the places of {}; sync goes on.",
}


def did(act: str, actor: str, stores: Sequence[str]) -> str:
    """Say who did what; `actor` and `stores` are escaped already."""
    return f"<@{actor}> {_DID[act].format(listed(stores))}"


def gave_up(actor: str, store: str) -> str:
    return f"<@{actor}> gave up turning on sync for {store}: nothing was changed."


# The end of a wizard ---------------------------------------------------------------------

CUT_ANSWER = "Slack did not take the whole answer. This is its short form."
NOT_YOURS = "Somebody else opened this window. Open your own from the Home tab."
NO_PLAN = "There is no plan to send any more. Go one step back and on again to make one."


def plan_file(store: str) -> str:
    return f"The whole plan for {store}, line by line."


SECOND_PERSON = (
    "You made this change, and here somebody else than who made it lets it go out: another "
    "manager presses the button, or you undo it. /stock alerts says so."
)
HELD_FILE = "All that is kept back of a change"
HELD_SENT = "The whole list is on its way to you, as a file in your messages with Stockroom."
HELD = "A change that is kept back"
HELD_HINT = "One that would empty or multiply much of a store at once."
HELD_ONE = ("Any manager lets it go out", "Also the one who made it")
HELD_TWO = ("It takes a second person", "Another manager than the one who made it")
