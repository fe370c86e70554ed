"""What one order line did to stock, from what WooCommerce says about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from connectors.woocommerce.states import Role


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What WooCommerce says about one line, and about its order.

    quantity   units ordered; refunds leave it as it is
    reduced    `_reduced_stock`: units that the store took off its number for the line and did
               not put back; None where it took none, or keeps no stock of the product
    restocked  `_restock_refunded_items`: units that refunds put back
    refunded   units of all refunds, None where they were not asked for
    has_refunds  whether the order has any refund
    paid       whether the order was paid at some time
    completed  whether the order was completed at some time, which is when it is sent
    """

    quantity: int
    reduced: int | None
    restocked: int
    refunded: int | None
    has_refunds: bool
    paid: bool
    completed: bool


@dataclass(frozen=True, slots=True)
class LineStock:
    """What a line did up to now: to our stock, and (`deducted`) to the store's own number."""

    taken: int
    committed: int
    deducted: int
    restock_known: bool


def line_stock(role: Role, facts: LineFacts) -> LineStock:
    """Derive what a line takes, by the role of its order's status.

    `deducted` is always what the store says. WooCommerce takes a line's units off once,
    on the way to on-hold, processing or completed, and puts them back only for
    cancelled, for pending, and for refunds with restocking. What is taken from us:

    * waiting (pending, drafts), cancelled: nothing;
    * open (on-hold, processing): what was ordered, less what refunds put back; all of it
      is still to be sent but for the units refunded without being put back;
    * closed (completed) and refunded by status: the same, and nothing is to be sent.
      Money that went back says nothing about the goods;
    * failed, trash: nothing, for nobody sends them; but what was completed before has
      been sent, and stays taken. The store puts nothing back here, so its own number
      still lacks the units: `deducted` keeps them;
    * unknown (another plugin's status that nobody has mapped): as the store counts, and
      where it counts nothing, as paid; to be sent unless it was completed before. So a
      paid order that changes into such a status changes nothing;
    * ignored (mapped so by a person): nothing.

    `restock_known` is False where units were refunded of a product whose stock the
    store does not keep. Always 0 <= committed <= taken <= quantity, except that taken
    may be more for an unknown status whose units the store counts otherwise.
    """
    deducted = facts.reduced or 0
    kept = max(0, facts.quantity - facts.restocked)
    if not _takes(role, facts):
        return LineStock(0, 0, deducted, restock_known=True)
    taken = kept
    if role == "unknown" and facts.reduced is not None:
        taken = facts.reduced
    gone = max(0, (facts.refunded or 0) - facts.restocked)
    is_open = role == "open" or (role == "unknown" and not facts.completed)
    return LineStock(
        taken=taken,
        committed=max(0, taken - gone) if is_open else 0,
        deducted=deducted,
        restock_known=not (facts.reduced is None and facts.restocked == 0 and _may_be_back(facts)),
    )


def _takes(role: Role, facts: LineFacts) -> bool:
    if role in ("open", "closed", "refunded"):
        return True
    if role in ("failed", "trash"):
        return facts.completed
    return role == "unknown" and (facts.reduced is not None or facts.paid)


def _may_be_back(facts: LineFacts) -> bool:
    """Say whether units of the line were refunded, as far as we know."""
    return facts.has_refunds if facts.refunded is None else facts.refunded > 0


OrderState = Literal["open", "closed", "cancelled"]


def order_state(role: Role) -> OrderState:
    """Say what a role is called everywhere else."""
    if role in ("open", "waiting", "unknown"):
        return "open"
    return "closed" if role in ("closed", "refunded", "ignored") else "cancelled"
