"""The credentials of an Etsy shop, read from whatever a person pasted, and Etsy's hosts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.errors import BadCredentials

KEYSTRING, SHARED_SECRET = "keystring", "shared_secret"
SHOP_ID, REFRESH_TOKEN = "shop_id", "refresh_token"
_ENTER = {
    KEYSTRING: "Enter the keystring of the app, as it stands at etsy.com/developers/your-apps.",
    SHARED_SECRET: "Enter the shared secret that stands beside the app's keystring.",
    REFRESH_TOKEN: (
        "Enter the refresh token that Etsy gave when the seller agreed: digits, a dot, and a "
        "long text."
    ),
}
_SHOP_ID = re.compile(r"[1-9]\d{0,17}")


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where Etsy lives: the API, and the page where sellers agree."""

    api: str = "https://openapi.etsy.com"
    consent: str = "https://www.etsy.com"


@dataclass(frozen=True, slots=True)
class Application:
    """The keys of an application; all of its shops share its calls."""

    keystring: str
    shared_secret: str

    @property
    def header(self) -> str:
        """What every call of the API carries as `x-api-key`."""
        return f"{self.keystring}:{self.shared_secret}"


def hosts(base_url: str | None) -> Hosts:
    """Say where to call; one address given stands in for both."""
    if not base_url:
        return Hosts()
    address = base_url.rstrip("/")
    return Hosts(address, address)


def application(credentials: Mapping[str, str]) -> Application:
    """Read the keys of the application; BadCredentials says which cannot be one."""
    return Application(_key(credentials, KEYSTRING), _key(credentials, SHARED_SECRET))


def shop_id(credentials: Mapping[str, str]) -> int:
    """Read the shop's number, and see that there is a token for it. Raises BadCredentials."""
    text = credentials.get(SHOP_ID, "").strip()
    if not _SHOP_ID.fullmatch(text):
        raise BadCredentials("Enter the shop's number: digits only.", field=SHOP_ID)
    _key(credentials, REFRESH_TOKEN)
    return int(text)


def _key(credentials: Mapping[str, str], name: str) -> str:
    text = credentials.get(name, "").strip()
    if not text or not text.isascii() or not text.isprintable() or " " in text or ":" in text:
        raise BadCredentials(_ENTER[name], field=name)
    return text
