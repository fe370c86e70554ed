"""Incidents in words: what failed, who acts next, and the buttons for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot.slack.escape import duration, escape, short, when
from bot.slack.ids import Act
from bot.slack.views.kit import are_you_sure, button, quiet, section, sections
from storage.incidents import IncidentRow

FACT = 400  # characters of a store's own words; more would bury what to do
SNOOZE_HOURS = 8

YOU, WE = "A manager", "Stockroom"


@dataclass(frozen=True, slots=True)
class Told:
    """One incident in plain words; nothing in it is escaped yet."""

    fact: str
    next: str
    details: tuple[str, ...] = ()


def summary(incident: IncidentRow) -> str:
    """Say an incident in one line of mrkdwn."""
    told = tell(incident)
    return f":rotating_light: {escape(told.fact)} Since {when(incident.opened_at)}."


def text(incident: IncidentRow) -> str:
    """State the fact as plain text, for notifications and screen readers."""
    fact = tell(incident).fact
    if incident.closed_at is not None:
        lasted = duration((incident.closed_at - incident.opened_at).total_seconds())
        return escape(f"Recovered after {lasted}: {fact}")
    return escape(fact)


def message(incident: IncidentRow, now: datetime) -> list[Block]:
    """Show an incident in its current state."""
    told = tell(incident)
    if incident.closed_at is not None:
        lasted = duration((incident.closed_at - incident.opened_at).total_seconds())
        return [
            section(f":white_check_mark: *Recovered after {lasted}*\n{escape(told.fact)}"),
            quiet(f"From {when(incident.opened_at)} to {when(incident.closed_at)}"),
        ]
    blocks: list[Block] = [section(f":rotating_light: *{escape(told.fact)}*")]
    if told.details:
        blocks += sections([f"• {escape(line)}" for line in told.details])
    blocks.append(section(f"*Next:* {escape(told.next)}"))
    blocks.append(quiet("  ·  ".join(_state(incident, now))))
    return [*blocks, ActionsBlock(elements=_buttons(incident))]


def repeated(incident: IncidentRow, repeats: int) -> str:
    """Say in the thread that it happened again."""
    told = tell(incident)
    times = "once more" if repeats == 1 else f"{repeats:,} more times"
    return f"It happened {times}, last {when(incident.last_at)}. {escape(told.fact)}"


def _state(incident: IncidentRow, now: datetime) -> list[str]:
    said = [f"Since {when(incident.opened_at)}"]
    if incident.repeats:
        said.append(f"repeated {incident.repeats:,} times")
    if incident.acknowledged_by:
        said.append(f"<@{escape(incident.acknowledged_by)}> looks after it")
    if incident.snoozed_until is not None and incident.snoozed_until > now:
        said.append(f"quiet until {when(incident.snoozed_until)}")
    return said


def _buttons(incident: IncidentRow) -> list[ButtonElement]:
    value = str(incident.id)
    own: dict[str, list[ButtonElement]] = {
        "needs_reconnect": [
            button("Reconnect", Act.RECONNECT, str(incident.store_id), style="primary")
        ],
        "item_refused": [button("Retry", Act.RETRY, value, style="primary")],
        "drift": [
            button("Put ours back", Act.PUT_BACK, value, style="primary"),
            button(
                "Adopt theirs",
                Act.ADOPT,
                value,
                confirm=are_you_sure(
                    "Take the store's number?",
                    "The stock in Stockroom changes by the difference, and every other store "
                    "that shows it follows.",
                    "Adopt theirs",
                    "Leave it",
                ),
            ),
        ],
    }
    buttons = list(own.get(incident.kind, []))
    if incident.acknowledged_by is None:
        buttons.append(button("Acknowledge", Act.ACKNOWLEDGE, value))
    return [*buttons, button(f"Snooze {SNOOZE_HOURS} h", Act.SNOOZE, value)]


# The words of each kind ------------------------------------------------------------------


def tell(incident: IncidentRow) -> Told:
    """Put an incident into words; a kind without words of its own is still told."""
    store = incident.store_name or "A store"
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
    return Told(
        f"{store} refuses {what}; the others went through.",
        "An operator mends what the store complains about, then presses Retry.",
        _items(facts) or _said(facts),
    )


def _drift(store: str, facts: Mapping[str, Any]) -> Told:
    number = int(facts.get("count") or 1)
    what = "a number" if number == 1 else f"{number:,} numbers"
    return Told(
        f"{store} shows {what} that neither Stockroom nor its orders explain.",
        "An operator decides: put our number back, or adopt the store's.",
        tuple(
            f"{_name(item)}: the store shows {item['theirs']}, Stockroom has {item['ours']}"
            for item in facts.get("items") or ()
        ),
    )


def _oversold(store: str, facts: Mapping[str, Any]) -> Told:
    orders = ", ".join(str(_order(order)) for order in facts.get("orders") or ())
    return Told(
        f"{_name(facts)} is oversold by {facts.get('missing')} in {facts.get('warehouse')}.",
        "An operator finds the missing units and adjusts the stock, or cancels an order.",
        (f"Orders that share it: {orders}",) if orders else (),
    )


def _order(order: object) -> object:
    if isinstance(order, Mapping):
        return order.get("name") or order.get("order") or order
    return order


def _raise_waiting(store: str, facts: Mapping[str, Any]) -> Told:
    return Told(
        f"Higher numbers for {store} have been waiting for its orders to be read.",
        f"{WE} writes them as soon as the orders are read; see what holds that up.",
        _items(facts) or _said(facts),
    )


def _unknown_item(store: str, facts: Mapping[str, Any]) -> Told:
    where = "a location" if facts.get("reason") == "unknown_location" else "an item"
    lines = int(facts.get("lines") or 1)
    more = f" (and {lines - 1:,} more lines)" if lines > 1 else ""
    return Told(
        f"Order {facts.get('order')} of {store} names {where} that Stockroom does not know: "
        f"SKU “{facts.get('sku')}”{more}.",
        f"{YOU} gives the listing a SKU that Stockroom knows, or links its location.",
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


def _items(facts: Mapping[str, Any]) -> tuple[str, ...]:
    found = []
    for item in facts.get("items") or ():
        reason = item.get("reason") or item.get("said") or ""
        found.append(f"{_name(item)}: {short(str(reason), FACT)}" if reason else _name(item))
    return tuple(found)


def _name(item: Mapping[str, Any]) -> str:
    sku, title = str(item.get("sku") or "?"), str(item.get("title") or "")
    return f"{sku} ({title})" if title else sku


_TELLERS: dict[str, Callable[[str, Mapping[str, Any]], Told]] = {
    "needs_reconnect": _needs_reconnect,
    "store_down": _store_down,
    "throttled": _throttled,
    "item_refused": _item_refused,
    "drift": _drift,
    "oversold": _oversold,
    "raise_waiting": _raise_waiting,
    "unknown_item_order": _unknown_item,
    "turn_on_failed": _turn_on_failed,
    "alert_path": _alert_path,
}
