"""Each kind of incident in plain words: what happened, who acts next, and on what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.slack.escape import short
from bot.slack.views.kit import NAME
from storage.incidents import IncidentRow

FACT = 400  # characters of a store's own words; more would bury what to do

YOU, WE = "A manager", "Stockroom"


@dataclass(frozen=True, slots=True)
class Told:
    """One incident in plain words; nothing in it is escaped yet."""

    fact: str
    next: str
    details: tuple[str, ...] = ()


def tell(incident: IncidentRow) -> Told:
    """Put an incident into words; a kind without words of its own is still told."""
    store = short(incident.store_name or "A store", NAME)
    teller = _TELLERS.get(incident.kind)
    if teller is None:
        return Told(f"{store}: {incident.kind.replace('_', ' ')}.", f"{YOU} looks into it.")
    return teller(store, incident.facts)


def _said(facts: Mapping[str, Any]) -> tuple[str, ...]:
    words = facts.get("said") or facts.get("problem") or ""
    return (f"The store says: {short(str(words), FACT)}",) if words else ()


def _needs_reconnect(store: str, facts: Mapping[str, Any]) -> Told:
    return Told(
        f"Stockroom can no longer sign in to {store}: its orders are not read and its numbers "
        "not kept.",
        f"{YOU} presses Reconnect and enters fresh credentials on the page that opens.",
        _said(facts),
    )


def _access_ends(store: str, facts: Mapping[str, Any]) -> Told:
    ends_at = facts.get("ends_at")
    when = f"on {datetime.fromisoformat(ends_at):%d %B %Y}" if ends_at else "soon"
    return Told(
        f"Stockroom's access to {store} ends {when}; from then on its orders are not read and its "
        "numbers not kept.",
        f"{YOU} presses Reconnect and signs in once more before that.",
    )


def _store_down(store: str, facts: Mapping[str, Any]) -> Told:
    return Told(
        f"{store} does not answer.",
        f"{WE} keeps trying by itself; look at the store's own status page if it lasts.",
        _said(facts),
    )


def _throttled(store: str, facts: Mapping[str, Any]) -> Told:
    return Told(
        f"{store} asks Stockroom to slow down, so its numbers follow later than usual.",
        f"{WE} waits as asked. If it lasts, another app may be using up the store's limit.",
        _said(facts),
    )


def _item_refused(store: str, facts: Mapping[str, Any]) -> Told:
    number = int(facts.get("count") or len(facts.get("items") or ()) or 1)
    what = "a number" if number == 1 else f"{number:,} numbers"
    if facts.get("what") == "stocking":
        what = f"to stock {_number(facts, 'item')} at a location"
    return Told(
        f"{store} refuses {what}; nothing else is held up by that.",
        "An operator mends what the store complains about, then presses Retry.",
        _items(facts) or _said(facts),
    )


def _drift(store: str, facts: Mapping[str, Any]) -> Told:
    number = int(facts.get("count") or 1)
    what = "a number" if number == 1 else f"{number:,} numbers"
    return Told(
        f"{store} shows {what} that neither Stockroom nor its orders explain.",
        "An operator decides: put our number back, adopt the store's, or leave it once. /stock drift says what it looks like.",
        tuple(
            f"{_name(item)}: the store shows {item['theirs']}, Stockroom has {item['ours']}"
            for item in facts.get("items") or ()
        ),
    )


def _oversold(store: str, facts: Mapping[str, Any]) -> Told:
    orders = [order for order in facts.get("orders") or () if isinstance(order, Mapping)]
    return Told(
        f"{_name(facts)} is oversold by {facts.get('missing')} in {_named(facts, 'warehouse')}.",
        "An operator finds the missing units and adjusts the stock, or cancels what came last.",
        tuple(_collided(order) for order in orders),
    )


def _collided(order: Mapping[str, Any]) -> str:
    """One of the orders that share what there is, in the order they came."""
    units, missing = int(order.get("units") or 0), int(order.get("short") or 0)
    at = order.get("at")
    came = f", placed {datetime.fromisoformat(str(at)):%d %b %H:%M:%S} UTC" if at else ""
    store = f" of {_named(order, 'store')}" if order.get("store") else ""
    lacks = f": {missing:,} of them are missing" if missing else ""
    return f"{_named(order, 'name')}{store}, {units:,} unit{'' if units == 1 else 's'}{came}{lacks}"


def _raise_waiting(store: str, facts: Mapping[str, Any]) -> Told:
    return Told(
        f"Higher numbers for {store} have been waiting for its orders to be read.",
        f"{WE} writes them as soon as the orders are read; see what holds that up.",
        _items(facts) or _said(facts),
    )


def _writes_hang(store: str, facts: Mapping[str, Any]) -> Told:
    number = int(facts.get("count") or 1)
    what = "a number" if number == 1 else f"{number:,} numbers"
    return Told(
        f"{store} accepted {what} hours ago and has not said what became of that.",
        f"{WE} keeps asking; lower numbers are still sent at once, higher ones wait.",
    )


def _unknown_item(store: str, facts: Mapping[str, Any]) -> Told:
    elsewhere = facts.get("reason") == "unknown_location"
    where = "a place" if elsewhere else "an item"
    mended = "chooses a warehouse for that place: /stock settings, “Change locations”."
    lines = int(facts.get("lines") or 1)
    more = f" (and {lines - 1:,} more lines)" if lines > 1 else ""
    return Told(
        f"Order {_named(facts, 'order')} of {store} names {where} that Stockroom does not know: "
        f"SKU “{_named(facts, 'sku')}”{more}.",
        f"{YOU} {mended if elsewhere else 'gives the listing a SKU that Stockroom knows.'}",
    )


def _turn_on_failed(store: str, facts: Mapping[str, Any]) -> Told:
    return Told(
        f"Turning on sync for {store} did not get through.",
        f"{YOU} presses “Turn on sync” on the Home tab again.",
        _said(facts),
    )


def _alert_path(store: str, facts: Mapping[str, Any]) -> Told:
    channel = facts.get("channel")
    return Told(
        f"Alerts cannot be posted in their channel {channel or ''}".rstrip()
        + f" ({facts.get('problem') or 'unknown reason'}).",
        f"{YOU} invites Stockroom there again, or chooses another channel: /stock alerts.",
    )


def _breaker(store: str, facts: Mapping[str, Any]) -> Told:
    return Told(
        f"A change by hand would empty or multiply {_number(facts, 'listing')} of {store} at once, "
        "so it is kept back.",
        f"{YOU} looks at the numbers, then lets them go out, or {_instead(facts)}.",
        tuple(
            f"{_name(item)}: {item.get('now')} → {item.get('becomes')}"
            for item in facts.get("items") or ()
        ),
    )


def can_undo(facts: Mapping[str, Any]) -> bool:
    """Say whether the change that is kept back can be undone as such."""
    return facts.get("undoable") is not False


def _instead(facts: Mapping[str, Any]) -> str:
    if can_undo(facts):
        return "undoes the change"
    if facts.get("change") == "limits":
        return "changes the buffer and maximum back with /stock settings"
    return "enters the right numbers with /stock adjust"


def _new_listings(store: str, facts: Mapping[str, Any]) -> Told:
    return Told(
        f"{store} has {_number(facts, 'new listing')}; nothing is written to {_it(facts)} yet.",
        "An operator says whose numbers count: the store's, Stockroom's, or leaves "
        f"{_it(facts)} out.",
        _items(facts),
    )


def _renamed(store: str, facts: Mapping[str, Any]) -> Told:
    one = _count(facts) == 1
    follow = "it follows its new SKU" if one else "they follow their new SKU"
    are = "is" if one else "are"
    return Told(
        f"{store} gave {_number(facts, 'listing')} another SKU; nothing is written to "
        f"{_it(facts)} now.",
        f"An operator says whether {follow} or {are} left out.",
        tuple(
            f"{short(str(item.get('known_as') or '?'), NAME)} → {_name(item)}"
            for item in facts.get("items") or ()
        ),
    )


def _order_gone(store: str, facts: Mapping[str, Any]) -> Told:
    return Told(
        f"{store} no longer knows {_number(facts, 'order')}; the units are available again.",
        f"{YOU} checks that nothing of it is still to be sent.",
        _orders(facts),
    )


def _order_hidden(store: str, facts: Mapping[str, Any]) -> Told:
    return Told(
        f"{store} shows {_number(facts, 'open order')} no longer: too long ago placed. What is "
        f"still to be sent of {_it(facts)} stays taken.",
        f"{YOU} gives the app the permission to read all orders and reconnects the store; "
        "Stockroom then follows to the end what is shown again.",
        _orders(facts),
    )


def _orders(facts: Mapping[str, Any]) -> tuple[str, ...]:
    orders = ", ".join(short(str(order), NAME) for order in facts.get("orders") or ())
    return (f"Orders: {orders}",) if orders else ()


def _new_location(store: str, facts: Mapping[str, Any]) -> Told:
    names = tuple(short(str(name), NAME) for name in facts.get("names") or () if name)
    if not names:  # a store without locations that keeps its stock somewhere else now
        return Told(
            f"{store} keeps its stock in another place now; nothing is written there.",
            f"{YOU} presses “Choose warehouses” and says which of them stand for it.",
        )
    it = "it" if len(names) == 1 else "them"
    return Told(
        f"{store} has {_number(facts, 'new location')}; nothing is written there, and orders "
        "there do not lower the stock.",
        f"{YOU} presses “Choose warehouses” and gives {it} a warehouse, or leaves {it} out.",
        names,
    )


def _low_stock(store: str, facts: Mapping[str, Any]) -> Told:
    available = int(facts.get("available") or 0)
    what = f"is low: {available:,} available" if available > 0 else "is sold out"
    return Told(
        f"{_name(facts)} {what}, in all warehouses together.",
        "An operator gets more, and enters what arrived with /stock adjust. The alert comes at "
        f"{facts.get('level')} or fewer; /stock low changes that.",
    )


_STREAMS = {
    "orders": "the orders",
    "products": "the listings",
    "full": "all of the listings (only changed ones)",
    "fba": "the FBA stock",
}


def _stream_silent(store: str, facts: Mapping[str, Any]) -> Told:
    what = _STREAMS.get(str(facts.get("stream")), "what is new")
    last = facts.get("last")
    since = f" since {datetime.fromisoformat(last):%d %b %H:%M} UTC" if last else " for long"
    return Told(
        f"Stockroom has not read {what} of {store}{since}, and no failure was told.",
        "The person who runs Stockroom looks whether its worker and clock are running: "
        "`stockroom doctor`.",
    )


def _fba_unread(store: str, facts: Mapping[str, Any]) -> Told:
    return Told(
        f"The FBA stock of {store} cannot be copied; what was copied before stays, with its age.",
        f"{YOU} mends what is named here; {WE} tries again by itself.",
        tuple(short(str(facts[key]), FACT) for key in ("problem", "said") if facts.get(key)),
    )


def _count(facts: Mapping[str, Any]) -> int:
    return int(facts.get("count") or 1)


def _it(facts: Mapping[str, Any]) -> str:
    return "it" if _count(facts) == 1 else "them"


def _number(facts: Mapping[str, Any], one: str) -> str:
    number = _count(facts)
    return f"{number:,} {one}" + ("" if number == 1 else "s")


def _items(facts: Mapping[str, Any]) -> tuple[str, ...]:
    found = []
    for item in facts.get("items") or ():
        reason = item.get("reason") or item.get("said") or ""
        found.append(f"{_name(item)}: {short(str(reason), FACT)}" if reason else _name(item))
    return tuple(found)


def _named(facts: Mapping[str, Any], key: str) -> str:
    return short(str(facts.get(key) or ""), NAME)


def _name(item: Mapping[str, Any]) -> str:
    sku, title = short(str(item.get("sku") or "?"), NAME), _named(item, "title")
    return f"{sku} ({title})" if title else sku


_TELLERS: dict[str, Callable[[str, Mapping[str, Any]], Told]] = {
    "needs_reconnect": _needs_reconnect,
    "access_ends": _access_ends,
    "store_down": _store_down,
    "throttled": _throttled,
    "item_refused": _item_refused,
    "drift": _drift,
    "oversold": _oversold,
    "raise_waiting": _raise_waiting,
    "unknown_item_order": _unknown_item,
    "turn_on_failed": _turn_on_failed,
    "alert_path": _alert_path,
    "breaker": _breaker,
    "new_listings": _new_listings,
    "renamed": _renamed,
    "order_gone": _order_gone,
    "order_hidden": _order_hidden,
    "new_location": _new_location,
    "low_stock": _low_stock,
    "writes_hang": _writes_hang,
    "stream_silent": _stream_silent,
    "fba_unread": _fba_unread,
}
