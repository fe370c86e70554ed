"""What the log of acts says. Subjects are put in as they are: escaping is the shower's."""

from __future__ import annotations

from flows.words import count

TITLE = "What people did"
NOTHING = "Nobody has done anything yet that is kept here."
NEWER, OLDER = "Newer", "Older"
ALL = "Send all as a file"
SENT = "The whole log is on its way to you, as a file in your messages with Stockroom."
FILE = "What people did in Stockroom, oldest first."
MESSAGE = "message"

# By the name of the act as it is kept; what is missing here is shown by that name.
ACTS = {
    "alerts.channel": "chose the alert channel",
    "alerts.digest": "chose when the daily digest comes",
    "breaker.release": "let a change go out that was kept back",
    "breaker.second": "chose who lets a change go out that was kept back",
    "connect.link": "asked for a link to connect",
    "drift.adopt": "took a store's number",
    "drift.ask_again": "asked anew about differences",
    "drift.ignore": "left a difference as it is",
    "drift.put_back": "put our number back",
    "drift.put_back_alone": "put our number back, as the store's settings say",
    "incident.acknowledge": "acknowledged an alert",
    "incident.snooze": "snoozed an alert",
    "item.retry": "tried again what a store had refused",
    "listing.link": "linked a listing",
    "listing.set_all_aside": "set all listings without SKU aside",
    "listing.share": "let listings of one SKU show one number",
    "listing.set_aside": "set a listing aside",
    "listing.take_back": "took a listing back",
    "new_listings.ignore": "left new listings out",
    "new_listings.ours": "used our numbers for new listings",
    "new_listings.theirs": "took the store's numbers of new listings",
    "people.claim": "became a manager with a code",
    "people.code": "had a code made that makes a manager",
    "people.role": "gave a role",
    "renamed.follow": "linked renamed listings by their new SKU",
    "renamed.ignore": "left renamed listings out",
    "stock.adjust": "adjusted stock",
    "stock.count": "counted a warehouse",
    "stock.low_level": "set a low-stock level",
    "stock.receive": "entered a delivery",
    "stock.sell": "let a product be sold again",
    "stock.stop": "stopped a product in every store",
    "stock.transfer": "moved units between warehouses",
    "stock.undo": "took back a change of stock",
    "store.agreements": "decided what syncing may change besides quantities",
    "store.connect": "connected a store",
    "store.disconnect": "disconnected a store",
    "store.fba": "changed where FBA stock is followed",
    "store.limits": "changed a store's buffer or maximum",
    "store.pause": "paused a store",
    "store.reconnect": "renewed a store's access",
    "store.routine": "changed how often a store is read, or what happens on drift",
    "store.relocate": "changed a store's warehouses",
    "store.restored": "turned off sync, since the database came from a backup",
    "store.resume": "resumed a store",
    "store.stocking": "decided whether items are stocked where they are not",
    "store.sync_now": "had a store read at once",
    "store.turn_off": "turned off sync",
    "store.turn_on": "turned on sync",
}


def what(act: str) -> str:
    return ACTS.get(act, act)


def position(page: int, pages: int, total: int) -> str:
    return f"Page {page:,} of {pages:,}, {count(total, 'act')} in all"
