"""What the Trading API says about a listing: its parts that have stock of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from connectors.ebay.refs import Ref, told
from connectors.ebay.xml import Node, Part
from connectors.protocol import RemoteLevel, RemoteListing

# eBay: the one kind of listing whose quantity is a stock; auctions and adverts have none.
_FIXED_PRICE = "FixedPriceItem"
_FIELDS = (
    "ItemID",
    "ListingType",
    "Quantity",
    "SellingStatus.ListingStatus",
    "SellingStatus.QuantitySold",
    "SKU",
    "Title",
    "Variations.Variation.Quantity",
    "Variations.Variation.SKU",
    "Variations.Variation.SellingStatus.QuantitySold",
    "Variations.Variation.VariationSpecifics",
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A listing, or one variation of it, as it stands on eBay."""

    ref: Ref
    title: str
    available: int
    active: bool
    fixed_price: bool
    variation: bool

    @property
    def addressable(self) -> bool:
        """Whether a number can be written: eBay knows a variation by its SKU only."""
        return self.fixed_price and not (self.variation and not self.ref.sku)

    def level(self, at: datetime) -> RemoteLevel:
        return RemoteLevel(str(self.ref), None, self.available, 0, at)

    def listing(self, at: datetime) -> RemoteListing:
        return RemoteListing(
            ref=str(self.ref),
            sku=self.ref.sku,
            title=self.title,
            state="active" if self.active else "archived",
            tracked=self.addressable,
            channel="merchant",
            levels=(self.level(at),) if self.active and self.addressable else (),
        )


def fields(inside: str, *more: str) -> list[Part]:
    """Ask for what is read here and no more: descriptions alone are half a megabyte each."""
    return [("OutputSelector", each) for each in (*(f"{inside}.{one}" for one in _FIELDS), *more)]


def pieces(item: Node) -> Iterator[Piece]:
    """Hand out what of a listing has stock: its variations, or itself where it has none."""
    number, title = item.text("ItemID"), item.maybe_text("Title")
    fixed = item.text("ListingType") == _FIXED_PRICE
    active = item.text("SellingStatus", "ListingStatus") == "Active"
    variations = list(item.nodes("Variations", "Variation"))
    for each in variations:
        pairs = _specifics(each)
        sku = each.maybe_text("SKU")
        yield Piece(
            ref=Ref(number, sku) if sku else Ref(number, specifics=told(pairs)),
            title=" - ".join([title, *(value for _, value in pairs)]),
            available=_available(each),
            active=active,
            fixed_price=fixed,
            variation=True,
        )
    if not variations:
        yield Piece(
            ref=Ref(number, item.maybe_text("SKU")),
            title=title,
            available=_available(item),
            active=active,
            fixed_price=fixed,
            variation=False,
        )


def _available(node: Node) -> int:
    """Say what is left: eBay's Quantity is the units ever offered, sold ones included."""
    sold = node.whole("SellingStatus", "QuantitySold") if _has_sold(node) else 0
    return node.whole("Quantity") - sold


def _has_sold(node: Node) -> bool:
    return node.node("SellingStatus", "QuantitySold") is not None


def _specifics(variation: Node) -> list[tuple[str, str]]:
    return [
        (pair.maybe_text("Name"), value.own_text)
        for pair in variation.nodes("VariationSpecifics", "NameValueList")
        for value in pair.nodes("Value")
    ]
