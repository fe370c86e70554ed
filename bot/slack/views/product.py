"""One product: its stock in each warehouse, and what each store shows of it, in pages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from slack_sdk.models.blocks import Block, TableBlock

from bot.slack.escape import escape, short, when
from bot.slack.ids import Act
from bot.slack.views.kit import NAME, SAID, product_head, quiet, sections
from bot.slack.views.pages import CHARACTERS, characters, of_product, pages, turning
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
    """Say whether the stock reads better as a table: several warehouses, all in one message."""
    if not 1 < len(view.warehouses) < TABLE_ROWS or len(pages(_items(view, table=True))) > 1:
        return False
    return sum(map(characters, product(view, table=True))) <= CHARACTERS


def text(view: ProductView) -> str:
    """State what is available where, in one line."""
    levels = ", ".join(
        f"{short(level.name, NAME)} {level.available:,} available" for level in view.warehouses
    )
    return f"{short(view.sku, NAME)}: {levels or 'not counted'}"


def product(view: ProductView, *, table: bool = False, page: int = 0) -> list[Block]:
    """Show one page about a product; its stock in lines, or as a `table`.

    A page that no longer exists becomes the last.
    """
    every = pages(_items(view, table=table))
    page = max(0, min(page, len(every) - 1))
    low = (
        []
        if view.low_level is None
        else [quiet(f"An alert tells when it falls to {view.low_level:,}")]
    )
    return [
        product_head(view.sku, view.title),
        *every[page],
        quiet("On hand = available + committed (sold, still to be sent)"),
        *low,
        *([_table(view.warehouses)] if table else []),
        *turning(
            page,
            len(every),
            partial(of_product, view.id),
            back=Act.SHOW_PAGE_BACK,
            on=Act.SHOW_PAGE,
        ),
    ]


def _items(view: ProductView, *, table: bool) -> list[list[Block]]:
    """Lay everything out in pieces that pages are filled with."""
    lines = [_level(level) for level in view.warehouses] or ["Not counted in any warehouse yet"]
    stock = [] if table else sections([f"• {line}" for line in lines], "*Stock*")
    shown = [_listing(listing) for listing in view.listings] or ["No store lists it"]
    stores = sections([f"• {line}" for line in shown], "*In the stores*")
    kept: list[Block] = [quiet(_kept(level)) for level in view.warehouses if level.kind == "fba"]
    return [[block] for block in (*stock, *stores, *kept)]


def _table(levels: Sequence[WarehouseLevel]) -> Block:
    """Lay the stock out in columns, numbers to the right. Slack takes the names as plain text."""
    head = ["Warehouse", "Available", "On hand", "Committed"]
    rows = [
        [short(level.name, NAME), *map(str, (level.available, level.on_hand, level.committed))]
        if level.counted
        else [short(level.name, NAME), "not counted", "-", "-"]
        for level in levels
    ]
    return TableBlock(
        rows=[[{"type": "raw_text", "text": cell} for cell in row] for row in [head, *rows]],
        column_settings=[{"align": "left"}, *({"align": "right"} for _ in head[1:])],
    )


def _kept(level: WarehouseLevel) -> str:
    return f"{escape(short(level.name, NAME))}: {fba_words.kept(when(level.copied_at))}"


def _level(level: WarehouseLevel) -> str:
    name = escape(short(level.name, NAME))
    if not level.counted:
        return f"{name}: not counted yet"
    oversold = "  ·  *oversold*" if level.available < 0 else ""
    return (
        f"{name}: *{level.available:,} available*, {level.on_hand:,} on hand, "
        f"{level.committed:,} committed{oversold}"
    )


def _listing(listing: ListingView) -> str:
    names = (listing.store_name, listing.location_name)
    place = ", ".join(escape(short(name, NAME)) for name in names if name)
    shows = "?" if listing.shown is None else f"{listing.shown:,}"
    should = "" if listing.desired is None else f" of {listing.desired:,} wanted"
    reason = f" ({escape(short(listing.reason, SAID))})" if listing.reason else ""
    return f"{place}: shows {shows}{should}, {STATES.get(listing.state, listing.state)}{reason}"
