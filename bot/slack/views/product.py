"""One product: its stock in each warehouse, and what each store shows of it."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, TableBlock

from bot.slack.escape import escape, when
from bot.slack.views.kit import quiet, section, sections
from flows import fba_words
from storage.facts import ListingView, WarehouseLevel
from sync.show import ProductView

TABLE_ROWS = 100  # Slack: rows of a table, with its head

STATES = {
    "agrees": "agrees",
    "on_the_way": "on its way",
    "unknown": "being read",
    "stocking": "to be stocked there",
    "unexplained": "differs, nobody knows why yet",
    "refused": "refused by the store",
    "uncounted": "not counted yet, left alone",
    "sync_off": "sync is off",
    "left_alone": "left alone",
}


def as_table(view: ProductView) -> bool:
    """Say whether the stock reads better as a table: several warehouses, as many as one takes."""
    return 1 < len(view.warehouses) < TABLE_ROWS


def product(view: ProductView, *, table: bool = False) -> list[Block]:
    """Show everything about one product; its stock in lines, or as a `table`."""
    lines = [_level(level) for level in view.warehouses] or ["Not counted in any warehouse yet"]
    stock = [] if table else sections([f"• {line}" for line in lines], "*Stock*")
    shown = [_listing(listing) for listing in view.listings] or ["No store lists it"]
    low = (
        []
        if view.low_level is None
        else [quiet(f"An alert tells when it falls to {view.low_level:,}")]
    )
    return [
        section(f"*{escape(view.sku)}*\n{escape(view.title)}"),
        *stock,
        *sections([f"• {line}" for line in shown], "*In the stores*"),
        quiet("On hand = available + committed (sold, still to be sent)"),
        *(quiet(_kept(level)) for level in view.warehouses if level.kind == "fba"),
        *low,
        *([_table(view.warehouses)] if table else []),
    ]


def _table(levels: Sequence[WarehouseLevel]) -> Block:
    """Lay the stock out in columns, numbers to the right. Slack takes the names as plain text."""
    head = ["Warehouse", "Available", "On hand", "Committed"]
    rows = [
        [level.name, *map(str, (level.available, level.on_hand, level.committed))]
        if level.counted
        else [level.name, "not counted", "-", "-"]
        for level in levels
    ]
    return TableBlock(
        rows=[[{"type": "raw_text", "text": cell} for cell in row] for row in [head, *rows]],
        column_settings=[{"align": "left"}, *({"align": "right"} for _ in head[1:])],
    )


def _kept(level: WarehouseLevel) -> str:
    return f"{escape(level.name)}: {fba_words.kept(when(level.copied_at))}"


def _level(level: WarehouseLevel) -> str:
    name = escape(level.name)
    if not level.counted:
        return f"{name}: not counted yet"
    oversold = "  ·  *oversold*" if level.available < 0 else ""
    return (
        f"{name}: *{level.available:,} available*, {level.on_hand:,} on hand, "
        f"{level.committed:,} committed{oversold}"
    )


def _listing(listing: ListingView) -> str:
    place = ", ".join(escape(n) for n in (listing.store_name, listing.location_name) if n)
    shows = "?" if listing.shown is None else f"{listing.shown:,}"
    should = "" if listing.desired is None else f" of {listing.desired:,} wanted"
    reason = f" ({escape(listing.reason)})" if listing.reason else ""
    return f"{place}: shows {shows}{should}, {STATES.get(listing.state, listing.state)}{reason}"
