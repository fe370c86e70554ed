"""The marketplaces that a local account may sell in."""

from __future__ import annotations

from dataclasses import dataclass

US, CA, MX = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2", "A1AM78C64UM0Y8"


@dataclass
class Site:
    """One marketplace, and how the account stands in it."""

    id: str
    name: str
    country: str
    currency: str
    language: str
    domain: str
    participates: bool = True
    suspended: bool = False  # the account's listings are inactive as a whole
    has_fba: bool = True


def north_america() -> dict[str, Site]:
    """List the sites of an account that sells in North America; Mexico without FBA."""
    sites = (
        Site(US, "Amazon.com", "US", "USD", "en_US", "www.amazon.com"),
        Site(CA, "Amazon.ca", "CA", "CAD", "en_CA", "www.amazon.ca"),
        Site(MX, "Amazon.com.mx", "MX", "MXN", "es_MX", "www.amazon.com.mx", has_fba=False),
    )
    return {site.id: site for site in sites}
