"""What `/stock why` says. Names and notes are put in as they are: escaping is the shower's."""

from __future__ import annotations

from flows.words import count, units
from sync.why import Reason

HOW = "Type the SKU after the word: /stock why SKU."
STRAYS = "No listing with this SKU is linked, so there is nothing to count:"
STOCK = "Where the stock comes from"
STORES = "What each store shows"
NOT_COUNTED_ANYWHERE = "It is not counted in any warehouse yet."
NOT_COUNTED = "not counted yet"
NO_STORE = "No store lists it."
MADE_OF = "Available + committed (sold, still to be sent) = on hand"
OUT_OF_STEP = (
    "The level kept beside the ledger is another one. Tell the person who runs Stockroom: "
    "`stockroom doctor` names every such level."
)
READ_ONLY = "The platform keeps and counts this stock; copied {at}."
NOTHING_SENT = "Nothing was sent yet"
FOREIGN = "somebody on the machine that runs Stockroom"
BY_ITSELF = "Stockroom"

_KINDS = {
    "copy": "copied from {store}",
    "count": "counted on the shelf",
    "received": "arrived",
    "change": "adjusted",
    "transfer": "moved between warehouses",
    "fba": "kept by {store} itself, as it said then",
    "adopt": "taken over from {store}, which showed another number",
    "undo": "undone",
    "sold": "sold in {orders}",
    "released": "free again from {orders}, cancelled or made smaller",
    "restocked": "sent and put back from {orders}",
}
_BESIDE = {
    "carried": "{units} of {orders} were on the shelf, sold already, when the number was taken",
    "sent": "{units} of {orders} were sent",
    "open": "{units} of {orders} still to be sent",
}


def term(kind: str, store: str | None, number: int) -> str:
    """Say what a term of the sum was, before its newest acts or orders are named."""
    if kind not in _KINDS:  # what an older or newer version booked is still told
        return kind
    return _KINDS[kind].format(store=store or "a store", orders=count(number, "order"))


def beside(kind: str, quantity: int, number: int) -> str:
    """Say what moved sold goods, and so changes nothing that is available."""
    return _BESIDE.get(kind, "{units} in {orders}").format(
        units=units(quantity), orders=count(number, "order")
    )


def acts(number: int) -> str:
    return f"and {count(number, 'earlier one')}"


def orders(number: int) -> str:
    return f"and {number:,} more"


def sent(outcome: str | None) -> str:
    """Say what became of the newest write."""
    return _OUTCOMES.get(outcome or "", outcome or "")


_OUTCOMES = {
    "": "no answer yet",
    "applied": "acknowledged",
    "accepted": "accepted, not yet applied",
    "stale": "not taken, since the store showed another number",
    "rejected": "refused",
    "unknown": "no answer came",
    "unclear": "whether it was taken is unclear",
}

# `{units}`, `{signed}`, `{said}` and `{at}` are the reason's own; `{at}` is mrkdwn already.
_REASONS = {
    "off": "Sync is off for this store, so Stockroom writes nothing to it.",
    "only_followed": (
        "The platform ships all that this store sells: Stockroom follows that stock and writes "
        "nothing."
    ),
    "paused": "Sync is paused: orders are read, nothing is written.",
    "unlinked_no_sku": "The listing has no SKU, so it is linked to nothing.",
    "unlinked_duplicate": (
        "Not linked: the store uses the SKU “{said}” on more than one listing, so its number is "
        "left alone."
    ),
    "unlinked_renamed": (
        "Not linked: the listing's SKU was changed to “{said}” while in sync. An alert asks what "
        "to do."
    ),
    "unlinked_ignored": "Not linked: one of you set this listing aside.",
    "fulfilled_elsewhere": "The platform itself keeps this stock; Stockroom only reads it.",
    "untracked": "The store does not track this listing's stock, so it is left alone.",
    "not_on_sale": "The listing is not on sale, so it is left alone.",
    "not_renewed": (
        "The listing is sold out or expired, and this store does not renew such: /stock settings."
    ),
    "place_left_out": "You chose not to link this location to a warehouse, so it is left alone.",
    "place_undecided": "This location is not linked to a warehouse yet: /stock settings.",
    "place_inactive": "The location is closed, or another app keeps its stock: left alone.",
    "new_listing": "New since sync was turned on: it is left alone until you answer its alert.",
    "uncounted": "Not counted yet in any warehouse that counts here, so it is left alone.",
    "stopped": "Not sold for now, so it shows 0: /stock stop-sell tells who stopped it.",
    "taking_over": "The store's own number is being taken over; nothing is written until then.",
    "buffer": "{units} kept back from this store, as its settings say.",
    "maximum": "The store shows {units} at most, as its settings say.",
    "oversold": "Oversold by {units}, so the store shows 0.",
    "all_kept_back": "All there is is kept back, so the store shows 0.",
    "held": "A difference of {signed} that nobody explained is kept until an operator decides.",
    "braked": "A change of {signed} is kept back until a manager lets it go out.",
    "returning": (
        "Turning sync on is being undone here: it goes back to {units}, what it showed before, "
        "less what it sold itself."
    ),
    "refused": "The store refuses the number: “{said}”. Next try {at}.",
    "in_flight": "Being written just now.",
    "unknown": "What the store shows is being read; until then the number can only go down.",
    "agrees": "It shows what it should.",
    "as_decided": "It shows what was there before, until that is decided.",
    "needs_reconnect": "Stockroom can no longer sign in to this store: Reconnect is on Home.",
    "changed_there": (
        "The store refused the write because it shows another number; its orders are read to see "
        "why."
    ),
    "raise_waits": "Going up waits until the store's orders since {at} are read.",
    "settling": "An earlier write may still land until {at}; the number waits for that.",
    "on_its_way": "On its way.",
    "unsure": (
        "It sells around every reading, so the number may be a little too high here, never in the "
        "store. It is read again when it is quiet."
    ),
    "reading_waits": "A reading waits for the orders up to it before it counts.",
}
REASONS = frozenset(_REASONS)


def reason(why: Reason, at: str) -> str:
    """Put one rule into words; a code without words of its own is still told."""
    told = _REASONS.get(why.code, why.code.replace("_", " "))
    return told.format(units=units(why.units), signed=f"{why.units:+,}", said=why.said, at=at)
