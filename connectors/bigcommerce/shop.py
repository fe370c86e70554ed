"""The address of a store's API, and its token, from whatever a person pasted."""

from __future__ import annotations

import re

from connectors.errors import BadCredentials

_HASH = re.compile(r"[a-z0-9]{3,32}")
# As in the API path (.../stores/abc123/v3/) and in the control panel's address.
_IN_PATH = re.compile(r"(?:^|/)stores/([a-z0-9]+)(?:/|$)")
_IN_HOST = re.compile(r"(?:^|//)store-([a-z0-9]+)\.mybigcommerce\.com(?:[/:]|$)")
_API = "https://api.bigcommerce.com"


def store_hash(given: str) -> str:
    """Read `abc123` out of itself, of an API path or of the control panel's address.

    Raises BadCredentials(field="store_hash") with what to do instead.
    """
    text = given.strip().lower()
    found = _IN_PATH.search(text) or _IN_HOST.search(text)
    name = found.group(1) if found else text
    if not _HASH.fullmatch(name):
        raise BadCredentials(
            "Enter the store hash, such as abc123, or the whole API path. BigCommerce shows it "
            "with the API account, as the part of the API path that follows /stores/.",
            field="store_hash",
        )
    return name


def access_token(given: str) -> str:
    """Read the access token; BadCredentials(field="access_token") for what cannot be one."""
    token = given.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise BadCredentials(
            "Enter the access token as BigCommerce showed it when the API account was made.",
            field="access_token",
        )
    return token


def store_url(name: str) -> str:
    """Say where the store's API lives."""
    return f"{_API}/stores/{name}"
