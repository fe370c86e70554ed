"""eBay's sites, as far as this server plays them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Site:
    """A marketplace by the names of the Trading API, and its money."""

    name: str
    country: str
    currency: str


SITES = {
    "EBAY_US": Site("US", "US", "USD"),
    "EBAY_GB": Site("UK", "GB", "GBP"),
    "EBAY_DE": Site("Germany", "DE", "EUR"),
    "EBAY_CA": Site("Canada", "CA", "CAD"),
    "EBAY_AU": Site("Australia", "AU", "AUD"),
}
