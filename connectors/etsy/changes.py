"""What a listing has to become so that some of its units show other numbers: pure rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from connectors.etsy.inventory import Listing, available, is_exact
from connectors.etsy.marks import Noted
from connectors.etsy.refs import Ref

# Etsy shows no more of an offering than this.
MOST = 999

# none     it shows the numbers already
# write    its inventory is sent
# empty    nothing of it is left: it is made inactive, since Etsy takes no inventory of zeros
# restock  what we made inactive is sent with numbers, and activated again
# renew    what sold out or expired at Etsy is activated, for a fee, and sent with numbers
Kind = Literal["none", "write", "empty", "restock", "renew"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a unit's number is not written."""

    reason: str
    code: str


@dataclass(frozen=True, slots=True)
class Change:
    """What to do with a listing; `numbers` are those of all units that it is sent with."""

    kind: Kind
    numbers: Mapping[Ref, int]


def refusal(
    listing: Listing, ref: Ref, noted: Noted, *, renews: bool, value: int
) -> Refusal | None:
    """Say why a unit must not or cannot be written; None where it can."""
    products = listing.units().get(ref)
    if products is None:
        return Refusal(_UNKNOWN, "unknown_item")
    if listing.is_digital:
        return Refusal("It is a file to download: such a listing has no stock.", "digital")
    state = noted.state(listing)
    if state == "inactive":
        return Refusal("The seller has set this listing inactive at Etsy.", "inactive")
    if not any(each.enabled for each in products):
        return Refusal("The seller has switched this variation off at Etsy.", "inactive")
    if ref in listing.sharing():
        return Refusal(_SHARED, "shared_quantity")
    if not listing.whole:
        return Refusal(_ODD, "odd_variations")
    if not is_exact(listing):
        return Refusal("The price has too many digits to be sent back exactly.", "price")
    if state in ("sold_out", "expired") and value > 0 and not renews:
        return Refusal(_NOT_RENEWED, "not_renewed")
    return None


def come_back(listing: Listing, wanted: Collection[Ref], noted: Noted) -> list[Ref]:
    """Name the other units that show nothing now, and something once the listing is on sale."""
    if not noted.is_empty(listing):
        return []
    return [
        ref
        for ref, products in listing.units().items()
        if ref not in wanted and available(products) > 0
    ]


def decide(
    listing: Listing, wanted: Mapping[Ref, int], noted: Noted, ours: Collection[Ref] = ()
) -> Change:
    """Say what gives some units of a listing their numbers and leaves the others theirs.

    Where nothing of the listing can be bought, its products still have numbers, which may be
    old. The others of it that are ours show 0, as everybody believes they do, until their own
    number is sent; what is not ours keeps what it has (R8).
    """
    is_empty = noted.is_empty(listing)
    hushed = dict.fromkeys((ref for ref in listing.units() if is_empty and ref in ours), 0)
    numbers = {**hushed, **wanted}
    if is_empty:
        if not any(wanted.values()):
            return Change("none", numbers)
        return Change("restock" if listing.state == "inactive" else "renew", numbers)
    after = [(each, numbers.get(each.ref, each.quantity)) for each in listing.products]
    if not any(number > 0 for each, number in after if each.enabled):
        return Change("empty", numbers)
    if all(each.quantity == number for each, number in after):
        return Change("none", numbers)
    return Change("write", numbers)


def carries(listing: Listing, change: Change) -> bool:
    """Say whether a write takes numbers along that may be sold meanwhile."""
    return change.kind == "write" and any(
        each.enabled and each.quantity > 0 and each.ref.sku and each.ref not in change.numbers
        for each in listing.products
    )


_UNKNOWN = "Etsy no longer has this listing, or it has no variation with this SKU any more."
_SHARED = (
    "At Etsy this variation shares one number with another one that has a different SKU. Let the "
    "quantity vary by every property that the SKU varies by: in the listing, under Variations."
)
_ODD = (
    "Etsy tells two variations of this listing alike, or one without a price, so that sending it "
    "back could lose one. Look through its variations at Etsy."
)
_NOT_RENEWED = (
    "It is sold out or expired at Etsy, and renewing listings is switched off for this shop. "
    "Renew it at Etsy, or switch renewal on in the shop's settings."
)
