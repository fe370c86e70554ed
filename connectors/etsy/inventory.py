"""A listing with its products: read whole, and sent back whole with other numbers.

Etsy replaces all that a listing has by what is sent: a product that is left out is deleted.
So everything is resent as it was read, but for the numbers and for what Etsy itself does not
take back. What is read may differ from what is written only in those.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.errors import Unavailable
from connectors.etsy.refs import Ref, ref_of
from connectors.http import Row

ON_PROPERTY = (
    "price_on_property",
    "quantity_on_property",
    "sku_on_property",
    "readiness_state_on_property",
)
# Etsy takes a third property of variations only where it is told to expect one.
THIRD_PROPERTY = 3
# Above this an amount has more digits than a JSON number is sure to keep.
_EXACT = 10**15

Combination = tuple[tuple[int, tuple[int, ...], tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Product:
    """One product with its offering, as it stands on the listing."""

    sku: str
    ref: Ref
    properties: tuple[dict[str, Any], ...]  # as they are sent back
    amount: int
    divisor: int
    currency: str
    quantity: int
    enabled: bool
    readiness: int | None

    @property
    def values(self) -> tuple[str, ...]:
        """What this product is, in words: its colour, its size."""
        return tuple(value for each in self.properties for value in each["values"])

    @property
    def combination(self) -> Combination:
        """What tells this product from the others of its listing."""
        return tuple(
            sorted(
                (each["property_id"], tuple(each["value_ids"]), tuple(each["values"]))
                for each in self.properties
            )
        )


@dataclass(frozen=True, slots=True)
class Listing:
    """One listing; `whole` is False where Etsy told a product in a way that cannot be resent."""

    id: int
    title: str
    state: str  # as Etsy calls it
    kind: str
    products: tuple[Product, ...]
    on_property: Mapping[str, Any]
    whole: bool
    at: datetime

    @property
    def is_digital(self) -> bool:
        """Files are never out of stock: the numbers of such a listing mean nothing."""
        return self.kind == "download"

    def units(self) -> dict[Ref, tuple[Product, ...]]:
        """Group the products by what is counted as one."""
        found: dict[Ref, tuple[Product, ...]] = {}
        for product in self.products:
            found[product.ref] = (*found.get(product.ref, ()), product)
        return found

    def sharing(self) -> set[Ref]:
        """Find the units whose number Etsy keeps together with that of another unit.

        Products that differ only by properties which the quantity does not depend on have
        one number.
        """
        by = set(self.on_property.get("quantity_on_property") or ())
        groups: dict[Combination, set[Ref]] = {}
        for product in self.products:
            key = tuple(each for each in product.combination if each[0] in by)
            groups.setdefault(key, set()).add(product.ref)
        return {ref for refs in groups.values() if len(refs) > 1 for ref in refs}


def read_listing(row: Row, at: datetime) -> Listing:
    """Read a listing that came with its inventory."""
    number = row.whole("listing_id")
    inventory = row.row("inventory") if "inventory" in row else Row({"products": []})
    rows = _kept(inventory.rows("products"))
    products = read_products(number, inventory)
    combinations = {each.combination for each in products}
    return Listing(
        id=number,
        title=row.text("title"),
        state=row.text("state"),
        kind=row.text("listing_type") if "listing_type" in row else "physical",
        products=products,
        on_property={key: inventory.raw(key) for key in ON_PROPERTY if key in inventory},
        whole=bool(rows) and len(combinations) == len(rows),
        at=at,
    )


def read_products(listing: int, inventory: Row) -> tuple[Product, ...]:
    """Read the products of an inventory that are not deleted, each with its one offering."""
    found = (_product(listing, each) for each in _kept(inventory.rows("products")))
    return tuple(each for each in found if each is not None)


def available(products: tuple[Product, ...]) -> int:
    """Tell what a unit shows: the most that is for sale of any of its products.

    Those that are switched off count where all are.
    """
    enabled = [each for each in products if each.enabled] or products
    return max(each.quantity for each in enabled)


def write_inventory(listing: Listing, numbers: Mapping[Ref, int]) -> bytes:
    """Write the whole inventory of a listing, with other numbers for some of its units."""
    body: dict[str, Any] = {
        "products": [
            {
                "sku": each.sku,
                "property_values": list(each.properties),
                "offerings": [
                    {
                        "price": _price(each),
                        "quantity": numbers.get(each.ref, each.quantity),
                        "is_enabled": each.enabled,
                        "readiness_state_id": each.readiness,
                    }
                ],
            }
            for each in listing.products
        ],
        **listing.on_property,
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def stands(products: Sequence[Product], listing: Listing, numbers: Mapping[Ref, int]) -> bool:
    """Say whether Etsy has what was written over a listing: all its products, our numbers."""
    return len(products) == len(listing.products) and all(
        each.quantity == numbers.get(each.ref, each.quantity) for each in products
    )


def is_exact(listing: Listing) -> bool:
    """Say whether every price can be written without losing a digit."""
    return all(abs(each.amount) < _EXACT for each in listing.products)


def _kept(rows: Iterable[Row]) -> list[Row]:
    return [each for each in rows if each.raw("is_deleted") is not True]


def _product(listing: int, row: Row) -> Product | None:
    offerings = _kept(row.rows("offerings"))
    if len(offerings) != 1:
        return None
    offering = offerings[0]
    price = offering.row("price")
    sku = row.text("sku") if "sku" in row else ""
    values = row.rows("property_values")
    if price.whole("divisor") < 1:
        raise Unavailable("The store's answer lacks a usable “divisor”.")
    return Product(
        sku=sku,
        ref=ref_of(listing, sku, values),
        properties=tuple(_property(each) for each in values),
        amount=price.whole("amount"),
        divisor=price.whole("divisor"),
        currency=price.text("currency_code"),
        quantity=offering.whole("quantity"),
        enabled=offering.flag("is_enabled"),
        readiness=offering.raw("readiness_state_id"),
    )


def _property(row: Row) -> dict[str, Any]:
    ids = row.raw("value_ids")
    found: dict[str, Any] = {
        "property_id": row.whole("property_id"),
        "value_ids": list(ids) if isinstance(ids, list) else [],
        "values": row.texts("values"),
    }
    if "property_name" in row:
        found["property_name"] = row.text("property_name")
    if "scale_id" in row:
        found["scale_id"] = row.whole("scale_id")
    return found


def _price(product: Product) -> int | float:
    """Write a price as Etsy wants it: the amount divided by the divisor.

    The nearest float of a decimal of up to fifteen digits is written as that very decimal.
    """
    if product.amount % product.divisor == 0:
        return product.amount // product.divisor
    return product.amount / product.divisor
