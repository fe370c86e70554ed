"""The credentials of an eBay account, read from whatever a person pasted, and eBay's hosts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.ebay.marketplaces import Marketplace, marketplace
from connectors.errors import BadCredentials

CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN = "client_id", "client_secret", "refresh_token"
_ENTER = {
    CLIENT_ID: "Enter the App ID (Client ID) of the application's Production keyset.",
    CLIENT_SECRET: "Enter the Cert ID (Client Secret) that stands below the App ID.",
    REFRESH_TOKEN: (
        "Enter the refresh token that eBay gave when the seller agreed. It starts with v^1.1#."
    ),
}
# eBay: every App ID and Cert ID names the environment that it is for
_SANDBOX = {CLIENT_ID: re.compile("-SBX-"), CLIENT_SECRET: re.compile("^SBX-")}


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where eBay lives: the APIs, the one about identity, the page where sellers agree."""

    api: str = "https://api.ebay.com"
    identity: str = "https://apiz.ebay.com"
    consent: str = "https://auth.ebay.com"


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens an account, but for the refresh token, which is kept with the lease."""

    client_id: str
    client_secret: str
    marketplace: Marketplace


def hosts(base_url: str | None) -> Hosts:
    """Say where to call; one address given stands in for all of them."""
    if not base_url:
        return Hosts()
    address = base_url.rstrip("/")
    return Hosts(address, address, address)


def application(credentials: Mapping[str, str], base_url: str | None) -> tuple[str, str]:
    """Read the keys of the application; BadCredentials says which cannot be one."""
    return _key(credentials, CLIENT_ID, base_url), _key(credentials, CLIENT_SECRET, base_url)


def keys(credentials: Mapping[str, str], base_url: str | None) -> Keys:
    """Read all credentials; BadCredentials(field=...) for what cannot be one."""
    client_id, client_secret = application(credentials, base_url)
    _key(credentials, REFRESH_TOKEN, base_url)
    return Keys(client_id, client_secret, marketplace(credentials.get("marketplace", "")))


def _key(credentials: Mapping[str, str], name: str, base_url: str | None) -> str:
    text = credentials.get(name, "").strip()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise BadCredentials(_ENTER[name], field=name)
    if base_url is None and name in _SANDBOX and _SANDBOX[name].search(text):
        raise BadCredentials(
            f"This key belongs to eBay's sandbox, where nothing is really sold. {_ENTER[name]}",
            field=name,
        )
    return text
