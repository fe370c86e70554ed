"""What is said about low-stock levels. Names are put in as they are."""

from __future__ import annotations

from flows.words import units

TITLE = "Low-stock level"
SAVE = "Save"
SAVED = "Saved"
HOW = "Type the SKU after the word: /stock low SKU."
LEVEL = "Tell us when available falls to"
LEVEL_HINT = "Units over all warehouses, less what is sold. Leave it empty to be told nothing."
BAD_LEVEL = "Write a whole number in digits, 0 or more, or leave it empty."
TOO_LARGE = "That is more than a store can show. Write a number below 1,000,000,000."
GONE = "This product no longer exists."


def now(available: int | None) -> str:
    if available is None:
        return "It is not counted yet, so nothing is told until it is."
    return f"{available:,} available now. One alert tells when it is low, and when it is not."


def saved(sku: str, level: int | None) -> str:
    if level is None:
        return f"No alert is sent when {sku} is low."
    if level == 0:
        return f"An alert is sent when no unit of {sku} is available any more."
    return f"An alert is sent when {units(level)} of {sku} or fewer are available."
