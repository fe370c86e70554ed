"""Listings as the Trading API tells them: the same for both models."""

from __future__ import annotations

from typing import Any

from sandbox.ebay.model import Listing, Variation
from sandbox.ebay.shop import Shop
from sandbox.ebay.sites import SITES

_PRICE = "10.0"


def item_fields(shop: Shop, listing: Listing, *, variations: bool) -> dict[str, Any]:
    """Write a listing; Quantity is what was sold and what is left together."""
    site = SITES[shop.marketplace]
    fixed = listing.type == "FixedPriceItem"
    fields: dict[str, Any] = {
        "Country": site.country,
        "ItemID": listing.id,
        "ListingDetails": {
            "StartTime": listing.started_at,
            "EndTime": listing.ends_at,
            "ViewItemURL": f"https://www.ebay.example/itm/{listing.id}",
        },
        "ListingDuration": "GTC" if fixed else "Days_30",
        "ListingType": listing.type,
        "Location": "Austin",
        "PrimaryCategory": {"CategoryID": "20625", "CategoryName": "Kitchen"},
        "Quantity": sum(map(_quantity, listing.variations)),
        "SellingStatus": {
            "CurrentPrice": _price(shop),
            "QuantitySold": sum(each.sold for each in listing.variations),
            "ListingStatus": listing.status,
        },
        "Site": site.name,
        "StartPrice": _price(shop),
        "Title": listing.title,
    }
    if not listing.has_choices:
        fields["SKU"] = listing.variations[0].sku or None
    elif variations:
        fields["Variations"] = {
            "Variation": [_variation(shop, each) for each in listing.variations],
            "VariationSpecificsSet": {
                "NameValueList": [
                    {"Name": "Choice", "Value": [each.option for each in listing.variations]}
                ]
            },
        }
    if listing.status == "Active" and fixed and listing.available <= 0:
        fields["HideFromSearch"] = True
        fields["ReasonHideFromSearch"] = "OutOfStock"
    return fields


def _variation(shop: Shop, variation: Variation) -> dict[str, Any]:
    return {
        "SKU": variation.sku or None,
        "StartPrice": _price(shop),
        "Quantity": _quantity(variation),
        "VariationSpecifics": {
            "NameValueList": [{"Name": "Choice", "Value": [variation.option]}],
        },
        "SellingStatus": {"QuantitySold": variation.sold},
    }


def _quantity(variation: Variation) -> int:
    return variation.available + variation.sold


def _price(shop: Shop) -> dict[str, str]:
    return {"@currencyID": shop.currency, "#text": _PRICE}
