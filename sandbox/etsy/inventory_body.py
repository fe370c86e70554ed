"""Taking a whole inventory for a listing: what is left out is deleted, what is odd refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sandbox.etsy.model import Listing, Product, Value
from sandbox.etsy.refusal import Refusal, bad_request
from sandbox.etsy.shop import Shop

# Etsy: most pieces of an offering, and the least price in US dollars
_MOST, _LEAST_PRICE = 999, Decimal("0.20")
# What may vary by properties, and where a product keeps it
_VARIES = {
    "price": "amount",
    "quantity": "quantity",
    "sku": "sku",
    "readiness_state": "readiness",
}
_OFFERING = ("price", "quantity", "is_enabled", "readiness_state_id")


def put_inventory(shop: Shop, listing: Listing, body: Any, variations: str | None) -> None:
    """Replace a listing's inventory; Refusal, with nothing done, for what Etsy would not take."""
    if not isinstance(body, dict) or not isinstance(body.get("products"), list):
        raise bad_request("Missing input parameter: [products]")
    on = {name: _numbers(body.get(f"{name}_on_property")) for name in _VARIES}
    products = [_product(shop, listing, row) for row in body["products"]]
    if not products:
        raise bad_request("Missing input parameter: [products]")
    _check_combinations(products, variations)
    _check_on_property(products, on)
    if not any(each.enabled and each.quantity > 0 for each in products):
        raise bad_request("One offering must have quantity greater than 0")
    listing.products[:] = products
    listing.price_on_property = on["price"]
    listing.quantity_on_property = on["quantity"]
    listing.sku_on_property = on["sku"]
    listing.readiness_on_property = on["readiness_state"]
    listing.has_inventory = True
    shop.touch_listing(listing)


def _product(shop: Shop, listing: Listing, row: Any) -> Product:
    unknown = set(row) - {"sku", "property_values", "offerings"}
    if unknown:
        raise bad_request(f"Unexpected product parameter: {sorted(unknown)}")
    offerings = row.get("offerings")
    if not isinstance(offerings, list) or len(offerings) != 1:
        raise bad_request("Each product must have exactly one offering")
    offering = offerings[0]
    missing = [name for name in _OFFERING if name not in offering]
    if missing or set(offering) - set(_OFFERING):
        raise bad_request(
            f"Missing or unexpected offering parameter: {missing or sorted(offering)}"
        )
    amount, divisor = _price(offering["price"])
    quantity = offering["quantity"]
    if not isinstance(quantity, int) or not 0 <= quantity <= _MOST:
        raise bad_request(f"There was a problem with /quantity : must be between 0 and {_MOST}")
    return Product(
        listing,
        shop.next_number(),
        shop.next_number(),
        row.get("sku") or "",
        quantity,
        tuple(_values(row.get("property_values") or [])),
        amount=amount,
        divisor=divisor,
        enabled=offering["is_enabled"] is True,
        readiness=offering["readiness_state_id"],
    )


def _values(rows: Sequence[Mapping[str, Any]]) -> Iterator[Value]:
    for row in rows:
        allowed = {"property_id", "value_ids", "scale_id", "property_name", "values"}
        if set(row) - allowed or not {"property_id", "value_ids", "values"} <= set(row):
            raise bad_request("There was a problem with /property_values")
        if not row["values"]:
            raise bad_request("Property values can't be empty")
        if any("(" in each or ")" in each for each in row["values"]):
            raise bad_request("Parentheses are not allowed in property values")
        yield Value(
            row["property_id"],
            row.get("property_name") or "",
            tuple(row["value_ids"]),
            tuple(row["values"]),
            row.get("scale_id"),
        )


def _price(given: Any) -> tuple[int, int]:
    """Read a price as it was written, to the cent: it is kept in hundredths."""
    if isinstance(given, bool) or not isinstance(given, int | Decimal):
        raise bad_request("There was a problem with /price : must be a number")
    cents = Decimal(given) * 100
    if cents != cents.to_integral_value():
        raise bad_request("There was a problem with /price : must be whole cents")
    if given < _LEAST_PRICE:
        raise bad_request(
            f"There was a problem with /price : must be above min price {_LEAST_PRICE}"
        )
    return int(cents), 100


def _check_combinations(products: Sequence[Product], variations: str | None) -> None:
    if len(products) > 1 and len({each.properties for each in products}) < len(products):
        raise bad_request("Products must have different property values")
    if any(len(each.properties) > 2 for each in products) and variations != "3":
        raise bad_request("Only two variations are supported")


def _check_on_property(products: Sequence[Product], on: Mapping[str, list[int]]) -> None:
    """Refuse differences that no property explains."""
    for name, own in _VARIES.items():
        held: dict[Any, Any] = {}
        for each in products:
            key = tuple(value for value in each.properties if value.property_id in on[name])
            if held.setdefault(key, getattr(each, own)) != getattr(each, own):
                raise incompatible(name)


def incompatible(name: str) -> Refusal:
    words = f"The supplied {name} values are incompatible with values in {name}_on_property"
    return bad_request(words)


def _numbers(given: Any) -> list[int]:
    if given is None:
        return []
    if not isinstance(given, list) or not all(isinstance(each, int) for each in given):
        raise bad_request("*_on_property must be lists of property ids")
    return given
