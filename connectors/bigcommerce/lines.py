"""What one order line did to stock, from what BigCommerce says about it."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.bigcommerce.rules import Rules

# BigCommerce: ids of order statuses; their names can be changed by the merchant, they cannot
INCOMPLETE = 0
SHIPPED, PARTLY_SHIPPED, COMPLETED = 2, 3, 10
REFUNDED, PARTLY_REFUNDED = 4, 14
CANCELLED, DECLINED = 5, 6
DISPUTED = 13
PENDING, AWAITING_PAYMENT, AWAITING_PICKUP, AWAITING_SHIPMENT = 1, 7, 8, 9
AWAITING_FULFILMENT, TO_BE_VERIFIED = 11, 12

RELEASED = frozenset({CANCELLED, DECLINED})
SENT = frozenset({SHIPPED, COMPLETED})
_WAITING = frozenset(
    {
        PENDING,
        AWAITING_PAYMENT,
        AWAITING_PICKUP,
        AWAITING_SHIPMENT,
        AWAITING_FULFILMENT,
        TO_BE_VERIFIED,
    }
)
_KNOWN = RELEASED | SENT | _WAITING | {PARTLY_SHIPPED, REFUNDED, PARTLY_REFUNDED, DISPUTED}


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What BigCommerce says about one line and its order.

    quantity    units ordered, as last edited
    refunded    units of them that were refunded
    shipped     units of them in shipments
    status      the id of the order's status
    was_sent    whether the order was shipped at some time, in part at least
    changed_later  whether the order was changed at all after it was made
    """

    quantity: int
    refunded: int
    shipped: int
    status: int
    was_sent: bool
    changed_later: bool


@dataclass(frozen=True, slots=True)
class LineStock:
    """What a line did up to now: to the ledger, and to the store's own number."""

    taken: int
    committed: int
    deducted: int
    restock_known: bool


def line_stock(facts: LineFacts, rules: Rules) -> LineStock:
    """Derive what a line holds, and what the store's own number lacks because of it.

    The ledger follows the order: its units are taken from the time it is placed, a
    cancel or a refund gives back those that were not sent, and what is not yet sent is
    committed. Refunded units that were sent are back only where the store counts them
    as back, since money alone brings nothing; sent units of a cancelled order stay taken.

    The store follows its settings: it takes units off when the order is placed, or
    once it is shipped or completed, and puts them back only where a cancel or a refund
    is set to do so. Where the order's past decides, which its latest state does not
    tell, `restock_known` is False: also where a waiting order was changed later, since
    nothing is taken off for one that a person set to wait, from a cancelled one or from an
    unfinished checkout.
    """
    refunded = min(facts.refunded, facts.quantity)
    shipped = min(facts.shipped, facts.quantity)
    sent = facts.quantity if facts.status in SENT else shipped
    kept = facts.quantity - (refunded if rules.restocks else min(refunded, facts.quantity - sent))
    if facts.status in RELEASED:
        taken, committed = min(shipped, kept), 0
    else:
        taken = kept
        committed = 0 if facts.status in SENT else max(0, kept - shipped)
    deducted, known = _deducted(facts, rules, refunded=refunded, shipped=shipped)
    sent_then_cancelled = facts.status in RELEASED and shipped > 0
    by_hand = facts.changed_later and not rules.on_completion
    unexplained = by_hand and (facts.status in _WAITING or not rules.follows_edits)
    certain = known and not sent_then_cancelled and not unexplained
    return LineStock(
        taken=taken,
        committed=committed,
        deducted=deducted,
        restock_known=certain and facts.status in _KNOWN,
    )


def _deducted(facts: LineFacts, rules: Rules, *, refunded: int, shipped: int) -> tuple[int, bool]:
    """Say what the store's number lacks, and whether that is certain."""
    released = facts.status in RELEASED
    given_back = (facts.quantity if released else refunded) if rules.restocks else 0
    if not rules.on_completion:
        return facts.quantity - given_back, True
    if facts.status in SENT:
        # Of units refunded before the order was sent nobody says whether they were taken off.
        return facts.quantity - given_back, not refunded
    if released and rules.restocks:
        return 0, True  # taken off and put back, or never taken off
    if facts.status in _WAITING and not facts.was_sent:
        return 0, True
    # Sent once and something else since, or sent in part: the past decides.
    whole = shipped == facts.quantity and facts.status != PARTLY_SHIPPED and not given_back
    return max(0, shipped - given_back), whole
