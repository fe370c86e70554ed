"""What the daily digest says. Names are put in as they are: escaping is the shower's."""

from __future__ import annotations

from decimal import Decimal

from flows.words import count, units
from storage.digests import Trouble

LABEL = "Daily digest"
HINT = "One message a day with orders, agreement and what is open, in your time zone."
NEVER = "Never"
TITLE = "Stockroom: the last 24 hours"
QUIET = "No orders."
ALL_WELL = "Nothing needs you."


def hour(number: int) -> str:
    return f"{number:02}:00"


def heading(orders: int, sold: int) -> str:
    return f"{count(orders, 'order')}, {units(sold)} sold"


def agreement(agree: int, targets: int) -> str:
    return f"{agree:,} of {count(targets, 'number')} {'agrees' if targets == 1 else 'agree'}"


def store(orders: int, sold: int, writes: int) -> str:
    return f"{heading(orders, sold)}, {count(writes, 'number')} sent"


def renewals(number: int, fee: Decimal | None, currency: str) -> str:
    cost = "" if fee is None else f", about {fee * number:,.2f} {currency}"
    return f"{count(number, 'listing')} renewed{cost}"


def more(number: int) -> str:
    return f"and {count(number, 'store')} more with fewer orders"


def needs(trouble: Trouble) -> tuple[str, ...]:
    """Name what waits for people."""
    named = (
        (trouble.open_alerts, f"{count(trouble.open_alerts, 'alert')} open: see the Home tab"),
        (trouble.oversold, f"{count(trouble.oversold, 'product')} oversold"),
        (trouble.low, f"{count(trouble.low, 'product')} low on stock"),
    )
    return tuple(said for number, said in named if number)


def over(number: int) -> str:
    return f"{count(number, 'alert')} came to an end"


def put_back(number: int) -> str:
    return f"{count(number, 'number')} of ours put back where a store showed another"
