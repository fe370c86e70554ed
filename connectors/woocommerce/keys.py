"""The key pair of a store, and how it is shown to the store."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

import httpx

from connectors.errors import BadCredentials

_WHERE = "Both were shown once, in WooCommerce under Settings, Advanced, REST API."


@dataclass(frozen=True, slots=True)
class Keys:
    """A consumer key and its secret, neither of which is ever printed."""

    key: str = field(repr=False)
    secret: str = field(repr=False)

    @classmethod
    def read(cls, credentials: Mapping[str, str]) -> Keys:
        """Take both from what was typed; BadCredentials names the one that cannot be right."""
        return cls(
            _typed(credentials, "consumer_key", "ck_", "consumer key"),
            _typed(credentials, "consumer_secret", "cs_", "consumer secret"),
        )

    def basic(self) -> str:
        """Write both as the value of an Authorization header; only for HTTPS."""
        pair = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()
        return f"Basic {pair}"

    def in_query(self, url: httpx.URL) -> httpx.URL:
        """Add both to an address; only for HTTPS."""
        return url.copy_merge_params({"consumer_key": self.key, "consumer_secret": self.secret})

    def signed(self, method: str, url: httpx.URL, at: datetime) -> httpx.URL:
        """Sign an address by OAuth 1.0a, with a nonce of its own: a second use is refused."""
        signed = url.copy_merge_params(
            {
                "oauth_consumer_key": self.key,
                "oauth_nonce": secrets.token_hex(16),
                "oauth_signature_method": "HMAC-SHA256",
                "oauth_timestamp": str(int(at.timestamp())),
            }
        )
        return signed.copy_merge_params({"oauth_signature": self._signature(method, signed)})

    def _signature(self, method: str, url: httpx.URL) -> str:
        """Sign as RFC 5849 section 3.4 says, without a token."""
        pairs = sorted((_escaped(key), _escaped(value)) for key, value in url.params.multi_items())
        joined = "&".join(f"{key}={value}" for key, value in pairs)
        address = str(url.copy_with(query=None, fragment=None))
        text = "&".join(_escaped(part) for part in (method.upper(), address, joined))
        digest = hmac.new(f"{self.secret}&".encode(), text.encode(), hashlib.sha256).digest()
        return base64.b64encode(digest).decode()


def _typed(credentials: Mapping[str, str], name: str, begins: str, words: str) -> str:
    value = credentials.get(name, "").strip()
    if not re.fullmatch(begins + r"\w+", value, re.ASCII):
        raise BadCredentials(f"The {words} starts with {begins}. {_WHERE}", field=name)
    return value


def _escaped(text: str) -> str:
    return quote(text, safe="-._~")
