"""What is said about pausing, resuming, turning off and disconnecting. Names stand unescaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.engine import Sure
from flows.words import count, listed, units

TITLES: Mapping[str, str] = {
    "pause": "Pause sync",
    "resume": "Resume sync",
    "turn_off": "Turn off sync",
    "disconnect": "Disconnect a store",
}
MENU: Mapping[str, str] = {
    "pause": "Pause sync",
    "resume": "Resume sync",
    "turn_off": "Turn off sync",
    "disconnect": "Disconnect",
}
GIVE_UP = "Give up turning on"  # what turning off is called while sync is being turned on

# Which store ---------------------------------------------------------------------------

WHICH = "Which store?"
WHICH_WHAT = "Choosing changes nothing yet: the next step says what will happen."
STORES = "Stores"
TOGETHER = "Together"
CHOOSE_STORE = "Choose a store."


def every(number: int) -> str:
    return f"All {number:,} of them"


# What will happen ----------------------------------------------------------------------


def what(act: str, stores: Sequence[str]) -> str:
    names = listed(stores)
    its, it = ("their", "them") if len(stores) > 1 else ("its", "it")
    return {
        "pause": (
            f"The orders of {names} are still read and lower the stock here, but nothing is "
            f"written to {it} until sync is resumed."
        ),
        "resume": (
            f"The numbers that {names} {_verb(stores, 'show')} are read back first; then "
            f"Stockroom writes {it} the right ones again, and reports what was changed by hand."
        ),
        "turn_off": (
            f"Stock stays as it is on both sides: the orders of {names} are no longer read, and "
            f"nothing is written to {it}."
        ),
        "disconnect": (
            f"Sync ends for {names}, and Stockroom forgets {its} credentials; stock stays as it "
            "is on both sides."
        ),
    }[act]


_COPIED_LAST = "The numbers copied last stay, with their age beside them."
UNFOLLOWED_TOO = f"Its FBA stock is no longer copied either. {_COPIED_LAST}"


def what_unfollowed(store: str) -> str:
    return f"The FBA stock of {store} is no longer copied. {_COPIED_LAST}"


def what_given_up(store: str) -> str:
    return (
        f"Turning on sync for {store} is given up: stock stays as it is on both sides, and "
        "nothing is written to it."
    )


def still_to_send(orders: int, number: int) -> str:
    return (
        f"{count(orders, 'order')} of this store with {units(number)} still "
        f"{'wait' if orders != 1 else 'waits'} to be sent. Do these units become available "
        "again, or do they stay committed?"
    )


LINES_BUTTONS: Mapping[str, str] = {
    "release": "Disconnect and release",
    "keep": "Disconnect and keep",
}
LINES_WHAT: Mapping[str, str] = {
    "release": "Release: the units become available again, and your other stores can sell them.",
    "keep": "Keep: the units stay committed. Once they are sent, take them off by hand.",
}

# Once more -----------------------------------------------------------------------------

LEAVE = "Leave it as it is"


def sure(act: str, *, many: bool) -> Sure | None:
    """Name the consequence that is easily overlooked; resuming has none."""
    those, they = ("these stores", "They") if many else ("this store", "It")
    titles = {
        "pause": f"Pause sync for {those}?",
        "turn_off": f"Turn off sync for {those}?",
        "disconnect": f"Disconnect {those}?",
    }
    texts = {
        "pause": (
            f"{they} may sell what your other stores have sold already, for the numbers shown "
            "there stand still meanwhile."
        ),
        "turn_off": (
            "What it sells from then on does not lower the stock here. To turn sync on again, you "
            "go through the set-up and confirm a new plan."
        ),
        "disconnect": (
            "Stockroom can no longer read or write it. To come back, someone has to enter its "
            "credentials again and turn on sync anew."
        ),
    }
    return Sure(titles[act], texts[act], MENU[act], LEAVE) if act in titles else None


UNFOLLOW_SURE = Sure(
    "Turn off sync for this store?",
    "What Amazon keeps and sells is no longer seen here. To follow it again, you go through the "
    "set-up anew.",
    MENU["turn_off"],
    LEAVE,
)
LINES_SURE: Mapping[str, Sure] = {
    "release": Sure(
        "Disconnect and release?",
        "Units still to be sent can be sold a second time. To come back, someone has to enter the "
        "store's credentials again and turn on sync anew.",
        MENU["disconnect"],
        LEAVE,
    ),
    "keep": Sure(
        "Disconnect and keep?",
        "Units still to be sent stay committed until someone takes them off by hand. To come back, "
        "someone has to enter the store's credentials again and turn on sync anew.",
        MENU["disconnect"],
        LEAVE,
    ),
}

# How it stands afterwards --------------------------------------------------------------


def stands(act: str, stores: Sequence[str]) -> str:
    names = listed(stores)
    its, it = ("their", "them") if len(stores) > 1 else ("its", "it")
    be = "are" if len(stores) > 1 else "is"
    return {
        "pause": (
            f"Sync is paused for {names}: {its} orders are read, and nothing is written to {it}. "
            "Resume it from the Home tab."
        ),
        "resume": (f"Sync is on for {names}: {its} numbers are read back, then kept right again."),
        "turn_off": (
            f"Sync is off for {names}: {its} orders are no longer read, and stock stays as it is "
            "on both sides."
        ),
        "disconnect": (
            f"{names} {be} disconnected, and the credentials are forgotten. Connected again, it "
            "is the same store."
        ),
    }[act]


def stands_unfollowed(store: str) -> str:
    return f"Sync is off for {store}: its FBA stock is no longer copied."


def already(act: str, store: str) -> str:
    return {
        "pause": f"Sync is paused for {store} already, so there is nothing to do.",
        "resume": f"Sync is on for {store}, so there is nothing to resume.",
        "turn_off": f"Sync is off for {store} already, so there is nothing to do.",
        "disconnect": f"{store} is disconnected already.",
    }[act]


def no_fit(act: str, store: str, state: str) -> str:
    now = {
        "off": f"Sync is off for {store}",
        "on": f"Sync is on for {store}",
        "paused": f"Sync is paused for {store}",
        "turning_on": f"Sync is just being turned on for {store}",
        "followed": f"Nothing is written to {store}: only its FBA stock is followed",
    }[state]
    verb = {"pause": "pause", "resume": "resume", "turn_off": "turn off"}.get(act, "change")
    return f"{now}, so there is nothing to {verb}."


NONE_FIT: Mapping[str, str] = {
    "pause": "Sync is on for none of these stores that Stockroom writes to: nothing is there to pause.",
    "resume": "Sync is paused for none of these stores, so there is nothing to resume.",
    "turn_off": "Sync is off for all of these stores already.",
    "disconnect": "None of these stores is connected.",
}
GONE = "The store is no longer connected, so there was nothing to do."


def _verb(stores: Sequence[str], verb: str) -> str:
    return verb if len(stores) > 1 else f"{verb}s"
