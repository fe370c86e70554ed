"""What one order line did to stock, from what Shopify says about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What Shopify says about one line.

    quantity    units ordered, with those refunded or removed later and those added by edits
    current     units still wanted: without refunded and removed ones
    unfulfilled units not yet sent
    restocked   units of refunds that went back on the shelf
    kept        units of refunds that did not
    cancelled   whether the order was cancelled
    """

    quantity: int
    current: int
    unfulfilled: int
    restocked: int
    kept: int
    cancelled: bool


@dataclass(frozen=True, slots=True)
class LineStock:
    """What a line did to `available` and `committed` up to now."""

    taken: int
    committed: int
    restock_known: bool


def line_stock(facts: LineFacts) -> LineStock:
    """Derive what Shopify has taken off `available` for a line and not given back.

    Shopify moves the units of a line from available to committed when the order
    is placed or a unit is added to it. Afterwards:

    * sending a unit ends its commitment; available stays as it is;
    * a refund line with `restocked` (RETURN of a sent unit, CANCEL of an unsent
      one, the older LEGACY_RESTOCK) gives its units back to available;
    * a refund line without (NO_RESTOCK, or `restocked` false) gives nothing back:
      the unit is gone, and no longer committed either;
    * a cancel says the same through refund lines, and nothing is sent any more;
    * a unit taken out by an edit leaves `current` without a refund line: Shopify
      gives it back unless the editor chose otherwise, which it does not tell.

    So taken = quantity - restocked - removed by edits, committed = what of it is
    still unsent and wanted. `restock_known` is False where units left without a
    refund line. Always 0 <= committed <= taken <= quantity.
    """
    gone = max(0, facts.quantity - facts.current)
    unexplained = max(0, gone - facts.restocked - facts.kept)
    taken = max(0, facts.quantity - facts.restocked - unexplained)
    unsent = 0 if facts.cancelled else max(0, min(facts.unfulfilled, facts.current))
    cancelled_silently = facts.cancelled and facts.current > 0
    return LineStock(
        taken=taken,
        committed=min(unsent, taken),
        restock_known=not unexplained and not cancelled_silently,
    )
