"""What is said about products that are not sold for now. Names are put in as they are."""

from __future__ import annotations

from collections.abc import Sequence

HOW = "Type the SKU after the word: /stock stop-sell SKU."
GONE = "This product no longer exists."
LOOK_AGAIN = "Look again"
LIFT = "Sell it again"
NOWHERE = "No store keeps a number of this product in sync, so there was nothing to stop."
SURE_TITLE = "Sell it again?"
SURE = "Each store shows again what is available, once its orders are read."
SURE_NO = "Not yet"
HEAD = "In the stores"


def stopped(sku: str) -> str:
    return f"{sku} is stopped: every store in sync is to show 0, and orders go on being counted."


def more(number: int, waiting: int) -> str:
    """Say how many places are not named, and how many of them do not show 0 yet."""
    if not waiting:
        return f"and {number:,} more, all of which show 0"
    return f"and {number:,} more, of which {waiting:,} {'does' if waiting == 1 else 'do'} not show 0 yet"


def since(actor: str, at: str) -> str:
    """Say who stopped it and when; both are Slack's own mark-up."""
    return f"Stopped by {actor} {at}. Lift it with the button, or with the same command."


def lifted(sku: str) -> str:
    return f"{sku} is sold again: each store shows what is available once its orders are read."


def place(standing: str, sync_status: str, health: str, shown: int | None) -> str:
    """Say how one place stands."""
    if sync_status == "paused":
        return "sync is paused, so nothing is written there: set it to 0 in the store, or resume"
    if sync_status == "off" or standing == "sync_off":
        return "sync is off, so nothing is written there"
    if standing == "left_alone":
        return "left alone: Stockroom never writes this listing"
    if standing == "uncounted":
        return "not counted yet, so Stockroom does not write it: set it to 0 in the store"
    if shown is not None and shown <= 0:
        return "shows 0"
    if standing == "refused":
        return "the store refuses the number: set it to 0 in the store"
    trying = {
        "needs_reconnect": "Stockroom cannot sign in: reconnect it, or set 0 in the store",
        "failing": "the store does not answer; Stockroom goes on trying",
        "degraded": "some calls fail; Stockroom goes on trying",
    }
    return trying.get(health, "0 is on its way")


NAMED = 10  # stopped SKUs that the status names


def in_status(skus: Sequence[str]) -> str:
    more = len(skus) - NAMED
    named = ", ".join(skus[:NAMED]) + (f" and {more:,} more" if more > 0 else "")
    return f"Not sold anywhere for now: {named}"
