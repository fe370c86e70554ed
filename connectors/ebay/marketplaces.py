"""The marketplaces of eBay that a seller may be registered on."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.errors import BadCredentials


@dataclass(frozen=True, slots=True)
class Marketplace:
    """One site: its name in the REST APIs, its number in the Trading API, its currency."""

    key: str
    site: int
    currency: str


# eBay: MarketplaceIdEnum, and the site ids of the Trading API
MARKETPLACES = {
    each.key: each
    for each in (
        Marketplace("EBAY_US", 0, "USD"),
        Marketplace("EBAY_MOTORS_US", 100, "USD"),
        Marketplace("EBAY_CA", 2, "CAD"),
        Marketplace("EBAY_GB", 3, "GBP"),
        Marketplace("EBAY_AU", 15, "AUD"),
        Marketplace("EBAY_AT", 16, "EUR"),
        Marketplace("EBAY_BE", 23, "EUR"),
        Marketplace("EBAY_FR", 71, "EUR"),
        Marketplace("EBAY_DE", 77, "EUR"),
        Marketplace("EBAY_IT", 101, "EUR"),
        Marketplace("EBAY_NL", 146, "EUR"),
        Marketplace("EBAY_ES", 186, "EUR"),
        Marketplace("EBAY_CH", 193, "CHF"),
        Marketplace("EBAY_HK", 201, "HKD"),
        Marketplace("EBAY_IE", 205, "EUR"),
        Marketplace("EBAY_MY", 207, "MYR"),
        Marketplace("EBAY_PH", 211, "PHP"),
        Marketplace("EBAY_PL", 212, "PLN"),
        Marketplace("EBAY_SG", 216, "SGD"),
    )
}


def marketplace(given: str) -> Marketplace:
    """Read `EBAY_US`, however it is written; BadCredentials(field="marketplace") otherwise."""
    key = given.strip().upper().replace("-", "_").replace(" ", "_")
    found = MARKETPLACES.get(key) or MARKETPLACES.get(f"EBAY_{key}")
    if found is None:
        known = ", ".join(MARKETPLACES)
        raise BadCredentials(
            f"Enter the marketplace that the seller is registered on, one of {known}.",
            field="marketplace",
        )
    return found
