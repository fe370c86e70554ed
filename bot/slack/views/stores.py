"""A store in a few lines, as the Home tab and `/stock status` show it."""

from __future__ import annotations

from bot.slack import undo_words
from bot.slack.escape import escape, short, when
from bot.slack.views.kit import NAME
from flows import agreement_words, fba_words, stocking_words
from storage.fba import MarketplaceRow
from sync.stores import StoreSummary, TurnOnProgress

SYNC = {"off": "Sync Off", "on": "Sync On", "paused": "Paused"}
HEALTH = {
    "ok": "Healthy",
    "degraded": "Degraded: some calls fail, Stockroom is trying again",
    "failing": "Failing: the store does not answer",
    "needs_reconnect": "Needs reconnect: Stockroom can no longer sign in",
}
MARK = {
    "ok": ":large_green_circle:",
    "degraded": ":large_yellow_circle:",
    "failing": ":red_circle:",
    "needs_reconnect": ":red_circle:",
}


def headline(store: StoreSummary) -> str:
    """Name, platform and sync status."""
    sync = SYNC[store.sync_status]
    if store.turning_on:
        sync = "Turning off" if store.turning_on.phase == "returning" else "Turning on"
    return f"*{escape(short(store.name, NAME))}*  ·  {escape(store.platform_title)}  ·  *{sync}*"


def details(store: StoreSummary) -> str:
    """Health, when what was last read and written, how much agrees, and how old FBA stock is."""
    lines = [f"{MARK[store.health]} {HEALTH[store.health]}"]
    if store.ships:
        read = f"Last order read {when(store.orders_read_at)}"
        lines.append(f"{read}  ·  last push {when(store.pushed_at)}")
    if store.turning_on:
        lines.append(_turning_on(store.turning_on))
    elif store.sync_status != "off" and store.ships:
        lines.append(agreement(store))
    lines += [_fba(place, on=store.sync_status != "off") for place in store.fba]
    if store.not_stocked:
        lines.append(escape(_not_stocked(store)))
    if store.sync_status != "off" and (store.sold_out or store.expired):
        lines.append(agreement_words.left_alone(store.sold_out, store.expired))
    if store.importing:
        lines.append(f"Reading products: {store.listings:,} so far")
    else:
        lines.append(
            f"{store.listings:,} listings, {store.linked:,} linked, {store.unlinked:,} not linked"
        )
    return "\n".join(lines)


def _turning_on(running: TurnOnProgress) -> str:
    if running.phase == "fba":
        return "Turning on: copying FBA stock"
    if running.phase == "returning":
        return undo_words.returning(running.done, running.total)
    return f"Turning on: {running.done:,} of {running.total:,} listings read"


def _fba(place: MarketplaceRow, *, on: bool) -> str:
    """Say how old the FBA stock of a marketplace is, and what of it has no product."""
    at = None if place.copied_at is None else when(place.copied_at)
    if place.has_fba is False:
        text = fba_words.nothing_there(place.country, at)
    elif at is None:
        text = fba_words.not_copied(place.country)
    else:
        text = fba_words.copied(place.country, place.skus, at)
        text += fba_words.left_out(place.left_out) if place.left_out else ""
    return text if place.tracked and on else f"{text}{fba_words.NO_LONGER}"


def _not_stocked(store: StoreSummary) -> str:
    """Say how many items are not stocked where they could be sold, and what can be done."""
    if store.stocks_items:
        return stocking_words.uncounted(store.not_stocked)
    return stocking_words.left_alone(store.not_stocked, short(store.called, NAME))


def agreement(store: StoreSummary) -> str:
    """Say how many of the store's numbers agree with ours, and what the others wait for."""
    total = store.agree + store.on_the_way + store.unexplained + store.refused + store.uncounted
    oldest = f" (oldest since {when(store.waiting_since)})" if store.waiting_since else ""
    parts = [
        f"{store.on_the_way:,} on their way{oldest}",
        f"{store.unexplained:,} unexplained",
        *([f"{store.refused:,} refused by the store"] if store.refused else []),
        *([f"{store.uncounted:,} not counted yet"] if store.uncounted else []),
        *([f"{store.new:,} new"] if store.new else []),
    ]
    return f"*{store.agree:,} of {total:,} agree*, {', '.join(parts)}"


def line(store: StoreSummary) -> str:
    """Everything about a store in one paragraph."""
    return f"{headline(store)}\n{details(store)}"
