"""The credentials of a seller account, read from whatever a person pasted, and the hosts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from connectors.amazon.marketplaces import Region, Site, sites
from connectors.errors import BadCredentials

CLIENT_ID, CLIENT_SECRET = "client_id", "client_secret"
REFRESH_TOKEN, SELLER_ID = "refresh_token", "seller_id"
MARKETPLACES, SECRET_MADE_ON = "marketplaces", "secret_made_on"
# Amazon: a client secret ends so long after it was made.
SECRET_LIFE = timedelta(days=180)
_API: Mapping[Region, str] = {
    "na": "https://sellingpartnerapi-na.amazon.com",
    "eu": "https://sellingpartnerapi-eu.amazon.com",
    "fe": "https://sellingpartnerapi-fe.amazon.com",
}
_ENTER = {
    CLIENT_ID: (
        "Enter the client id of the app as Seller Central shows it under LWA credentials; it "
        "starts with amzn1."
    ),
    CLIENT_SECRET: "Enter the client secret that stands beside the client id.",
    REFRESH_TOKEN: "Enter the refresh token that Seller Central shows after “Authorize app”.",
}
# Merchant tokens that were seen: A and 10 to 20 capital letters and digits.
_SELLER = re.compile(r"A[A-Z0-9]{9,24}")


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where Amazon lives: the API of one region, and Login with Amazon.

    `own` is an address that stands in for all of them.
    """

    api: str
    login: str = "https://api.amazon.com"
    own: str | None = None

    def holds(self, address: str) -> bool:
        """Say whether a file may be fetched from an address that an answer names."""
        return address.startswith("https://") or bool(self.own and address.startswith(self.own))


@dataclass(frozen=True, slots=True)
class Seller:
    """One account in one region."""

    id: str
    sites: tuple[Site, ...]


def hosts(base_url: str | None, region: Region) -> Hosts:
    """Say where to call; one address given stands in for all."""
    if not base_url:
        return Hosts(_API[region])
    address = base_url.rstrip("/")
    scheme, _, rest = address.partition("://")
    return Hosts(address, address, f"{scheme}://{rest.partition('/')[0]}/")


def seller(credentials: Mapping[str, str]) -> Seller:
    """Read whose account it is and see that nothing is missing; raises BadCredentials."""
    for name in (CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN):
        _key(credentials, name)
    secret_ends_at(credentials)
    return Seller(seller_id(credentials), sites(credentials.get(MARKETPLACES, "")))


def seller_id(credentials: Mapping[str, str]) -> str:
    """Read the merchant token; raises BadCredentials."""
    text = credentials.get(SELLER_ID, "").strip()
    if not _SELLER.fullmatch(text):
        raise BadCredentials(
            "Enter the merchant token: Seller Central, Settings, Account info, Merchant token. "
            "It starts with A and has capital letters and digits only.",
            field=SELLER_ID,
        )
    return text


def secret_ends_at(credentials: Mapping[str, str]) -> datetime | None:
    """Say when the client secret ends, None where nobody told when it was made."""
    text = credentials.get(SECRET_MADE_ON, "").strip()
    if not text:
        return None
    try:
        made = date.fromisoformat(text)
    except ValueError:
        raise BadCredentials(
            "Enter the day on which the client secret was made as year-month-day, such as "
            "2026-11-26, or leave it empty.",
            field=SECRET_MADE_ON,
        ) from None
    return datetime(made.year, made.month, made.day, tzinfo=UTC) + SECRET_LIFE


def _key(credentials: Mapping[str, str], name: str) -> str:
    text = credentials.get(name, "").strip()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise BadCredentials(_ENTER[name], field=name)
    return text
