"""The marketplaces of Amazon, and the region whose address serves each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from connectors.errors import BadCredentials

Region = Literal["na", "eu", "fe"]


@dataclass(frozen=True, slots=True)
class Site:
    """One marketplace: its id, the country that people know it by, its region and currency."""

    id: str
    country: str
    region: Region
    currency: str


# Amazon: Marketplace IDs
SITES = {
    site.id: site
    for site in (
        Site("ATVPDKIKX0DER", "US", "na", "USD"),
        Site("A2EUQ1WTGCTBG2", "CA", "na", "CAD"),
        Site("A1AM78C64UM0Y8", "MX", "na", "MXN"),
        Site("A2Q3Y263D00KWC", "BR", "na", "BRL"),
        Site("A1F83G8C2ARO7P", "UK", "eu", "GBP"),
        Site("A1PA6795UKMFR9", "DE", "eu", "EUR"),
        Site("A13V1IB3VIYZZH", "FR", "eu", "EUR"),
        Site("APJ6JRA9NG5V4", "IT", "eu", "EUR"),
        Site("A1RKKUPIHCS9HS", "ES", "eu", "EUR"),
        Site("A1805IZSGTT6HS", "NL", "eu", "EUR"),
        Site("AMEN7PMS3EDWL", "BE", "eu", "EUR"),
        Site("A2NODRKZP88ZB9", "SE", "eu", "SEK"),
        Site("A1C3SOZRARQ6R3", "PL", "eu", "PLN"),
        Site("A33AVAJ2PDY3EV", "TR", "eu", "TRY"),
        Site("A2VIGQ35RCS4UG", "AE", "eu", "AED"),
        Site("A17E79C6D8DWNP", "SA", "eu", "SAR"),
        Site("ARBP9OOSHTCHU", "EG", "eu", "EGP"),
        Site("A21TJRUUN4KGV", "IN", "eu", "INR"),
        Site("A1VC38T7YXB528", "JP", "fe", "JPY"),
        Site("A39IBJ37TRP1C6", "AU", "fe", "AUD"),
        Site("A19VAU5U5O7RUS", "SG", "fe", "SGD"),
    )
}
_BY_COUNTRY = {site.country: site for site in SITES.values()} | {"GB": SITES["A1F83G8C2ARO7P"]}


def sites(given: str) -> tuple[Site, ...]:
    """Read `ATVPDKIKX0DER, CA`: ids or countries; BadCredentials(field="marketplaces") otherwise.

    All are of one region, for a seller's consent is. The first one is the account's own.
    """
    found: list[Site] = []
    for word in given.replace(";", ",").split(","):
        name = word.strip().upper()
        if not name:
            continue
        site = SITES.get(name) or _BY_COUNTRY.get(name)
        if site is None:
            raise _unknown(word.strip())
        found.append(site)
    if not found:
        raise _unknown(None)
    chosen = tuple(dict.fromkeys(found))
    if len({site.region for site in chosen}) > 1:
        raise BadCredentials(
            "These marketplaces belong to different regions of Amazon. Each region has a refresh "
            "token of its own: connect one store for each region.",
            field="marketplaces",
        )
    return chosen


def country(marketplace: str) -> str:
    """Say what people call a marketplace."""
    site = SITES.get(marketplace)
    return site.country if site is not None else marketplace


def together(chosen: Sequence[Site]) -> str:
    """Write marketplaces as one parameter."""
    return ",".join(site.id for site in chosen)


def _unknown(word: str | None) -> BadCredentials:
    begin = f"“{word}” is no marketplace of Amazon. " if word else ""
    return BadCredentials(
        f"{begin}Enter where the account sells, the most important one first, such as US, CA or "
        "ATVPDKIKX0DER.",
        field="marketplaces",
    )
